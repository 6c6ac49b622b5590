/**
 * The map itself, without React: layers, view, clicks. The technique is measured, not guessed: tiles
 * of 512 pixels baked as pictures, live state in small layers above, names hidden while moving,
 * clicks by geometry instead of by pixel.
 */

import ScaleLine from 'ol/control/ScaleLine'
import type { Extent } from 'ol/extent'
import { boundingExtent, buffer, createEmpty, extend, isEmpty } from 'ol/extent'
import Feature from 'ol/Feature'
import GeoJSON from 'ol/format/GeoJSON'
import MVT from 'ol/format/MVT'
import Point from 'ol/geom/Point'
import { defaults as defaultInteractions } from 'ol/interaction/defaults'
import VectorLayer from 'ol/layer/Vector'
import VectorTileLayer from 'ol/layer/VectorTile'
import OlMap from 'ol/Map'
import { fromLonLat, toLonLat, transformExtent } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import VectorTileSource from 'ol/source/VectorTile'
import { createXYZ } from 'ol/tilegrid'
import View from 'ol/View'
import type { NetworkPayload } from '../api/payloads.ts'
import type { Palette } from '../app/palette.ts'
import type { Look } from '../incidents/appearance.ts'
import { baseStyle } from './baseStyle.ts'
import { crewLayer } from './crewLayer.ts'
import { deviceLabelStyle, placeFeatures, placeLabelStyle } from './labels.ts'
import { areaStyle, type MarkProperties, markStyle, stateStyle } from './liveStyle.ts'
import type { ViewState } from './squares.ts'
import 'ol/ol.css'

const TILE_SIZE = 512
/** The server stretches no tile beyond this; the console does. */
const MAX_TILE_ZOOM = 16
const MAX_VIEW_ZOOM = 19
/** What must be seen stays above the legend, px. */
const LEGEND_HEIGHT = 104
/** An incident of one house is not shown from closer than this. */
const MAX_FIT_ZOOM = 16.4
/** A finger or a mouse hits what is this near, px. */
const CLICK_REACH_PX = 12
/** Names and marks of all layers keep out of each other's way. */
const NAMES = 'names'
/** Marks nearer than this are drawn as one, px. */
const JOIN_WITHIN_PX = 30

export interface IncidentMark {
  readonly id: string
  readonly place: readonly [number, number]
  readonly look: Look
  readonly numeral: string
  readonly words: string
  /** Higher is drawn above and speaks for those it is joined with. */
  readonly urgency: number
}

export interface StatePoint {
  readonly id: string
  readonly place: readonly [number, number]
  readonly look: Look
}

export interface AreaShape {
  readonly incident: string
  readonly look: Look
  readonly features: readonly Feature[]
}

/** What a click found in the network. */
export interface NetworkHit {
  readonly id: string
  readonly layer: 'devices' | 'transformers'
  readonly name: string
  readonly type: string
  readonly feeder: string
  readonly ownership: string | undefined
  readonly customers: number | undefined
  readonly open: boolean
  readonly place: readonly [number, number]
}

export interface CanvasHandlers {
  onView(view: ViewState): void
  onIncident(id: string): void
  onNetwork(hit: NetworkHit | null): void
  onTilesFailed(failed: boolean): void
}

const geoJson = new GeoJSON({ featureProjection: 'EPSG:3857' })

export function readArea(body: unknown): Feature[] {
  return geoJson.readFeatures(body) as Feature[]
}

export class NetworkCanvas {
  readonly map: OlMap
  readonly #handlers: CanvasHandlers
  readonly #tiles: VectorTileSource
  readonly #base: VectorTileLayer
  readonly #names: VectorTileLayer
  readonly #places = new VectorLayer({ source: new VectorSource(), declutter: NAMES, zIndex: 5 })
  readonly #areas = new VectorLayer({ source: new VectorSource(), zIndex: 2 })
  readonly #states = new VectorLayer({ source: new VectorSource(), zIndex: 3 })
  readonly #marks = new VectorLayer({ source: new VectorSource(), declutter: NAMES, zIndex: 6 })
  readonly crews = crewLayer(NAMES, 7)
  #palette: Palette
  #incidents: readonly IncidentMark[] = []
  #selected: string | null = null
  #home: Extent | null = null
  #note: (kind: 'unit' | 'feeder', id: string) => string | null = () => null
  #failures = 0

  constructor(target: HTMLElement, palette: Palette, handlers: CanvasHandlers) {
    this.#handlers = handlers
    this.#palette = palette
    this.#tiles = new VectorTileSource({
      // The network's tiles carry `layer` as a property, so one style function serves all.
      format: new MVT({ layerName: 'layer' }),
      url: '/api/v1/map/{z}/{x}/{y}.mvt',
      tileGrid: createXYZ({ tileSize: TILE_SIZE, maxZoom: MAX_TILE_ZOOM }),
      transition: 0,
    })
    this.#base = new VectorTileLayer({
      source: this.#tiles,
      renderMode: 'hybrid',
      zIndex: 1,
      background: palette.mapGround,
    })
    this.#names = new VectorTileLayer({
      source: this.#tiles,
      renderMode: 'vector',
      declutter: NAMES,
      zIndex: 4,
    })
    this.map = new OlMap({
      target,
      controls: [new ScaleLine({ units: 'metric', minWidth: 72 })],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false }),
      layers: [
        this.#base,
        this.#areas,
        this.#states,
        this.#names,
        this.#places,
        this.#marks,
        this.crews.layer,
      ],
      view: new View({ center: fromLonLat([111.6, 40.8]), zoom: 8, maxZoom: MAX_VIEW_ZOOM }),
      // A wheel turn or a drag wants the frame more than the last missing name.
      maxTilesLoading: 8,
    })
    this.#restyle()
    this.#listen()
  }

  dispose(): void {
    this.map.setTarget(undefined)
    this.map.dispose()
  }

  setPalette(palette: Palette): void {
    if (palette === this.#palette) return
    this.#palette = palette
    this.#base.setBackground(palette.mapGround)
    this.#restyle()
  }

  setNetwork(network: NetworkPayload): void {
    const source = this.#places.getSource()!
    source.clear()
    source.addFeatures(placeFeatures(network))
    this.#tiles.refresh()
    if (network.bounds === null) return
    const first = this.#home === null
    this.#home = transformExtent([...network.bounds], 'EPSG:4326', 'EPSG:3857')
    if (first && this.#selected === null) this.showAll(0)
  }

  /** `note` gives the second line of a unit's or feeder's name, null for none. */
  setNotes(note: (kind: 'unit' | 'feeder', id: string) => string | null): void {
    this.#note = note
    this.#places.setStyle(placeLabelStyle(this.#palette, note))
  }

  setIncidents(incidents: readonly IncidentMark[], selected: string | null): void {
    this.#incidents = incidents
    this.#selected = selected
    this.#drawMarks()
  }

  setStates(points: readonly StatePoint[]): void {
    const source = this.#states.getSource()!
    source.clear(true)
    source.addFeatures(
      points.map(({ id, place, look }) => {
        const feature = new Feature(new Point(fromLonLat([...place])))
        feature.setProperties({ id, look }, true)
        return feature
      }),
    )
  }

  setAreas(areas: readonly AreaShape[], selected: string | null): void {
    const source = this.#areas.getSource()!
    source.clear(true)
    for (const area of areas) {
      const isSelected = area.incident === selected
      const shown = isSelected
        ? area.features
        : area.features.filter((feature) => feature.get('role') !== 'transformer')
      for (const feature of shown) {
        feature.setProperties({ look: area.look, selected: isSelected }, true)
      }
      source.addFeatures([...shown])
    }
  }

  showAll(duration = ANIMATION_MS): void {
    if (this.#home !== null) this.#fit(this.#home, [56, 64, LEGEND_HEIGHT, 72], duration, 15)
  }

  /** Brings an incident into the part of the map that the detail panel leaves free. */
  showArea(features: readonly Feature[], place: readonly [number, number] | null, right: number) {
    const extent = createEmpty()
    for (const feature of features) extend(extent, feature.getGeometry()!.getExtent())
    if (isEmpty(extent) && place !== null) extend(extent, boundingExtent([fromLonLat([...place])]))
    if (isEmpty(extent)) return
    this.#fit(buffer(extent, 60), [64, right + 48, LEGEND_HEIGHT, 72], ANIMATION_MS, MAX_FIT_ZOOM)
  }

  zoomBy(step: number): void {
    const view = this.map.getView()
    view.cancelAnimations()
    view.animate({ zoom: (view.getZoom() ?? 8) + step, duration: ANIMATION_MS })
  }

  pixelOf(place: readonly [number, number]): readonly [number, number] | null {
    const pixel = this.map.getPixelFromCoordinate(fromLonLat([...place]))
    return pixel ? [pixel[0]!, pixel[1]!] : null
  }

  retryTiles(): void {
    this.#failures = 0
    this.#handlers.onTilesFailed(false)
    this.#tiles.refresh()
  }

  #fit(extent: Extent, padding: number[], duration: number, maxZoom: number): void {
    this.map.updateSize()
    // A fling that is still gliding would carry the map away from what was asked for.
    this.map.getView().cancelAnimations()
    this.map.getView().fit(extent, { padding, maxZoom, duration })
  }

  #restyle(): void {
    const palette = this.#palette
    this.#base.setStyle(baseStyle(palette) as never)
    this.#names.setStyle(deviceLabelStyle(palette) as never)
    this.#places.setStyle(placeLabelStyle(palette, this.#note))
    this.#areas.setStyle(areaStyle(palette))
    this.#states.setStyle(stateStyle(palette))
    this.#marks.setStyle(markStyle(palette))
    this.crews.restyle(palette)
  }

  #listen(): void {
    this.map.on('movestart', () => this.#showNames(false))
    this.map.on('moveend', () => {
      this.#showNames(true)
      this.#drawMarks()
      this.#handlers.onView(this.#view())
    })
    this.map.on('singleclick', ({ coordinate }) => this.#click(coordinate as [number, number]))
    this.map.on('pointermove', ({ coordinate, dragging }) => {
      if (dragging) return
      const hit = this.#nearestMark(coordinate as [number, number]) !== null
      this.map.getTargetElement()!.style.cursor = hit ? 'pointer' : ''
    })
    this.#tiles.on('tileloaderror', () => {
      if (++this.#failures === 1) this.#handlers.onTilesFailed(true)
    })
    this.#tiles.on('tileloadend', () => {
      if (this.#failures > 0) {
        this.#failures = 0
        this.#handlers.onTilesFailed(false)
      }
    })
  }

  #showNames(shown: boolean): void {
    this.#names.setVisible(shown)
    this.#places.setVisible(shown)
  }

  #view(): ViewState {
    const view = this.map.getView()
    const extent = view.calculateExtent(this.map.getSize())
    const [west, south] = toLonLat([extent[0]!, extent[1]!]) as [number, number]
    const [east, north] = toLonLat([extent[2]!, extent[3]!]) as [number, number]
    return { bounds: [west, south, east, north], zoom: view.getZoom() ?? 0 }
  }

  /** Marks, those that would cover each other joined under the most urgent; the selected one alone. */
  #drawMarks(): void {
    const source = this.#marks.getSource()!
    const reach = JOIN_WITHIN_PX * (this.map.getView().getResolution() ?? 1)
    const groups: { x: number; y: number; members: IncidentMark[] }[] = []
    const byUrgency = [...this.#incidents].sort((a, b) => b.urgency - a.urgency)
    for (const mark of byUrgency) {
      const [x, y] = fromLonLat([...mark.place]) as [number, number]
      const near =
        mark.id === this.#selected
          ? undefined
          : groups.find(
              (group) =>
                group.members[0]!.id !== this.#selected &&
                Math.hypot(group.x - x, group.y - y) < reach,
            )
      if (near) near.members.push(mark)
      else groups.push({ x, y, members: [mark] })
    }
    source.clear(true)
    source.addFeatures(
      groups.map(({ x, y, members }) => {
        const [first] = members as [IncidentMark]
        const feature = new Feature(new Point([x, y]))
        const properties: MarkProperties & { members: readonly IncidentMark[] } = {
          look: first.look,
          numeral: first.numeral,
          count: members.length,
          selected: first.id === this.#selected,
          words: members.length === 1 ? first.words : '',
          urgency: first.urgency,
          members,
        }
        feature.setProperties(properties, true)
        return feature
      }),
    )
  }

  #nearestMark(coordinate: [number, number]): Feature | null {
    const reach = (CLICK_REACH_PX + 6) * (this.map.getView().getResolution() ?? 1)
    let best: Feature | null = null
    let bestDistance = reach
    const extent = buffer(boundingExtent([coordinate]), reach)
    this.#marks.getSource()!.forEachFeatureInExtent(extent, (feature) => {
      const [x = 0, y = 0] = (feature.getGeometry() as Point).getCoordinates()
      const distance = Math.hypot(x - coordinate[0], y - coordinate[1])
      if (distance <= bestDistance) {
        best = feature
        bestDistance = distance
      }
    })
    return best
  }

  #click(coordinate: [number, number]): void {
    const mark = this.#nearestMark(coordinate)
    if (mark === null) {
      this.#handlers.onNetwork(this.#nearestDevice(coordinate))
      return
    }
    this.#handlers.onNetwork(null)
    const members = mark.get('members') as readonly IncidentMark[]
    if (members.length === 1 || this.#isClose()) {
      this.#handlers.onIncident(members[0]!.id)
      return
    }
    const extent = boundingExtent(members.map(({ place }) => fromLonLat([...place])))
    this.#fit(extent, [120, 120, 120, 120], ANIMATION_MS, MAX_VIEW_ZOOM - 1)
  }

  /** So close that zooming further would not part the marks. */
  #isClose(): boolean {
    return (this.map.getView().getZoom() ?? 0) >= MAX_FIT_ZOOM
  }

  #nearestDevice(coordinate: [number, number]): NetworkHit | null {
    const reach = CLICK_REACH_PX * (this.map.getView().getResolution() ?? 1)
    const extent = buffer(boundingExtent([coordinate]), reach)
    let best: NetworkHit | null = null
    let bestDistance = reach
    for (const feature of this.#base.getFeaturesInExtent(extent)) {
      const layer = feature.get('layer')
      if (layer !== 'devices' && layer !== 'transformers') continue
      const [x = 0, y = 0] = feature.getGeometry()!.getExtent()!
      const distance = Math.hypot(x - coordinate[0], y - coordinate[1])
      if (distance > bestDistance) continue
      bestDistance = distance
      best = {
        id: String(feature.get('id')),
        layer,
        name: String(feature.get('name') ?? ''),
        type: layer === 'transformers' ? 'transformer' : String(feature.get('type')),
        feeder: String(feature.get('feeder') ?? ''),
        ownership: feature.get('ownership'),
        customers: feature.get('customers'),
        open: feature.get('open') === true,
        place: toLonLat([x, y]) as [number, number],
      }
    }
    return best
  }
}

/** Short enough not to be waited for; none where the reader asked for less motion. */
const ANIMATION_MS = window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220

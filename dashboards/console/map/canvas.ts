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
import Point from 'ol/geom/Point'
import { defaults as defaultInteractions } from 'ol/interaction/defaults'
import VectorLayer from 'ol/layer/Vector'
import VectorTileLayer from 'ol/layer/VectorTile'
import OlMap from 'ol/Map'
import { fromLonLat, toLonLat, transformExtent } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import type VectorTileSource from 'ol/source/VectorTile'
import View from 'ol/View'
import type { NetworkPayload } from '../api/payloads.ts'
import type { Palette } from '../app/palette.ts'
import { baseStyle } from './baseStyle.ts'
import { crewLayer } from './crewLayer.ts'
import { deviceLabelStyle, placeFeatures, placeLabelStyle } from './labels.ts'
import { areaStyle, markStyle, stateStyle } from './liveStyle.ts'
import { type IncidentMark, joinMarks, looksLike, type MarkGroup } from './marks.ts'
import type { AreaShape, DrawnArea, StatePoint } from './shapes.ts'
import type { ViewState } from './squares.ts'
import { networkTiles, type TilesWanting } from './tileSource.ts'
import 'ol/ol.css'

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
  onTiles(wanting: TilesWanting): void
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
  /** The marks on the map, by the incident that speaks for each. */
  readonly #drawn = new Map<string, Feature>()
  #moving = false
  #selected: string | null = null
  #home: Extent | null = null
  /** Centre and resolution when the whole network was last shown; elsewhere a reader has chosen. */
  #whole = ''
  #notes: ReadonlyMap<string, string> = new Map()
  readonly #drawnAreas = new Map<string, DrawnArea>()
  #drawnStates: readonly StatePoint[] = []

  constructor(target: HTMLElement, palette: Palette, handlers: CanvasHandlers) {
    this.#handlers = handlers
    this.#palette = palette
    this.#tiles = networkTiles((wanting) => handlers.onTiles(wanting))
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
      controls: [new ScaleLine({ units: 'metric', minWidth: 56 })],
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

  /** Second lines of the names of units and feeders, by `unit <id>` and `feeder <id>`. */
  setNotes(notes: ReadonlyMap<string, string>): void {
    const before = this.#notes
    if (notes.size === before.size && [...notes].every(([key, note]) => before.get(key) === note))
      return
    this.#notes = notes
    this.#places.setStyle(placeLabelStyle(this.#palette, notes))
  }

  setIncidents(incidents: readonly IncidentMark[], selected: string | null): void {
    this.#incidents = incidents
    this.#selected = selected
    // While the map moves its layers keep their pictures; the end of the move brings them in step.
    if (!this.#moving) this.#drawMarks()
  }

  setStates(points: readonly StatePoint[]): void {
    const before = this.#drawnStates
    const alike = (point: StatePoint, at: number) =>
      point.id === before[at]!.id && point.look === before[at]!.look
    if (points.length === before.length && points.every(alike)) return
    this.#drawnStates = points
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

  /** Draws anew only the shapes that are other than before. */
  setAreas(areas: readonly AreaShape[], selected: string | null): void {
    const source = this.#areas.getSource()!
    const gone = new Map(this.#drawnAreas)
    const fresh: Feature[] = []
    for (const area of areas) {
      const isSelected = area.incident === selected
      const before = this.#drawnAreas.get(area.incident)
      const same = before?.area.features === area.features && before.area.look === area.look
      if (same && before.selected === isSelected) {
        gone.delete(area.incident)
        continue
      }
      const shown = isSelected
        ? area.features
        : area.features.filter((feature) => feature.get('role') !== 'transformer')
      for (const feature of shown) {
        feature.setProperties({ look: area.look, selected: isSelected }, true)
      }
      this.#drawnAreas.set(area.incident, { area, selected: isSelected, shown })
      fresh.push(...shown)
    }
    for (const [incident, drawn] of gone) {
      if (this.#drawnAreas.get(incident) === drawn) this.#drawnAreas.delete(incident)
      source.removeFeatures([...drawn.shown])
    }
    if (fresh.length > 0) source.addFeatures(fresh)
  }

  showAll(duration = ANIMATION_MS): void {
    if (this.#home === null) return
    this.#fit(this.#home, [56, 64, LEGEND_HEIGHT, 72], duration, 15, () => {
      this.#whole = this.#standing()
    })
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
    this.#handlers.onTiles(null)
    this.#tiles.refresh()
  }

  #fit(
    extent: Extent,
    padding: number[],
    duration: number,
    maxZoom: number,
    callback?: () => void,
  ): void {
    this.map.updateSize()
    // A fling that is still gliding would carry the map away from what was asked for.
    this.map.getView().cancelAnimations()
    this.map.getView().fit(extent, { padding, maxZoom, duration, callback })
  }

  #standing(): string {
    const view = this.map.getView()
    return `${view.getCenter()} ${view.getResolution()}`
  }

  #restyle(): void {
    const palette = this.#palette
    this.#base.setStyle(baseStyle(palette) as never)
    this.#names.setStyle(deviceLabelStyle(palette) as never)
    this.#places.setStyle(placeLabelStyle(palette, this.#notes))
    this.#areas.setStyle(areaStyle(palette))
    this.#states.setStyle(stateStyle(palette))
    this.#marks.setStyle(markStyle(palette))
    this.crews.restyle(palette)
  }

  #listen(): void {
    // A wall or window of another size shows the whole again, if that is what it showed.
    this.map.on('change:size', () => {
      if (this.#standing() === this.#whole) this.showAll(0)
    })
    this.map.on('movestart', () => {
      this.#moving = true
      this.#showNames(false)
    })
    this.map.on('moveend', () => {
      this.#moving = false
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

  /** Brings the marks in step; what looks as before is not touched, so that nothing is drawn anew. */
  #drawMarks(): void {
    const source = this.#marks.getSource()!
    const reach = JOIN_WITHIN_PX * (this.map.getView().getResolution() ?? 1)
    const gone = new Map(this.#drawn)
    const fresh: Feature[] = []
    for (const group of joinMarks(this.#incidents, this.#selected, reach)) {
      const { id, x, y } = group.members[0]!
      const known = this.#drawn.get(id)
      if (known !== undefined && looksLike(known.get('drawnAs') as MarkGroup, group)) {
        gone.delete(id)
        // Who is in it may differ all the same: a click asks for it.
        known.set('members', group.members, true)
        continue
      }
      const feature = new Feature(new Point([x, y]))
      feature.setProperties({ drawnAs: group, members: group.members }, true)
      this.#drawn.set(id, feature)
      fresh.push(feature)
    }
    for (const [id, feature] of gone) {
      if (this.#drawn.get(id) === feature) this.#drawn.delete(id)
    }
    if (gone.size > 0) source.removeFeatures([...gone.values()])
    if (fresh.length > 0) source.addFeatures(fresh)
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

/** Names on the map: units far away, feeders nearer, devices and transformers close up. */
import type { FeatureLike } from 'ol/Feature'
import Feature from 'ol/Feature'
import Point from 'ol/geom/Point'
import { fromLonLat } from 'ol/proj'
import Fill from 'ol/style/Fill'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'
import type { NetworkPayload } from '../api/payloads.ts'
import { FONT_FAMILY, type Palette } from '../app/palette.ts'
import { zoomOf } from './baseStyle.ts'

/** Below it the names of units, from it those of feeders. */
const FEEDERS_FROM_ZOOM = 11
/** From here devices carry their own names and the feeder's name would only repeat them. */
const DEVICES_FROM_ZOOM = 15
const TRANSFORMERS_FROM_ZOOM = 15.5
const LOW_VOLTAGE_FROM_ZOOM = 17.5

const LOW_VOLTAGE: ReadonlySet<string> = new Set(['lvBranch', 'meterBox', 'service'])

function words(text: string, palette: Palette, font: string, color: string, offsetY: number) {
  return new Style({
    text: new Text({
      text,
      font: `${font} ${FONT_FAMILY}`,
      offsetY,
      fill: new Fill({ color }),
      stroke: new Stroke({ color: palette.mapHalo, width: 4 }),
      overflow: true,
    }),
  })
}

/** Names of devices and transformers, from the tiles. */
export function deviceLabelStyle(palette: Palette) {
  return (feature: FeatureLike, resolution: number): Style | undefined => {
    const zoom = zoomOf(resolution)
    const layer = feature.get('layer')
    const name = String(feature.get('name') ?? '')
    if (name === '') return undefined
    if (layer === 'transformers' && zoom >= TRANSFORMERS_FROM_ZOOM)
      return words(name, palette, '400 11px', palette.mapText, 13)
    if (layer !== 'devices') return undefined
    const from = LOW_VOLTAGE.has(feature.get('type')) ? LOW_VOLTAGE_FROM_ZOOM : DEVICES_FROM_ZOOM
    return zoom >= from ? words(name, palette, '500 11px', palette.inkSoft, -13) : undefined
  }
}

/** Places of units and feeders as features; a unit stands at the middle of its customers. */
export function placeFeatures(network: NetworkPayload): Feature[] {
  const features: Feature[] = []
  const sums = new Map<string, { x: number; y: number; weight: number }>()
  for (const feeder of network.feeders) {
    if (feeder.centroid === null) continue
    const [x, y] = fromLonLat([...feeder.centroid]) as [number, number]
    const feature = new Feature(new Point([x, y]))
    feature.setProperties({ kind: 'feeder', name: feeder.name, id: feeder.id })
    features.push(feature)
    const sum = sums.get(feeder.unit) ?? { x: 0, y: 0, weight: 0 }
    const weight = feeder.customers + 1
    sum.x += x * weight
    sum.y += y * weight
    sum.weight += weight
    sums.set(feeder.unit, sum)
  }
  for (const unit of network.units) {
    const sum = sums.get(unit.id)
    if (sum === undefined) continue
    const feature = new Feature(new Point([sum.x / sum.weight, sum.y / sum.weight]))
    feature.setProperties({ kind: 'unit', name: unit.name, id: unit.id })
    features.push(feature)
  }
  return features
}

/** Names of units and feeders with the customers that are out, where any are. */
export function placeLabelStyle(palette: Palette, notes: ReadonlyMap<string, string>) {
  return (feature: FeatureLike, resolution: number): Style | Style[] | undefined => {
    const zoom = zoomOf(resolution)
    const kind = feature.get('kind') as 'unit' | 'feeder'
    const name = String(feature.get('name'))
    if (kind === 'unit') {
      if (zoom >= FEEDERS_FROM_ZOOM) return undefined
      const extra = notes.get(`${kind} ${feature.get('id')}`)
      const label = words(name, palette, '600 14px', palette.ink, 0)
      return extra === undefined
        ? label
        : [label, words(extra, palette, '600 12px', palette.bad, 18)]
    }
    if (zoom < FEEDERS_FROM_ZOOM || zoom >= DEVICES_FROM_ZOOM) return undefined
    const extra = notes.get(`${kind} ${feature.get('id')}`)
    const label = words(name, palette, '500 12px', palette.mapText, 0)
    return extra === undefined ? label : [label, words(extra, palette, '600 11px', palette.bad, 16)]
  }
}

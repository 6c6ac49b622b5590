/** How outages are drawn over the network: areas, transformers, open devices, incident marks. */
import type { FeatureLike } from 'ol/Feature'
import Fill from 'ol/style/Fill'
import Icon from 'ol/style/Icon'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import Text from 'ol/style/Text'
import { FONT_FAMILY, type Palette } from '../app/palette.ts'
import { colourOf, type Look, patternOf } from '../incidents/appearance.ts'
import { zoomOf } from './baseStyle.ts'
import {
  crewGlyph,
  type Glyph,
  incidentGlyph,
  openDeviceGlyph,
  transformerGlyph,
} from './glyphs.ts'
import type { IncidentMark, MarkGroup } from './marks.ts'

const icons = new WeakMap<HTMLCanvasElement, Icon>()

function iconOf({ image, scale }: Glyph): Icon {
  let icon = icons.get(image)
  if (icon === undefined) {
    icon = new Icon({ img: image, scale, declutterMode: 'obstacle' })
    icons.set(image, icon)
  }
  return icon
}

/** Dashes say what the colour says: long for suspected, short for planned, dots for nearly over. */
const DASHES: Readonly<Partial<Record<Look, number[]>>> = {
  suspected: [9, 6],
  planned: [4, 4],
  partial: [2, 5],
}

/** Lines without power, and below the mark's zoom the points of the area. */
export function areaStyle(palette: Palette) {
  const kept = new Map<string, Style[]>()
  const lines = (look: Look, lowVoltage: boolean, selected: boolean): Style[] => {
    const key = `${look} ${lowVoltage} ${selected}`
    const known = kept.get(key)
    if (known) return known
    const colour = colourOf(look, palette)
    const over = look === 'restored'
    const width = (lowVoltage ? 1.6 : over ? 2.2 : 3) + (selected ? 0.8 : 0)
    const styles = [
      new Style({
        stroke: new Stroke({
          color: `${colour}${selected ? '3d' : '24'}`,
          width: width + (over ? 5 : selected ? 14 : 9),
          lineCap: 'round',
        }),
        zIndex: 0,
      }),
      new Style({
        stroke: new Stroke({ color: palette.mapHalo, width: width + 2, lineCap: 'butt' }),
        zIndex: 1,
      }),
      new Style({
        stroke: new Stroke({ color: colour, width, lineCap: 'butt', lineDash: DASHES[look] }),
        zIndex: 2,
      }),
    ]
    kept.set(key, styles)
    return styles
  }
  return (feature: FeatureLike, resolution: number): Style | Style[] | undefined => {
    const look = feature.get('look') as Look
    const selected = feature.get('selected') === true
    const role = feature.get('role')
    if (role === 'line') {
      const lowVoltage = feature.get('lv') === true
      if (lowVoltage && zoomOf(resolution) < 14.5) return undefined
      return lines(look, lowVoltage, selected)
    }
    if (role === 'device') {
      if (!selected && zoomOf(resolution) < 13) return undefined
      return new Style({ image: iconOf(openDeviceGlyph(look, palette)), zIndex: 5 })
    }
    if (!selected && zoomOf(resolution) < 12) return undefined
    const own = feature.get('state') === 'restored' ? 'restored' : look
    return new Style({ image: iconOf(transformerGlyph(own, palette)), zIndex: 4 })
  }
}

/** Transformers of the squares in view. */
export function stateStyle(palette: Palette) {
  return (feature: FeatureLike): Style =>
    new Style({
      image: iconOf(transformerGlyph(feature.get('look') as Look, palette)),
      zIndex: feature.get('look') === 'restored' ? 0 : 1,
    })
}

/** The mark of an incident; below it how many are out. Joined marks say how many they are instead. */
export function markStyle(palette: Palette) {
  const kept = new WeakMap<MarkGroup, Style>()
  return (feature: FeatureLike): Style => {
    const group = feature.get('drawnAs') as MarkGroup
    const known = kept.get(group)
    if (known) return known
    const [first] = group.members as [IncidentMark]
    const count = group.members.length
    const glyph = incidentGlyph(first.look, first.numeral, count, group.selected, palette)
    const style = new Style({
      image: iconOf(glyph),
      zIndex: group.selected ? 100 : first.urgency,
      text: new Text({
        text: count === 1 ? first.words : '',
        font: `600 12px ${FONT_FAMILY}`,
        offsetY: group.selected ? 32 : 26,
        fill: new Fill({
          color: patternOf(first.look) === 'tick' ? palette.inkSoft : palette.ink,
        }),
        stroke: new Stroke({ color: palette.mapHalo, width: 4 }),
      }),
    })
    kept.set(group, style)
    return style
  }
}

/** A crew; its name gives way to those of incidents, its mark does not. */
export function crewStyle(palette: Palette) {
  return (feature: FeatureLike): Style =>
    new Style({
      image: iconOf(crewGlyph(feature.get('busy') === true, palette)),
      text: new Text({
        text: String(feature.get('words')),
        font: `500 12px ${FONT_FAMILY}`,
        offsetX: 14,
        textAlign: 'left',
        fill: new Fill({ color: palette.ink }),
        stroke: new Stroke({ color: palette.mapHalo, width: 4 }),
      }),
    })
}

/**
 * How the unchanging network is drawn. Points become short lines, because OpenLayers bakes lines
 * into the picture of a tile and would otherwise draw every point again in each frame.
 */
import type { FeatureLike } from 'ol/Feature'
import RenderFeature from 'ol/render/Feature'
import Stroke from 'ol/style/Stroke'
import Style from 'ol/style/Style'
import type { Palette } from '../app/palette.ts'

/** Zoom of the view in OpenLayers' terms, from the resolution in metres a pixel at the equator. */
export function zoomOf(resolution: number): number {
  return Math.log2(156_543.033_928 / resolution)
}

/** Customers from which a dot that stands for many is drawn larger: a village, a town, a district. */
const CELL_STEPS = [500, 3_000, 12_000] as const

type BaseStyle = (feature: FeatureLike, resolution: number) => Style | Style[] | undefined

/** A point as a line just long enough to have a direction: its caps draw the symbol. */
const dots = new WeakMap<FeatureLike, RenderFeature>()

function asDot(feature: FeatureLike): RenderFeature {
  const known = dots.get(feature)
  if (known) return known
  const [x = 0, y = 0] = feature.getGeometry()!.getExtent()!
  const made = new RenderFeature('LineString', [x, y, x + 0.01, y], [4], 2, {}, undefined)
  dots.set(feature, made)
  return made
}

function dot(color: string, width: number, cap: CanvasLineCap, zIndex: number): Style {
  const style = new Style({ stroke: new Stroke({ color, width, lineCap: cap }), zIndex })
  style.setGeometry(asDot as never)
  return style
}

function line(color: string, width: number, zIndex: number): Style {
  return new Style({
    stroke: new Stroke({ color, width, lineCap: 'round', lineJoin: 'round' }),
    zIndex,
  })
}

export function baseStyle(palette: Palette): BaseStyle {
  const corridor = line(palette.mapHalo, 16, 0)
  const mains = [
    [corridor, line(palette.mapLine, 1.5, 2)],
    [corridor, line(palette.mapLine, 1.6, 2)],
    [corridor, line(palette.mapLine, 1.9, 2)],
  ]
  const low = line(palette.mapLineLow, 1, 1)
  const publicDots = [3, 4.5, 6.5].map((width) => dot(palette.mapNode, width, 'round', 4))
  const dedicatedDots = [3, 4.2, 6].map((width) => dot(palette.mapNode, width, 'square', 4))
  const dedicatedHearts = [1, 1.8, 3].map((width) => dot(palette.mapHalo, width, 'square', 5))
  const closed = [4, 5.5, 7.5].map((width) => dot(palette.inkSoft, width, 'square', 6))
  const open = [5, 7, 9].map((width) => dot(palette.inkSoft, width, 'square', 6))
  const openHearts = [2.5, 4, 5.5].map((width) => dot(palette.mapHalo, width, 'square', 7))
  const cellDots = [2.5, 4, 6, 8.5].map((width) => dot(palette.mapLine, width, 'round', 3))
  const lowDots = dot(palette.mapLine, 3, 'square', 3)

  return (feature, resolution) => {
    const zoom = zoomOf(resolution)
    const size = zoom < 13.5 ? 0 : zoom < 15.5 ? 1 : 2
    switch (feature.get('layer')) {
      case 'feeders':
        return feature.getGeometry()!.getType() === 'Point' ? undefined : mains[0]
      case 'cells': {
        const customers = Number(feature.get('customers'))
        return cellDots[CELL_STEPS.filter((least) => customers >= least).length]
      }
      case 'lines':
        if (feature.get('lv')) return zoom < 14.5 ? undefined : low
        return mains[size]
      case 'transformers':
        return feature.get('ownership') === 'dedicated'
          ? [dedicatedDots[size]!, dedicatedHearts[size]!]
          : publicDots[size]
      case 'devices': {
        const type = feature.get('type')
        if (type === 'lvBranch' || type === 'meterBox') return zoom < 16 ? undefined : lowDots
        if (feature.get('open')) return [open[size]!, openHearts[size]!]
        if (type === 'fuse' && zoom < 14.5) return undefined
        return closed[size]
      }
      default:
        return undefined
    }
  }
}

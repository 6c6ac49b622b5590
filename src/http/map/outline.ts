/**
 * The network from afar, below zoom 10: a point for each feeder and its main lines as one shape while
 * those are few; of a larger network dots that stand for customers, and points of feeders only where a
 * tile holds not too many.
 */
import GeoJSONVT from 'geojson-vt'
import { tileX, tileY } from '../../grid/geography.ts'
import { CellPyramid } from './cells.ts'
import type { CutFeature } from './counted.ts'
import type { DrawnGrid } from './drawn-grid.ts'
import type { Feature } from './features.ts'
import { lineGeometry, lineRank } from './lines.ts'
import { networkOf } from './network.ts'

/** From here on lines themselves are drawn. */
export const LINES_FROM_ZOOM = 10
/** Main lines drawn as shapes; beyond, dots show where the network is. */
const MAX_OUTLINE_LINES = 50_000
/** Points of feeders in a tile; at a zoom with a fuller one none are drawn. */
export const MAX_FEEDERS_A_TILE = 400

export interface Outline {
  /** Features of a tile below `LINES_FROM_ZOOM`, by layer. */
  tile(z: number, x: number, y: number): ReadonlyMap<string, readonly CutFeature[]>
}

const outlines = new WeakMap<DrawnGrid, Outline>()

/** The outline of `grid`, made the first time: passes over its lines and its devices. */
export function outlineOf(grid: DrawnGrid): Outline {
  const known = outlines.get(grid)
  if (known) return known
  const made = makeOutline(grid)
  outlines.set(grid, made)
  return made
}

function makeOutline(grid: DrawnGrid): Outline {
  const shapes = shapesOf(grid)
  const features: Feature[] = []
  for (const [index, feeder] of networkOf(grid).feeders.entries()) {
    const { id, name, unit, centroid, customers } = feeder
    const properties = { id, name, unit, customers }
    const add = (type: string, coordinates: unknown) =>
      features.push({ type: 'Feature', geometry: { type, coordinates }, properties })
    if (centroid) add('Point', centroid)
    const shape = shapes?.[index] ?? []
    if (shape.length > 0) add('MultiLineString', shape)
  }
  const cut = new GeoJSONVT({ type: 'FeatureCollection', features } as never, {
    maxZoom: LINES_FROM_ZOOM - 1,
    indexMaxZoom: 0,
    tolerance: 4,
  })
  const cells = shapes === undefined ? new CellPyramid(grid, LINES_FROM_ZOOM - 1) : undefined
  const feedersFrom = shapes === undefined ? feedersFromZoom(grid) : 0
  return {
    tile(z, x, y) {
      const layers = new Map<string, readonly CutFeature[]>()
      if (cells) layers.set('cells', cells.in(z, x, y))
      if (z >= feedersFrom)
        layers.set('feeders', (cut.getTile(z, x, y)?.features ?? []) as unknown as CutFeature[])
      return layers
    },
  }
}

/** Main lines of each feeder; undefined where they are too many to be drawn. */
function shapesOf(grid: DrawnGrid): [number, number][][][] | undefined {
  const shapes = grid.feeders.map((): [number, number][][] => [])
  let lines = 0
  for (let line = 0; line < grid.lines.count; line++) {
    const shape = shapes[grid.devices.feeder[grid.lines.fedBy[line]!] ?? -1]
    const coordinates =
      shape && lineRank(grid, line) === 'main' ? lineGeometry(grid, line) : undefined
    if (!coordinates) continue
    if (++lines > MAX_OUTLINE_LINES) return
    shape!.push(coordinates)
  }
  return shapes
}

/** The farthest zoom from which on no tile holds more than `MAX_FEEDERS_A_TILE` feeders. */
function feedersFromZoom(grid: DrawnGrid): number {
  for (let z = LINES_FROM_ZOOM - 1; z >= 0; z--) {
    const counts = new Map<string, number>()
    for (const { centroid } of networkOf(grid).feeders) {
      if (!centroid) continue
      const tile = `${tileX(centroid[0], z)}/${tileY(centroid[1], z)}`
      const count = (counts.get(tile) ?? 0) + 1
      if (count > MAX_FEEDERS_A_TILE) return z + 1
      counts.set(tile, count)
    }
  }
  return 0
}

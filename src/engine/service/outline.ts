/**
 * The outline of a dark area (停电范围): a convex ring around its transformers, coarse on purpose, so that
 * it shows a village or a few streets and no single house.
 */
import type { CompiledGrid } from '../../grid/compiled.ts'
import { hullOf } from '../../grid/hull.ts'

export type Outline = readonly (readonly [lon: number, lat: number])[]

/** Cells of a five-hundredth of a degree, some 200 m: each transformer stands for the whole of its own. */
const CELLS_PER_DEGREE = 500

/** A closed ring, counter-clockwise as GeoJSON has it; null where no transformer has a place. */
export function outlineOf(grid: CompiledGrid, transformers: readonly number[]): Outline | null {
  const { lon, lat } = grid.nodes
  const corners = new Map<string, readonly [number, number]>()
  for (const device of transformers) {
    const node = grid.devices.to[device]!
    if (Number.isNaN(lon[node]!)) continue
    const x = Math.floor(lon[node]! * CELLS_PER_DEGREE)
    const y = Math.floor(lat[node]! * CELLS_PER_DEGREE)
    for (const dx of [0, 1])
      for (const dy of [0, 1]) corners.set(`${x + dx}/${y + dy}`, [x + dx, y + dy])
  }
  if (corners.size === 0) return null
  const ring = hullOf([...corners.values()])
  return ring.map(([x, y]) => [x / CELLS_PER_DEGREE, y / CELLS_PER_DEGREE] as const)
}

/** Networks for random stories: every other one a small random tree, the rest generated counties. */
import { compileGrid } from '../../src/grid/compile.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { generateGrid } from '../../src/grid/generate/generate.ts'
import { numbers, tinyGrid } from './tiny-grid.ts'

/** Seeds that share a generated county: making one takes longer than running a story on it. */
const STORIES_A_COUNTY = 20

export function gridOf(seed: number): CompiledGrid {
  const random = numbers(seed)
  if (seed % 2 === 0)
    return compileGrid(
      tinyGrid(random, {
        devices: 3 + Math.floor(random() * 10),
        meters: 4 + Math.floor(random() * 40),
        concentrators: random() < 0.5,
      }),
      'tiny',
    )
  return county(Math.floor(seed / STORIES_A_COUNTY))
}

const counties = new Map<number, CompiledGrid>()

function county(seed: number): CompiledGrid {
  let grid = counties.get(seed)
  if (!grid) {
    grid = compileGrid(generateGrid({ customers: 300 + ((seed * 137) % 700), seed }), 'county')
    counties.clear()
    counties.set(seed, grid)
  }
  return grid
}

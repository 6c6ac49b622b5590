/**
 * The two forms of a grid in memory: one object with lists, and line objects one by one in the
 * order of `LINE_KINDS`.
 */
import { GRID_VERSION, type Grid, type GridLineObject } from './model.ts'

/** The list of each kind, in the order the kinds must come. */
export const LISTS = [
  ['unit', 'units'],
  ['substation', 'substations'],
  ['feeder', 'feeders'],
  ['node', 'nodes'],
  ['device', 'devices'],
  ['line', 'lines'],
  ['usagePoint', 'usagePoints'],
  ['observer', 'observers'],
] as const

export function emptyGrid(): Grid {
  return {
    version: GRID_VERSION,
    units: [],
    substations: [],
    feeders: [],
    nodes: [],
    devices: [],
    lines: [],
    usagePoints: [],
    observers: [],
  }
}

/** The lines of a grid: the header, then each list in turn. */
export function* gridLinesOf(grid: Grid): Generator<GridLineObject> {
  const { version, name } = grid
  yield name === undefined ? { $: 'grid', version } : { $: 'grid', version, name }
  for (const [kind, list] of LISTS)
    for (const item of grid[list]) yield { $: kind, ...item } as GridLineObject
}

/** Adds one line object to a grid in memory. */
export function addLine(grid: Grid, line: GridLineObject): void {
  const { $: kind, ...item } = line
  if (kind === 'grid') {
    if (line.$ === 'grid' && line.name !== undefined) grid.name = line.name
    return
  }
  const [, list] = LISTS.find(([of]) => of === kind)!
  ;(grid[list] as unknown[]).push(item)
}

export function collectGrid(lines: Iterable<GridLineObject>): Grid {
  const grid = emptyGrid()
  for (const line of lines) addLine(grid, line)
  return grid
}

import { expect, test } from 'vitest'
import { gridStats } from '../../../src/grid/stats.ts'
import { smallGrid } from './small-grid.ts'

test('counts and depths of a grid that can be counted by hand', () => {
  expect(gridStats(smallGrid())).toEqual({
    name: 'small',
    units: 2,
    substations: 1,
    feeders: 2,
    nodes: 11,
    nodesWithPlace: 11,
    energisedNodes: 11,
    lines: 3,
    devices: 8,
    deviceTypes: { breaker: 2, switch: 2, transformer: 2, meterBox: 1, fuse: 1 },
    zones: {},
    normallyOpen: 1,
    ties: 1,
    transformers: { public: 1, unknown: 1 },
    usagePoints: 3,
    threePhaseUsagePoints: 1,
    important: { second: 1 },
    sensitive: { care: 1 },
    observers: 5,
    observerClasses: { concentrator: 1, meter: 3, ttu: 1 },
    // S ─B1─ a ── b ─K1─ c ── d ─T1─ e ─X1─ f
    maxDepth: 6,
    deviceDepth: 4,
    perTransformer: { mean: 1.5, max: 2 },
    perFeeder: { mean: 1.5, min: 0, max: 3 },
    partitions: { count: 1, largest: 3 },
  })
})

test('what no source reaches is not energised, and an open switch beside it is no tie', () => {
  const grid = smallGrid()
  grid.feeders.pop()
  grid.devices = grid.devices.filter(({ id }) => id !== 'B2')
  const stats = gridStats(grid)
  expect(stats.energisedNodes).toBe(9)
  expect(stats.normallyOpen).toBe(1)
  expect(stats.ties).toBe(0)
})

import { describe, expect, it } from 'vitest'
import { measure, subtree } from '../../../src/engine/incidents/extent.ts'
import { gradeOf, levelOf } from '../../../src/engine/incidents/levels.ts'
import type { CareReason } from '../../../src/facts/care.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import { Topology } from '../../../src/grid/topology.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { shippedRules } from '../../support/engine-lab.ts'

/**
 *   ─B1─┬─S1─┬─X1─K1─┬ m1
 *       │    │       └ m2
 *       │    └─F1─X2── m3
 *       └─S2─··T··─┐
 *   ─B2─┬──────────┘
 *       └─X3── m4
 */
const DRAWING = `
B1 breaker
  S1 switch
    X1 transformer
      K1 meterBox
        m1 meter
        m2 meter
    F1 fuse A
      X2 transformer A
        m3 meter A
  S2 switch A
B2 breaker
  X3 transformer
    m4 meter
tie T S2 B2
`

function drawn() {
  const drawing = drawnGrid(DRAWING)
  drawing.usagePoints.find(({ id }) => id === 'm2')!.important = 'second'
  drawing.usagePoints.find(({ id }) => id === 'm3')!.sensitive = ['lifeSupport']
  const grid = compileGrid(drawing, 'drawn')
  const topology = new Topology(grid)
  const index = (id: string) => grid.devices.ids.indexOf(id)
  return { grid, topology, index }
}

describe('what lies below', () => {
  it('is counted with its transformers, important users and feeders', () => {
    const { topology, index, grid } = drawn()
    const extent = measure(topology, index('S1'), -1)
    expect(extent).toMatchObject({
      customers: 3,
      important: 1,
      mostImportant: 2,
      sensitive: 1,
      lifeSupport: 1,
    })
    expect(extent.transformers.map((d) => grid.devices.ids.idOf(d))).toEqual(['X1', 'X2'])
    expect([...extent.feeders.values()]).toEqual([{ customers: 3, transformers: 2, ratedVa: 0 }])
  })

  it('is one customer for a service', () => {
    const { topology, index, grid } = drawn()
    const extent = measure(topology, index('K1'), grid.usagePoints.ids.indexOf('m1'))
    expect(extent).toMatchObject({
      customers: 1,
      important: 0,
      mostImportant: -1,
      transformers: [],
    })
  })

  it('follows the present positions, and counts customers to the feeder they belong to', () => {
    const { topology, index, grid } = drawn()
    topology.operate(index('B1'), true)
    topology.operate(index('T'), false)
    const extent = measure(topology, index('B2'), -1)
    expect(extent.customers).toBe(4)
    // The tie itself belongs to no feeder.
    const byFeeder = [...extent.feeders]
      .filter(([feeder]) => feeder >= 0)
      .map(([feeder, { customers }]) => [grid.feeders[feeder]!.id, customers])
    expect(byFeeder.sort()).toEqual([
      ['f-B1', 3],
      ['f-B2', 1],
    ])
    expect(subtree(topology, index('X1'))).toEqual([index('X1'), index('K1')])
  })
})

describe('levels', () => {
  it.each([
    ['B1', 'feeder'],
    ['S1', 'section'],
    ['S2', 'branch'],
    ['F1', 'branch'],
    ['X1', 'transformer'],
    ['K1', 'meterBox'],
  ])('%s opens as %s', (id, level) => {
    const { grid, index } = drawn()
    expect(levelOf(grid, index(id))).toBe(level)
  })
})

describe('grades', () => {
  const { grading } = shippedRules()
  const none = { customers: 1, important: 0, mostImportant: -1, sensitive: 0, lifeSupport: 0 }
  const nowhere = { devices: [], transformers: [], feeders: new Map(), ratedVa: 0, centroid: null }
  const extent = (over: Partial<typeof none>) => ({ ...none, ...nowhere, ...over }) as const
  const HOUR = 3_600_000

  it.each([
    ['one customer for a minute', 'service', {}, 0, 4],
    ['a branch', 'branch', {}, 0, 3],
    ['a feeder', 'feeder', {}, 0, 2],
    ['a substation', 'substation', {}, 0, 1],
    ['499 customers', 'service', { customers: 499 }, 0, 4],
    ['500 customers', 'service', { customers: 500 }, 0, 3],
    ['3,000 customers', 'service', { customers: 3000 }, 0, 2],
    ['10,000 customers', 'branch', { customers: 10_000 }, 0, 1],
    ['two hours', 'service', {}, 2 * HOUR, 3],
    ['just under four hours', 'service', {}, 4 * HOUR - 1, 3],
    ['eight hours', 'service', {}, 8 * HOUR, 1],
    ['a special user', 'service', { important: 1, mostImportant: 0 }, 0, 1],
    ['a second-grade user', 'service', { important: 1, mostImportant: 2 }, 0, 2],
    ['care at home', 'service', { sensitive: 1 }, 0, 3],
    ['life support', 'service', { sensitive: 1, lifeSupport: 1 }, 0, 2],
  ] as const)('%s: the most urgent of all criteria holds', (_, level, over, ms, grade) => {
    expect(gradeOf(grading, level, extent(over), ms)).toBe(grade)
  })

  const noted = (...reasons: CareReason[]) => new Set(reasons)
  it.each([
    ['nine callers', { calls: 9 }, 4],
    ['ten callers', { calls: 10 }, 3],
    ['thirty callers', { calls: 30 }, 2],
    ['a hundred callers', { calls: 100 }, 1],
    ['an area about to be dark too often', { noted: noted('outageWarning') }, 3],
    ['an area dark too often', { noted: noted('outageWarning', 'frequentOutage') }, 2],
    ['a complaint alone', { noted: noted('complaint', 'publicOpinion') }, 4],
    ['half of the lowest share of its city', { cityShare: 'warning' }, 2],
    ['the lowest share of its city', { cityShare: 'general' }, 1],
  ] as const)('%s', (_, over, grade) => {
    const circumstances = { calls: 0, noted: noted(), cityShare: 'none', ...over } as const
    expect(gradeOf(grading, 'service', extent({}), 0, circumstances)).toBe(grade)
  })
})

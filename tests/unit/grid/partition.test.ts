import { describe, expect, it } from 'vitest'
import { compileGrid } from '../../../src/grid/compile.ts'
import { packPartitions, placeFeeders } from '../../../src/grid/partition.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'

const THREE_FEEDERS = `
B1 breaker
  X1 transformer
    m1 meter
B2 breaker
  X2 transformer
    m2 meter
B3 breaker
  X3 transformer
    m3 meter
`

/** The groups of the feeders of a drawing whose substations are all different. */
function groupsOf(drawing: string): number[] {
  const grid = drawnGrid(drawing)
  grid.substations = grid.feeders.map(({ id }) => ({ id: `s-${id}`, name: id, unit: 'U' }))
  for (const feeder of grid.feeders) feeder.substation = `s-${feeder.id}`
  return compileGrid(grid, 'drawn').feeders.map(({ partition }) => partition)
}

describe('groups of feeders', () => {
  it('are one each where nothing joins them', () => {
    expect(groupsOf(THREE_FEEDERS)).toEqual([0, 1, 2])
  })

  it('are one where a tie can join them, also in steps', () => {
    expect(groupsOf(`${THREE_FEEDERS}tie T B1 B3`)).toEqual([0, 1, 0])
    expect(groupsOf(`${THREE_FEEDERS}tie T B1 B2\ntie U B2 B3`)).toEqual([0, 0, 0])
  })

  it('are one where they start at one substation', () => {
    const compiled = compileGrid(drawnGrid(THREE_FEEDERS), 'drawn')
    expect(compiled.feeders.map(({ partition }) => partition)).toEqual([0, 0, 0])
  })
})

describe('a grid after another', () => {
  const COUNT = 2
  const NOWHERE = new Map<string, number>()
  /** Feeders of so many areas, each with a station of its own, all of unit U but those named otherwise. */
  const gridOf = (
    feeders: Readonly<Record<string, number>>,
    { ties = '', units = {} }: { ties?: string; units?: Readonly<Record<string, string>> } = {},
  ) => {
    const drawing = Object.entries(feeders).map(
      ([name, areas]) => `${name} breaker station:s-${name} unit:${units[name] ?? 'U'}
  ${name}x1..${name}x${areas} transformer
    m meter`,
    )
    return compileGrid(drawnGrid(`${drawing.join('\n')}\n${ties}`), 'drawn')
  }
  const FIRST = { A: 3, B: 2, C: 1 }
  const before = gridOf(FIRST)

  it('leaves each feeder where the first grid put it, however sizes change', () => {
    const placed = placeFeeders(NOWHERE, before, COUNT)
    expect(placed.moved).toEqual([])
    expect(placed.partitions).toEqual(
      new Map(before.feeders.map(({ id, partition }) => [id, partition % COUNT])),
    )
    const after = gridOf({ C: 30, A: 3, B: 12 })
    expect(placeFeeders(placed.partitions, after, COUNT)).toEqual({
      partitions: new Map(after.feeders.map(({ id }) => [id, placed.partitions.get(id)!])),
      moved: [],
    })
  })

  it('puts what is new with what it can be joined with, with its unit, or where there is least', () => {
    const { partitions } = placeFeeders(NOWHERE, before, COUNT)
    const home = (feeder: string) => partitions.get(`f-${feeder}`)!
    const placeD = (more: Parameters<typeof gridOf>[1]) =>
      placeFeeders(partitions, gridOf({ ...FIRST, D: 40 }, more), COUNT).partitions.get('f-D')
    expect(placeD({ ties: 'tie T D B' })).toBe(home('B'))
    expect(placeD({ units: { C: 'V', D: 'V' } })).toBe(home('C'))
    expect(home('A')).not.toBe(home('B'))
    expect([placeD({ units: { A: 'V', D: 'V' } }), placeD({ units: { B: 'V', D: 'V' } })]).toEqual([
      home('A'),
      home('B'),
    ])
    // A and B are one each, and C with one of them: the other has less.
    const sizes = { [home('A')]: 0, [home('B')]: 0 }
    for (const [feeder, size] of Object.entries(FIRST)) sizes[home(feeder)]! += size
    const emptiest = sizes[home('A')]! < sizes[home('B')]! ? home('A') : home('B')
    expect(placeD({ units: { D: 'V' } })).toBe(emptiest)
  })

  it('names what a tie joins with more in another partition', () => {
    const { partitions } = placeFeeders(NOWHERE, before, COUNT)
    expect(placeFeeders(partitions, gridOf(FIRST, { ties: 'tie T A B' }), COUNT).moved).toEqual([
      'f-B',
    ])
    expect(
      placeFeeders(partitions, gridOf({ ...FIRST, B: 9 }, { ties: 'tie T A B' }), COUNT).moved,
    ).toEqual(['f-A'])
  })
})

describe('packing', () => {
  it('puts the largest groups apart and fills up with the small ones', () => {
    expect([...packPartitions([1, 9, 1, 8, 1], 2)]).toEqual([1, 0, 0, 1, 1])
  })

  it('puts every group somewhere, and none twice as full as it need be', () => {
    const sizes = Array.from({ length: 57 }, (_, i) => 1 + ((i * 37) % 23))
    const load = new Array<number>(7).fill(0)
    packPartitions(sizes, 7).forEach((partition, group) => {
      load[partition]! += sizes[group]!
    })
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(load.reduce((sum, size) => sum + size, 0)).toBe(total)
    expect(Math.max(...load)).toBeLessThan((total / 7) * 1.5)
  })

  it('is the same every time, ties by number', () => {
    expect([...packPartitions([5, 5, 5], 3)]).toEqual([0, 1, 2])
    expect([...packPartitions([], 3)]).toEqual([])
  })
})

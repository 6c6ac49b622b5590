import { describe, expect, it } from 'vitest'
import { compileGrid } from '../../../src/grid/compile.ts'
import { packPartitions } from '../../../src/grid/partition.ts'
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

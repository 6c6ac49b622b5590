import { describe, expect, it } from 'vitest'
import { compileGrid } from '../../../src/grid/compile.ts'
import { NOT_ENERGISED, ROOT } from '../../../src/grid/forest.ts'
import { Topology } from '../../../src/grid/topology.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { numbers } from '../../support/tiny-grid.ts'

/**
 *   ─B1─┬─S1─┬─X1   (m1)
 *       │    └─S2─┬─X2   (m2)
 *       │         └··T··┐
 *   ─B2─┬─X4 (m4)       │
 *       └─S3─┬─X3 (m3)  │
 *            └··········┘
 */
const TWO_FEEDERS = `
B1 breaker
  S1 switch
    X1 transformer
      m1 meter
    S2 switch
      X2 transformer
        m2 meter
B2 breaker
  X4 transformer
    m4 meter
  S3 switch
    X3 transformer
      m3 meter
tie T S2 S3
`

function drawn(drawing: string) {
  const grid = compileGrid(drawnGrid(drawing), 'drawn')
  const topology = new Topology(grid)
  const index = (id: string) => grid.devices.ids.indexOf(id)
  const above = (id: string) => {
    const parent = topology.parent[index(id)]!
    if (parent === ROOT) return 'root'
    return parent === NOT_ENERGISED ? 'dark' : grid.devices.ids.idOf(parent)
  }
  const operate = (id: string, open: boolean) =>
    topology.operate(index(id), open).map((device) => grid.devices.ids.idOf(device))
  const parents = () => [...topology.parent]
  return { grid, topology, above, operate, index, parents }
}

describe('switch positions', () => {
  it('start as drawn: ties open, everything below its feeder', () => {
    const { above, topology } = drawn(TWO_FEEDERS)
    expect(['B1', 'S1', 'X1', 'S2', 'X2', 'T'].map(above)).toEqual([
      'root',
      'B1',
      'S1',
      'S1',
      'S2',
      'dark',
    ])
    expect(topology.normal).toBe(true)
  })

  it('keep what an opened switch fed hanging below it: the open device is what must be seen', () => {
    const { above, operate, topology } = drawn(TWO_FEEDERS)
    expect(operate('S2', true)).toEqual([])
    expect(above('X2')).toBe('S2')
    expect(topology.normal).toBe(true)
  })

  it('re-hang what a tie takes over, and put it back', () => {
    const { above, operate, parents, topology } = drawn(TWO_FEEDERS)
    const normal = parents()
    operate('S2', true)
    expect(operate('T', false).sort()).toEqual(['S2', 'T', 'X2'])
    expect(above('T')).toBe('S3')
    expect(above('X2')).toBe('T')
    expect(above('S2')).toBe('dark')
    expect(topology.normal).toBe(false)
    // Back: the tie opens, the switch closes.
    operate('T', true)
    operate('S2', false)
    expect(parents()).toEqual(normal)
    expect(topology.normal).toBe(true)
  })

  it('name a loop instead of hanging anything twice', () => {
    const { above, operate, index, topology } = drawn(TWO_FEEDERS)
    expect(operate('T', false)).toEqual([])
    expect(topology.loops).toEqual([index('T')])
    expect(above('X2')).toBe('S2')
    // Opening a switch in the loop moves what it fed to the other side, at once.
    expect(operate('S2', true).sort()).toEqual(['S2', 'T', 'X2'])
    expect(topology.loops).toEqual([])
    expect(above('X2')).toBe('T')
  })

  it('turn a chain around that is taken over from its far end', () => {
    //  ─B1─S1─S2─S3─┐      B1 opens, T closes:  B2─T─S3─S2─S1, B1 dark
    //  ─B2─────··T··┘
    const { above, operate } = drawn(`
B1 breaker
  S1 switch
    S2 switch
      S3 switch
        X1 transformer
          m1 meter
B2 breaker
  X2 transformer
    m2 meter
tie T S3 B2
`)
    operate('B1', true)
    operate('T', false)
    expect(['T', 'S3', 'S2', 'S1', 'X1', 'B1'].map(above)).toEqual([
      'B2',
      'T',
      'S3',
      'S2',
      'T',
      'dark',
    ])
  })

  it('leave an island hanging below what opened, where no tie can reach it', () => {
    const { above, operate, topology, index } = drawn(TWO_FEEDERS)
    operate('B1', true)
    expect(above('S1')).toBe('B1')
    expect(topology.rootOf(index('X1'))).toBe(index('B1'))
    operate('B2', true)
    // The tie joins two dark parts: nothing is fed by it.
    expect(operate('T', false)).toEqual([])
    expect(above('X2')).toBe('S2')
  })

  it('list children under the present positions', () => {
    const { topology, operate, index } = drawn(TWO_FEEDERS)
    expect(topology.childrenOf(index('S2'))).toEqual([index('X2')])
    operate('S2', true)
    operate('T', false)
    expect(topology.childrenOf(index('T'))).toEqual([index('X2')])
    expect(topology.childrenOf(index('S2'))).toEqual([])
  })

  it('come back to the normal forest from wherever they were', () => {
    const random = numbers(3)
    for (let n = 0; n < 200; n++) {
      const { grid, topology, parents } = drawn(TWO_FEEDERS)
      const normal = parents()
      const count = grid.devices.ids.count
      for (let step = 0; step < 12; step++)
        topology.operate(Math.floor(random() * count), random() < 0.5)
      isForest(topology.parent)
      // Ties open first, so that no loop is closed on the way.
      for (let d = 0; d < count; d++)
        if (grid.devices.normallyOpen[d] === 1) topology.operate(d, true)
      for (let d = 0; d < count; d++) topology.operate(d, grid.devices.normallyOpen[d] === 1)
      expect(parents()).toEqual(normal)
    }
  })
})

function isForest(parent: Int32Array): void {
  for (let d = 0; d < parent.length; d++) {
    let steps = 0
    for (let at = d; at >= 0; at = parent[at]!) expect(++steps).toBeLessThanOrEqual(parent.length)
  }
}

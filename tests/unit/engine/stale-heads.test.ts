/** Who holds on to a device that heads no class any more is stopped, not sent round for ever. */
import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../../src/engine/assert.ts'
import { Network } from '../../../src/engine/inference/network.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import { Topology } from '../../../src/grid/topology.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'

const grid = compileGrid(
  drawnGrid(
    [
      'B1 breaker',
      '  S1 switch',
      '    X1 transformer',
      '      m1..m4 meter',
      '  E1 switch',
      'B2 breaker',
      '  X2 transformer',
      '    m5..m8 meter',
      '  E2 switch',
      'tie K E1 E2',
    ].join('\n'),
  ),
  'stale heads',
)
const indexOf = (id: string) => grid.devices.ids.indexOf(id as never)
const networkOf = (topology: Topology) =>
  new Network(topology, { device: { byType: Array(10).fill(7_000_000) }, service: 9_000_000 })

describe('a head that heads no class', () => {
  it('is told from one that does', () => {
    const network = networkOf(new Topology(grid))
    const breaker = indexOf('B1')
    expect(network.members(breaker)).toEqual(['B1', 'S1', 'X1'].map(indexOf))
    expect(() => network.members(indexOf('X1'))).toThrow(InvariantError)
    expect(() => network.headPrior(indexOf('S1'))).toThrow(InvariantError)
  })

  it('is found out where a switch has operated since', () => {
    const topology = new Topology(grid)
    const network = networkOf(topology)
    const breaker = indexOf('B1')
    const before = topology.subtree(breaker)
    topology.operate(breaker, true)
    network.rehang([], [...before])
    expect(() => network.members(breaker)).toThrow(InvariantError)
  })
})

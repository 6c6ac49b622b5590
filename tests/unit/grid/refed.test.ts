/** What hangs below a device after switching, as stretches of numbers: what the topology itself says. */
import { describe, expect, it } from 'vitest'
import { compileGrid } from '../../../src/grid/compile.ts'
import { belowNow, customersIn, customersNow, stretchesBelow } from '../../../src/grid/refed.ts'
import { Topology } from '../../../src/grid/topology.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { tiedGrid } from '../../support/tied-grid.ts'
import { numbers } from '../../support/tiny-grid.ts'

const members = (stretches: readonly (readonly [number, number])[]) =>
  stretches.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i))

describe('what hangs below a device', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])('is what it feeds, network %d', (seed) => {
    const random = numbers(seed)
    const grid = compileGrid(tiedGrid(random), 'tied')
    const normally = new Topology(grid)
    const topology = new Topology(grid)
    const { ids } = grid.devices
    const switches = Array.from({ length: ids.count }, (_, d) => d).filter((d) =>
      /^[ST]/.test(ids.idOf(d)),
    )
    for (let round = 0; round < 8; round++) {
      const away = switches.filter(() => random() < 0.3)
      topology.arrange(away.map((d) => [d, normally.open[d] === 0] as const))
      const customers = customersNow(topology)
      for (let device = 0; device < ids.count; device++) {
        const { devices, lines } = belowNow(topology, device)
        const below = [...topology.subtree(device)].sort((a, b) => a - b)
        expect(members(devices), ids.idOf(device)).toEqual(below)
        const served = below.map((d) => grid.usagePoints.first[d + 1]! - grid.usagePoints.first[d]!)
        expect(customers.of(device)).toBe(served.reduce((sum, n) => sum + n, 0))
        const fed = new Set(below)
        const own = [...normally.zoneFedBy].flatMap((feeder, zone) =>
          feeder >= 0 && fed.has(topology.zoneFedBy[zone]!) ? [feeder] : [],
        )
        const feeders = new Set(normally.zoneFedBy.filter((feeder) => feeder >= 0))
        expect(members(lines).filter((d) => feeders.has(d))).toEqual(own.sort((a, b) => a - b))
      }
    }
  })

  it('is one stretch in the normal state', () => {
    const grid = compileGrid(
      drawnGrid('B breaker\n  X transformer\n    m1 meter\n    m2 meter'),
      'g',
    )
    const root = grid.devices.ids.indexOf('B')
    expect(stretchesBelow(grid, root)).toEqual([[root, root + 2]])
    expect(customersIn(grid, stretchesBelow(grid, root))).toBe(2)
  })
})

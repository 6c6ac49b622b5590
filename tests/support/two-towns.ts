/** Networks for roles that judge side by side: two towns alike, and a tie that joins them. */
import type { Grid } from '../../src/grid/model.ts'
import { smallGrid } from '../unit/grid/small-grid.ts'

/** Two towns that nothing joins: each in a partition of its own. */
export function twoTowns(): Grid {
  const one = smallGrid()
  const there = (text: string) =>
    text.replaceAll(
      /"(id|device|node|from|to|substation|source|usagePoint|via)":"(\w+)"/g,
      '"$1":"$2-2"',
    )
  const { units, ...rest } = one
  const two = JSON.parse(there(JSON.stringify(rest))) as typeof rest
  const both = <T>(a: readonly T[], b: readonly T[]) => [...a, ...b]
  return {
    ...one,
    units,
    substations: both(one.substations, two.substations),
    feeders: both(one.feeders, two.feeders),
    nodes: both(one.nodes, two.nodes),
    devices: both(one.devices, two.devices),
    lines: both(one.lines, two.lines),
    usagePoints: both(one.usagePoints, two.usagePoints),
    observers: both(one.observers, two.observers),
  }
}

/** With a tie between them, normally open. */
export function bridged(towns: Grid): Grid {
  const tie = { id: 'J1', type: 'switch', name: 'bridge', normallyOpen: true } as const
  return { ...towns, devices: [...towns.devices, { ...tie, from: 'd', to: 'd-2' }] }
}

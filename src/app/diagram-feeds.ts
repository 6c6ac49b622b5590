/** Which feeder feeds a device at present, and the ties that feed something (转供): for the diagram. */
import { NONE } from '../engine/inference/network.ts'
import type { Topology } from '../grid/topology.ts'

/** The feeder whose source a device hangs below now; `NONE` where it hangs below none. */
export function feedersNow({ grid, parent }: Topology): (device: number) => number {
  const { normalParent } = grid.devices
  const feederAt = new Map(grid.feeders.map(({ source }, feeder) => [source, feeder]))
  return (device) => {
    for (let at = device; at >= 0; at = parent[at]!) {
      const feeder = feederAt.get(at)
      // A source that is fed from its other side stands in the path of another feeder.
      if (feeder !== undefined && parent[at] === normalParent[at]) return feeder
    }
    return NONE
  }
}

/** A closed tie (联络开关), and the feeder to which the part that hangs from it belongs normally. */
export interface TieInUse {
  readonly tie: number
  readonly feeds: number
}

/** Normally open switches that are closed and feed something, in their order. */
export function tiesInUse(topology: Topology, ties: readonly number[]): readonly TieInUse[] {
  if (topology.normal) return []
  const { parent, open, grid } = topology
  const feeds = new Map<number, number>()
  for (const moved of topology.moved) {
    const feeder = grid.devices.feeder[moved]!
    if (feeder >= 0 && !feeds.has(parent[moved]!)) feeds.set(parent[moved]!, feeder)
  }
  return ties
    .filter((tie) => open[tie] === 0 && feeds.has(tie))
    .map((tie) => ({ tie, feeds: feeds.get(tie)! }))
}

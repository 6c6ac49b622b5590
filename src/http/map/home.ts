/** Which feeder something belongs to in the normal state. */
import {
  type CompiledGrid,
  TARGET_DEVICE,
  TARGET_NODE,
  TARGET_USAGE_POINT,
} from '../../grid/compiled.ts'

/** Device above each node in the normal state, worked out once per grid. */
const feederOfNodes = new WeakMap<CompiledGrid, Int32Array>()

function nodeFeeders(grid: CompiledGrid): Int32Array {
  const known = feederOfNodes.get(grid)
  if (known) return known
  const feeders = new Int32Array(grid.nodes.zone.length).fill(-1)
  const { from, to, feeder, ids } = grid.devices
  for (let device = 0; device < ids.count; device++) {
    if (feeder[device]! < 0) continue
    feeders[to[device]!] = feeder[device]!
    if (feeders[from[device]!] === -1) feeders[from[device]!] = feeder[device]!
  }
  for (let line = 0; line < grid.lines.count; line++) {
    const home = feeder[grid.lines.fedBy[line]!] ?? -1
    if (home < 0) continue
    feeders[grid.lines.from[line]!] = home
    feeders[grid.lines.to[line]!] = home
  }
  feederOfNodes.set(grid, feeders)
  return feeders
}

/** Index of the home feeder of an observer, −1 where it has none. */
export function homeFeederOf(grid: CompiledGrid, observer: number): number {
  const target = grid.observers.target[observer]!
  switch (grid.observers.targetKind[observer]) {
    case TARGET_DEVICE:
      return grid.devices.feeder[target] ?? -1
    case TARGET_USAGE_POINT:
      return grid.devices.feeder[grid.usagePoints.device[target]!] ?? -1
    case TARGET_NODE:
      return nodeFeeders(grid)[target] ?? -1
    default:
      return -1
  }
}

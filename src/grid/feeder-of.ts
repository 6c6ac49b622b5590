/** Which feeder a device or an observer belongs to, for all who ask where it is judged. */
import { type CompiledGrid, TARGET_DEVICE, TARGET_USAGE_POINT } from './compiled.ts'
import { feedersBeside } from './feeders-beside.ts'

/** A feeder that a device belongs to, feeds or stands between, by index: all of them are judged together. */
export function feederOfDevice(grid: CompiledGrid, device: number): number | undefined {
  const { feeder, subtreeSize } = grid.devices
  if (device < 0) return undefined
  if (feeder[device]! >= 0) return feeder[device]
  const below = feeder.subarray(device, device + subtreeSize[device]!).find((one) => one >= 0)
  return below ?? feedersBeside(grid, device)[0]
}

/** The device that an observer sits at, below zero where the grid knows no such observer or place. */
export function deviceOfObserver(grid: CompiledGrid, id: string): number {
  const observer = grid.observers.ids.indexOf(id)
  return observer < 0 ? -1 : deviceUnder(grid, observer)
}

/** The same of an observer by index; of one at a node that which feeds the place in the normal state. */
export function deviceUnder(grid: CompiledGrid, observer: number): number {
  const { observers, usagePoints, nodes } = grid
  const target = observers.target[observer]!
  if (observers.targetKind[observer] === TARGET_DEVICE) return target
  if (observers.targetKind[observer] === TARGET_USAGE_POINT) return usagePoints.device[target]!
  return feedsZones(grid)[nodes.zone[target]!]!
}

const zonesFed = new WeakMap<CompiledGrid, Int32Array>()

/** The device that feeds each zone in the normal state, below zero where none does. */
function feedsZones(grid: CompiledGrid): Int32Array {
  const known = zonesFed.get(grid)
  if (known) return known
  const { devices, nodes } = grid
  const fedBy = new Int32Array(nodes.zones).fill(-1)
  for (let d = 0; d < devices.feeder.length; d++)
    if (devices.feeder[d]! >= 0) fedBy[nodes.zone[devices.to[d]!]!] = d
  zonesFed.set(grid, fedBy)
  return fedBy
}

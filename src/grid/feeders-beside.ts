/** Feeders that a device stands between: a tie belongs to none of them, and concerns them all. */
import type { CompiledGrid } from './compiled.ts'

const besides = new WeakMap<CompiledGrid, ReadonlyMap<number, readonly number[]>>()

/** Feeder indices: its own, or of a device without one those of the zones at its two ends. */
export function feedersBeside(grid: CompiledGrid, device: number): readonly number[] {
  const own = grid.devices.feeder[device]!
  if (own >= 0) return [own]
  let known = besides.get(grid)
  if (!known) {
    known = findAll(grid)
    besides.set(grid, known)
  }
  return known.get(device) ?? []
}

/** One pass for all devices without a feeder; they are few. */
function findAll({ devices, nodes }: CompiledGrid): ReadonlyMap<number, readonly number[]> {
  const { feeder, from, to } = devices
  const at = new Map<number, Set<number>>()
  const endsOf = (device: number) => [nodes.zone[from[device]!]!, nodes.zone[to[device]!]!]
  for (let d = 0; d < feeder.length; d++)
    if (feeder[d]! < 0) for (const zone of endsOf(d)) at.set(zone, new Set())
  for (let d = 0; d < feeder.length; d++)
    // What feeds a zone, or leaves it, is of the zone's feeder; heads leave the bus.
    if (feeder[d]! >= 0) at.get(nodes.zone[to[d]!]!)?.add(feeder[d]!)
  const found = new Map<number, readonly number[]>()
  for (let d = 0; d < feeder.length; d++)
    if (feeder[d]! < 0)
      found.set(
        d,
        [...new Set(endsOf(d).flatMap((zone) => [...at.get(zone)!]))].sort((a, b) => a - b),
      )
  return found
}

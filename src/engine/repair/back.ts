/** Transformers that are back by the field's word while the device above them is still open. */
import type { DeviceId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { Case } from '../incidents/case.ts'
import type { World } from '../world.ts'

const NOTHING: ReadonlySet<number> = new Set()

/** Those transformers and all below them, by index. */
export function backBelow(world: World, incident: Case): ReadonlySet<number> {
  const { back } = incident.repair
  if (back.length === 0) return NOTHING
  const devices = new Set<number>()
  for (const transformer of backTransformers(world, incident))
    for (const device of world.topology.subtree(transformer)) devices.add(device)
  return devices
}

/** Meters that lie there: that they have supply is counted with their transformers. */
export function backMeters(world: World, incident: Case): ReadonlySet<number> {
  const { firstMeter } = world.grid.observers
  const meters = new Set<number>()
  for (const device of backBelow(world, incident))
    for (let o = firstMeter[device]!; o < firstMeter[device + 1]!; o++) meters.add(o)
  return meters
}

/** Those that still lie at or below the device the case stands for. */
export function backTransformers(world: World, incident: Case): number[] {
  const { ids } = world.grid.devices
  const { parent } = world.topology
  return incident.repair.back
    .map(({ transformer }) => ids.indexOf(transformer))
    .filter((device) => {
      for (let d = device; d >= 0; d = parent[d]!) if (d === incident.head) return true
      return false
    })
}

/** Usage points below them, each since when it has supply again. */
export function backUsagePoints(
  world: World,
  incident: Case,
): { readonly usagePoint: string; readonly at: InstantMs }[] {
  const { usagePoints, devices } = world.grid
  const since = new Map(incident.repair.back.map(({ transformer, at }) => [transformer, at]))
  return backTransformers(world, incident).flatMap((transformer) => {
    const at = since.get(devices.ids.idOf(transformer) as DeviceId)!
    return [...world.topology.subtree(transformer)].flatMap((device) => {
      const [from, to] = [usagePoints.first[device]!, usagePoints.first[device + 1]!]
      const ids = Array.from({ length: to - from }, (_, i) => usagePoints.ids.idOf(from + i))
      return ids.map((usagePoint) => ({ usagePoint, at }))
    })
  })
}

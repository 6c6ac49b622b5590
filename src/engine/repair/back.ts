/** Transformers that are back by the field's word while the device above them is still open. */

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

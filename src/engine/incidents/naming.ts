/** What a verdict is called: of devices that no observer can tell apart, the likeliest. */
import type { DeviceId, UnitId } from '../../facts/ids.ts'
import type { PhaseMask } from '../../facts/phases.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import type { DeviceRef } from '../changes.ts'
import { type Network, NONE } from '../inference/network.ts'
import type { Case } from './case.ts'

/**
 * Of the class those that can be open on these phases, topmost first: only what is not gang-operated
 * can open on some of its phases.
 */
export function ableMembers(network: Network, head: number, phases: PhaseMask): readonly number[] {
  const { devices } = network.grid
  const partial = (phases & devices.phases[head]!) !== devices.phases[head]
  return network.members(head).filter((device) => !partial || devices.ganged[device] === 0)
}

/** The member of the class most likely to have opened on these phases; of equals the topmost. */
export function likeliestMember(network: Network, head: number, phases: PhaseMask): number {
  const able = ableMembers(network, head, phases)
  let best = able[0] ?? head
  for (const device of able)
    if (network.devicePrior(device) < network.devicePrior(best)) best = device
  return best
}

/** The device a case is called by. */
export function deviceOf(
  network: Network,
  { named, head, phases }: Pick<Case, 'named' | 'head' | 'phases'>,
): number {
  return named === NONE ? likeliestMember(network, head, phases) : named
}

/** A device, or (observer ≥ 0) the service of the usage point it meters. */
export function deviceRef(network: Network, device: number, observer: number): DeviceRef {
  const { devices, usagePoints, observers } = network.grid
  if (observer !== NONE) {
    const id = usagePoints.ids.idOf(observers.target[observer]!) as DeviceId
    return { id, type: 'service', name: id }
  }
  const id = devices.ids.idOf(device) as DeviceId
  return { id, type: DEVICE_TYPES[devices.type[device]!]!, name: devices.nameOf(device) || id }
}

/** The unit (供电单位) responsible for a device; above the feeder heads that of the first below. */
export function unitOf(grid: CompiledGrid, device: number): UnitId {
  let feeder = grid.devices.feeder[device]!
  for (let d = device; feeder < 0 && d < grid.devices.ids.count; d++)
    feeder = grid.devices.feeder[d]!
  return (grid.units[grid.feeders[feeder]?.unit ?? 0]?.id ?? '') as UnitId
}

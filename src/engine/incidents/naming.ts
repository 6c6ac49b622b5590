/** What a verdict is called: of devices that no observer can tell apart, the likeliest. */
import type { DeviceId } from '../../facts/ids.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import type { DeviceRef } from '../changes.ts'
import { type Network, NONE } from '../inference/network.ts'

/** The member of the class most likely to have opened; of equals the topmost. */
export function likeliestMember(network: Network, head: number): number {
  let best = head
  for (const device of network.members(head))
    if (network.priors.device[device]! < network.priors.device[best]!) best = device
  return best
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

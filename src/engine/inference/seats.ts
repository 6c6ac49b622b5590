/**
 * Observers seated right below the class of a head, one after the other: `Network.eachSeated` as a
 * loop, for what is asked of every head of a tree each time it is judged. A storm asks some hundred
 * thousand times a second, and would make a function each time.
 */
import { type Network, NONE } from './network.ts'

/** The first of them, `NONE` where nobody is seated there. */
export function firstSeated(network: Network, head: number): number {
  const device = network.bottom[head]!
  const { firstMeter } = network.grid.observers
  const meter = firstMeter[device]!
  return meter < firstMeter[device + 1]! ? meter : terminalAt(network, device, 0)
}

/** Who follows `observer`, `NONE` behind the last: meters first, then terminals. */
export function nextSeated(network: Network, head: number, observer: number): number {
  const device = network.bottom[head]!
  const { firstMeter } = network.grid.observers
  if (observer >= firstMeter[0]!)
    return observer + 1 < firstMeter[device + 1]! ? observer + 1 : terminalAt(network, device, 0)
  let behind = 1
  while (terminalAt(network, device, behind - 1) !== observer) behind++
  return terminalAt(network, device, behind)
}

/** The terminal that comes so many behind the first one of a device. */
function terminalAt(network: Network, device: number, behind: number): number {
  const at = network.firstTerminal(device) + behind
  return network.terminalSeats[at] === device ? network.terminals[at]! : NONE
}

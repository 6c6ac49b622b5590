/**
 * Who of a grid's observers is a terminal of its own, and for which meters a concentrator speaks.
 * Meters without a concentrator are terminals themselves.
 */
import type { Network } from './network.ts'
import { tellsPosition } from './world.ts'

export interface Roster {
  /** Observers with a connection of their own. */
  readonly terminals: readonly number[]
  /** Terminal that speaks for each observer: itself, or the one named by `via`. */
  readonly speaker: Int32Array
  /** Meters each concentrator forwards for. */
  readonly forwards: ReadonlyMap<number, readonly number[]>
  /** Observers that tell the position of a device. */
  readonly positionOf: ReadonlyMap<number, readonly number[]>
  /** Device at which, or below which, each observer sits; −1 where none feeds it. */
  readonly deviceOf: Int32Array
  /** Observers that feel supply, at or below each device in the normal state. */
  readonly observersBelow: Int32Array
}

export function buildRoster(network: Network): Roster {
  const { grid } = network
  const speaker = Int32Array.from(grid.observers, (observer, index) =>
    observer.via === undefined ? index : (network.observerIndex.get(observer.via) ?? index),
  )
  const terminals: number[] = []
  const forwards = new Map<number, number[]>()
  const positionOf = new Map<number, number[]>()
  const deviceOf = new Int32Array(grid.observers.length).fill(-1)
  const observersBelow = new Int32Array(grid.devices.length)
  grid.observers.forEach((observer, index) => {
    const terminal = speaker[index]!
    if (terminal === index) terminals.push(index)
    else append(forwards, terminal, index)
    const point =
      observer.usagePoint === undefined
        ? undefined
        : network.usagePointIndex.get(observer.usagePoint)
    const device =
      point !== undefined
        ? network.usagePointDevice[point]!
        : observer.device !== undefined
          ? (network.deviceIndex.get(observer.device) ?? -1)
          : observer.node !== undefined
            ? network.normal.fedBy[network.zoneOfNode(observer.node)]!
            : -1
    deviceOf[index] = device
    if (tellsPosition(observer)) append(positionOf, device, index)
    else if (device >= 0) observersBelow[device] = observersBelow[device]! + 1
  })
  for (let at = network.order.length - 1; at >= 0; at--) {
    const device = network.order[at]!
    const above = network.parent[device]!
    if (above >= 0) observersBelow[above] = observersBelow[above]! + observersBelow[device]!
  }
  return { terminals, speaker, forwards, positionOf, deviceOf, observersBelow }
}

function append(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

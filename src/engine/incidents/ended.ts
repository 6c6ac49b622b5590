/**
 * When supply was last proven to be back, by device and by service: an "off" from before that is
 * history, and no later interruption of the same supply began before it.
 */
import type { InstantMs } from '../../facts/time.ts'
import { type Network, NONE } from '../inference/network.ts'

export class EndedOutages {
  /** Latest end of an outage of each head; services stand as `−2 − observer`. */
  readonly at = new Map<number, InstantMs>()
  /** Latest end of an outage at or below each head: so long ago was it live for certain. */
  readonly #liveAt = new Map<number, InstantMs>()

  /** The outage of `head` (or of one observer's service below it) is over since `to`. */
  add(network: Network, head: number, observer: number, to: InstantMs): void {
    raise(this.at, observer === NONE ? head : serviceKey(observer), to)
    for (let a = head; a !== NONE; a = network.above[a]!) raise(this.#liveAt, a, to)
  }

  /** Puts back what `at` held. */
  restore(network: Network, headOf: Int32Array, key: number, to: InstantMs): void {
    const observer = observerOfKey(key)
    const head = observer === NONE ? key : headOf[observer]!
    if (head !== NONE) this.add(network, head, observer, to)
  }

  /** True where supply came back to a device above the observer after `at`. */
  covers(network: Network, headOf: number, at: InstantMs): boolean {
    if (this.at.size === 0) return false
    for (let a = headOf; a !== NONE; a = network.above[a]!)
      if (at <= (this.at.get(a) ?? Number.NEGATIVE_INFINITY)) return true
    return false
  }

  /** Up to when `head` (or the service of `observer` below it) is known to have been live; 0 if never. */
  liveUntil(network: Network, head: number, observer: number): InstantMs {
    let latest =
      observer === NONE ? (this.#liveAt.get(head) ?? 0) : (this.at.get(serviceKey(observer)) ?? 0)
    for (let a = head; a !== NONE; a = network.above[a]!)
      latest = Math.max(latest, this.at.get(a) ?? 0)
    return latest
  }

  /** Forgets what ended before `horizon`: no report is late enough to fall there. */
  forget(horizon: InstantMs): void {
    for (const ends of [this.at, this.#liveAt])
      for (const [key, to] of ends) if (to < horizon) ends.delete(key)
  }
}

const serviceKey = (observer: number) => -2 - observer

/** The observer whose service a key of `EndedOutages.at` stands for, `NONE` for a head. */
export function observerOfKey(key: number): number {
  return key < NONE ? -2 - key : NONE
}

function raise(ends: Map<number, InstantMs>, key: number, to: InstantMs): void {
  if (to > (ends.get(key) ?? 0)) ends.set(key, to)
}

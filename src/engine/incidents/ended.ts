/**
 * Interruptions that are over: up to when each place came back, and up to when its time without
 * supply is already accounted for. An "off" from before a return is history; no later interruption
 * begins before what is accounted for, so intervals of a usage point never overlap.
 */
import type { InstantMs } from '../../facts/time.ts'
import { type Network, NONE } from '../inference/network.ts'

/** The place of a verdict: a head, or (observer ≥ 0) the service of one observer below it. */
interface Place {
  readonly head: number
  readonly observer: number
}

export class EndedOutages {
  /** Latest return of each head; services stand as `−2 − observer`. */
  readonly returns = new Map<number, InstantMs>()
  /** Latest end of a stretch of each head, returned or taken over by a larger outage. */
  readonly stretches = new Map<number, InstantMs>()
  /** Latest end of a stretch at or below each head. */
  readonly #below = new Map<number, InstantMs>()

  /** Supply is back at `place` since `to`. */
  addReturn(network: Network, place: Place, to: InstantMs): void {
    raise(this.returns, keyOf(place), to)
    this.addStretch(network, place, to)
  }

  /** A stretch without supply at `place` is accounted for up to `to`. */
  addStretch(network: Network, place: Place, to: InstantMs): void {
    raise(this.stretches, keyOf(place), to)
    for (let a = place.head; a !== NONE; a = network.above[a]!) raise(this.#below, a, to)
  }

  /** What was taken for a return at or after `since`, at these heads, was none. */
  takeBack(heads: ReadonlySet<number>, since: InstantMs): void {
    for (const [head, at] of this.returns)
      if (at >= since && heads.has(head)) this.returns.delete(head)
  }

  /** True where supply came back to a device above `head`, itself included, at or after `at`. */
  covers(network: Network, head: number, at: InstantMs): boolean {
    if (this.returns.size === 0) return false
    for (let a = head; a !== NONE; a = network.above[a]!)
      if (at <= (this.returns.get(a) ?? Number.NEGATIVE_INFINITY)) return true
    return false
  }

  /** Up to when all interruptions above, at and below `place` are accounted for; 0 for none. */
  accountedUntil(network: Network, place: Place): InstantMs {
    let latest =
      (place.observer === NONE ? this.#below.get(place.head) : this.stretches.get(keyOf(place))) ??
      0
    for (let a = place.head; a !== NONE; a = network.above[a]!)
      latest = Math.max(latest, this.stretches.get(a) ?? 0)
    return latest
  }

  /** Forgets what ended before `horizon`: no report is late enough to fall there. */
  forget(horizon: InstantMs): void {
    for (const ends of [this.returns, this.stretches, this.#below])
      for (const [key, to] of ends) if (to < horizon) ends.delete(key)
  }
}

function keyOf({ head, observer }: Place): number {
  return observer === NONE ? head : -2 - observer
}

/** The observer whose service a key stands for, `NONE` for a head. */
export function observerOfKey(key: number): number {
  return key < NONE ? -2 - key : NONE
}

function raise(ends: Map<number, InstantMs>, key: number, to: InstantMs): void {
  if (to > (ends.get(key) ?? 0)) ends.set(key, to)
}

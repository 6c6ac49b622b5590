/** When to try again, and when to leave a receiver alone for a while. */
import type { InstantMs } from '../facts/time.ts'

/** Waits before the second and further attempts, from the schedule of Standard Webhooks. */
const WAITS_MS = [5_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 5 * 3_600_000, 10 * 3_600_000]
/** A receiver may ask for patience, but not for ever. */
const LONGEST_ASKED_MS = 3_600_000

/** After `attempts` failures, whole milliseconds: between half of the wait and all of it, or what the receiver asked. */
export function waitAfter(attempts: number, askedMs: number, random: number): number {
  const wait = WAITS_MS[Math.min(attempts, WAITS_MS.length) - 1]!
  return Math.ceil(Math.max(Math.min(askedMs, LONGEST_ASKED_MS), (wait / 2) * (1 + random)))
}

/** Failures in a row, over a minute or less, after which the receiver is taken to be down. */
const FAILURES_TO_OPEN = 5
const FIRST_REST_MS = 5_000
/** A receiver that comes back waits no longer than this. */
const LONGEST_REST_MS = 120_000

/**
 * Circuit breaker of one endpoint: after failures in a row nothing is sent for a while, then one
 * parcel tries whether it is back.
 */
export class Breaker {
  #failures = 0
  #rests = 0
  #restsUntil: InstantMs = 0

  /** How many parcels may be under way now. */
  allowance(now: InstantMs, most: number): number {
    if (this.#failures < FAILURES_TO_OPEN) return most
    return now >= this.#restsUntil ? 1 : 0
  }

  /** When it may be tried again; in the past where nothing is held back. */
  get restsUntil(): InstantMs {
    return this.#restsUntil
  }

  get isOpen(): boolean {
    return this.#failures >= FAILURES_TO_OPEN
  }

  delivered(): void {
    this.#failures = 0
    this.#rests = 0
    this.#restsUntil = 0
  }

  failed(now: InstantMs): void {
    this.#failures++
    if (this.#failures < FAILURES_TO_OPEN) return
    this.#restsUntil = now + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** this.#rests)
    this.#rests++
  }
}

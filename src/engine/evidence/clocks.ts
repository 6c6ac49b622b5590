/**
 * What is learned of the clocks of terminals: one that is off by the same amount for an hour is
 * corrected by that amount, but never while an incident is open where it stands.
 */
import type { InstantMs } from '../../facts/time.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** A report under way for a minute is nothing unusual, and a clock ahead by seconds neither. */
const USUAL_LATE_MS = MINUTE_MS
const USUAL_EARLY_MS = 5 * SECOND_MS
/** One burst of late reports is no wrong clock: the same error over an hour is. */
const LEARNED_AFTER_MS = HOUR_MS

/** What the reports of an identity whose times are unusual have in common. */
export interface ClockRecord {
  /** Least time between `at` and receipt, ms: the clock's error and the shortest way. */
  readonly low: number
  /** First and last receipt of a dated report. */
  readonly from: InstantMs
  readonly to: InstantMs
}

export class Clocks {
  /** Identities whose dated reports were unusual. */
  readonly records = new Map<number, ClockRecord>()
  /** What is added to the times of an identity, ms. */
  readonly corrections = new Map<number, number>()

  /** A dated report of `identity` came. What it teaches is used from the next quiet minute on. */
  hear(identity: number, at: InstantMs, receivedAt: InstantMs): void {
    const lag = receivedAt - at
    const held = this.records.get(identity)
    if (!held) {
      if (lag > USUAL_LATE_MS || lag < -USUAL_EARLY_MS)
        this.records.set(identity, { low: lag, from: receivedAt, to: receivedAt })
      return
    }
    const low = Math.min(held.low, lag)
    const from = Math.min(held.from, receivedAt)
    const to = Math.max(held.to, receivedAt)
    if (low !== held.low || from !== held.from || to !== held.to)
      this.records.set(identity, { low, from, to })
  }

  /** Takes over what was learned of clocks, but of those that `isFrozen`: an incident is open there. */
  settle(isFrozen: (identity: number) => boolean): void {
    for (const [identity, { low, from, to }] of this.records) {
      if (isFrozen(identity)) continue
      const usual = low <= USUAL_LATE_MS && low >= -USUAL_EARLY_MS
      if (usual) this.forget(identity)
      else if (to - from >= LEARNED_AFTER_MS) this.corrections.set(identity, low)
    }
  }

  forget(identity: number): void {
    this.records.delete(identity)
    this.corrections.delete(identity)
  }
}

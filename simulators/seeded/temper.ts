/** How a terminal counts, keeps time and loses things: drawn once for each terminal of a run. */
import type { Random } from '../random.ts'
import type { Troubles } from './troubles.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/**
 * A time is taken at its word up to five minutes ahead of its receipt and ten behind; with a minute
 * to spare, so that no delay decides whether it is.
 */
const CLOCK_AHEAD_MS = 4 * MINUTE
const CLOCK_BEHIND_MS = 2 * MINUTE

/** Clocks this near to the true time put what two of them date in the right order. */
export const CLOCK_AGREES_MS = 4 * SECOND

export interface Temper {
  /** Gives boot and sequence numbers. */
  readonly counts: boolean
  /** Gives the time of what it reports. */
  readonly knowsTime: boolean
  readonly skewMs: number
  /** Says nothing in the whole run. */
  readonly dead: boolean
  /** Hangs on the radio cell that fails. */
  readonly inCell: boolean
  /**
   * What it says has an order however it arrives: by its counters, or by a clock that is believed.
   * Of others each word arrives after the one before.
   */
  readonly ordered: boolean
}

export function drawTemper(troubles: Troubles, random: Random): Temper {
  const counts = !troubles.plain || random.chance(0.5)
  const knowsTime = !troubles.plain || random.chance(0.9)
  const skewMs = Math.round(drawSkew(troubles, random))
  const inCell = troubles.deadCell && random.chance(0.4)
  const believed = knowsTime && !inCell && skewMs < CLOCK_AHEAD_MS && skewMs > -CLOCK_BEHIND_MS
  return {
    counts,
    knowsTime,
    skewMs,
    dead: troubles.deadTerminals && random.chance(0.1),
    inCell,
    ordered: counts || believed,
  }
}

function drawSkew(troubles: Troubles, random: Random): number {
  const usual = random.normal() * 2 * SECOND
  if (!troubles.skewed || random.chance(0.75)) return usual
  const sign = random.chance(0.5) ? 1 : -1
  if (random.chance(0.5)) return usual + sign * random.uniform() * 4 * MINUTE
  return usual + sign * random.uniform() * 24 * HOUR
}

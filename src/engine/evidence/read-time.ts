/**
 * When something happened, by clocks that may be wrong. A time counts where it agrees with the
 * receipt; one that a learned correction brings there counts corrected; a late one counts where the
 * clock behind it is known to be right; else the receipt does.
 */
import type { InstantMs } from '../../facts/time.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { TIMELY } from './registers.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** What arrives within ten minutes of its own time speaks for the clock (domain rule 1.5, `late`). */
const TIMELY_MS = 10 * MINUTE_MS

/** A statement's time as it is used, and whether the one it came with could be. */
export interface ReadTime {
  readonly at: InstantMs
  /** It is the statement's own time, the same in each copy; else the receipt stands in for it. */
  readonly known: boolean
  readonly invalid: boolean
  /** The time agrees with the receipt: the clock is right. */
  readonly timely: boolean
}

/** The time of a statement of `identity` about `observer` (DESIGN §3). */
export function readTime(
  world: World,
  identity: number,
  observer: number,
  told: InstantMs | undefined,
  receivedAt: InstantMs,
): ReadTime {
  if (told === undefined) return { at: receivedAt, known: false, invalid: false, timely: false }
  const { futureSeconds, pastHours, unprovenMinutes } = world.rules.judgement.clock
  const isTimely = (at: InstantMs) =>
    receivedAt - at >= -futureSeconds * SECOND_MS && receivedAt - at <= TIMELY_MS
  const isPast = (at: InstantMs) => at <= receivedAt && receivedAt - at <= pastHours * HOUR_MS
  const correction = world.clocks.corrections.get(identity)
  const corrected = correction === undefined ? told : told + correction
  if (correction !== undefined && isTimely(corrected))
    return { at: Math.min(corrected, receivedAt), known: true, invalid: false, timely: false }
  if (isTimely(told)) return { at: told, known: true, invalid: false, timely: true }
  if (correction !== undefined && isPast(corrected))
    return { at: corrected, known: true, invalid: false, timely: false }
  const late = receivedAt - told <= unprovenMinutes * MINUTE_MS
  if (isPast(told) && (late || isProven(world, identity) || isProven(world, observer)))
    return { at: told, known: true, invalid: false, timely: false }
  return { at: receivedAt, known: false, invalid: true, timely: false }
}

function isProven(world: World, observer: number): boolean {
  return observer !== NONE && (world.registers.marksOf(observer) & TIMELY) !== 0
}

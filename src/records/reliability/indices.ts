/**
 * Reliability indices (IEEE 1366, DL/T 836.1) from interruptions alone. Two denominators, never
 * mixed: LV customers (户, what the hotline serves) and MV customers (中压用户, transformers: what the
 * official 供电可靠率 counts).
 */
import type { InstantMs } from '../../facts/time.ts'
import type { Interruption } from './interruptions.ts'

const MINUTE_MS = 60_000

/** A stretch of time, `to` excluded. */
export interface Period {
  readonly from: InstantMs
  readonly to: InstantMs
}

/** How the figures are made. */
export interface Method {
  /** Longer ones are sustained: three minutes by DL/T 836, five by IEEE 1366. */
  readonly sustainedMinutes: number
  /** Now: what still lasts is counted up to here. */
  readonly asOf: InstantMs
}

export interface Indices {
  /** Customers served: what the sums are divided by. */
  readonly served: number
  /** Sustained interruptions of a customer, summed over customers. */
  readonly interruptions: number
  readonly momentaryInterruptions: number
  /** Minutes without supply, summed over customers, inside the period. */
  readonly minutes: number
  readonly saidiMinutes: number
  readonly saifi: number
  /** Null where there was no sustained interruption. */
  readonly caidiMinutes: number | null
  readonly maifi: number
  /** Share of the period with supply. */
  readonly asai: number
}

/** Whose interruptions are counted. */
export type CountedOf = 'customers' | 'transformers'

/**
 * The indices of a period. An interruption is counted where it began; its minutes where they passed.
 * `served` 0 gives zeros: nobody was there to be interrupted.
 */
export function indicesOf(
  interruptions: readonly Interruption[],
  countedOf: CountedOf,
  served: number,
  period: Period,
  method: Method,
): Indices {
  let sustained = 0
  let brief = 0
  let minutes = 0
  for (const one of interruptions) {
    const count = one[countedOf]
    const begins = one.from >= period.from && one.from < period.to
    if (!isSustained(one, method)) {
      if (begins) brief += count
      continue
    }
    if (begins) sustained += count
    minutes += count * minutesWithin(one, period, method)
  }
  const per = (sum: number) => (served === 0 ? 0 : sum / served)
  const periodMinutes = Math.max(0, Math.min(period.to, method.asOf) - period.from) / MINUTE_MS
  return {
    served,
    interruptions: sustained,
    momentaryInterruptions: brief,
    minutes,
    saidiMinutes: per(minutes),
    saifi: per(sustained),
    caidiMinutes: sustained === 0 ? null : minutes / sustained,
    maifi: per(brief),
    asai: periodMinutes === 0 ? 1 : 1 - per(minutes) / periodMinutes,
  }
}

/** Longer than the limit; `momentary` (reclosed) never is. */
export function isSustained(one: Interruption, { sustainedMinutes, asOf }: Method): boolean {
  return !one.momentary && (one.to ?? asOf) - one.from > sustainedMinutes * MINUTE_MS
}

function minutesWithin({ from, to }: Interruption, period: Period, { asOf }: Method): number {
  const end = Math.min(to ?? asOf, period.to)
  return Math.max(0, end - Math.max(from, period.from)) / MINUTE_MS
}

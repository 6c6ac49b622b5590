/**
 * Major event days by IEEE 1366: days whose SAIDI exceeds T_MED = exp(α + 2.5 β), with α and β the
 * mean and standard deviation of ln(daily SAIDI) over up to five years before, days without any
 * interruption left out. An interruption over midnight belongs whole to the day it began.
 */
import type { InstantMs } from '../../facts/time.ts'
import { isSustained, type Method, type Period } from './indices.ts'
import type { Interruption } from './interruptions.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const BETAS = 2.5
/** Years of history that IEEE 1366 looks back. */
export const HISTORY_YEARS = 5
/** With fewer days the deviation means nothing: about a month of days with interruptions. */
const LEAST_DAYS = 30

export interface MajorEventDays {
  /** Null where there is too little history. */
  readonly thresholdMinutes: number | null
  /** Days with interruptions that the threshold rests on. */
  readonly historyDays: number
  /** Local dates, `2026-11-22`. */
  readonly days: readonly string[]
}

/** `interruptions` reach back over the history; days are local, `utcOffsetMinutes` east of UTC. */
export function majorEventDays(
  interruptions: readonly Interruption[],
  served: number,
  period: Period,
  method: Method,
  utcOffsetMinutes: number,
): MajorEventDays {
  const daily = dailySaidi(interruptions, served, method, utcOffsetMinutes)
  const history = [...daily].filter(([day]) => dayStart(day, utcOffsetMinutes) < period.from)
  const thresholdMinutes = thresholdOf(history.map(([, minutes]) => minutes))
  const days = [...daily]
    .filter(([day, minutes]) => {
      const start = dayStart(day, utcOffsetMinutes)
      return (
        start >= period.from &&
        start < period.to &&
        minutes > (thresholdMinutes ?? Number.POSITIVE_INFINITY)
      )
    })
    .map(([day]) => dateOf(day))
    .sort()
  return { thresholdMinutes, historyDays: history.length, days }
}

/** True for interruptions that began on one of these days. */
export function beganOn(days: readonly string[], utcOffsetMinutes: number) {
  const wanted = new Set(days)
  return ({ from }: Pick<Interruption, 'from'>) => wanted.has(dateOf(dayOf(from, utcOffsetMinutes)))
}

/** SAIDI minutes by the day on which interruptions began; days without any are absent. */
function dailySaidi(
  interruptions: readonly Interruption[],
  served: number,
  method: Method,
  utcOffsetMinutes: number,
): Map<number, number> {
  const daily = new Map<number, number>()
  if (served === 0) return daily
  for (const one of interruptions) {
    if (!isSustained(one, method) || one.customers === 0) continue
    const day = dayOf(one.from, utcOffsetMinutes)
    const minutes = (one.customers * ((one.to ?? method.asOf) - one.from)) / MINUTE_MS / served
    daily.set(day, (daily.get(day) ?? 0) + minutes)
  }
  return daily
}

function thresholdOf(saidi: readonly number[]): number | null {
  if (saidi.length < LEAST_DAYS) return null
  const logs = saidi.map(Math.log)
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0)
  return Math.exp(mean + BETAS * Math.sqrt(squares / (logs.length - 1)))
}

/** Days since the epoch, local. */
const dayOf = (at: InstantMs, utcOffsetMinutes: number) =>
  Math.floor((at + utcOffsetMinutes * MINUTE_MS) / DAY_MS)
const dayStart = (day: number, utcOffsetMinutes: number) =>
  day * DAY_MS - utcOffsetMinutes * MINUTE_MS
const dateOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10)

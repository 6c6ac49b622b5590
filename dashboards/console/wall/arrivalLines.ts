/**
 * Arrival compliance (到达及时率) as lines: one for each promise, its share in time at each hour or day,
 * broken where nobody was due for longer than one of them. Pure.
 */
import type { ArrivalsPayload } from '../api/history.ts'

export const STEPS = ['hour', 'day'] as const
export type Step = (typeof STEPS)[number]

const HOUR_MS = 3_600_000
/** How far back each looks: as long as a day of shifts, and as a month's report. */
export const WINDOW: Readonly<Record<Step, { readonly stepMs: number; readonly count: number }>> = {
  hour: { stepMs: HOUR_MS, count: 24 },
  day: { stepMs: 24 * HOUR_MS, count: 30 },
}

export interface ArrivalLine {
  readonly limitMinutes: number
  readonly due: number
  readonly inTime: number
  /** When an hour or day begins, and the share in time; null breaks the line. */
  readonly points: readonly (readonly [at: number, share: number | null])[]
}

export function arrivalLines(
  arrivals: readonly ArrivalsPayload[],
  step: Step,
): readonly ArrivalLine[] {
  const { stepMs } = WINDOW[step]
  const limits = [...new Set(arrivals.map(({ limitMinutes }) => limitMinutes))].sort(
    (a, b) => a - b,
  )
  return limits.map((limitMinutes) => {
    const own = arrivals.filter((one) => one.limitMinutes === limitMinutes)
    const points: [number, number | null][] = []
    for (const { from, due, inTime } of own) {
      const at = Date.parse(from)
      const before = points.at(-1)?.[0]
      if (before !== undefined && at - before > stepMs) points.push([before + stepMs, null])
      points.push([at, inTime / due])
    }
    const sum = (key: 'due' | 'inTime') => own.reduce((total, one) => total + one[key], 0)
    return { limitMinutes, due: sum('due'), inTime: sum('inTime'), points }
  })
}

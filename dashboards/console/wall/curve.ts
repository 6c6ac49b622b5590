/**
 * Customers without power, minute by minute, from when outages began and ended. Of an outage that
 * came back in parts only the present remainder is known, so the way there is drawn straight. Pure.
 */
import type { IncidentPayload } from '../api/payloads.ts'
import { isFinding } from '../incidents/group.ts'
import { customersOut } from '../incidents/headline.ts'

const MINUTE_MS = 60_000

export interface CurvePoint {
  readonly at: number
  readonly out: number
  /** Of those who were out at any time in the window so far, how many are back. */
  readonly back: number
}

type Counted = Pick<
  IncidentPayload,
  | 'startedAt'
  | 'restoredAt'
  | 'outageKind'
  | 'outcome'
  | 'kind'
  | 'metersAffected'
  | 'originalMetersAffected'
  | 'customersRestored'
>

export function outageCurve(
  incidents: readonly Counted[],
  now: number,
  minutes: number,
): readonly CurvePoint[] {
  const counted = incidents.filter(
    (one) => one.outcome === null && !isFinding(one as IncidentPayload),
  )
  const last = Math.floor(now / MINUTE_MS) * MINUTE_MS
  return Array.from({ length: minutes + 1 }, (_, index) => {
    const at = index === minutes ? now : last - (minutes - index) * MINUTE_MS
    let out = 0
    let back = 0
    for (const one of counted) {
      const share = shareOut(one, at, now)
      const most = Math.max(one.originalMetersAffected, one.metersAffected)
      out += share
      if (Date.parse(one.startedAt) <= at) back += most - share
    }
    return { at, out: Math.round(out), back: Math.round(back) }
  })
}

/** Customers of one outage that were dark at a time. */
function shareOut(one: Counted, at: number, now: number): number {
  const from = Date.parse(one.startedAt)
  if (at < from) return 0
  if (one.restoredAt !== null) return at < Date.parse(one.restoredAt) ? whole(one) : 0
  if (one.outageKind === 'closed') return 0
  const left = customersOut(one as IncidentPayload)
  const passed = now > from ? (at - from) / (now - from) : 1
  return whole(one) - (whole(one) - left) * passed
}

const whole = (one: Counted) => Math.max(one.originalMetersAffected, one.metersAffected)

/**
 * The day so far, from midnight of this room, as the board stands in one; never less than its first
 * minute, for of no time there is no report.
 */
export function dayUntil(now: number): { readonly from: number; readonly to: number } {
  const from = new Date(now).setHours(0, 0, 0, 0)
  return { from, to: Math.max(now, from + MINUTE_MS) }
}

/** How many crews that had to arrive did so in time; null where none had to. */
export function arrivals(
  incidents: readonly Pick<IncidentPayload, 'clocks'>[],
  now: number,
): { readonly inTime: number; readonly of: number } | null {
  let inTime = 0
  let of = 0
  for (const { clocks } of incidents)
    for (const clock of clocks) {
      if (clock.name !== 'arrive') continue
      const due = Date.parse(clock.dueAt)
      const done = clock.doneAt === null ? null : Date.parse(clock.doneAt)
      if (done === null && due > now) continue
      of++
      if (done !== null && done <= due) inTime++
    }
  return of === 0 ? null : { inTime, of }
}

/**
 * The clocks of a repair (`domain.md` §3.1–3.2): what is promised, what the law asks, and since when.
 * They run from the push of the notice, or from a customer's call where one came first; field
 * entries made later count from when the thing was done.
 */
import type { InstantMs } from '../../facts/time.ts'
import type { Case } from '../incidents/case.ts'
import type { World } from '../world.ts'
import { CLOCKS, type Clock, type ClockName } from './clock.ts'
import { zoneOf } from './zone.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** The clocks that run or ran, in the order of the work; none before the notice is published. */
export function clocksOf(world: World, incident: Case): Clock[] {
  const pushedAt = incident.notice?.publishedAt
  // A customer's own transformer is told, and nobody of ours is sent.
  if (pushedAt == null || incident.kind === 'customerInternal') return []
  const rules = world.rules.service.clocks
  const zone = zoneOf(world, incident)
  const { done } = incident
  const startedAt = Math.min(pushedAt, incident.firstCallAt ?? pushedAt)
  const clock = (
    name: ClockName,
    from: InstantMs | undefined,
    limitMs: number,
    legalMs?: number,
  ): Clock[] =>
    from === undefined
      ? []
      : [
          {
            name,
            startedAt: from,
            dueAt: from + limitMs,
            legalDueAt: legalMs === undefined ? null : from + legalMs,
            doneAt: done[name] ?? null,
            enteredAt: incident.repair.entered[name] ?? done[name] ?? null,
          },
        ]
  return [
    ...clock('accept', pushedAt, rules.acceptMinutes * MINUTE_MS),
    ...clock('depart', done.accept, rules.departMinutes * MINUTE_MS),
    ...clock(
      'arrive',
      startedAt,
      rules.arriveMinutes[zone] * MINUTE_MS,
      rules.legalArriveMinutes[zone] * MINUTE_MS,
    ),
    ...clock('report', done.arrive, rules.reportMinutes * MINUTE_MS),
    ...clock('restore', done.arrive, rules.restoreHours[zone] * HOUR_MS),
    ...clock('result', done.restore, rules.resultMinutes * MINUTE_MS),
  ]
}

/** A step is done at `at`; what comes before it is done by then too, for crews forget to tap. */
export function stepDone(incident: Case, name: ClockName, at: InstantMs, entered = at): void {
  for (const step of CLOCKS) {
    if (incident.done[step] === undefined) incident.repair.entered[step] = entered
    incident.done[step] ??= at
    if (step === name) return
  }
}

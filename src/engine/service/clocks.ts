/**
 * The clocks of a repair (`domain.md` §3.1–3.3): what is promised, what the law asks, and since when.
 * Those of the work run from the push of the notice, or from a customer's call where one came first;
 * those of the hotline itself (派单, 信息发布) before it; field entries made later count from when the
 * thing was done.
 */
import type { InstantMs } from '../../facts/time.ts'
import { type Case, isActive } from '../incidents/case.ts'
import type { World } from '../world.ts'
import { CLOCKS, type Clock, type ClockName, STEPS, type StepName } from './clock.ts'
import { entryClocks } from './entry-clocks.ts'
import { isNotifiable } from './notice.ts'
import { zoneOf } from './zone.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** The clocks that run or ran, in the order of the work. */
export function clocksOf(world: World, incident: Case): Clock[] {
  if (incident.finding !== null) return reconnectClock(world, incident)
  // A customer's own transformer is told, and nobody of ours is sent.
  if (incident.kind === 'customerInternal') return []
  const clocks = [
    ...hotlineClocks(world, incident),
    ...workClocks(world, incident),
    ...entryClocks(world, incident),
    ...visitClocks(incident),
  ]
  return clocks.sort((a, b) => CLOCKS.indexOf(a.name) - CLOCKS.indexOf(b.name))
}

/**
 * 派单: who called before anybody was told waits for the order; it is out with the notice, or with whoever
 * takes it. 信息发布: a trip that automation shows is told of within the time from the trip, any other
 * from when the crew has found the fault.
 */
function hotlineClocks(world: World, incident: Case): Clock[] {
  const { firstCallAt, done, notice } = incident
  const pushedAt = notice?.publishedAt ?? null
  const waits = notice != null && isActive(incident) && isNotifiable(incident)
  // What is over, or is called otherwise by now, is not owed any more.
  if (pushedAt === null && !waits) return []
  const { dispatchMinutes, publishMinutes } = world.rules.service.clocks
  const orderedAt = earliest(pushedAt, done.accept ?? null)
  const called = firstCallAt !== null && (orderedAt === null || firstCallAt < orderedAt)
  const knownAt = earliest(notice?.trip?.at ?? null, done.report ?? null)
  const mustTell = knownAt !== null && (pushedAt === null || knownAt < pushedAt)
  return [
    ...(called ? [clockOf('dispatch', firstCallAt, dispatchMinutes * MINUTE_MS, orderedAt)] : []),
    ...(mustTell ? [clockOf('publish', knownAt, publishMinutes * MINUTE_MS, pushedAt)] : []),
  ]
}

function workClocks(world: World, incident: Case): Clock[] {
  const pushedAt = incident.notice?.publishedAt
  if (pushedAt == null) return []
  const rules = world.rules.service.clocks
  const zone = zoneOf(world, incident)
  const { done } = incident
  const startedAt = Math.min(pushedAt, incident.firstCallAt ?? pushedAt)
  const clock = (
    name: StepName,
    from: InstantMs | undefined,
    limitMs: number,
    legalMs?: number,
  ): Clock[] => {
    if (from === undefined) return []
    const doneAt = done[name] ?? null
    const enteredAt = incident.repair.entered[name] ?? doneAt
    const legalDueAt = legalMs === undefined ? null : from + legalMs
    return [{ ...clockOf(name, from, limitMs, doneAt), legalDueAt, enteredAt }]
  }
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

/** 走访: who lives by supply was promised that somebody gets in touch. 联系: important users are owed the same (§5.2). */
function visitClocks({ repair }: Case): Clock[] {
  if (!repair.visit && !repair.contact) return []
  return (['visit', 'contact'] as const).flatMap((name) => {
    const clock = repair[name]
    return clock
      ? [clockOf(name, clock.startedAt, clock.dueAt - clock.startedAt, clock.doneAt)]
      : []
  })
}

/** 欠费复电: who has paid and calls, and is dark still. It is done when the sign of it has gone. */
function reconnectClock({ plans, rules, grid }: World, incident: Case): Clock[] {
  if (incident.kind !== 'arrears' || incident.observer < 0) return []
  const point = grid.usagePoints.ids.idOf(grid.observers.target[incident.observer]!)
  const paidAt = plans.paid.get(point)
  if (paidAt === undefined) return []
  const doneAt = incident.outageKind === 'closed' ? incident.restoredAt : null
  return [clockOf('reconnect', paidAt, rules.service.clocks.reconnectHours * HOUR_MS, doneAt)]
}

function clockOf(
  name: ClockName,
  startedAt: InstantMs,
  limitMs: number,
  doneAt: InstantMs | null,
): Clock {
  const dueAt = startedAt + limitMs
  return { name, startedAt, dueAt, legalDueAt: null, doneAt, enteredAt: doneAt }
}

const earliest = (a: InstantMs | null, b: InstantMs | null) =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

/** When a step was done, and when that was entered. */
export interface StepWord {
  readonly at: InstantMs
  readonly enteredAt: InstantMs
  /** What was said is that the work has got beyond it. */
  readonly supposes?: boolean
}

/**
 * A step is done; what comes before it is done by then too, for crews forget to tap. That is supposed only:
 * the word of a crew that was offline, of the step itself and earlier, still counts.
 */
export function stepDone(incident: Case, name: StepName, word: StepWord): void {
  const { done, repair } = incident
  for (const step of STEPS) {
    const supposed = step !== name || word.supposes === true
    const known = done[step]
    const isBetter = !supposed && repair.supposed.includes(step) && word.at < known!
    if (known === undefined || isBetter) {
      done[step] = word.at
      repair.entered[step] = word.enteredAt
      const others = repair.supposed.filter((one) => one !== step)
      repair.supposed = supposed ? [...others, step] : others
    }
    if (step === name) return
  }
}

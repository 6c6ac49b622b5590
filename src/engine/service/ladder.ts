/**
 * The ladder of supervision (提级督办, `domain.md` §3.4): what runs late is told to ever higher levels,
 * once an incident, stage and level, restart or no restart. After a gap all passed levels are
 * recorded and only the highest is sent.
 */
import type { InstantMs } from '../../facts/time.ts'
import { levelFor } from '../care/service-level.ts'
import type { EscalationChange, EscalationStage, ServiceReason } from '../changes.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { incidentId } from '../incidents/incident-id.ts'
import type { World } from '../world.ts'
import type { Clock } from './clock.ts'
import { clocksOf } from './clocks.ts'
import { issueOrder } from './supervision.ts'

/** A rung that is reached at `at`, unless the step is done before. */
export interface Rung {
  readonly stage: EscalationStage
  /** 0 reminds who works on it; 1 班组, 2 旗县, 3 盟市, 4 集团. */
  readonly level: number
  readonly at: InstantMs
  readonly dueAt: InstantMs
  readonly reason: EscalationChange['reason']
}

const MINUTE_MS = 60_000
const HIGHEST = 3
/** 集团, the 95598 leader on duty: reached by the restoration that takes half a day, and by Order 599. */
export const GROUP = 4
const HOUR_MS = 3_600_000
/**
 * 派单 is the hotline's own: its agent is reminded and its shift leader told; no county supervises it. Nor
 * does any what is only to be entered or answered: the work itself has its ladder.
 */
const SHORT: ReadonlySet<Clock['name']> = new Set(['dispatch', 'enterArrive', 'urge'])
const SHORT_RUNGS = 2

/** What is passed and was not yet told, in order; marks it as told. */
export function escalate(world: World, incident: Case): EscalationChange[] {
  const rungs = rungsOf(world, incident)
  if (rungs.length === 0) return []
  const passed = firstOfEach(
    rungs
      .filter(({ at }) => at <= world.now)
      .filter((rung) => !incident.escalated.includes(keyOf(rung)))
      .sort((a, b) => a.level - b.level || a.at - b.at),
  )
  const highest = new Map(passed.map((rung) => [rung.stage, rung.level]))
  return passed.map((rung) => tell(world, incident, rung, rung.level === highest.get(rung.stage)))
}

/** A raised ladder has two rungs at its top: told once. */
function firstOfEach(rungs: readonly Rung[]): Rung[] {
  return rungs.filter((rung, i) => rungs.findIndex((one) => keyOf(one) === keyOf(rung)) === i)
}

/** Tells of a rung, and notes it and the supervision order that goes with it. */
export function tell(world: World, incident: Case, rung: Rung, sent: boolean): EscalationChange {
  const { stage, level, reason, dueAt } = rung
  const id = incidentId(incident.number)
  const below = stateBelow(incident, rung)
  const replyBy = level === 0 ? null : world.now + world.rules.service.replyMinutes * MINUTE_MS
  incident.escalated.push(keyOf(rung))
  const order = `${id}-${keyOf(rung)}`
  // Of levels passed at once only the highest is told, and so only that is asked to reply.
  if (replyBy !== null && sent) issueOrder(incident, { id: order, stage, level, replyBy })
  return {
    type: 'escalation',
    at: world.now,
    id: order,
    incident: id,
    revision: incident.revision,
    stage,
    level,
    reason,
    below,
    dueAt,
    sent,
    replyBy,
    causes: incident.causes,
  }
}

/** What became of the order that the level below had of the same matter. */
function stateBelow({ repair }: Case, { stage, level }: Rung): EscalationChange['below'] {
  const below = repair.orders
    .filter((order) => order.stage === stage && order.level < level)
    .sort((a, b) => b.level - a.level)[0]
  if (!below) return 'none'
  return below.repliedAt === null ? 'unanswered' : 'replied'
}

/** When the next rung is reached; Infinity where nothing runs. */
export function nextRungAt(world: World, incident: Case): InstantMs {
  let next = Number.POSITIVE_INFINITY
  for (const rung of rungsOf(world, incident))
    if (!incident.escalated.includes(keyOf(rung))) next = Math.min(next, rung.at)
  return next
}

const NO_RUNGS: readonly Rung[] = []

const keyOf = ({ stage, level }: Rung) => `${stage}-${level}`

function rungsOf(world: World, incident: Case): readonly Rung[] {
  const running = clocksOf(world, incident).filter(
    ({ name, doneAt }) => doneAt === null && !isSeenThere(incident, name),
  )
  const isTold = incident.notice?.publishedAt != null
  // Most cases of a storm: with each tick they are asked twice.
  if (running.length === 0 && !isTold) return NO_RUNGS
  const raise = raiseOf(world, incident)
  const late = running.flatMap((clock) => rungsOfClock(world, clock, raise))
  if (!isTold) return late
  const grave = [...rungsOfGrade(incident), ...rungsOfLives(incident)]
  return [...late, ...rungsOfEstimate(world, incident, raise), ...grave]
}

/** One level for those who urge, one for whom the service level asks it (complaints, public opinion). */
function raiseOf({ rules }: World, { urges, serviceReasons }: Case): number {
  const { serviceLevel } = rules.service
  const urged = urges >= rules.service.urges.raiseFrom ? 1 : 0
  const level = levelFor(serviceReasons.filter(isNotUrged), serviceLevel)
  return urged + (level <= serviceLevel.raisesFrom ? 1 : 0)
}

/** Urges raise it by themselves, and not a second time by the service level. */
const isNotUrged = (reason: ServiceReason) => reason !== 'urges'

/** The crew stands at the place and has not entered it: nobody is told that it is late. */
const isSeenThere = ({ repair }: Case, name: Clock['name']) =>
  repair.arrivedInferredAt !== null && ARRIVAL_STEPS.has(name)
const ARRIVAL_STEPS: ReadonlySet<Clock['name']> = new Set(['accept', 'depart', 'arrive'])

function rungsOfClock(world: World, { name, startedAt, dueAt }: Clock, raise: number): Rung[] {
  const limit = dueAt - startedAt
  const { ladder, groupRestoreHours } = world.rules.service
  const isShort = SHORT.has(name)
  const shares = isShort ? ladder.slice(0, SHORT_RUNGS) : ladder
  const rungs = shares.map((share, level): Rung => {
    const at = startedAt + Math.round(limit * share)
    const told = isShort ? level : raised(level, raise)
    return { stage: name, level: told, at, dueAt, reason: 'late' }
  })
  if (name !== 'restore') return rungs
  const at = startedAt + groupRestoreHours * HOUR_MS
  return [...rungs, { stage: name, level: GROUP, at, dueAt, reason: 'late' }]
}

/** An estimate must be renewed half an hour before it passes, not after (`domain.md` §3.3). */
function rungsOfEstimate({ rules }: World, incident: Case, raise: number): Rung[] {
  const { etr } = incident
  if (etr === null || !isActive(incident)) return []
  const reminded = { level: 0, at: etr - rules.service.etrReminderMinutes * MINUTE_MS }
  const passed = rules.service.etrPassedMinutes.map((minutes, step) => ({
    level: raised(step + 1, raise),
    at: etr + minutes * MINUTE_MS,
  }))
  return [reminded, ...passed].map(({ level, at }) => {
    return { stage: 'etr', level, at, dueAt: etr, reason: 'late' }
  })
}

/** Grade Ⅰ is for the highest level from its publication on. */
function rungsOfGrade({ grade, notice }: Case): Rung[] {
  if (grade !== 1 || !notice?.publishedAt) return []
  const at = notice.publishedAt
  return [{ stage: 'grade', level: HIGHEST, at, dueAt: at, reason: 'grade' }]
}

/** Where a life hangs on supply level 1 is told with the notice, before anything is late. */
function rungsOfLives({ serviceReasons, notice }: Case): Rung[] {
  if (!serviceReasons.includes('lifeSupport') || !notice?.publishedAt) return []
  const at = notice.publishedAt
  return [{ stage: 'lifeSupport', level: 1, at, dueAt: at, reason: 'lifeSupport' }]
}

/** A reminder stays a reminder. */
const raised = (level: number, raise: number) =>
  level === 0 ? 0 : Math.min(HIGHEST, level + raise)

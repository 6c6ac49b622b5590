/**
 * The ladder of supervision (提级督办, `domain.md` §3.4): what runs late is told to ever higher levels,
 * once an incident, stage and level, restart or no restart. After a gap all passed levels are
 * recorded and only the highest is sent.
 */
import type { InstantMs } from '../../facts/time.ts'
import type { EscalationChange, EscalationStage } from '../changes.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { incidentId } from '../incidents/publish.ts'
import type { World } from '../world.ts'
import type { Clock } from './clock.ts'
import { clocksOf } from './clocks.ts'

/** A rung that is reached at `at`, unless the step is done before. */
interface Rung {
  readonly stage: EscalationStage
  /** 0 reminds who works on it; 1 班组, 2 旗县, 3 盟市. */
  readonly level: number
  readonly at: InstantMs
  readonly dueAt: InstantMs
  readonly reason: EscalationChange['reason']
}

const MINUTE_MS = 60_000
const HIGHEST = 3
/** Levels of an estimate that passes: reminded before, then half an hour and an hour after. */
const ETR_STEPS_MINUTES = [0, 30, 60]
/** From so many urges on everything is told one level higher. */
const URGES_THAT_RAISE = 2

/** What is passed and was not yet told, in order; marks it as told. */
export function escalate(world: World, incident: Case): EscalationChange[] {
  const passed = rungsOf(world, incident)
    .filter(({ at }) => at <= world.now)
    .filter((rung) => !incident.escalated.includes(keyOf(rung)))
    .sort((a, b) => a.level - b.level || a.at - b.at)
  const highest = new Map(passed.map((rung) => [rung.stage, rung.level]))
  return passed.map((rung) => {
    incident.escalated.push(keyOf(rung))
    const id = incidentId(incident.number)
    return {
      type: 'escalation',
      at: world.now,
      id: `${id}-${keyOf(rung)}`,
      incident: id,
      revision: incident.revision,
      stage: rung.stage,
      level: rung.level,
      reason: rung.reason,
      dueAt: rung.dueAt,
      sent: rung.level === highest.get(rung.stage),
      replyBy: rung.level === 0 ? null : world.now + world.rules.service.replyMinutes * MINUTE_MS,
      causes: incident.causes,
    }
  })
}

/** When the next rung is reached; Infinity where nothing runs. */
export function nextRungAt(world: World, incident: Case): InstantMs {
  let next = Number.POSITIVE_INFINITY
  for (const rung of rungsOf(world, incident))
    if (!incident.escalated.includes(keyOf(rung))) next = Math.min(next, rung.at)
  return next
}

const keyOf = ({ stage, level }: Rung) => `${stage}-${level}`

function rungsOf(world: World, incident: Case): Rung[] {
  if (incident.notice?.publishedAt == null) return []
  const raise = incident.urges >= URGES_THAT_RAISE ? 1 : 0
  const late = clocksOf(world, incident)
    .filter(({ doneAt }) => doneAt === null)
    .flatMap((clock) => rungsOfClock(world, clock, raise))
  return [...late, ...rungsOfEstimate(world, incident, raise), ...rungsOfGrade(incident)]
}

function rungsOfClock(world: World, { name, startedAt, dueAt }: Clock, raise: number): Rung[] {
  const limit = dueAt - startedAt
  return world.rules.service.ladder.map((share, level) => ({
    stage: name,
    level: raised(level, raise),
    at: startedAt + Math.round(limit * share),
    dueAt,
    reason: 'late',
  }))
}

/** An estimate must be renewed half an hour before it passes, not after (`domain.md` §3.3). */
function rungsOfEstimate({ rules }: World, incident: Case, raise: number): Rung[] {
  const { etr } = incident
  if (etr === null || !isActive(incident)) return []
  const reminded = { level: 0, at: etr - rules.service.etrReminderMinutes * MINUTE_MS }
  const passed = ETR_STEPS_MINUTES.map((minutes, step) => ({
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

/** A reminder stays a reminder. */
const raised = (level: number, raise: number) =>
  level === 0 ? 0 : Math.min(HIGHEST, level + raise)

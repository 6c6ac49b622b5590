/** From chosen observers to calls: within the budgets of the rule file, one call a terminal. */
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import type { CallReadReason } from '../changes.ts'
import { ON } from '../evidence/registers.ts'
import type { Case } from '../incidents/case.ts'
import { incidentId } from '../incidents/incident-id.ts'
import type { Publisher } from '../incidents/publish.ts'
import type { World } from '../world.ts'
import { askedSince, callId, type Sampled } from './calls.ts'

/** Asked twice without an answer, a third time tells nothing (`domain.md` §1.4). */
const ATTEMPTS = 2

const METER = OBSERVER_CLASSES.indexOf('meter')

/**
 * P(answers | live) of an observer; 0 where it is not to be asked: switchgear and SCADA never are, nor
 * who has said that he has supply, nor behind a link known to be down, nor who was asked often enough
 * (`times`).
 */
export function replyOf(
  world: World,
  observer: number,
  times: ReadonlyMap<number, number>,
): number {
  const { rules, grid, registers, calls } = world
  const { reply } = rules.judgement.callReads
  const kind = OBSERVER_CLASSES[grid.observers.class[observer]!]!
  if (kind !== 'meter' && kind !== 'concentrator' && kind !== 'ttu') return 0
  if (registers.state[observer] === ON) return 0
  if (world.links.get(world.identityOf(observer)) === 0) return 0
  if (calls.isWaiting(observer)) return 0
  if ((times.get(observer) ?? 0) >= ATTEMPTS) return 0
  return kind === 'meter' ? reply.meter : reply.terminal
}

/** The area an observer counts for: where its terminal sits. */
export function areaOf(world: World, observer: number): number {
  return world.belief.headOf[world.identityOf(observer)]!
}

interface Allowed {
  readonly allowed: readonly number[]
  /** The global rate bears more only later. */
  readonly isShort: boolean
}

/** Of those chosen, what the budgets allow: so many an area, one area in a storm, the global rate. */
function withinBudgets(
  world: World,
  incident: Case,
  chosen: readonly number[],
  since: Sampled,
): Allowed {
  const { perArea, perSecond } = world.rules.judgement.callReads
  const spent = new Map<number, number>()
  for (const observer of askedSince(incident.reads, since)) {
    const area = areaOf(world, observer)
    spent.set(area, (spent.get(area) ?? 0) + 1)
  }
  const allowed: number[] = []
  let left = world.calls.allowance(world.now, perSecond)
  for (const observer of chosen) {
    const area = areaOf(world, observer)
    const before = spent.get(area) ?? 0
    if (before >= perArea || (world.storm.on && spent.size > 0 && !spent.has(area))) continue
    if (left === 0) return { allowed, isShort: true }
    spent.set(area, before + 1)
    allowed.push(observer)
    left--
  }
  return { allowed, isShort: false }
}

/** Why a round of questions is asked, which one it is, and since when budgets count. */
interface Round {
  readonly reason: CallReadReason
  readonly round: number
  readonly since: Sampled
}

/** Sends one round of a case as far as the budgets allow; a round cut short may go on. */
export function askRound(
  world: World,
  incident: Case,
  chosen: readonly number[],
  { reason, round, since }: Round,
  publisher: Publisher,
): 'none' | 'part' | 'all' {
  const { callReads } = world.rules.judgement
  const { allowed, isShort } = withinBudgets(world, incident, chosen, since)
  if (allowed.length === 0) return 'none'
  const byTerminal = new Map<number, number[]>()
  for (const observer of allowed) {
    const terminal = world.identityOf(observer)
    byTerminal.set(terminal, [...(byTerminal.get(terminal) ?? []), observer])
  }
  for (const [terminal, targets] of byTerminal) {
    const meters = targets.some((o) => world.grid.observers.class[o] === METER)
    const seconds = meters ? callReads.meterSeconds : callReads.terminalSeconds
    const by = world.now + seconds * 1000
    const number = world.calls.next++
    const waiting = [...targets]
    world.calls.begin({
      number,
      incident: incident.number,
      reason,
      terminal,
      targets,
      waiting,
      by,
    })
    const idOf = (observer: number) => world.grid.observers.ids.idOf(observer) as never
    publisher.changes.push({
      type: 'callRead',
      at: world.now,
      call: callId(number),
      terminal: idOf(terminal),
      targets: targets.map(idOf),
      by,
      incident: incidentId(incident.number),
      round,
      reason,
    })
  }
  incident.reads.asked.push(...allowed)
  incident.reads.askedAt = world.now
  world.calls.spend(world.now, callReads.perSecond, allowed.length)
  if (incident.stage === 'sensed') incident.stage = 'verifying'
  publisher.publish(incident, 'revised')
  return isShort ? 'part' : 'all'
}

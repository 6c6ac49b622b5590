/** The turns in the life of a case: opened, moved, restored, withdrawn, closed. */
import type { InstantMs } from '../../facts/time.ts'
import { noReadsYet } from '../callreads/calls.ts'
import { levelFor, notedOf, reasonsOf } from '../care/service-level.ts'
import { callsOf } from '../evidence/calls.ts'
import { OFF } from '../evidence/registers.ts'
import { NONE } from '../inference/network.ts'
import type { Verdict } from '../inference/verdict.ts'
import { putOnOrder } from '../repair/acts.ts'
import { learnDuration } from '../repair/estimating.ts'
import { thresholds } from '../storm/storm.ts'
import { shareTaken } from '../summary/cities.ts'
import { isGraverByCold } from '../weather/cold.ts'
import type { World } from '../world.ts'
import { type Case, goOn, keyOf, newCase } from './case.ts'
import { extentOf } from './extent.ts'
import { noticeFlapping } from './flapping.ts'
import { classify, isDedicated, setFlag } from './kinds.ts'
import { gradeOf, levelOf } from './levels.ts'
import { deviceOf } from './naming.ts'
import type { Publisher } from './publish.ts'
import { endOutage, noteReturned, settle } from './restore.ts'
import { outageSources } from './sources.ts'
import { startedAtOf } from './started.ts'

/** Identities counted: as many as the rule asks for, so that a storm is not counted through. */
const sourcesNeeded = (world: World) => thresholds(world).confirm.sources

/** A new case for a verdict nobody stood for; `parent` where it was split off or left dark. */
export function openCase(world: World, verdict: Verdict, parent: Case | null): Case {
  const darkFrom = darkSince(world, verdict) ?? parent?.darkFrom ?? world.now
  const startedAt = Math.min(darkFrom, parent?.startedAt ?? darkFrom)
  const incident = newCase(world.nextCase++, verdict, startedAt, world.now)
  incident.parent = parent?.number ?? null
  incident.darkFrom = darkFrom
  incident.darkAt = darkForCertain(world, verdict, darkFrom)
  if (parent?.crew) putOnOrder(incident, parent.crew, world.now)
  // What is left dark was vouched for with the whole.
  if (parent?.outageKind === 'partiallyRestored') incident.sources = parent.sources
  incident.reads = noReadsYet(world.now + world.rules.judgement.callReads.afterSeconds * 1000)
  incident.suspectedTie = parent?.suspectedTie ?? null
  world.cases.set(incident.number, incident)
  takeVerdict(world, incident, verdict)
  incident.originalCustomers = incident.customers
  return incident
}

/** The case now stands for this verdict; moves it where the verdict names another device. */
export function takeVerdict(world: World, incident: Case, verdict: Verdict): void {
  const opened = incident.revision === 0
  const moved = keyOf(incident.head, incident.observer) !== keyOf(verdict.head, verdict.observer)
  // Named at the same device again before the return was settled, it went out anew (重合不成功).
  const cameBack = incident.cameBackAt !== null
  if (cameBack) leaveRestored(world, incident)
  incident.head = verdict.head
  incident.observer = verdict.observer
  incident.named = NONE
  incident.phases = verdict.phases
  incident.probability = verdict.probability
  incident.dead = verdict.dead
  incident.rivals = [...verdict.rivals]
  if (moved || cameBack) standAnew(world, incident, verdict)
  else if (!opened) standOn(world, incident, verdict)
  const kept = moved && !cameBack ? 0 : incident.sources
  const enough = sourcesNeeded(world)
  const heard = outageSources(world, verdict.head, verdict.observer, enough)
  incident.sources = Math.max(kept, Math.min(enough, heard + incident.vouchedBy.length))
  if (moved || opened) rescale(world, incident)
  if (world.storm.on) setFlag(incident, 'stormMode', true)
  confirm(world, incident)
  classify(world, incident)
  noticeFlapping(world, incident)
}

/** What came back while a part below stays dark: its share is restored, the case goes on below. */
function leaveRestored(world: World, incident: Case): void {
  incident.outageKind = 'partiallyRestored'
  if (incident.stage !== 'sensed') incident.stage = 'partiallyRestored'
  incident.partCameBackAt = incident.cameBackAt ?? world.now
  endOutage(world, incident, incident.partCameBackAt)
  if (incident.observer === NONE) noteReturned(world, incident.head, incident, incident.reads)
  goOn(incident)
}

/** At another device, or out again: dark since what is said of that. */
function standAnew(world: World, incident: Case, verdict: Verdict): void {
  const since = darkSince(world, verdict)
  if (since === undefined) return
  incident.darkFrom = since
  incident.darkAt = darkForCertain(world, verdict, since)
  incident.startedAt = Math.min(incident.startedAt, since)
}

/** At the same device: an earlier off may have come to light. */
function standOn(world: World, incident: Case, verdict: Verdict): void {
  if (!mayBeDarkBefore(world, verdict, incident.darkFrom)) return
  const since = darkSince(world, verdict)
  if (since === undefined || since >= incident.darkFrom) return
  incident.darkFrom = since
  incident.darkAt = Math.min(incident.darkAt, darkForCertain(world, verdict, since))
  incident.startedAt = Math.min(incident.startedAt, since)
}

/** False where the earliest word of its loss is no earlier than that: nobody has to be asked one by one. */
function mayBeDarkBefore({ belief, now }: World, { head, observer }: Verdict, darkFrom: InstantMs) {
  belief.settleTimes()
  const earliest = belief.sums.t0(head)
  if (observer !== NONE || earliest === Number.POSITIVE_INFINITY || now < darkFrom) return true
  return Math.min(earliest, belief.opened.get(head)?.at ?? earliest) < darkFrom
}

/** Whoever had supply between the first off and the opening of the device itself denies nothing. */
function darkForCertain(world: World, verdict: Verdict, since: InstantMs): InstantMs {
  const opened = verdict.observer === NONE ? world.belief.opened.get(verdict.head) : undefined
  return opened === undefined ? since : Math.max(since, Math.min(opened.at, world.now))
}

/**
 * Since when what the verdict names is dark, but not before what is accounted for already: then the
 * earliest off since, or that very time (left dark when the rest came back).
 */
function darkSince(world: World, verdict: Verdict): InstantMs | undefined {
  const started = startedAtOf(world, verdict)
  const said = started === undefined ? undefined : Math.min(started, world.now)
  const live = world.ended.accountedUntil(world.network, verdict)
  if (said !== undefined && said >= live) return said
  if (live === 0) return undefined
  return verdict.observer === NONE ? earliestOffSince(world, verdict.head, live) : live
}

function earliestOffSince(world: World, head: number, live: InstantMs): InstantMs {
  const { belief, registers } = world
  let earliest = Number.POSITIVE_INFINITY
  belief.network.eachObserver(head, (observer) => {
    const at = registers.atOf(observer)
    if (registers.state[observer] === OFF && at >= live && at < earliest) earliest = at
  })
  return earliest === Number.POSITIVE_INFINITY ? live : earliest
}

/** Level, customers and grade of the place the case stands for now. */
export function rescale(world: World, incident: Case): void {
  const extent = extentOf(world, incident)
  incident.level =
    incident.observer === NONE ? levelOf(world.grid, deviceOf(world.network, incident)) : 'service'
  incident.customers = extent.customers
  incident.transformers = extent.transformers.length
  incident.important = extent.important
  incident.sensitive = extent.sensitive
  // A judgement refined to a smaller part was never larger; a part that came back was.
  if (incident.outageKind !== 'partiallyRestored') incident.originalCustomers = extent.customers
  incident.originalCustomers = Math.max(incident.originalCustomers, extent.customers)
  incident.customersRestored = incident.originalCustomers - extent.customers
  regrade(world, incident, extent)
}

/** Finds the service level, and proposes the grade: that rises by itself and falls by a person. */
export function regrade(world: World, incident: Case, extent = extentOf(world, incident)): boolean {
  const { serviceLevel } = world.rules.service
  const noted = notedOf(world, incident, extent)
  incident.serviceReasons = reasonsOf(noted, extent, incident.urges, serviceLevel)
  incident.serviceLevel = levelFor(incident.serviceReasons, serviceLevel)
  const grade = proposedGrade(world, incident, extent, noted)
  if (isGraverByCold(world, incident)) setFlag(incident, 'severeCold', true)
  const held = incident.repair.gradeHeld
  const raised = grade < incident.grade && (held === null || grade < held.proposed)
  if (!raised) return false
  incident.grade = grade
  incident.repair.gradeHeld = null
  return true
}

/** The grade that the rules propose now, whatever was proposed or said before. */
export function proposedGrade(
  world: World,
  incident: Case,
  extent = extentOf(world, incident),
  noted = notedOf(world, incident, extent),
): Case['grade'] {
  const grade = gradeOf(
    world.rules.grading,
    incident.level,
    extent,
    Math.max(0, world.now - incident.startedAt),
    {
      noted,
      calls: callsOf(world, incident),
      cityShare: shareTaken(world, incident, extent),
    },
  )
  return grade > 1 && isGraverByCold(world, incident) ? ((grade - 1) as Case['grade']) : grade
}

/**
 * The rule of confirmation (DESIGN §3): supply is lost with P ≥ 0.8 and two independent identities
 * say so. A lone dedicated transformer (专变) goes to a person: it is the customer's own asset.
 */
function confirm(world: World, incident: Case): void {
  const { probability, sources } = thresholds(world).confirm
  if (incident.outageKind !== 'predicted') return
  const vouched = incident.sources >= sources && !isDedicated(world, incident)
  if (!incident.confirmedByStaff && !(vouched && incident.dead >= probability)) return
  incident.outageKind = 'confirmed'
  if (incident.stage === 'sensed' || incident.stage === 'verifying') incident.stage = 'confirmed'
}

/** All but what is left dark is back: momentary where it was short, else restored and waiting for people to close it. */
export function restoreCase(
  world: World,
  incident: Case,
  publisher: Publisher,
  leftDark: readonly Verdict[] = [],
): void {
  const restoredAt = incident.cameBackAt ?? world.now
  settle(world, incident, leftDark)
  incident.restoredAt = restoredAt
  incident.customersRestored = incident.originalCustomers
  const { momentarySeconds } = world.rules.judgement
  const momentary =
    restoredAt - incident.startedAt < momentarySeconds * 1000 && !incident.confirmedByStaff
  if (momentary && incident.stage !== 'pushed') {
    incident.kind = 'momentary'
    incident.stage = 'closed'
    closeCase(incident)
    publisher.publish(incident, 'momentary')
    world.cases.delete(incident.number)
    return
  }
  incident.outageKind = 'restored'
  incident.stage = 'restored'
  incident.done.restore ??= restoredAt
  publisher.publish(incident, 'restored')
  publisher.changes.push(...learnDuration(world, incident))
}

/** The evidence is gone and nothing says that supply ever came back: it was a mistake. */
export function withdrawCase(world: World, incident: Case, publisher: Publisher): void {
  incident.outcome = 'withdrawn'
  closeCase(incident)
  publisher.publish(incident, 'withdrawn')
  world.cases.delete(incident.number)
}

/** The case is over for good. What is still awaited below it is settled by `sweepReturned`. */
export function closeCase(incident: Case): void {
  incident.outageKind = 'closed'
  if (incident.stage !== 'merged' && incident.stage !== 'falseAlarm') incident.stage = 'closed'
}

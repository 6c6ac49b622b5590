/**
 * Stage 4: what people do. An action is accepted or refused by the state of the incident and the
 * revision its author had seen; asked again with the same request id it changes nothing.
 */
import type { ActionName, ActionRequestedFact } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'
import { type OutageKind, STAGES, type Stage } from '../changes.ts'
import { entryOf, nameCause, putOnOrder, reportSite, reviseEtr } from '../repair/acts.ts'
import { learnDuration } from '../repair/estimating.ts'
import { holdGrade } from '../repair/grade.ts'
import { bringBack, mayBeBack } from '../repair/partial.ts'
import type { StepName } from '../service/clock.ts'
import { stepDone } from '../service/clocks.ts'
import { answerUrge, noteUrge } from '../service/entry-clocks.ts'
import { publishNotice } from '../service/notice.ts'
import { countUrge } from '../service/urged.ts'
import { turnVisits } from '../service/visits.ts'
import type { World } from '../world.ts'
import { answer } from './answer.ts'
import { type Case, comeBackAt } from './case.ts'
import { incidentNumber } from './incident-id.ts'
import { learnFalse, learnFrom } from './learn.ts'
import { closeCase, regrade } from './life.ts'
import type { Publisher } from './publish.ts'
import type { ActionRefusal } from './refusal.ts'
import { endOutage, settleByWord } from './restore.ts'

interface ActionRule {
  /** States of supply in which the action makes sense. */
  readonly when: readonly OutageKind[]
  /** Stage it leads to; absent: unchanged. */
  readonly stage?: Stage
  /** Step of the repair that is done by it. */
  readonly step?: StepName
  /** It tells of a later matter: that the step was done by then is only supposed. */
  readonly supposes?: true
}

const DARK: readonly OutageKind[] = ['predicted', 'confirmed', 'partiallyRestored']
const OPEN: readonly OutageKind[] = [...DARK, 'restored']

/** `domain.md` §5.1: stages may be skipped forward, crews forget to tap. */
const RULES: Readonly<Record<ActionName, ActionRule>> = {
  confirm: { when: ['predicted', 'confirmed'] },
  accept: { when: OPEN, stage: 'accepted', step: 'accept' },
  dispatch: { when: DARK, stage: 'dispatched', step: 'accept', supposes: true },
  depart: { when: DARK, stage: 'enRoute', step: 'depart' },
  arrive: { when: OPEN, stage: 'arrived', step: 'arrive' },
  onSite: { when: OPEN, stage: 'surveying', step: 'arrive', supposes: true },
  cause: { when: OPEN, stage: 'causeFound', step: 'report' },
  etr: { when: DARK },
  partial: { when: DARK, stage: 'partiallyRestored' },
  restore: { when: DARK, stage: 'restored', step: 'restore' },
  falseAlarm: { when: OPEN, stage: 'falseAlarm' },
  urge: { when: OPEN },
  reassign: { when: DARK, stage: 'reassigned' },
  close: { when: ['restored'], stage: 'closed', step: 'result' },
  repair: { when: OPEN, stage: 'repairing', step: 'arrive', supposes: true },
  suspend: { when: DARK, stage: 'suspended' },
  return: { when: DARK, stage: 'returned' },
  verify: { when: ['restored'], stage: 'verified' },
  result: { when: ['restored'], stage: 'resultReturned', step: 'result' },
  grade: { when: DARK },
}

/** Decides one requested action. */
export function decideAction(
  world: World,
  position: number,
  fact: ActionRequestedFact,
  publisher: Publisher,
): void {
  const earlier = world.decided.get(fact.requestId)
  if (earlier) return
  const number = incidentNumber(fact.incident)
  const incident = world.cases.get(number) ?? findingOf(world, number)
  const station = world.summary.stations.find((one) => one.number === number)
  const refusal = station ? 'actOnItsParts' : refusalOf(world, incident, fact)
  if (!refusal) {
    incident!.causes = [position]
    carryOut(world, incident!, fact)
    turnVisits(world, publisher)
    publisher.publish(incident!, fact.action === 'close' ? 'closed' : 'acted', true)
    publisher.changes.push(entryOf(world, incident!, fact, position))
    if (fact.action === 'restore') publisher.changes.push(...learnDuration(world, incident!))
    if (incident!.outageKind === 'closed') world.cases.delete(number)
  }
  const revision = incident?.revision ?? station?.revision ?? 0
  answer(world, position, fact.requestId, { incident: fact.incident, refusal, revision }, publisher)
}

function refusalOf(
  world: World,
  incident: Case | undefined,
  fact: ActionRequestedFact,
): ActionRefusal | null {
  if (!incident) return 'unknownIncident'
  if (incident.revision !== fact.expectedRevision) return 'staleRevision'
  if (!isAllowed(incident, fact.action)) return 'notAllowedInState'
  return lacksSomething(world, incident, fact) ? 'invalid' : null
}

function lacksSomething(world: World, incident: Case, fact: ActionRequestedFact): boolean {
  switch (fact.action) {
    case 'etr':
      // Nobody expects what was over when they said so.
      return fact.etr === undefined || fact.etr <= timesOf(world, fact).occurredAt
    case 'dispatch':
      return fact.crew === undefined
    case 'cause':
      return fact.causeCode === undefined
    case 'suspend':
    case 'return':
      return fact.reasonCode === undefined
    case 'grade':
      // It rises by itself; who lets it fall says why.
      return (
        fact.grade === undefined || (fact.grade > incident.grade && fact.reasonCode === undefined)
      )
    case 'partial':
      return fact.transformers !== undefined && !mayBeBack(world, incident, fact.transformers)
    default:
      return false
  }
}

/** Roles that stand before the outage when they say so. */
const FIELD_ROLES: readonly string[] = ['crew', 'gridManager']
const VOUCHING: readonly ActionName[] = ['onSite', 'partial']

/** The crew's own word, or what a dispatcher enters of a crew that has been there for a while. */
function isFromSite({ done }: Case, { role }: ActionRequestedFact, at: InstantMs): boolean {
  return FIELD_ROLES.includes(role) || (done.arrive ?? at) < at
}

/** Who finds the outage on site is one more source for it, at the next look. */
function vouch(world: World, incident: Case, { action, role, by }: ActionRequestedFact): void {
  if (!VOUCHING.includes(action) || !FIELD_ROLES.includes(role)) return
  if (incident.vouchedBy.includes(by)) return
  incident.vouchedBy.push(by)
  world.again.set(world.network.rootOf(incident.head), world.now)
}

/** Nothing is repaired where the network has supply: staff agree, name the cause, put it away. */
const ON_FINDINGS: ReadonlySet<ActionName> = new Set(['confirm', 'cause', 'falseAlarm', 'close'])

function isAllowed({ finding, outageKind }: Case, action: ActionName): boolean {
  if (finding !== null) return outageKind !== 'closed' && ON_FINDINGS.has(action)
  return RULES[action].when.includes(outageKind)
}

/** A finding that was put away is kept until its sign has gone by itself. */
function findingOf(world: World, number: number): Case | undefined {
  return [...world.findings.values()].find((known) => known.number === number)
}

/** What the hotline itself does tells a customer who urged nothing new. */
const ANSWERS_NOBODY: ReadonlySet<ActionName> = new Set(['urge', 'confirm', 'grade'])

/** What a crew without a connection hands in after what came later. */
const OF_THE_FIELD: ReadonlySet<ActionName> = new Set([
  ...(['depart', 'arrive', 'onSite', 'cause', 'repair'] as const),
])

/** An older word of an earlier step: it counts for its clock, and the work is further by now. */
function leadsBack(
  { stage: now, restoredAt, repair }: Case,
  action: ActionName,
  stage: Stage,
  at: InstantMs,
): boolean {
  const isEarlier = STAGES.indexOf(stage) < STAGES.indexOf(now)
  return (
    OF_THE_FIELD.has(action) && isEarlier && at < Math.max(repair.stageAt ?? 0, restoredAt ?? 0)
  )
}

/** When it was entered, and when it was so: not later, whatever a telephone's clock says. */
function timesOf(world: World, { receivedAt, occurredAt }: ActionRequestedFact) {
  // Engine time is that of the last tick; people act in between.
  const at = Math.max(world.now, receivedAt)
  return { at, occurredAt: Math.min(occurredAt ?? at, at) }
}

function carryOut(world: World, incident: Case, fact: ActionRequestedFact): void {
  const { stage, step, supposes = false } = RULES[fact.action]
  vouch(world, incident, fact)
  const { at, occurredAt } = timesOf(world, fact)
  if (stage && !leadsBack(incident, fact.action, stage, occurredAt)) {
    incident.stage = stage
    incident.repair.stageAt = Math.max(incident.repair.stageAt ?? 0, occurredAt)
  }
  // Who was there before the light went out has been there since it did.
  const doneAt = Math.max(occurredAt, incident.startedAt)
  if (step) stepDone(incident, step, { at: doneAt, enteredAt: at, supposes })
  if (!ANSWERS_NOBODY.has(fact.action)) answerUrge(incident, at)
  const backAt = fact.occurredAt === undefined ? world.now : occurredAt
  switch (fact.action) {
    case 'confirm':
      incident.confirmedByStaff = true
      incident.outageKind = 'confirmed'
      if (incident.stage === 'sensed' || incident.stage === 'verifying')
        incident.stage = 'confirmed'
      publishNotice(world, incident, 'staff', at)
      return
    case 'urge':
      if (!countUrge(incident, { by: fact.by, way: 'action', at })) return
      noteUrge(incident, occurredAt, at)
      regrade(world, incident)
      return
    case 'dispatch':
    case 'reassign':
      putOnOrder(incident, fact.crew ?? incident.crew, at)
      return
    case 'return':
      putOnOrder(incident, null, at)
      return
    case 'onSite':
      if (fact.site) reportSite(incident, fact, occurredAt, at)
      return
    case 'etr':
      reviseEtr(incident, fact, occurredAt, at)
      return
    case 'grade':
      holdGrade(world, incident, fact)
      return
    case 'cause':
      nameCause(incident, fact, occurredAt, isFromSite(incident, fact, occurredAt))
      return
    case 'partial':
      incident.outageKind = 'partiallyRestored'
      if (fact.transformers) bringBack(world, incident, fact.transformers, occurredAt)
      return
    case 'restore':
      beRestored(world, incident, Math.max(incident.darkFrom, backAt))
      return
    case 'falseAlarm':
      beFalse(world, incident)
      return
    case 'close':
      learnFrom(world, incident)
      closeCase(incident)
      return
    default:
      return
  }
}

/**
 * Somebody says so: there was no outage. Where meters have said already that it is over, its place is
 * settled, and what is said there since is of another one.
 */
function beFalse(world: World, incident: Case): void {
  const isOver = incident.outageKind === 'restored'
  incident.outcome = 'falseAlarm'
  if (incident.finding === null)
    learnFalse(world, incident, () => {
      if (!isOver) settleByWord(world, incident, world.now)
    })
  closeCase(incident)
}

/** Somebody says so: all of it has supply since then. */
function beRestored(world: World, incident: Case, at: InstantMs): void {
  comeBackAt(incident, at)
  incident.restoredAt = at
  incident.outageKind = 'restored'
  incident.customersRestored = incident.originalCustomers
  endOutage(world, incident, at)
  settleByWord(world, incident, at)
}

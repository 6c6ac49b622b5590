/** The turns in the life of a case: opened, moved, restored, withdrawn, closed. */
import type { InstantMs } from '../../facts/time.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { NONE } from '../inference/network.ts'
import type { Verdict } from '../inference/verdict.ts'
import type { World } from '../world.ts'
import { type Case, keyOf } from './case.ts'
import { extentOf } from './extent.ts'
import { gradeOf, levelOf } from './levels.ts'
import { likeliestMember } from './naming.ts'
import type { Publisher } from './publish.ts'
import { settle } from './restore.ts'
import { outageSources } from './sources.ts'

/** Identities counted: as many as the rule asks for, so that a storm is not counted through. */
const sourcesNeeded = (world: World) => world.rules.judgement.confirm.sources

/**
 * A new case for a verdict nobody stood for; `parent` where it was split off, `returnedAt` where the
 * rest of the parent came back then and this was left dark.
 */
export function openCase(
  world: World,
  verdict: Verdict,
  parent: Case | null,
  returnedAt?: InstantMs,
): Case {
  const startedAt = startOf(world, verdict) ?? parent?.startedAt ?? world.now
  const incident: Case = {
    number: world.nextCase++,
    revision: 0,
    parent: parent?.number ?? null,
    kind: 'fault',
    flags: [],
    outageKind: 'predicted',
    outcome: null,
    mergedInto: null,
    head: verdict.head,
    observer: verdict.observer,
    phases: verdict.phases,
    level: 'service',
    grade: 4,
    probability: 0,
    dead: 0,
    // What is left dark was vouched for with the whole.
    sources: parent?.sources ?? 0,
    rivals: [],
    transformers: 0,
    customers: 0,
    originalCustomers: 0,
    customersRestored: 0,
    important: 0,
    sensitive: 0,
    startedAt,
    darkFrom: returnedAt ?? startedAt,
    sensedAt: world.now,
    cameBackAt: null,
    restoredAt: null,
    confirmedByStaff: false,
    etr: null,
    crew: parent?.crew ?? null,
    stage: 'sensed',
    cause: null,
    evidence: [],
    causes: [],
    segment: null,
    segments: 0,
    published: '',
    publishedAt: 0,
  }
  world.cases.set(incident.number, incident)
  takeVerdict(world, incident, verdict)
  incident.originalCustomers = incident.customers
  return incident
}

/** The case now stands for this verdict; moves it where the verdict names another device. */
export function takeVerdict(world: World, incident: Case, verdict: Verdict): void {
  const moved =
    incident.revision === 0 ||
    keyOf(incident.head, incident.observer) !== keyOf(verdict.head, verdict.observer)
  const movedDownAfterReturn = moved && incident.cameBackAt !== null
  if (movedDownAfterReturn) leaveRestored(world, incident)
  incident.head = verdict.head
  incident.observer = verdict.observer
  incident.phases = verdict.phases
  if (incident.kind === 'fault' || incident.kind === 'partialPhase')
    incident.kind = kindOf(world, verdict)
  incident.probability = verdict.probability
  incident.dead = verdict.dead
  incident.rivals = [...verdict.rivals]
  const from = startOf(world, verdict)
  if (from !== undefined && from < incident.startedAt) {
    if (incident.darkFrom === incident.startedAt) incident.darkFrom = from
    incident.startedAt = from
  }
  const kept = moved && !movedDownAfterReturn && incident.revision > 0 ? 0 : incident.sources
  incident.sources = Math.max(
    kept,
    outageSources(world, verdict.head, verdict.observer, sourcesNeeded(world)),
  )
  if (moved) rescale(world, incident)
  confirm(world, incident)
}

/** What came back while a part below stays dark: its share is restored, the case goes on below. */
function leaveRestored(world: World, incident: Case): void {
  incident.outageKind = 'partiallyRestored'
  incident.stage = incident.stage === 'sensed' ? 'sensed' : 'partiallyRestored'
  const to = incident.cameBackAt ?? world.now
  incident.darkFrom = Math.max(incident.darkFrom, to)
  world.pastOutages.push({ head: incident.head, from: incident.startedAt, to })
}

/** Open on some of its phases only: the others still have supply (缺相). */
function kindOf(world: World, { head, observer, phases }: Verdict): 'fault' | 'partialPhase' {
  const { devices, observers } = world.grid
  const all = observer === NONE ? devices.phases[head]! : observers.phases[observer]!
  return (phases & all) === all ? 'fault' : 'partialPhase'
}

function startOf(world: World, verdict: Verdict): InstantMs | undefined {
  const { belief, registers } = world
  if (verdict.observer !== NONE) return registers.atOf(verdict.observer)
  const opened = belief.opened.get(verdict.head)?.at ?? Number.POSITIVE_INFINITY
  const at = Math.min(belief.t0[verdict.head]!, opened)
  return at === Number.POSITIVE_INFINITY ? undefined : at
}

function rescale(world: World, incident: Case): void {
  const extent = extentOf(world, incident)
  incident.level =
    incident.observer === NONE
      ? levelOf(world.grid, likeliestMember(world.network, incident.head, incident.phases))
      : 'service'
  incident.customers = extent.customers
  incident.transformers = extent.transformers.length
  incident.important = extent.important
  incident.sensitive = extent.sensitive
  // A judgement refined to a smaller part was never larger; a part that came back was.
  if (incident.cameBackAt === null && incident.customersRestored === 0)
    incident.originalCustomers = extent.customers
  incident.originalCustomers = Math.max(incident.originalCustomers, extent.customers)
  incident.customersRestored = incident.originalCustomers - extent.customers
  regrade(world, incident, extent)
  // Below the device that came back, what stays dark is a part of it that has not come back.
  if (incident.outageKind === 'partiallyRestored') incident.cameBackAt = null
}

/** Proposes the grade; it rises by itself and falls by a person. */
export function regrade(world: World, incident: Case, extent = extentOf(world, incident)): boolean {
  const grade = gradeOf(
    world.rules.grading,
    incident.level,
    extent,
    Math.max(0, world.now - incident.startedAt),
  )
  const raised = grade < incident.grade
  if (raised) incident.grade = grade
  return raised
}

/**
 * The rule of confirmation (DESIGN §3): supply is lost with P ≥ 0.8 and two independent identities
 * say so. A lone dedicated transformer (专变) goes to a person: it is the customer's own asset.
 */
function confirm(world: World, incident: Case): void {
  const { probability, sources } = world.rules.judgement.confirm
  if (incident.outageKind !== 'predicted') return
  const { devices } = world.grid
  const dedicated =
    incident.observer === NONE &&
    DEVICE_TYPES[devices.type[incident.head]!] === 'transformer' &&
    devices.ownership[incident.head] === 1
  const vouched = incident.sources >= sources && !dedicated
  if (!incident.confirmedByStaff && !(vouched && incident.dead >= probability)) return
  incident.outageKind = 'confirmed'
  if (incident.stage === 'sensed' || incident.stage === 'verifying') incident.stage = 'confirmed'
}

/** All is back: momentary where it was short, else restored and waiting for people to close it. */
export function restoreCase(world: World, incident: Case, publisher: Publisher): void {
  const restoredAt = incident.cameBackAt ?? world.now
  settle(world, incident)
  incident.restoredAt = restoredAt
  incident.customersRestored = incident.originalCustomers
  const { momentarySeconds } = world.rules.judgement
  const momentary =
    restoredAt - incident.startedAt < momentarySeconds * 1000 && !incident.confirmedByStaff
  if (momentary && incident.stage !== 'pushed') {
    incident.kind = 'momentary'
    incident.stage = 'closed'
    closeCase(world, incident)
    publisher.publish(incident, 'momentary')
    world.cases.delete(incident.number)
    return
  }
  incident.outageKind = 'restored'
  incident.stage = 'restored'
  publisher.publish(incident, 'restored')
}

/** The evidence is gone and nothing says that supply ever came back: it was a mistake. */
export function withdrawCase(world: World, incident: Case, publisher: Publisher): void {
  incident.outcome = 'withdrawn'
  closeCase(world, incident)
  publisher.publish(incident, 'withdrawn')
  world.cases.delete(incident.number)
}

export function closeCase(world: World, incident: Case): void {
  incident.outageKind = 'closed'
  if (incident.stage !== 'merged' && incident.stage !== 'falseAlarm') incident.stage = 'closed'
  world.belief.cameBack.delete(incident.head)
}

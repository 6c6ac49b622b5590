/**
 * Stage 5: cases as changes. A new revision only where something is new to its reader; beside the
 * incident go its area (which transformers are dark), its interruption segment and the feeder.
 */
import type { Position } from '../../facts/facts.ts'
import type { FeederId, UnitId } from '../../facts/ids.ts'
import { formatPhases } from '../../facts/phases.ts'
import { assert } from '../assert.ts'
import type { Change, Incident, IncidentReason, Rival, Verification } from '../changes.ts'
import { NONE } from '../inference/network.ts'
import type { Plan } from '../plans/plan.ts'
import { backTransformers } from '../repair/back.ts'
import { renewEstimate } from '../repair/estimating.ts'
import { repairOf } from '../repair/view.ts'
import { clocksOf } from '../service/clocks.ts'
import { turnNotice } from '../service/notice.ts'
import { noticeOf } from '../service/record.ts'
import { closeOrders } from '../service/supervision.ts'
import { urgencyOf } from '../service/urgency.ts'
import type { FeederFigures, World } from '../world.ts'
import type { Case, SuspectedTie } from './case.ts'
import { type Extent, extentOf } from './extent.ts'
import { incidentId } from './incident-id.ts'
import { ableMembers, deviceOf, deviceRef, unitOf } from './naming.ts'
import { nextSegment } from './segments.ts'

/**
 * Between revisions that only refine figures; what a reader must know at once does not wait. What has
 * just opened grows by the second and is looked at by the second, later a tenth of its age is soon
 * enough, up to five seconds.
 */
const REFINE_AT_MOST_EVERY_MS = 1_000
const REFINE_AT_LEAST_EVERY_MS = 5_000
const REFINE_AGES = 10

export class Publisher {
  readonly #world: World
  readonly changes: Change[] = []

  constructor(world: World) {
    this.#world = world
  }

  /** Publishes a case where it has news. `force` for answers to people. */
  publish(incident: Case, reason: IncidentReason, force = false): void {
    const world = this.#world
    turnNotice(world, incident)
    renewEstimate(world, incident)
    const urgent = `${urgentPart(incident)}|${staffPart(incident)}`
    const [lastUrgent, lastFine, lastCited] = incident.published.split('\n')
    const cited = `${incident.evidence[0]?.position ?? 0}`
    const turned = urgent !== lastUrgent
    // The last reports of a burst are not kept back for others that do not come.
    const isSettled = cited !== lastCited && !world.news.has(world.network.rootOf(incident.head))
    const waitMs = isSettled
      ? REFINE_AT_MOST_EVERY_MS
      : refineEveryMs(world.now - incident.sensedAt)
    const isDue = turned || force || world.now - incident.publishedAt >= waitMs
    if (!isDue) return
    const fine = finePart(incident)
    if (!turned && !force && fine === lastFine) return
    incident.published = `${urgent}\n${fine}\n${cited}`
    incident.publishedAt = world.now
    incident.revision++
    const closed = closeOrders(world, incident)
    const isNoticeNew = this.#reviseNotice(incident)
    const extent = extentOf(world, incident)
    const view = viewOf(world, incident, extent)
    const causes: readonly Position[] = incident.causes
    this.changes.push({ type: 'incident', at: world.now, reason, incident: view, causes })
    this.changes.push(...closed)
    if (incident.finding !== null) return
    if (isNoticeNew) this.#publishNotice(incident, view, extent)
    const segment = nextSegment(world, incident, view, extent)
    for (const item of segment)
      this.changes.push({ type: 'segment', at: world.now, segment: item, causes })
    if (turned) this.#publishArea(incident, view, extent)
  }

  /** A revision of the notice where it says something new; the incident names the same one. */
  #reviseNotice(incident: Case): boolean {
    const { notice } = incident
    if (!notice) return false
    const said = noticeSays(incident)
    if (said === notice.said) return false
    notice.said = said
    notice.revision++
    turnNotice(this.#world, incident)
    return true
  }

  #publishNotice(incident: Case, view: Incident, extent: Extent): void {
    this.changes.push({
      type: 'notice',
      at: this.#world.now,
      notice: noticeOf(this.#world, incident, incident.notice!, view, extent),
      causes: incident.causes,
    })
  }

  #publishArea(incident: Case, view: Incident, extent: Extent): void {
    const { devices } = this.#world.grid
    const ids = extent.transformers.map((device) =>
      devices.ids.idOf(device),
    ) as Incident['device']['id'][]
    const over = incident.outageKind === 'restored' || incident.outageKind === 'closed'
    const back = backTransformers(this.#world, incident).map((device) => devices.ids.idOf(device))
    this.changes.push({
      type: 'area',
      at: this.#world.now,
      incident: view.id,
      revision: view.revision,
      dark: over ? [] : ids,
      restored: (over ? [...ids, ...back] : back) as Incident['device']['id'][],
    })
  }

  /** Figures of feeders that changed, from all active cases. */
  publishFeeders(cases: Iterable<Case>): void {
    const world = this.#world
    const figures = new Map<number, FeederFigures>()
    for (const incident of cases) {
      if (incident.outageKind === 'restored' || incident.outageKind === 'closed') continue
      for (const [feeder, part] of extentOf(world, incident).feeders) {
        if (feeder < 0) continue
        const sum = figures.get(feeder) ?? NOTHING_OUT
        figures.set(feeder, {
          incidents: sum.incidents + 1,
          transformers: sum.transformers + part.transformers,
          customers: sum.customers + part.customers,
          ratedVa: sum.ratedVa + part.ratedVa,
        })
      }
    }
    const touched = new Set([...world.feeders.keys(), ...figures.keys()])
    for (const feeder of [...touched].sort((a, b) => a - b)) {
      const sum = figures.get(feeder) ?? NOTHING_OUT
      const before = world.feeders.get(feeder) ?? NOTHING_OUT
      if (sum.incidents === 0) world.feeders.delete(feeder)
      else world.feeders.set(feeder, sum)
      if (sameFigures(before, sum)) continue
      const { id, unit } = world.grid.feeders[feeder]!
      this.changes.push({
        type: 'feeder',
        at: world.now,
        feeder: id as FeederId,
        unit: (world.grid.units[unit]?.id ?? '') as UnitId,
        incidents: sum.incidents,
        transformersOut: sum.transformers,
        customersOut: sum.customers,
      })
    }
  }
}

function refineEveryMs(ageMs: number): number {
  const tenth = ageMs / REFINE_AGES
  return Math.min(REFINE_AT_LEAST_EVERY_MS, Math.max(REFINE_AT_MOST_EVERY_MS, tenth))
}

const NOTHING_OUT: FeederFigures = { incidents: 0, transformers: 0, customers: 0, ratedVa: 0 }

/** True where a feeder's readers would see no difference. */
function sameFigures(a: FeederFigures, b: FeederFigures): boolean {
  return (
    a.incidents === b.incidents && a.transformers === b.transformers && a.customers === b.customers
  )
}

/** What must be told at once when it changes. */
function urgentPart(c: Case): string {
  return [
    c.named === NONE ? c.head : c.named,
    c.observer,
    c.phases,
    c.kind,
    c.flags.join(),
    c.plan,
    c.outageKind,
    c.outcome,
    c.mergedInto,
    c.grade,
    c.level,
    c.stage,
    c.crew,
    c.etr,
    c.cause,
    c.restoredAt,
    c.customers,
    c.parent,
    c.notice?.no,
    c.repair.back.length,
    c.etr === null ? c.repair.estimate?.end : null,
  ].join('|')
}

/** What only those who work on it must see at once: no news for readers of the notice. */
function staffPart({ serviceLevel, serviceReasons, repair }: Case): string {
  const { arrivedInferredAt, site, orders } = repair
  const why = serviceReasons.join()
  const visit = repair.visit && `${repair.visit.startedAt} ${repair.visit.doneAt}`
  const urge = repair.urge && `${repair.urge.at} ${repair.urge.answeredAt}`
  return [serviceLevel, why, arrivedInferredAt, site?.enteredAt, orders.length, visit, urge].join(
    '|',
  )
}

/** What readers of the notice must be told when it changes: its share of the incident. */
function noticeSays(c: Case): string {
  const { no, status, trip } = c.notice!
  const seen = trip && `${trip.protection} ${trip.reclosing}`
  const { causeBy, causeSaid } = c.repair
  const cause = c.cause && `${causeBy} ${causeSaid?.role} ${causeSaid?.by}`
  const state = status === 'proposed' ? status : ''
  return [no, state, urgencyOf(c), seen, cause, urgentPart(c)].join('|')
}

const tieShown = ({ device, probability }: SuspectedTie) =>
  `${device}:${Math.round(probability * 100)}`

/** What may wait a few seconds. */
function finePart(c: Case): string {
  const evidence = c.evidence[0]?.position ?? 0
  return [
    Math.round(c.probability * 100),
    c.suspectedTie && tieShown(c.suspectedTie),
    c.tieRivals.map(tieShown).join(),
    c.sources,
    c.customersRestored,
    c.urges,
    c.startedAt,
    evidence,
    c.reads.asked.length,
    c.reads.answered,
  ].join('|')
}

/** The case as everyone outside sees it. */
export function viewOf(world: World, c: Case, extent: Extent): Incident {
  const { grid, network } = world
  const plan = c.flags.includes('beyondPlan') ? undefined : world.plans.byId.get(c.plan ?? '')
  const kept = c.named === NONE ? undefined : c.named
  const device = kept ?? plannedMember(world, c.head, plan) ?? deviceOf(network, c)
  const at = kept ?? c.head
  const feeder = grid.devices.feeder[at]!
  assert(c.revision > 0, 'a published incident has a revision')
  return {
    id: incidentId(c.number),
    revision: c.revision,
    parent: c.parent === null ? null : incidentId(c.parent),
    noticeNo: c.notice?.no ?? null,
    kind: c.kind,
    flags: [...c.flags],
    outageKind: c.outageKind,
    outcome: c.outcome,
    mergedInto: c.mergedInto === null ? null : incidentId(c.mergedInto),
    level: c.level,
    grade: c.grade,
    unit: unitOf(grid, at),
    feeder: feeder < 0 || spansFeeders(c) ? null : (grid.feeders[feeder]!.id as FeederId),
    device: deviceRef(network, device, c.observer),
    phases: formatPhases(c.phases),
    centroid: extent.centroid,
    probability: c.probability,
    rivals: c.rivals.map((rival) => rivalView(world, rival, device, c)),
    ...tieOf(world, c),
    transformersAffected: c.transformers,
    metersAffected: c.customers,
    originalMetersAffected: c.originalCustomers,
    customersRestored: c.customersRestored,
    important: c.important,
    sensitiveCount: c.sensitive,
    startedAt: c.startedAt,
    sensedAt: c.sensedAt,
    restoredAt: c.restoredAt,
    ...estimateOf(c, plan),
    crew: c.crew,
    stage: c.stage,
    cause: c.cause,
    ruleVersion: world.rules.version,
    sources: c.sources,
    verification: verificationOf(world, c),
    notice: c.notice && { status: c.notice.status, revision: c.notice.revision },
    clocks: clocksOf(world, c),
    urges: c.urges,
    firstCallAt: c.firstCallAt,
    serviceLevel: c.serviceLevel,
    serviceReasons: [...c.serviceReasons],
    repair: repairOf(world, c),
    evidence: [...c.evidence],
  }
}

/** A dead cell lies on no feeder; it is shown at the head of the first one. */
const spansFeeders = (c: Case) => c.finding !== null && c.level === 'substation'

/** Of devices that no observer can tell apart, the one that a plan names. */
function plannedMember(world: World, head: number, plan: Plan | undefined): number | undefined {
  if (!plan || plan.devices.length === 0) return undefined
  const { ids } = world.grid.devices
  return world.network
    .members(head)
    .find((device) => plan.devices.includes(ids.idOf(device) as never))
}

/**
 * What the field says, else the end of the plan that explains it, else what outages like it took. An
 * order to exchange meters says until when somebody is at it, not how long each is without supply.
 */
function estimateOf(
  c: Case,
  plan: Plan | undefined,
): Pick<Incident, 'estimatedPeriod' | 'etrSource'> {
  const planned = c.kind === 'metering' ? undefined : plan?.to
  const end = c.etr ?? planned ?? null
  const { estimate } = c.repair
  if (end === null && estimate)
    return { estimatedPeriod: { start: estimate.start, end: estimate.end }, etrSource: 'estimated' }
  if (end === null) return { estimatedPeriod: null, etrSource: 'none' }
  const source = c.etr === null ? 'estimated' : 'field'
  return { estimatedPeriod: { start: Math.min(c.startedAt, end), end }, etrSource: source }
}

function verificationOf(world: World, { number, reads }: Case): Verification {
  const asked = reads.asked.length
  const { answered } = reads
  const state = !world.rules.judgement.callReads.enabled
    ? 'off'
    : asked === 0
      ? 'notAsked'
      : world.calls.waitsFor(number)
        ? 'asked'
        : answered > 0
          ? 'answered'
          : 'timedOut'
  return { state, asked, answered }
}

function tieOf(world: World, { suspectedTie, tieRivals }: Case): Pick<Incident, 'suspectedTie'> {
  if (!suspectedTie) return {}
  const shown = ({ device, probability }: SuspectedTie) => {
    return { device: deviceRef(world.network, device, NONE), probability }
  }
  const rivals = tieRivals.length > 0 ? { rivals: tieRivals.map(shown) } : {}
  return { suspectedTie: { ...shown(suspectedTie), ...rivals } }
}

/** Where the likeliest member is named, the topmost stands in its place among those like it. */
function rivalView(
  { network }: World,
  rival: Case['rivals'][number],
  named: number,
  { head, phases }: Case,
): Rival {
  const isNamed = rival.indistinguishable && rival.device === named
  const device = isNamed ? (ableMembers(network, head, phases)[0] ?? head) : rival.device
  return {
    device: deviceRef(network, device, rival.observer),
    probability: rival.probability,
    ...(rival.indistinguishable ? { indistinguishable: true } : {}),
  }
}

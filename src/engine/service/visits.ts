/**
 * Visits to customers whose life hangs on supply (T10, `domain.md` §4.5): what they are told promises that
 * the grid manager gets in touch, so each of them is a visit, due within minutes. With other important
 * customers (GB/T 29328) the grid manager is in touch as soon (§5.2). Visits begin when the ladder tells
 * of life support, contacts with the notice; they follow their customers from incident to incident,
 * and end unmade where their light is back first.
 */
import type { DeviceId, UsagePointId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { VisitSettledFact } from '../../facts/visits.ts'
import { DEVICE_TYPES, LIFE_SUPPORT } from '../../grid/model.ts'
import { answer } from '../incidents/answer.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { type Extent, extentOf } from '../incidents/extent.ts'
import { incidentId, incidentNumber } from '../incidents/incident-id.ts'
import { unitOf } from '../incidents/naming.ts'
import type { Publisher } from '../incidents/publish.ts'
import type { ActionRefusal } from '../incidents/refusal.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import type { VisitChange, VisitClock, VisitEnd, VisitReason, VisitState } from './visit-change.ts'

const MINUTE_MS = 60_000
const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')
/** The rung with which visits to life support begin. */
const RUNG = 'lifeSupport-1'

/** Opens, moves and ends visits as the outages over their customers stand now, and publishes whose changed. */
export function followVisits(world: World, publisher: Publisher): void {
  for (const incident of turnVisits(world, publisher)) publisher.publish(incident, 'supervised')
}

/** The same for who publishes by themselves: the incidents whose clock may have turned, in order. */
export function turnVisits(world: World, publisher: Publisher): Case[] {
  const { visits, grid } = world
  const dark = darkAttended(world)
  const touched = new Set<number>()
  for (const visit of [...visits.values()]) {
    const point = grid.usagePoints.ids.indexOf(visit.usagePoint)
    const now = dark.get(point)
    if (now?.incident.number === visit.incident && now.reason === visit.reason) continue
    touched.add(visit.incident)
    if (!now) {
      visits.delete(visit.usagePoint)
      if (visit.settledAt === null)
        publisher.changes.push(
          tell(world, visit, 'ended', whyEnded(world, publisher, visit, point)),
        )
      continue
    }
    const moved = { ...visit, incident: now.incident.number, reason: now.reason }
    visits.set(visit.usagePoint, moved)
    touched.add(now.incident.number)
    if (visit.settledAt === null) publisher.changes.push(tell(world, moved, 'open', null))
  }
  for (const [point, { incident, reason }] of dark) {
    const usagePoint = grid.usagePoints.ids.idOf(point) as UsagePointId
    if (!HAS_BEGUN[reason](incident) || visits.has(usagePoint)) continue
    const visit = openVisit(world, incident, usagePoint, reason)
    visits.set(usagePoint, visit)
    touched.add(incident.number)
    publisher.changes.push(tell(world, visit, 'open', null))
  }
  const turned = [...touched]
    .sort((a, b) => a - b)
    .map((number) => world.cases.get(number))
    .filter((incident) => incident !== undefined)
  for (const incident of turned) turnClocks(world, incident)
  return turned
}

/** Takes the word of who went, or says why not. */
export function settleVisit(
  world: World,
  position: number,
  fact: VisitSettledFact,
  publisher: Publisher,
): void {
  if (world.decided.has(fact.requestId)) return
  const visit = world.visits.get(fact.usagePoint)
  const known = visit?.id === fact.visit ? visit : undefined
  const refusal: ActionRefusal | null = known?.settledAt === null ? null : 'notAllowedInState'
  const number = known?.incident ?? incidentNumber(fact.visit.split('-')[0]!)
  const incident = world.cases.get(number)
  if (known && !refusal) {
    const settled = { ...known, settledAt: Math.max(world.now, fact.receivedAt) }
    world.visits.set(fact.usagePoint, settled)
    const causes = [position]
    const told = tell(world, settled, 'settled', fact.outcome)
    publisher.changes.push({ ...told, by: fact.by, causes })
    if (incident) {
      incident.causes = causes
      turnClocks(world, incident)
      publisher.publish(incident, 'supervised', true)
    }
  }
  const told = {
    incident: incidentId(Math.max(0, number)),
    refusal,
    revision: incident?.revision ?? 0,
  }
  answer(world, position, fact.requestId, told, publisher)
}

/** Since when the incident asks for them. */
const HAS_BEGUN: Readonly<Record<VisitReason, (incident: Case) => boolean>> = {
  lifeSupport: ({ escalated }) => escalated.includes(RUNG),
  important: ({ notice }) => notice?.publishedAt != null,
}

function openVisit(
  world: World,
  { number }: Case,
  usagePoint: UsagePointId,
  reason: VisitReason,
): VisitState {
  const { now, rules } = world
  const { visitMinutes, contactMinutes } = rules.service.clocks
  const minutes = reason === 'lifeSupport' ? visitMinutes : contactMinutes
  return {
    // Dark again in the same outage after it was back, the customer is visited again.
    id: `${incidentId(number)}-${now}-${usagePoint}`,
    incident: number,
    usagePoint,
    reason,
    openedAt: now,
    dueAt: now + minutes * MINUTE_MS,
    settledAt: null,
  }
}

function tell(
  world: World,
  { id, incident, usagePoint, reason, openedAt, dueAt }: VisitState,
  state: VisitChange['state'],
  outcome: VisitChange['outcome'],
): VisitChange {
  const { grid } = world
  const point = grid.usagePoints.ids.indexOf(usagePoint)
  const device = point < 0 ? NONE : grid.usagePoints.device[point]!
  return {
    ...{ type: 'visit', at: world.now, id, incident: incidentId(incident), usagePoint },
    transformer: areaOf(world, device),
    unit: unitOf(grid, Math.max(0, device)),
    ...{ reason, state, outcome, openedAt, dueAt, by: null },
    causes: world.cases.get(incident)?.causes ?? [],
  }
}

function areaOf({ grid, topology }: World, from: number): DeviceId | null {
  for (let device = from; device >= 0; device = topology.parent[device]!)
    if (grid.devices.type[device] === TRANSFORMER) return grid.devices.ids.idOf(device) as DeviceId
  return null
}

/** The light is back, the outage was none, or nobody's life hangs on supply there any more. */
function whyEnded(
  world: World,
  publisher: Publisher,
  { incident: number }: VisitState,
  point: number,
): VisitEnd {
  const incident = world.cases.get(number)
  if (incident && isActive(incident) && point >= 0) {
    const device = world.grid.usagePoints.device[point]!
    return extentOf(world, incident).devices.includes(device) ? 'notSensitive' : 'restored'
  }
  if (point < 0) return 'notSensitive'
  const outcome = incident ? incident.outcome : lastOutcome(publisher, number)
  return outcome === 'withdrawn' || outcome === 'falseAlarm' ? 'withdrawn' : 'restored'
}

/** Of an incident that is filed already. */
function lastOutcome({ changes }: Publisher, number: number): Case['outcome'] {
  const id = incidentId(number)
  const last = changes.findLast((one) => one.type === 'incident' && one.incident.id === id)
  return last?.type === 'incident' ? last.incident.outcome : null
}

/** The clocks of the incident's visits and contacts. */
function turnClocks(world: World, { number, repair }: Case): void {
  const waiting = [...world.visits.values()].filter(
    ({ incident, settledAt }) => incident === number && settledAt === null,
  )
  const turned = (before: VisitClock | null, of: VisitReason) =>
    clockAt(
      world.now,
      before,
      waiting.filter(({ reason }) => reason === of),
    )
  repair.visit = turned(repair.visit, 'lifeSupport')
  repair.contact = turned(repair.contact, 'important')
}

/** Since when the first of those that wait does, or when the last was made or not needed any more. */
function clockAt(
  now: InstantMs,
  before: VisitClock | null,
  waiting: readonly VisitState[],
): VisitClock | null {
  if (waiting.length > 0)
    return {
      startedAt: Math.min(...waiting.map(({ openedAt }) => openedAt)),
      dueAt: Math.min(...waiting.map(({ dueAt }) => dueAt)),
      doneAt: null,
    }
  return before?.doneAt === null ? { ...before, doneAt: now } : before
}

/** A customer without supply whom somebody looks after, and why. */
interface Attended {
  readonly incident: Case
  readonly reason: VisitReason
}

/** Customers without supply now whose life hangs on it, or who are important, by usage point. */
function darkAttended(world: World): Map<number, Attended> {
  const dark = new Map<number, Attended>()
  for (const incident of world.cases.values()) {
    // Without a visit under way only an incident that begins some is asked.
    if (!isActive(incident) || (world.visits.size === 0 && !mayBegin(incident))) continue
    for (const [point, reason] of attendedOf(world, incident, extentOf(world, incident)))
      dark.set(point, { incident, reason })
  }
  return dark
}

const mayBegin = (incident: Case) =>
  HAS_BEGUN.lifeSupport(incident) || (incident.important > 0 && HAS_BEGUN.important(incident))

interface Found {
  readonly noted: number
  readonly points: ReadonlyMap<number, VisitReason>
}

/** Found once for each place that was measured, and after each note on customers. */
const lastFound = new WeakMap<Extent, Found>()

/** Usage points of the incident with life support, by the grid file or as noted of them, or important; in order. */
function attendedOf(world: World, incident: Case, extent: Extent): Found['points'] {
  const { care, grid } = world
  const known = lastFound.get(extent)
  if (known?.noted === care.turns) return known.points
  const own = incident.observer === NONE ? NONE : grid.observers.target[incident.observer]!
  const { first, sensitive, important } = grid.usagePoints
  const found = new Map<number, VisitReason>()
  for (const device of extent.devices) {
    for (let at = first[device]!; at < first[device + 1]!; at++)
      if (sensitive[at] === LIFE_SUPPORT) found.set(at, 'lifeSupport')
      else if (important[at] !== 0) found.set(at, 'important')
    for (const { note, point } of care.at(device))
      if (note.reason === 'lifeSupport' && point >= 0 && note.until > world.now)
        found.set(point, 'lifeSupport')
  }
  const points = new Map(
    [...found].filter(([at]) => own === NONE || at === own).sort(([a], [b]) => a - b),
  )
  lastFound.set(extent, { noted: care.turns, points })
  return points
}

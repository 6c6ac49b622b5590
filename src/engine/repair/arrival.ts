/**
 * Arrival inferred from where a crew is (到达推定): standing near the open device for some minutes. It
 * halts the ladder; the arrival itself is what the crew or a dispatcher enters, and both times are kept.
 */
import type { CrewPositionFact, Position } from '../../facts/facts.ts'
import { devicePlace, metresBetween } from '../../grid/geography.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { incidentId } from '../incidents/incident-id.ts'
import { deviceOf } from '../incidents/naming.ts'
import type { Publisher } from '../incidents/publish.ts'
import type { World } from '../world.ts'

const MINUTE_MS = 60_000

/** Looks whether the crew has come to one of its orders. */
export function seeCrew(
  world: World,
  position: Position,
  fact: CrewPositionFact,
  publisher: Publisher,
): void {
  for (const incident of world.cases.values())
    if (incident.crew === fact.crew && awaitsArrival(incident))
      see(world, position, incident, fact, publisher)
}

/** True where an arrival is still to be seen. */
export function awaitsArrival(incident: Case): boolean {
  const { done, repair } = incident
  return isActive(incident) && done.arrive === undefined && repair.arrivedInferredAt === null
}

/** Metres from a place to the open device; undefined where the grid file gives it no place. */
export function metresTo(
  world: World,
  incident: Case,
  place: { readonly lon: number; readonly lat: number },
): number | undefined {
  const device = incident.named >= 0 ? incident.named : deviceOf(world.network, incident)
  const at = devicePlace(world.grid, device)
  return at && metresBetween(at, [place.lon, place.lat])
}

function see(
  world: World,
  position: Position,
  incident: Case,
  fact: CrewPositionFact,
  publisher: Publisher,
): void {
  const { metres, standMinutes, gapMinutes } = world.rules.service.arrival
  const { repair } = incident
  const distance = metresTo(world, incident, fact)
  if (distance === undefined) return
  if (distance > metres) {
    repair.near = null
    return
  }
  const at = Math.min(fact.at, fact.receivedAt)
  const { near } = repair
  // A crew that was not heard for long may have been elsewhere.
  const stayed = near !== null && at >= near.since && at - near.last <= gapMinutes * MINUTE_MS
  const since = stayed ? near.since : at
  repair.near = { since, last: at }
  if (at - since < standMinutes * MINUTE_MS) return
  repair.arrivedInferredAt = since
  incident.causes = [position]
  publisher.publish(incident, 'acted', true)
  publisher.changes.push({
    type: 'repairEntry',
    at: world.now,
    id: `${incidentId(incident.number)}-arrival-${position}`,
    incident: incidentId(incident.number),
    revision: incident.revision,
    action: 'arrivalInferred',
    by: null,
    role: null,
    occurredAt: since,
    enteredAt: fact.receivedAt,
    crew: fact.crew,
    etr: null,
    causeCode: null,
    reasonCode: null,
    transformers: [],
    site: null,
    grade: null,
    remark: null,
    causes: [position],
  })
}

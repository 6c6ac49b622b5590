/** What people enter of a repair, as the case keeps it, and as the log of the order does. */
import type { ActionRequestedFact, Position } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { Case } from '../incidents/case.ts'
import { incidentId } from '../incidents/incident-id.ts'
import type { World } from '../world.ts'
import type { RepairEntryChange } from './repair-view.ts'

/** Words on the restoration kept with a case, newest last: more are in the log of the order. */
const MOST_ETRS = 20
const MOST_CREWS = 20

/** The crew on the order from `at` on; null: none. Arrival is to be seen anew. */
export function putOnOrder(incident: Case, crew: string | null, at: InstantMs): void {
  const { repair } = incident
  if (incident.crew === crew && repair.crews.at(-1)?.crew === crew) return
  const ended = repair.crews.map((spell) => (spell.to === null ? { ...spell, to: at } : spell))
  const begun = crew === null ? [] : [{ crew, from: at, to: null }]
  repair.crews = [...ended, ...begun].slice(-MOST_CREWS)
  incident.crew = crew
  repair.near = null
  if (incident.done.arrive === undefined) repair.arrivedInferredAt = null
}

/** 现场情况. What was found later stands, also where the earlier is entered after it. */
export function reportSite(
  incident: Case,
  { site, remark }: ActionRequestedFact,
  at: InstantMs,
  enteredAt: InstantMs,
): void {
  const { repair } = incident
  if (repair.site && repair.site.at > at) return
  repair.site = { ...site!, at, enteredAt, remark: remark ?? null }
}

/** 停电原因. Of several words the one said last holds, also where an earlier one is handed in after it. */
export function nameCause(
  incident: Case,
  { causeCode, by, role }: ActionRequestedFact,
  at: InstantMs,
  isFromSite: boolean,
): void {
  const { repair } = incident
  if ((repair.causeSaid?.at ?? at) > at) return
  incident.cause = causeCode ?? null
  repair.causeBy = isFromSite ? 'field' : 'staff'
  repair.causeSaid = { by, role, at }
}

/**
 * The field's estimate, with those before it and why it moved. Of several the one given last holds, also
 * where a crew that was offline hands in an earlier one after it.
 */
export function reviseEtr(
  incident: Case,
  { etr, reasonCode }: ActionRequestedFact,
  at: InstantMs,
  enteredAt: InstantMs,
): void {
  const revision = { etr: etr!, at, enteredAt, reasonCode: reasonCode ?? null }
  const given = [...incident.repair.etrs, revision].sort((a, b) => a.at - b.at)
  incident.repair.etrs = given.slice(-MOST_ETRS)
  incident.etr = incident.repair.etrs.at(-1)!.etr
}

/** The entry of an accepted action. */
export function entryOf(
  world: World,
  incident: Case,
  fact: ActionRequestedFact,
  position: Position,
): RepairEntryChange {
  const enteredAt = Math.max(world.now, fact.receivedAt)
  return {
    type: 'repairEntry',
    at: world.now,
    id: fact.requestId,
    incident: incidentId(incident.number),
    revision: incident.revision,
    action: fact.action,
    by: fact.by,
    role: fact.role,
    occurredAt: Math.min(fact.occurredAt ?? enteredAt, enteredAt),
    enteredAt,
    crew: fact.crew ?? incident.crew,
    etr: fact.etr ?? null,
    causeCode: fact.causeCode ?? null,
    reasonCode: fact.reasonCode ?? null,
    transformers: fact.transformers ?? [],
    site: fact.site ?? null,
    grade: fact.grade ?? null,
    remark: fact.remark ?? null,
    causes: [position],
  }
}

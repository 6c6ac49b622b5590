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

/** 现场情况. */
export function reportSite(
  incident: Case,
  { site, remark }: ActionRequestedFact,
  at: InstantMs,
  enteredAt: InstantMs,
): void {
  incident.repair.site = { ...site!, at, enteredAt, remark: remark ?? null }
}

/** The field's estimate, with those before it and why it moved. */
export function reviseEtr(
  incident: Case,
  { etr, reasonCode }: ActionRequestedFact,
  at: InstantMs,
  enteredAt: InstantMs,
): void {
  incident.etr = etr!
  const revision = { etr: etr!, at, enteredAt, reasonCode: reasonCode ?? null }
  incident.repair.etrs = [...incident.repair.etrs, revision].slice(-MOST_ETRS)
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

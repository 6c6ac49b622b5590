/**
 * Stage 9: what time asks of people. Notices that the rule publishes by itself, and what runs late.
 */
import type { Case } from '../incidents/case.ts'
import type { Publisher } from '../incidents/publish.ts'
import type { World } from '../world.ts'
import { escalate, nextRungAt } from './ladder.ts'
import { publishesAt, publishNotice } from './notice.ts'
import { followVisits } from './visits.ts'

/** Publishes and escalates what is due now; notes when to look again. */
export function serve(world: World, publisher: Publisher): void {
  for (const incident of world.cases.values()) {
    const at = publishesAt(world, incident)
    if (at !== undefined && at <= world.now && publishNotice(world, incident, 'rule', world.now)) {
      incident.causes = []
      publisher.publish(incident, 'pushed')
    }
    supervise(world, incident, publisher)
  }
  for (const paid of awaitingReconnection(world)) supervise(world, paid, publisher)
  // Whose light is out or back is known by what was published of it.
  if (publisher.changes.length > 0) followVisits(world, publisher)
  planService(world)
}

function supervise(world: World, incident: Case, publisher: Publisher): void {
  const told = escalate(world, incident)
  publisher.changes.push(...told)
  if (told.some(({ level }) => level > 0)) publisher.publish(incident, 'supervised')
}

/** Customers who have paid, called, and are dark still: nothing else of what is no outage has a clock. */
function awaitingReconnection({ plans, findings }: World): Case[] {
  if (plans.paid.size === 0) return []
  return [...findings.values()].filter(
    ({ kind, outageKind }) => kind === 'arrears' && outageKind !== 'closed',
  )
}

/** Notes when people are next due something; what is due already waits for the tick that follows. */
export function planService(world: World): void {
  let next = Number.POSITIVE_INFINITY
  for (const incident of world.cases.values())
    next = Math.min(next, publishesAt(world, incident) ?? next, nextRungAt(world, incident))
  for (const paid of awaitingReconnection(world)) next = Math.min(next, nextRungAt(world, paid))
  world.serviceDue = next
}

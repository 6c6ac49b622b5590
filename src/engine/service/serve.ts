/**
 * Stage 9: what time asks of people. Notices that the rule publishes by itself, and what runs late.
 */
import type { Publisher } from '../incidents/publish.ts'
import type { World } from '../world.ts'
import { escalate, nextRungAt } from './ladder.ts'
import { publishesAt, publishNotice } from './notice.ts'

/** Publishes and escalates what is due now; notes when to look again. */
export function serve(world: World, publisher: Publisher): void {
  let next = Number.POSITIVE_INFINITY
  for (const incident of world.cases.values()) {
    const at = publishesAt(world, incident)
    if (at !== undefined && at <= world.now && publishNotice(world, incident, 'rule', world.now)) {
      incident.causes = []
      publisher.publish(incident, 'pushed')
    }
    publisher.changes.push(...escalate(world, incident))
    next = Math.min(next, publishesAt(world, incident) ?? next, nextRungAt(world, incident))
  }
  world.serviceDue = next
}

/**
 * Stage 9: what time asks of people. Notices that the rule publishes by itself, and what runs late.
 */
import type { Publisher } from '../incidents/publish.ts'
import type { World } from '../world.ts'
import { escalate, nextRungAt } from './ladder.ts'
import { publishesAt, publishNotice } from './notice.ts'

/** Publishes and escalates what is due now; notes when to look again. */
export function serve(world: World, publisher: Publisher): void {
  for (const incident of world.cases.values()) {
    const at = publishesAt(world, incident)
    if (at !== undefined && at <= world.now && publishNotice(world, incident, 'rule', world.now)) {
      incident.causes = []
      publisher.publish(incident, 'pushed')
    }
    const told = escalate(world, incident)
    publisher.changes.push(...told)
    if (told.some(({ level }) => level > 0)) publisher.publish(incident, 'supervised')
  }
  planService(world)
}

/** Notes when people are next due something; what is due already waits for the tick that follows. */
export function planService(world: World): void {
  let next = Number.POSITIVE_INFINITY
  for (const incident of world.cases.values())
    next = Math.min(next, publishesAt(world, incident) ?? next, nextRungAt(world, incident))
  world.serviceDue = next
}

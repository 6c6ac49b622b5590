/** Something was noted of customers or areas: incidents over them are looked at anew. */
import type { CareNotedFact } from '../../facts/care.ts'
import { isActive } from '../incidents/case.ts'
import { regrade } from '../incidents/life.ts'
import type { Publisher } from '../incidents/publish.ts'
import type { World } from '../world.ts'

/** Takes the notes in, tells the ledger, and publishes each incident that they concern. */
export function takeNotes(
  world: World,
  position: number,
  fact: CareNotedFact,
  publisher: Publisher,
): void {
  for (const note of fact.notes) world.care.take(note, fact.receivedAt)
  publisher.changes.push({
    type: 'care',
    at: world.now,
    since: fact.receivedAt,
    notes: fact.notes,
    by: fact.by,
    role: fact.role,
    causes: [position],
  })
  for (const incident of world.cases.values()) {
    if (!isActive(incident)) continue
    const before = `${incident.serviceReasons}`
    const raised = regrade(world, incident)
    if (!raised && `${incident.serviceReasons}` === before) continue
    incident.causes = [position]
    publisher.publish(incident, raised ? 'graded' : 'revised')
  }
}

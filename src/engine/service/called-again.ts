/**
 * Who calls a second time about an outage that they reported urges its repair (催办), by whatever channel
 * (`domain.md` §3.2): it counts as the action `urge` does, and starts the clock of its answer.
 */
import type { CallerReportFact } from '../../facts/calls.ts'
import { admitCall, headOver } from '../evidence/calls.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { extentOf } from '../incidents/extent.ts'
import { regrade } from '../incidents/life.ts'
import { isHeadBelow } from '../incidents/place.ts'
import type { Publisher } from '../incidents/publish.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { noteUrge } from './entry-clocks.ts'
import { planService } from './serve.ts'
import { countUrge } from './urged.ts'

/** Takes a call in as evidence, and as an urge where it is one. False where it says nothing new. */
export function takeCall(
  world: World,
  position: number,
  fact: CallerReportFact,
  publisher: Publisher,
): boolean {
  const earlier = world.callers.lastOf(fact.account)
  if (!admitCall(world, position, fact)) return false
  if (!earlier || earlier.says === 'live' || fact.says === 'live') return true
  const incident = outageOver(world, world.grid.usagePoints.ids.indexOf(fact.usagePoint))
  if (!incident || !standsOver(world, incident, earlier.point)) return true
  // Engine time is that of the last tick; people call in between.
  const at = Math.max(world.now, fact.receivedAt)
  if (!countUrge(incident, { by: fact.by, way: 'report', at })) return true
  incident.causes = [position]
  // The word of whoever took the call passes it on at once.
  noteUrge(incident, Math.min(fact.receivedAt, at), at)
  regrade(world, incident)
  publisher.publish(incident, 'acted')
  planService(world)
  return true
}

/** The open incident that keeps the usage point without supply; of nested ones the lowest. */
function outageOver(world: World, point: number): Case | undefined {
  const device = world.grid.usagePoints.device[point]!
  let lowest: Case | undefined
  for (const incident of world.cases.values()) {
    if (!isActive(incident) || !standsOver(world, incident, point)) continue
    if (lowest && !isHeadBelow(world, incident.head, lowest.head)) continue
    // Of a part that has supply again by somebody's word nobody is told that it lasts.
    if (extentOf(world, incident).devices.includes(device)) lowest = incident
  }
  return lowest
}

function standsOver(world: World, { head, observer }: Case, point: number): boolean {
  if (observer !== NONE) return world.grid.observers.target[observer] === point
  const own = headOver(world, point)
  return own !== NONE && isHeadBelow(world, own, head)
}

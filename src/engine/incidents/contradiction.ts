/** Evidence that stands against an outage while it lasts. */
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import { type Case, setFlag } from './case.ts'
import { strangersTo } from './ledger.ts'
import { onsHeard } from './sources.ts'

/**
 * Flags a case whose outage somebody denies and nobody seconds: supply that returns is told of by
 * others within a minute, so a voice that stays alone that long is wrong, or the outage is. Meters booked
 * at the wrong transformer deny nothing.
 */
export function noticeContradiction(world: World, incident: Case): void {
  const { contradictedSeconds } = world.rules.judgement
  const { head, observer, darkAt } = incident
  const [first] = onsHeard(world, head, observer, darkAt, strangersTo(world, incident)).at
  const explained = incident.cameBackAt !== null || incident.tiePart !== NONE
  const denied = !explained && first !== undefined
  setFlag(incident, 'contradicted', denied && world.now - first >= contradictedSeconds * 1000)
}

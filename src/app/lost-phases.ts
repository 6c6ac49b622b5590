/** Which phases an outage takes from one usage point: lost above a transformer, they are others below it. */
import type { Case } from '../engine/incidents/case.ts'
import { NONE } from '../engine/inference/network.ts'
import { phasesBelow } from '../engine/inference/phases.ts'
import type { World } from '../engine/world.ts'
import type { PhaseMask } from '../facts/phases.ts'

/**
 * Phases of the usage point that have no full voltage while the case, at it or above it, is open on its
 * phases. A Dyn11 transformer below a lost conductor gives half the voltage on two phases and all of it on
 * the third (`domain.md` §1.7); who lives on the third has supply.
 */
export function lostPhasesOf(
  { grid, topology }: World,
  { head, observer, phases }: Pick<Case, 'head' | 'observer' | 'phases'>,
  point: number,
): PhaseMask {
  const { devices, usagePoints } = grid
  const own = usagePoints.phases[point]!
  if ((devices.phases[head]! & ~phases) === 0) return own
  if (observer !== NONE) return own & phases
  const path: number[] = []
  for (let d = usagePoints.device[point]!; d >= 0; d = topology.parent[d]!) {
    path.unshift(d)
    if (d === head) break
  }
  const reaching = (live: PhaseMask) =>
    path.reduce(
      (now, device) => phasesBelow(devices.connection[device]!, now & devices.phases[device]!),
      live,
    )
  const normally = own & reaching(devices.phases[head]!)
  // A point booked on phases that nothing brings there is on none in particular.
  return (normally === 0 ? own : normally) & ~reaching(devices.phases[head]! & ~phases)
}

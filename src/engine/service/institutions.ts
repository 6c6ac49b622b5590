/** Hospitals, schools and the like among those without supply (停电范围, `domain.md` §4.1): how many of each. */
import { INSTITUTIONS } from '../../grid/model.ts'
import { firstFrom } from '../../grid/rising.ts'
import type { Notice } from '../changes.ts'
import type { Case } from '../incidents/case.ts'
import type { Extent } from '../incidents/extent.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

/** By kind in the order of `INSTITUTIONS`, those that there are. */
export function institutionsBelow(
  { grid }: World,
  { observer }: Case,
  { devices }: Extent,
): NonNullable<Notice['institutions']> {
  const { point, kind } = grid.institutions
  const own = observer === NONE ? NONE : grid.observers.target[observer]!
  const counts = new Int32Array(INSTITUTIONS.length)
  const end = devices.length === 0 ? 0 : grid.usagePoints.first[devices.at(-1)! + 1]!
  let at = devices.length === 0 ? 0 : firstFrom(point, grid.usagePoints.first[devices[0]!]!)
  // Devices and points both rise: one walk over the shorter list between the ends.
  for (let next = 0; at < point.length && point[at]! < end; at++) {
    const device = grid.usagePoints.device[point[at]!]!
    while (devices[next]! < device) next++
    if (devices[next] === device && (own === NONE || own === point[at])) counts[kind[at]!]!++
  }
  return INSTITUTIONS.flatMap((institution, i) =>
    counts[i]! > 0 ? [{ institution, count: counts[i]! }] : [],
  )
}

/** The area class (城区, 农村, 特殊边远) of an incident's place. */
import { ZONES, type Zone } from '../../grid/model.ts'
import type { Case } from '../incidents/case.ts'
import type { World } from '../world.ts'

const RURAL = ZONES.indexOf('rural')

/** Where nobody says, the middle one: neither town nor the end of the steppe. */
export function zoneOf(world: World, { head }: Case): Zone {
  return ZONES[world.grid.devices.zone[head]!] ?? ZONES[RURAL]!
}

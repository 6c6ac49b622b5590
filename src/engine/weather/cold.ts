/**
 * 严寒 (`domain.md` §2.3): where it is as cold as the rules say and so many customers have been without
 * supply for so long, their grade is one more urgent. In such a cold everybody heats, by whatever needs
 * supply; so all customers count. Where nobody told of a temperature nothing follows.
 */
import type { UnitId } from '../../facts/ids.ts'
import { type Case, customersOut } from '../incidents/case.ts'
import { unitOf } from '../incidents/naming.ts'
import type { World } from '../world.ts'

const HOUR_MS = 3_600_000

/** True where the cold makes the outage graver. */
export function isGraverByCold(world: World, incident: Case): boolean {
  if (world.temperatures.size === 0) return false
  const { belowCelsius, customers, afterHours } = world.rules.grading.cold
  if (customersOut(incident) < customers) return false
  if (world.now - incident.startedAt < afterHours * HOUR_MS) return false
  const known = temperatureIn(world, unitOf(world.grid, incident.head))
  return known !== undefined && known <= belowCelsius
}

/** °C in a unit as it was told of it, or else of the nearest unit above; undefined where that is too old. */
function temperatureIn({ grid, temperatures, rules, now }: World, of: UnitId): number | undefined {
  const { staysHours } = rules.grading.cold
  const byId = new Map(grid.units.map(({ id }, index) => [id as UnitId, index]))
  const passed = new Set<number>()
  let at = byId.get(of) ?? -1
  while (at >= 0 && !passed.has(at)) {
    passed.add(at)
    const { id, parent } = grid.units[at]!
    const told = temperatures.get(id as UnitId)
    if (told && now - told.at < staysHours * HOUR_MS) return told.celsius
    at = parent
  }
  return undefined
}

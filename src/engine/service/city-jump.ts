/**
 * A city's share of customers without supply reaches a warning level of Order 599: the group is told at
 * once (`domain.md` §3.4), on the largest incident there, once until the share has fallen again. Worded as
 * a suspicion: nothing is graded by it.
 */
import { type Case, isActive } from '../incidents/case.ts'
import { unitOf } from '../incidents/naming.ts'
import type { Publisher } from '../incidents/publish.ts'
import { unitsOfCity } from '../summary/cities.ts'
import type { World } from '../world.ts'
import { GROUP, tell } from './ladder.ts'

/** Looks at every city once, after its share was summed. */
export function tellOfCities(world: World, publisher: Publisher): void {
  const reached = world.summary.cities.filter(({ level }) => level !== 'none').map(({ id }) => id)
  if (reached.length === 0 && world.citiesTold.length === 0) return
  const told = world.citiesTold.filter((id) => reached.includes(id))
  for (const id of reached) {
    if (told.includes(id)) continue
    const incident = largestIn(world, id)
    if (!incident) continue
    const { now } = world
    const rung = {
      stage: 'cityShare',
      level: GROUP,
      at: now,
      dueAt: now,
      reason: 'cityShare',
    } as const
    publisher.changes.push(tell(world, incident, rung, true))
    publisher.publish(incident, 'supervised')
    told.push(id)
  }
  world.citiesTold = told
}

/** The active incident of the city with most customers that was not told of for this before. */
function largestIn(world: World, id: string): Case | undefined {
  const city = world.rules.grading.cityShares.cities.find((one) => one.id === id)
  if (!city) return undefined
  const units = unitsOfCity(world, city)
  return [...world.cases.values()]
    .filter((incident) => isActive(incident) && units.has(unitOf(world.grid, incident.head)))
    .filter(({ escalated }) => !escalated.includes(`cityShare-${GROUP}`))
    .sort((a, b) => b.customers - a.customers || a.number - b.number)[0]
}

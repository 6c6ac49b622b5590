/**
 * A city's share of customers without supply reaches a warning level of Order 599: the group is told at
 * once (`domain.md` §3.4), on the largest incident there, once until the share has fallen again. Worded as
 * a suspicion: nothing is graded by it.
 */
import { type Case, isActive } from '../incidents/case.ts'
import { unitOf } from '../incidents/naming.ts'
import type { Publisher } from '../incidents/publish.ts'
import { isSumming, partOf, SUMMING } from '../summary/across.ts'
import { unitsOfCity } from '../summary/cities.ts'
import type { World } from '../world.ts'
import { GROUP, tell } from './ladder.ts'

/** Looks at every city once, after its share was summed. */
export function tellOfCities(world: World, publisher: Publisher): void {
  const reached = citiesToTell(world)
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

/** Cities that reached a level and whose largest incident is judged here. */
function citiesToTell(world: World): readonly string[] {
  const { summary, across } = world
  const ours = (cities: World['across']['tellers']) =>
    cities.filter(({ part }) => part === partOf(world)).map(({ city }) => city)
  if (!isSumming(world)) return ours(across.judged?.cities ?? [])
  const reached = summary.cities.filter(({ level }) => level !== 'none').map(({ id }) => id)
  if (across.parts.length === 0) return reached
  const tellers = reached.flatMap((city) => {
    const known = across.tellers.find((one) => one.city === city)
    const part =
      known?.part ?? (world.citiesTold.includes(city) ? SUMMING : partToTell(world, city))
    return part === undefined ? [] : [{ city, part }]
  })
  world.across = { ...across, tellers }
  return ours(tellers)
}

/** The part with the largest incident of a city; of equals the first. */
function partToTell(world: World, id: string): number | undefined {
  const city = cityOf(world, id)
  if (!city) return undefined
  const units = unitsOfCity(world, city)
  const found = [{ part: SUMMING, customers: largestIn(world, id)?.customers ?? 0 }]
  for (const { part, units: figures } of world.across.parts)
    for (const { unit, largest } of figures)
      if (units.has(unit)) found.push({ part, customers: largest })
  const [most] = found.sort((a, b) => b.customers - a.customers || a.part - b.part)
  return most!.customers > 0 ? most!.part : undefined
}

const cityOf = ({ rules }: World, id: string) =>
  rules.grading.cityShares.cities.find((one) => one.id === id)

/** Whether the group was told of a city's share on this incident. */
export const isToldOfCity = ({ escalated }: Case) => escalated.includes(`cityShare-${GROUP}`)

/** The active incident of the city with most customers that was not told of for this before. */
function largestIn(world: World, id: string): Case | undefined {
  const city = cityOf(world, id)
  if (!city) return undefined
  const units = unitsOfCity(world, city)
  return [...world.cases.values()]
    .filter((incident) => isActive(incident) && units.has(unitOf(world.grid, incident.head)))
    .filter((incident) => !isToldOfCity(incident))
    .sort((a, b) => b.customers - a.customers || a.number - b.number)[0]
}

/**
 * Shares of a city under Order 599 (国务院令第599号): computed live from the feeders' figures, told at
 * half of the lowest threshold and at each one. "疑似达到": the legal grading is never automatic.
 */

import type { CompiledGrid } from '../../grid/compiled.ts'
import { unitOf } from '../incidents/naming.ts'
import type { CityRule, CityShareRules } from '../rules.ts'
import type { World } from '../world.ts'
import { isSumming, outElsewhere } from './across.ts'
import { type CityShareChange, SHARE_LEVELS, type ShareLevel } from './state.ts'

/** Changes of level since the last look; none in a part that another sums for. */
export function sumCities(world: World): CityShareChange[] {
  if (!isSumming(world)) return []
  const rules = world.rules.grading.cityShares
  const changes: CityShareChange[] = []
  const cities = rules.cities.map((city) => {
    const { out, supplied } = countCity(world, city)
    const share = supplied === 0 ? 0 : out / supplied
    const level = levelOf(rules, city, share)
    const before = world.summary.cities.find(({ id }) => id === city.id)?.level ?? 'none'
    if (level !== before)
      changes.push({
        type: 'cityShare',
        at: world.now,
        city: city.id,
        level,
        suspected: true,
        share,
        customersOut: out,
        customers: supplied,
      })
    return { id: city.id, level, share }
  })
  world.summary.cities = cities
  return changes
}

/** The city's units with all below them. */
export function unitsOfCity({ grid }: World, city: CityRule): ReadonlySet<string> {
  const units = new Set(city.units)
  // A unit stands before those below it or after: looked through until nothing more is found.
  for (let known = -1; known !== units.size; ) {
    known = units.size
    for (const { id, parent } of grid.units)
      if (parent >= 0 && units.has(grid.units[parent]!.id)) units.add(id)
  }
  return units
}

/** What an incident of so many customers takes of its city by itself, up to the lowest level. */
export function shareTaken(
  world: World,
  { head }: { readonly head: number },
  customers: number,
): 'none' | 'warning' | 'general' {
  const { classes, cities, warnAt } = world.rules.grading.cityShares
  const unit = cities.length === 0 ? '' : unitOf(world.grid, head)
  let taken: 'none' | 'warning' | 'general' = 'none'
  for (const city of cities) {
    if (!unitsOfCity(world, city).has(unit)) continue
    const share = customers / Math.max(1, suppliedIn(world, city))
    const { general } = classes[city.class]
    if (share >= general) return 'general'
    if (share >= warnAt * general) taken = 'warning'
  }
  return taken
}

function countCity(world: World, city: CityRule) {
  const ours = feedersOf(world, city)
  let out = outElsewhere(world, unitsOfCity(world, city))
  for (const [feeder, { customers }] of world.feeders) if (ours[feeder]) out += customers
  return { out, supplied: suppliedIn(world, city) }
}

function feedersOf(world: World, city: CityRule): readonly boolean[] {
  const units = unitsOfCity(world, city)
  return world.grid.feeders.map(({ unit }) => units.has(world.grid.units[unit]?.id ?? ''))
}

function suppliedIn(world: World, city: CityRule): number {
  return city.customers ?? suppliedBy(world.grid, feedersOf(world, city))
}

/** Counted once a grid and choice of feeders: that reads every device. */
const counted = new WeakMap<CompiledGrid, Map<string, number>>()

function suppliedBy(grid: CompiledGrid, ours: readonly boolean[]): number {
  const known = counted.get(grid) ?? new Map<string, number>()
  counted.set(grid, known)
  const key = ours.map(Number).join('')
  let supplied = known.get(key)
  if (supplied === undefined) {
    supplied = 0
    for (let d = 0; d < grid.devices.ids.count; d++)
      if (ours[grid.devices.feeder[d]!])
        supplied += grid.usagePoints.first[d + 1]! - grid.usagePoints.first[d]!
    known.set(key, supplied)
  }
  return supplied
}

function levelOf(rules: CityShareRules, city: CityRule, share: number): ShareLevel {
  const steps = rules.classes[city.class]
  const large =
    city.peakLoadMw !== undefined && city.peakLoadMw >= (rules.largeFromMw[city.class] ?? 0)
  const known = SHARE_LEVELS.filter((level) => steps[level] !== undefined)
  // The highest level of a class asks for a large load besides (municipalities: none).
  const open = known.filter(
    (_, i) => i < known.length - 1 || rules.largeFromMw[city.class] === undefined || large,
  )
  const reached = open.filter((level) => share >= steps[level]!).at(-1)
  return reached ?? (share >= rules.warnAt * steps.general ? 'warning' : 'none')
}

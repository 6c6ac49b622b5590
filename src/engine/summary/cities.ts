/**
 * Shares of a city or province under Order 599 (国务院令第599号): customers without supply, and load shed
 * (减供负荷), computed live from the feeders' figures, told at half of the lowest threshold and at each one.
 * "疑似达到": the legal grading is never automatic. What a transformer is rated for stands for its load.
 */

import type { CompiledGrid } from '../../grid/compiled.ts'
import { ratedVaOf } from '../incidents/extent.ts'
import { unitOf } from '../incidents/naming.ts'
import type { CityRule, CityShareRules, ShareSteps } from '../rules.ts'
import type { World } from '../world.ts'
import { isSumming, outElsewhere } from './across.ts'
import { type CityShareChange, SHARE_LEVELS, type ShareLevel } from './state.ts'

/** What is without supply somewhere, or what there is: customers, and rating of their transformers. */
interface Amount {
  readonly customers: number
  readonly ratedVa: number
}

/** How a city stands now. */
export type CityFigures = Omit<CityShareChange, 'type' | 'at' | 'suspected'>

/** Changes of level since the last look; none in a part that another sums for. */
export function sumCities(world: World): CityShareChange[] {
  if (!isSumming(world)) return []
  const cities = cityFigures(world)
  const levelBefore = (city: string) =>
    world.summary.cities.find(({ id }) => id === city)?.level ?? 'none'
  const turned = cities.filter(({ city, level }) => level !== levelBefore(city))
  world.summary.cities = cities.map(({ city: id, level, share }) => ({ id, level, share }))
  return turned.map((figures) => ({
    type: 'cityShare',
    at: world.now,
    suspected: true,
    ...figures,
  }))
}

/** The cities of the rules as they stand now, in a world that sums. */
export function cityFigures(world: World): CityFigures[] {
  const rules = world.rules.grading.cityShares
  return rules.cities.map((city) => {
    const out = outIn(world, city)
    const supplied = suppliedIn(world, city)
    const share = shareOf(out.customers, supplied.customers)
    const loadShare = shareOf(out.ratedVa, supplied.ratedVa)
    const level = graver(
      levelOf(rules, city, rules.classes[city.class], share),
      levelOf(rules, city, rules.load[city.class], loadShare),
    )
    return {
      city: city.id,
      level,
      share,
      customersOut: out.customers,
      customers: supplied.customers,
      loadShare: supplied.ratedVa > 0 ? loadShare : null,
      ratedKvaOut: out.ratedVa / 1000,
      ratedKva: supplied.ratedVa / 1000,
    }
  })
}

const shareOf = (out: number, supplied: number) => (supplied === 0 ? 0 : out / supplied)

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

/** What an incident of such an extent takes of its city by itself, up to the lowest level. */
export function shareTaken(
  world: World,
  { head }: { readonly head: number },
  out: Amount,
): 'none' | 'warning' | 'general' {
  const { classes, load, cities, warnAt } = world.rules.grading.cityShares
  const unit = cities.length === 0 ? '' : unitOf(world.grid, head)
  let taken: 'none' | 'warning' | 'general' = 'none'
  for (const city of cities) {
    if (!unitsOfCity(world, city).has(unit)) continue
    const supplied = suppliedIn(world, city)
    for (const [steps, share] of [
      [classes[city.class], shareOf(out.customers, supplied.customers)],
      [load[city.class], shareOf(out.ratedVa, supplied.ratedVa)],
    ] as const) {
      if (!steps) continue
      if (share >= steps.general) return 'general'
      if (share >= warnAt * steps.general) taken = 'warning'
    }
  }
  return taken
}

function outIn(world: World, city: CityRule): Amount {
  const ours = feedersOf(world, city)
  const out = outElsewhere(world, unitsOfCity(world, city))
  for (const [feeder, { customers, ratedVa }] of world.feeders) {
    if (!ours[feeder]) continue
    out.customers += customers
    out.ratedVa += ratedVa
  }
  return out
}

function feedersOf(world: World, city: CityRule): readonly boolean[] {
  const units = unitsOfCity(world, city)
  return world.grid.feeders.map(({ unit }) => units.has(world.grid.units[unit]?.id ?? ''))
}

function suppliedIn(world: World, city: CityRule): Amount {
  const { customers, ratedVa } = suppliedBy(world.grid, feedersOf(world, city))
  return { customers: city.customers ?? customers, ratedVa }
}

/** Counted once a grid and choice of feeders: that reads every device. */
const counted = new WeakMap<CompiledGrid, Map<string, Amount>>()

function suppliedBy(grid: CompiledGrid, ours: readonly boolean[]): Amount {
  const known = counted.get(grid) ?? new Map<string, Amount>()
  counted.set(grid, known)
  const key = ours.map(Number).join('')
  const before = known.get(key)
  if (before) return before
  const supplied = { customers: 0, ratedVa: 0 }
  for (let d = 0; d < grid.devices.ids.count; d++) {
    if (!ours[grid.devices.feeder[d]!]) continue
    supplied.customers += grid.usagePoints.first[d + 1]! - grid.usagePoints.first[d]!
    supplied.ratedVa += ratedVaOf(grid, d)
  }
  known.set(key, supplied)
  return supplied
}

/** The level that a share reaches; none where the class has no steps of its kind. */
function levelOf(
  rules: CityShareRules,
  city: CityRule,
  steps: ShareSteps | undefined,
  share: number,
): ShareLevel {
  if (!steps) return 'none'
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

const GRAVENESS: readonly ShareLevel[] = ['none', 'warning', ...SHARE_LEVELS]

const graver = (a: ShareLevel, b: ShareLevel) =>
  GRAVENESS.indexOf(a) >= GRAVENESS.indexOf(b) ? a : b

/**
 * Shares of cities under Order 599 as people see them: how each stands, and from which shares the next level
 * would be suspected.
 */
import type { CityRule, CityShareRules, ShareSteps } from '../engine/rules.ts'
import { type CityFigures, cityFigures } from '../engine/summary/cities.ts'
import { SHARE_LEVELS, type ShareLevel } from '../engine/summary/state.ts'
import type { World } from '../engine/world.ts'
import type { CityStanding } from '../http/city-shape.ts'

const LEVELS: readonly ShareLevel[] = ['none', 'warning', ...SHARE_LEVELS]

/** The cities of the rules, in their order, in a world that sums. */
export function cityStandings(world: World): CityStanding[] {
  const rules = world.rules.grading.cityShares
  return cityFigures(world).map((figures, i) => standingOf(rules, rules.cities[i]!, figures))
}

/** The next level is the lowest above the present one that either share can reach. */
export function standingOf(
  rules: CityShareRules,
  city: CityRule,
  figures: CityFigures,
): CityStanding {
  const bounds = LEVELS.slice(LEVELS.indexOf(figures.level) + 1).map((level) => ({
    level,
    share: boundOf(rules, city, rules.classes[city.class], level),
    loadShare: boundOf(rules, city, rules.load[city.class], level),
  }))
  const next = bounds.find(({ share, loadShare }) => share !== null || loadShare !== null)
  return { ...figures, units: city.units, next: next ?? null }
}

/** The share from which a level is suspected; null where the city cannot come to it. */
function boundOf(
  { warnAt, largeFromMw }: CityShareRules,
  { class: of, peakLoadMw = 0 }: CityRule,
  steps: ShareSteps | undefined,
  level: ShareLevel,
): number | null {
  if (!steps || level === 'none') return null
  if (level === 'warning') return warnAt * steps.general
  const asks = largeFromMw[of]
  // The highest level of a class asks for a large load besides.
  const highest = SHARE_LEVELS.findLast((one) => steps[one] !== undefined)
  if (level === highest && asks !== undefined && peakLoadMw < asks) return null
  return steps[level] ?? null
}

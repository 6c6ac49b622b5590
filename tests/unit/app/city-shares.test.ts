/** What comes next for a city under Order 599, by either share. */
import { expect, test } from 'vitest'
import { cityStandings, standingOf } from '../../../src/app/city-shares.ts'
import type { CityRule } from '../../../src/engine/rules.ts'
import type { CityFigures } from '../../../src/engine/summary/cities.ts'
import { EngineLab, shippedRules } from '../../support/engine-lab.ts'
import { twoFeeders } from '../../support/http-fixture.ts'

const rules = shippedRules().grading.cityShares
const next = (city: Partial<CityRule>, level: CityFigures['level']) => {
  const of: CityRule = { id: 'c', class: 'prefecture', units: ['U'], ...city }
  const figures = { city: 'c', share: 0, customersOut: 0, customers: 9, loadShare: null }
  return standingOf(rules, of, { ...figures, level, ratedKvaOut: 0, ratedKva: 0 }).next
}

test('the next level is told with the share of customers and of load that would reach it', () => {
  expect(next({}, 'none')).toEqual({ level: 'warning', share: 0.15, loadShare: 0.1 })
  expect(next({}, 'warning')).toEqual({ level: 'general', share: 0.3, loadShare: 0.2 })
  expect(next({ class: 'county' }, 'general')).toBeNull()
})

test('the highest level of a class asks for a large load; where that is missing nothing follows', () => {
  expect(next({ peakLoadMw: 599 }, 'larger')).toBeNull()
  expect(next({ peakLoadMw: 600 }, 'larger')).toEqual({
    level: 'major',
    share: 0.7,
    loadShare: 0.6,
  })
  expect(next({ class: 'municipality' }, 'major')).toMatchObject({ level: 'extraordinary' })
})

test('of a province the order names load alone', () => {
  expect(next({ class: 'province', peakLoadMw: 20_000 }, 'none')).toEqual({
    ...{ level: 'warning', share: null, loadShare: 0.025 },
  })
})

test('the cities of the rules stand in their order, each with its own', () => {
  const shipped = shippedRules()
  const cities: CityRule[] = [
    { id: 'a', class: 'county', units: ['1501'] },
    { id: 'b', class: 'capital', units: ['15'] },
  ]
  const grading = { ...shipped.grading, cityShares: { ...rules, cities } }
  const lab = new EngineLab(twoFeeders(), { ...shipped, grading })
  expect(cityStandings(lab.engine.world!)).toMatchObject([
    { city: 'a', units: ['1501'], level: 'none', customers: 4, next: { share: 0.25 } },
    { city: 'b', units: ['15'], level: 'none', customers: 8, next: { share: 0.075 } },
  ])
})

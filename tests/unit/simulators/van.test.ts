/** A van on its way: steady pace, straight, and not beyond where it is sent. */
import { expect, test } from 'vitest'
import { METRES_PER_SECOND, metresApart, type Place, Van } from '../../../simulators/van.ts'

const HOME: Place = [111.6, 40.8]
const THERE: Place = [111.7, 40.9]

test('it drives at its pace, stands where it came to, and counts from then', () => {
  const van = new Van(HOME, 0)
  expect(van.stoodAt(HOME)).toBe(0)
  van.driveTo(THERE, 10_000)
  van.moveTo(70_000)
  expect(metresApart(van.place, HOME)).toBeCloseTo(60 * METRES_PER_SECOND, 0)
  expect(van.stoodAt(THERE)).toBeUndefined()
  const left = metresApart(van.place, THERE)
  van.moveTo(70_000 + (left / METRES_PER_SECOND) * 1000 + 1)
  expect(van.place).toEqual(THERE)
  const there = van.stoodAt(THERE)
  van.driveTo(THERE, 10_000_000)
  expect(van.stoodAt(THERE)).toBeGreaterThan(there!)
})

test('sent elsewhere on the way it turns there from where it is, and time never runs back', () => {
  const van = new Van(HOME, 0)
  van.driveTo(THERE, 0)
  van.moveTo(60_000)
  const turned = van.place
  van.driveTo(HOME, 60_000)
  van.moveTo(30_000)
  expect(van.place).toEqual(turned)
  van.moveTo(90_000)
  expect(metresApart(van.place, HOME)).toBeCloseTo(30 * METRES_PER_SECOND, 0)
})

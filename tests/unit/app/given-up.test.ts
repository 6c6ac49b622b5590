/** A partition that the brokers refuse is a failure only where the group goes on to count it ours. */
import { afterEach, expect, test, vi } from 'vitest'
import { GivenUp } from '../../../src/app/roles/given-up.ts'

const WITHIN_MS = 1_000
const refusals = ['refused', 'refused again'].map((message) => new Error(message))

vi.useFakeTimers()
afterEach(() => vi.clearAllTimers())

test('the group says whose it is: no failure', () => {
  const failures: unknown[] = []
  const given = new GivenUp((error) => failures.push(error), WITHIN_MS)
  given.add(0, refusals[0])
  given.add(1, refusals[1])
  vi.advanceTimersByTime(WITHIN_MS - 1)
  given.said(0)
  vi.advanceTimersByTime(WITHIN_MS)
  expect(failures).toEqual([refusals[1]])
})

test('the time of a second refusal is its own, and a stop ends all waiting', () => {
  const failures: unknown[] = []
  const given = new GivenUp((error) => failures.push(error), WITHIN_MS)
  given.add(0, refusals[0])
  vi.advanceTimersByTime(WITHIN_MS - 1)
  given.add(0, refusals[1])
  vi.advanceTimersByTime(WITHIN_MS - 1)
  expect(failures).toEqual([])
  given.add(1, refusals[0])
  given.close()
  vi.advanceTimersByTime(2 * WITHIN_MS)
  expect(failures).toEqual([])
})

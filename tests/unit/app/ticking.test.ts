/** Ticks go ahead of what waits, and no faster than what they find is filed. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tickerOf } from '../../../src/app/ticking.ts'
import type { Fact } from '../../../src/facts/facts.ts'

const START = 1_000_000_000

beforeEach(() => {
  vi.useFakeTimers({ now: START })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A program that always has something due; `file` files what the oldest tick found. */
function busy() {
  const ticks: number[] = []
  const filings: { resolve(): void; reject(error: Error): void }[] = []
  const ticker = tickerOf({
    journal: {
      async append(fact: Fact, ahead?: 'ahead') {
        expect(ahead).toBe('ahead')
        ticks.push((fact as Fact & { type: 'tick' }).at - START)
        return ticks.length
      },
    },
    pipeline: {
      recorded: () => new Promise((resolve, reject) => filings.push({ resolve, reject })),
      judge: { engine: { nextDeadline: () => 0, world: undefined } } as never,
    },
    now: () => Date.now(),
  })
  return { ticks, filings, ticker }
}

test('two ticks may be unfiled; the next waits until one of them is filed', async () => {
  const { ticks, filings, ticker } = busy()
  ticker.start()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(ticks).toEqual([0, 250])
  filings.shift()!.resolve()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(ticks).toEqual([0, 250, 5_250])
  // A ledger that fails ends the program elsewhere; here nobody waits for it.
  filings.shift()!.reject(new Error('disk'))
  await vi.advanceTimersByTimeAsync(250)
  expect(ticks).toHaveLength(4)
  await ticker.stop()
})

test('time is told once a minute also while nothing is filed', async () => {
  const { ticks, ticker } = busy()
  ticker.start()
  await vi.advanceTimersByTimeAsync(61_000)
  expect(ticks).toEqual([0, 250, 60_250])
  await ticker.stop()
})

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

/** A program that always has something due, and takes `tookMs` for a tick. */
function busy(tookMs = 0) {
  const ticks: number[] = []
  const filings: { resolve(): void; reject(error: Error): void }[] = []
  const ticker = tickerOf({
    journal: {
      async append(fact: Fact, ahead?: 'ahead') {
        expect(ahead).toBe('ahead')
        ticks.push((fact as Fact & { type: 'tick' }).at - START)
        if (tookMs > 0) await new Promise((resolve) => setTimeout(resolve, tookMs))
        return ticks.length
      },
    },
    pipeline: {
      recorded: () => new Promise((resolve, reject) => filings.push({ resolve, reject })),
      judge: { engine: { nextDeadline: () => 0, isBehind: false, world: undefined } } as never,
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

test('after a tick as much time is left for what arrives as it took', async () => {
  const { ticks, filings, ticker } = busy(600)
  ticker.start()
  for (let ms = 0; ms < 4_000; ms += 50) {
    await vi.advanceTimersByTimeAsync(50)
    for (const { resolve } of filings.splice(0)) resolve()
  }
  expect(ticks).toEqual([0, 1_250, 2_500, 3_750])
  const stopped = ticker.stop()
  await vi.advanceTimersByTimeAsync(600)
  await stopped
})

test('time is told once a minute also while nothing is filed', async () => {
  const { ticks, ticker } = busy()
  ticker.start()
  await vi.advanceTimersByTimeAsync(61_000)
  expect(ticks).toEqual([0, 250, 60_250])
  await ticker.stop()
})

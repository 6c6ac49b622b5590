import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Fact } from '../../../src/facts/facts.ts'
import type { AskedFact } from '../../../src/facts/storm.ts'
import { createTicker, type TickerOptions } from '../../../src/journal/ticks.ts'

const START = 1_000_000_000

describe('the ticker', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: START })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const collect = (options: Partial<TickerOptions> = {}) => {
    const ticks: number[] = []
    const append = async (fact: Fact) => {
      if (fact.type === 'tick') ticks.push(fact.at)
      return ticks.length
    }
    const ticker = createTicker({
      append,
      nextDeadline: () => undefined,
      isBehind: () => false,
      asked: () => undefined,
      last: 0,
      now: () => Date.now(),
      ...options,
    })
    return { ticks, ticker }
  }

  it('takes up sooner what a tick left undone', async () => {
    let undone = 3
    const append = vi.fn(async () => undone--)
    const isBehind = () => undone > 0
    const { ticker } = collect({ append, isBehind, nextDeadline: () => START })
    ticker.start()
    await vi.advanceTimersByTimeAsync(100)
    expect(append).toHaveBeenCalledTimes(3)
    await vi.advanceTimersByTimeAsync(100)
    expect(append).toHaveBeenCalledTimes(3)
    await vi.advanceTimersByTimeAsync(50)
    expect(append).toHaveBeenCalledTimes(4)
    await ticker.stop()
  })

  it('ticks at once and then once a minute while nothing is due', async () => {
    const { ticks, ticker } = collect()
    ticker.start()
    await vi.advanceTimersByTimeAsync(180_000)
    expect(ticks).toEqual([START, START + 60_000, START + 120_000, START + 180_000])
    await ticker.stop()
    await vi.advanceTimersByTimeAsync(180_000)
    expect(ticks).toHaveLength(4)
  })

  it('ticks within 250 ms of a deadline, and no more often', async () => {
    let deadline: number | undefined = START + 1100
    const { ticks, ticker } = collect({ nextDeadline: () => deadline })
    ticker.start()
    await vi.advanceTimersByTimeAsync(1500)
    expect(ticks).toEqual([START, START + 1250, START + 1500])
    deadline = undefined
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ticks).toHaveLength(3)
    await ticker.stop()
  })

  it('has what the engine asks for recorded once, before the next tick, and again after a refusal', async () => {
    const asked = { type: 'stormTurned', on: true } as AskedFact
    const appended: Fact[] = []
    let refuses = true
    const append = async (fact: Fact) => {
      appended.push(fact)
      if (fact.type === 'stormTurned' && refuses) throw new Error('full')
      return appended.length
    }
    const { ticker } = collect({ append, asked: () => asked, nextDeadline: () => START })
    ticker.start()
    await vi.advanceTimersByTimeAsync(100)
    expect(appended).toEqual([{ ...asked, receivedAt: START }])
    refuses = false
    // Through Kafka the engine asks on until it has met its answer.
    await vi.advanceTimersByTimeAsync(900)
    expect(appended.map(({ type }) => type)).toEqual([
      ...['stormTurned', 'stormTurned', 'tick', 'tick', 'tick'],
    ])
    await ticker.stop()
  })

  it('never takes time back when the wall clock is set back', async () => {
    const { ticks, ticker } = collect({ last: START + 3_600_000 })
    ticker.start()
    vi.setSystemTime(START - 86_400_000)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(new Set(ticks)).toEqual(new Set([START + 3_600_000]))
    await ticker.stop()
  })

  it('keeps one tick in flight and tries again after a refusal', async () => {
    const asked: number[] = []
    const settle: ((ok: boolean) => void)[] = []
    const append = (fact: Fact) =>
      new Promise<number>((resolve, reject) => {
        asked.push((fact as { at: number }).at)
        settle.push((ok) => (ok ? resolve(asked.length) : reject(new Error('full'))))
      })
    const { ticker } = collect({ append, nextDeadline: () => START })
    ticker.start()
    await vi.advanceTimersByTimeAsync(2000)
    expect(asked).toEqual([START])
    settle[0]!(false)
    await vi.advanceTimersByTimeAsync(250)
    expect(asked).toEqual([START, START + 2250])
    settle[1]!(true)
    await ticker.stop()
  })
})

import { describe, expect, it } from 'vitest'
import {
  type Channel,
  channelSchema,
  drawClockError,
  drawFalseReports,
  drawFate,
} from '../../../simulators/channel.ts'
import { createRandom } from '../../../simulators/random.ts'
import { loadScenario } from '../../../simulators/scenario.ts'

const DRAWS = 20_000
const channel: Channel = channelSchema.parse({})

function fates(
  report: 'off' | 'on' | 'position',
  wide: boolean,
  observer: 'meter' | 'concentrator',
) {
  const random = createRandom('fates')
  return Array.from({ length: DRAWS }, () => drawFate(channel, random, report, observer, wide))
}

function share<Item>(items: readonly Item[], test: (item: Item) => boolean): number {
  return items.filter(test).length / items.length
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * q)]!
}

describe('the fate of a report', () => {
  it.each([
    ['off', true, 'meter', 0.8, 25_000],
    ['off', false, 'meter', 0.95, 25_000],
    ['off', true, 'concentrator', 0.95, 5_000],
    ['on', true, 'meter', 0.97, 70_000],
    ['position', false, 'concentrator', 0.99, 2_000],
  ] as const)('%s, wide %s, %s: arrives with %f, median %i ms', (report, wide, observer, p, ms) => {
    const all = fates(report, wide, observer)
    // Five standard errors of a share of 20,000 draws are below 0.015.
    expect(share(all, (fate) => fate.delivered)).toBeCloseTo(p, 1.5)
    const delays = all.flatMap((fate) => (fate.delivered ? [fate.delayMs] : []))
    expect(quantile(delays, 0.5) / ms).toBeGreaterThan(0.95)
    expect(quantile(delays, 0.5) / ms).toBeLessThan(1.05)
  })

  it('delays a terminal as the field does: P95 near 26 s, P99 near 51 s', () => {
    const delays = fates('off', true, 'concentrator').flatMap((fate) =>
      fate.delivered ? [fate.delayMs] : [],
    )
    expect(quantile(delays, 0.95)).toBeGreaterThan(22_000)
    expect(quantile(delays, 0.95)).toBeLessThan(30_000)
    expect(quantile(delays, 0.99)).toBeGreaterThan(42_000)
    expect(quantile(delays, 0.99)).toBeLessThan(62_000)
  })

  it('doubles four of a hundred', () => {
    const delivered = fates('off', true, 'concentrator').filter((fate) => fate.delivered)
    const twice = share(delivered, (fate) => fate.delivered && fate.duplicateAfterMs !== null)
    expect(twice).toBeGreaterThan(0.033)
    expect(twice).toBeLessThan(0.047)
  })

  it('repeats itself from the same seed', () => {
    expect(fates('off', true, 'meter').slice(0, 50)).toEqual(
      fates('off', true, 'meter').slice(0, 50),
    )
    const other = createRandom('other')
    const again = drawFate(channel, other, 'off', 'meter', true)
    expect(again).not.toEqual(fates('off', true, 'meter')[0])
  })
})

describe('clocks', () => {
  it('are within seconds, two of a hundred minutes off', () => {
    const random = createRandom('clocks')
    const errors = Array.from({ length: DRAWS }, () => drawClockError(channel, random))
    const outliers = share(errors, (error) => Math.abs(error) >= 30_000)
    expect(outliers).toBeGreaterThan(0.015)
    expect(outliers).toBeLessThan(0.025)
    expect(Math.max(...errors.map(Math.abs))).toBeLessThanOrEqual(600_000)
    const usual = errors.filter((error) => Math.abs(error) < 30_000)
    const sigma = Math.sqrt(usual.reduce((sum, error) => sum + error * error, 0) / usual.length)
    expect(sigma).toBeGreaterThan(1_900)
    expect(sigma).toBeLessThan(2_100)
  })

  it('are right in the demonstration: a visitor is not warned of the first fault', () => {
    const random = createRandom('clocks')
    const { channel: demo } = loadScenario('demo')
    const errors = Array.from({ length: DRAWS }, () => drawClockError(demo, random))
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(30_000)
  })
})

describe('false reports', () => {
  it('come one a day for a thousand terminals', () => {
    const random = createRandom('false')
    const runs = 2_000
    let count = 0
    for (let run = 0; run < runs; run++)
      count += drawFalseReports(channel, random, 1_000, 86_400_000)
    expect(count / runs).toBeGreaterThan(0.9)
    expect(count / runs).toBeLessThan(1.1)
  })

  it('never outnumber the terminals', () => {
    const noisy = channelSchema.parse({ falsePerThousandDays: 1e9 })
    expect(drawFalseReports(noisy, createRandom(1), 7, 86_400_000)).toBe(7)
  })
})

import { describe, expect, it } from 'vitest'
import {
  areaSilence,
  atAge,
  classCosts,
  DEAREST_SILENCE,
  DELAY_HORIZON_SECONDS,
} from '../../../src/engine/cost/likelihood.ts'
import { costOf, NAT } from '../../../src/engine/cost/nats.ts'
import { shippedRules } from '../../support/engine-lab.ts'

const { observers } = shippedRules().judgement
const meter = observers.meter

describe('what silence means', () => {
  const costs = classCosts(meter)

  it('is nothing at first, grows with time, and ends at the share that never comes', () => {
    expect(costs.silentDead[0]).toBeCloseTo(-costOf(1 - meter.falseOff), -1)
    for (let s = 1; s <= DELAY_HORIZON_SECONDS; s++)
      expect(costs.silentDead[s]!).toBeGreaterThanOrEqual(costs.silentDead[s - 1]!)
    const final = costs.silentDead[DELAY_HORIZON_SECONDS]! / NAT
    expect(final).toBeCloseTo(-Math.log(1 - meter.offDelivery), 3)
  })

  it('passes the points of the delay curve', () => {
    for (const [delayMs, share] of meter.offDelay) {
      const arrived = meter.offDelivery * share
      expect(atAge(costs.silentDead, delayMs) / NAT).toBeCloseTo(-Math.log(1 - arrived), 3)
    }
  })

  it('has an entry for any age, also before it began', () => {
    expect(atAge(costs.silentDead, -5000)).toBe(costs.silentDead[0])
    expect(atAge(costs.silentDead, Number.MAX_SAFE_INTEGER)).toBe(
      costs.silentDead[DELAY_HORIZON_SECONDS],
    )
  })

  it('of an area never costs more than that its concentrator is lost', () => {
    const silent = costs.silentDead[DELAY_HORIZON_SECONDS]!
    const one = areaSilence(0.05, 1, silent, costs.silentLive)
    const many = areaSilence(0.05, 200, silent, costs.silentLive)
    expect(one).toBeLessThan(silent + 1)
    expect(many).toBeGreaterThan(one)
    expect(many / NAT).toBeCloseTo(-Math.log(0.05), 2)
  })
})

describe('silence of what never fails to report', () => {
  it('costs more than anything else, and fits its table', () => {
    const surest = classCosts({ ...observers.ftu, offDelivery: 1, onDelivery: 1, falseOff: 0 })
    for (const costs of [surest.silentDead, surest.awaitedLive])
      expect(costs.at(-1)).toBe(DEAREST_SILENCE)
    expect(areaSilence(0, 3, DEAREST_SILENCE, surest.silentLive)).toBeGreaterThan(DEAREST_SILENCE)
  })
})

describe('what reports mean', () => {
  it.each(Object.keys(observers) as (keyof typeof observers)[])(
    'an off of a %s speaks for an outage, an on against it',
    (name) => {
      const costs = classCosts(observers[name])
      expect(costs.offLive).toBeGreaterThan(costs.offDead)
      expect(costs.onDead).toBeGreaterThan(0)
    },
  )
})

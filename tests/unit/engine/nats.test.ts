import { describe, expect, it } from 'vitest'
import {
  complement,
  costOf,
  either,
  exp,
  ln,
  NAT,
  NEVER,
  oddsCost,
  probabilityOf,
} from '../../../src/engine/cost/nats.ts'
import { numbers } from '../../support/tiny-grid.ts'

const random = numbers(7)
const draws = <Item>(count: number, draw: () => Item) => Array.from({ length: count }, draw)

describe('logarithms of our own', () => {
  it('ln agrees with the platform to 1e-12 from the smallest to the largest', () => {
    for (const x of [1e-300, 1e-12, 0.5, 0.75, 1, 1.5, Math.E, 1e12, 1e300])
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThan(1e-12 * Math.max(1, Math.abs(Math.log(x))))
    for (const x of draws(5000, () => 10 ** ((random() - 0.5) * 40)))
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThan(1e-12 * Math.max(1, Math.abs(Math.log(x))))
  })

  it('exp agrees with the platform to 1e-12 of its value', () => {
    for (const x of draws(5000, () => (random() - 0.5) * 200))
      expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-12)
    expect(exp(0)).toBe(1)
    expect(exp(-800)).toBe(0)
  })
})

describe('costs', () => {
  it('are whole micro-nats, and nothing costs less than certainty', () => {
    expect(costOf(1)).toBe(-0)
    expect(costOf(0)).toBe(NEVER)
    expect(costOf(1 / Math.E)).toBe(NAT)
    for (const p of draws(1000, random)) expect(Number.isInteger(costOf(p))).toBe(true)
  })

  it('of odds are their logarithm, and bounded at both ends', () => {
    expect(oddsCost(0.5)).toBe(0)
    expect(oddsCost(0)).toBe(NEVER)
    expect(oddsCost(1)).toBe(-NEVER)
    for (const p of draws(1000, () => 0.001 + random() * 0.998))
      expect(Math.abs(oddsCost(p) - Math.log((1 - p) / p) * NAT)).toBeLessThanOrEqual(0.51)
  })

  it('either is the log of a sum to two tenths of a micro-nat, and the lesser of far ones', () => {
    for (const [a, b] of draws(5000, () => [random() * 40 * NAT, random() * 40 * NAT] as const)) {
      const exact = -Math.log(Math.exp(-a / NAT) + Math.exp(-b / NAT)) * NAT
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      expect(Math.abs(either(low, high) - exact)).toBeLessThan(1.5)
      expect(either(a, b)).toBe(either(b, a))
    }
    expect(either(5, NEVER)).toBe(5)
    expect(either(5, Number.POSITIVE_INFINITY)).toBe(5)
  })

  it('complement is the cost of "not", bounded near certainty', () => {
    for (const p of draws(2000, () => 0.001 + random() * 0.998))
      expect(Math.abs(complement(costOf(p)) - costOf(1 - p))).toBeLessThan(1500)
    expect(complement(0)).toBe(costOf(1e-6))
    expect(complement(NEVER)).toBe(0)
  })

  it('become probabilities of six decimals, never certain', () => {
    expect(probabilityOf(-1)).toBe(0.999_999)
    expect(probabilityOf(NEVER)).toBe(0)
    expect(probabilityOf(costOf(0.25))).toBe(0.25)
  })
})

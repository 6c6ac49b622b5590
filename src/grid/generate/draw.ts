/**
 * Seeded draws for the generator. Only integer and correctly rounded arithmetic (no sine, no
 * logarithm), so that a seed gives the same grid, byte for byte, on any machine.
 */

import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

/** Mixes numbers into one 32-bit seed (the finaliser of MurmurHash3 after each). */
export function mixSeed(...parts: readonly number[]): number {
  let hash = 0x9e3779b9
  for (const part of parts) {
    hash ^= part | 0
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash | 0
}

/** A stream of draws; one stream a feeder and purpose, so that feeders do not disturb each other. */
export class Draw {
  readonly #source: RandomGenerator

  constructor(...seed: readonly number[]) {
    this.#source = xoroshiro128plus(mixSeed(...seed))
    // The first outputs of neighbouring seeds are alike.
    for (let i = 0; i < 4; i++) this.#source.next()
  }

  /** Uniform in [0, 1). */
  real(): number {
    return (this.#source.next() >>> 0) / 4_294_967_296
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.real()
  }

  /** Uniform whole number in [low, high], both included. */
  whole(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.real())
  }

  /** Around the middle of [low, high]: the mean of two uniforms. */
  middling(low: number, high: number): number {
    return low + ((high - low) * (this.real() + this.real())) / 2
  }

  chance(probability: number): boolean {
    return this.real() < probability
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(list.length * this.real())]!
  }

  /** One of `list`, each as likely as its `weight` says. */
  weighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let total = 0
    for (const item of list) total += item.weight
    let rest = total * this.real()
    for (const item of list) {
      rest -= item.weight
      if (rest < 0) return item
    }
    return list[list.length - 1]!
  }
}

/**
 * Splits `total` in whole parts as near to `weights` as whole numbers allow, each at least
 * `least`, where the total is enough for that. The parts always add up to `total`.
 */
export function apportion(total: number, weights: readonly number[], least = 0): number[] {
  const reserved = Math.min(least, Math.floor(total / Math.max(1, weights.length)))
  const rest = total - reserved * weights.length
  const sum = weights.reduce((a, b) => a + b, 0)
  let weightSoFar = 0
  let givenSoFar = 0
  return weights.map((weight, index) => {
    weightSoFar += weight
    const upTo = index === weights.length - 1 ? rest : Math.round((rest * weightSoFar) / (sum || 1))
    const part = upTo - givenSoFar
    givenSoFar = upTo
    return reserved + part
  })
}

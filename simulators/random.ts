/**
 * Seeded randomness for the simulated world. The same seed and label give the same stream on any
 * machine, so a run can be repeated from the seed it prints.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** One stream of random draws. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number
  /** True with probability `p`. */
  chance(p: number): boolean
  /** Uniform integer in [0, below). */
  below(below: number): number
  /** Standard normal. */
  normal(): number
  /** Log-normal with this median; `sigma` is the standard deviation of the logarithm. */
  logNormal(median: number, sigma: number): number
  /** `count` different items (fewer where there are not as many), in random order. */
  sample<Item>(items: readonly Item[], count: number): Item[]
  /** An independent stream, so that more draws for one purpose do not disturb another. */
  fork(label: string): Random
}

/** FNV-1a, 32 bit: turns a label into a seed. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value | 0
}

/** A stream from a seed, any text or number. */
export function createRandom(seed: string | number): Random {
  const generator = xoroshiro128plus(hash(String(seed)))
  const uniform = () => uniformFloat64(generator)
  // Seeds that differ in few bits start alike; a few steps mix the state.
  for (let step = 0; step < 16; step++) uniform()
  const below = (limit: number) => Math.floor(uniform() * limit)
  // Box-Muller; 1 − u keeps the logarithm finite.
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  return {
    uniform,
    below,
    normal,
    chance: (p) => uniform() < p,
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    sample(items, count) {
      const rest = [...items]
      const taken = Math.min(count, rest.length)
      for (let index = 0; index < taken; index++) {
        const other = index + below(rest.length - index)
        ;[rest[index], rest[other]] = [rest[other]!, rest[index]!]
      }
      return rest.slice(0, taken)
    },
    fork: (label) => createRandom(`${seed}/${label}`),
  }
}

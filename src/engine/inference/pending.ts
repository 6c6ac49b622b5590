/**
 * What was said and is not summed up yet. Reports come from all over the network, and each walks one
 * path of its tree: taken tree by tree, many walks find in the caches what one of them fetched. Within
 * a tree they keep their order, and trees have nothing in common, so the outcome is the same.
 */
import type { InstantMs } from '../../facts/time.ts'
import type { RegisterState } from '../evidence/registers.ts'

/**
 * Summed up at the latest when so many wait: ten a tree where all trees of nine million meters speak at
 * once, some 30 ms of work, 2 MB. Of a smaller network an eighth, so that it takes no more a meter.
 */
const MOST = 65_536
const SHARE = 1 / 8
const LEAST = 64
/** Trees are told apart by these many last bits of their root; those alike are walked mixed. */
const BUCKET_BITS = 13
const BUCKETS = 1 << BUCKET_BITS

/** States and class in one word: three bits each, then the class. */
const STATE_BITS = 3
const STATE_MASK = (1 << STATE_BITS) - 1

export class Pending {
  readonly #most: number
  readonly #observers: Int32Array
  readonly #turns: Int32Array
  readonly #fromAts: Float64Array
  readonly #toAts: Float64Array
  readonly #heardAts: Float64Array
  readonly #buckets: Uint16Array
  readonly #order: Int32Array
  readonly #starts = new Int32Array(BUCKETS + 1)
  count = 0

  /** For a network of so many observers. */
  constructor(observers: number) {
    this.#most = Math.max(LEAST, Math.min(MOST, Math.ceil(observers * SHARE)))
    this.#observers = new Int32Array(this.#most)
    this.#turns = new Int32Array(this.#most)
    this.#fromAts = new Float64Array(this.#most)
    this.#toAts = new Float64Array(this.#most)
    this.#heardAts = new Float64Array(this.#most)
    this.#buckets = new Uint16Array(this.#most)
    this.#order = new Int32Array(this.#most)
  }

  get full(): boolean {
    return this.count === this.#most
  }

  /** An observer of class `k` meant one thing since `fromAt`, and another since `toAt`. */
  push(
    observer: number,
    k: number,
    from: RegisterState,
    fromAt: InstantMs,
    to: RegisterState,
    toAt: InstantMs,
    heardAt: InstantMs,
  ): void {
    const i = this.count++
    this.#observers[i] = observer
    this.#turns[i] = from | (to << STATE_BITS) | (k << (2 * STATE_BITS))
    this.#fromAts[i] = fromAt
    this.#toAts[i] = toAt
    this.#heardAts[i] = heardAt
  }

  observer(i: number): number {
    return this.#observers[i]!
  }

  from(i: number): RegisterState {
    return (this.#turns[i]! & STATE_MASK) as RegisterState
  }

  fromAt(i: number): InstantMs {
    return this.#fromAts[i]!
  }

  to(i: number): RegisterState {
    return ((this.#turns[i]! >>> STATE_BITS) & STATE_MASK) as RegisterState
  }

  toAt(i: number): InstantMs {
    return this.#toAts[i]!
  }

  classOf(i: number): number {
    return this.#turns[i]! >>> (2 * STATE_BITS)
  }

  heardAt(i: number): InstantMs {
    return this.#heardAts[i]!
  }

  /** The places of all that waits, tree by tree; in the order said within each. */
  byTree(headOf: Int32Array, rootOf: Int32Array): Int32Array {
    const buckets = this.#buckets
    const starts = this.#starts.fill(0)
    const { count } = this
    for (let i = 0; i < count; i++) {
      const bucket = rootOf[headOf[this.#observers[i]!]!]! & (BUCKETS - 1)
      buckets[i] = bucket
      starts[bucket + 1]!++
    }
    for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1]! += starts[bucket]!
    for (let i = 0; i < count; i++) this.#order[starts[buckets[i]!]!++] = i
    return this.#order
  }
}

/**
 * What is summed up below each head, one record a head and one cache line a record: a report walks
 * from one meter to the root, and what it touches on its way is what it costs.
 */
import type { InstantMs } from '../../facts/time.ts'
import { EPOCH_MS } from '../evidence/registers.ts'

/** Doubles of a record, by their place. */
export const SPOKEN = 0
/** When the first off below was received, since there were none. */
export const FIRST_HEARD = 1
/** Since when ons below count as proof of supply: the earliest off below, unless `UNSETTLED`. */
export const EARLIEST = 2
/** Bounds on the times of ons below. */
export const FIRST_ON = 3
export const LAST_ON = 4
/** Doubles of a record: one cache line. */
export const DOUBLES = 8
/** 32-bit words, by their place in the record. */
export const OFFS = 10
export const ONS = 11
export const WAITS = 12
/** Who is silent below, for `Silence`. */
export const SILENCE = 13
/** The head above, `NONE` at a root: here as well, so that a walk touches nothing else. */
export const ABOVE = 14
/** When an off below was last received, in seconds since `EPOCH_MS`, above the bit `UNSETTLED`. */
export const LAST_HEARD = 15
/** Bit of `LAST_HEARD`: the earliest off below may be another than `EARLIEST`. */
export const UNSETTLED = 1
export const COUNTS = 2 * DOUBLES

/** What a judgement asks of a head, beside the records that reports walk along. */
const PRIOR = 0
const CLOSED_BEST = 1
const BEST = 2
const JUDGED = 3

/** The allocator puts 16 bytes before a large block, so this much more begins a cache line. */
const TO_CACHE_LINE = 48

export class Sums {
  readonly heads: number
  /** The records, for the walk of `Belief`, which has no time for calls. */
  readonly doubles: Float64Array
  readonly counts: Int32Array
  readonly #judged: Float64Array
  // In a few trees only, so made when needed.
  #hints: Int32Array | undefined

  /** By head: `priors`, costs of "open here" before what was heard below; `above`, heads above. */
  constructor(priors: Float64Array, above: Int32Array) {
    this.heads = priors.length
    const buffer = new ArrayBuffer(TO_CACHE_LINE + this.heads * DOUBLES * 8)
    this.doubles = new Float64Array(buffer, TO_CACHE_LINE)
    this.counts = new Int32Array(buffer, TO_CACHE_LINE)
    this.#judged = new Float64Array(this.heads * JUDGED)
    for (let head = 0; head < this.heads; head++) this.#begin(head, priors[head]!, above[head]!)
  }

  /** Nothing was heard below `head`, which costs this much to be open; silence is counted anew. */
  reset(head: number, prior: number, above: number): void {
    const silence = this.counts[head * COUNTS + SILENCE]!
    this.doubles.fill(0, head * DOUBLES, (head + 1) * DOUBLES)
    this.#begin(head, prior, above)
    this.counts[head * COUNTS + SILENCE] = silence
    this.setBest(head, 0, 0)
    if (this.#hints) this.#hints[head] = 0
  }

  #begin(head: number, prior: number, above: number): void {
    const d = head * DOUBLES
    this.doubles[d + FIRST_HEARD] = Number.POSITIVE_INFINITY
    this.doubles[d + EARLIEST] = Number.POSITIVE_INFINITY
    this.doubles[d + FIRST_ON] = Number.POSITIVE_INFINITY
    this.counts[head * COUNTS + ABOVE] = above
    this.#judged[head * JUDGED + PRIOR] = prior
  }

  /** Cost of "open here" before what was heard below. */
  prior(head: number): number {
    return this.#judged[head * JUDGED + PRIOR]!
  }

  /** "Open here" gets dearer by so much; below 0, cheaper. */
  leanPrior(head: number, cost: number): void {
    this.#judged[head * JUDGED + PRIOR]! += cost
  }

  /** Costs of what was said below, if dead. */
  spoken(head: number): number {
    return this.doubles[head * DOUBLES + SPOKEN]!
  }

  /** Σ live costs and best of what hangs right below, as of the last `refresh` of a lit tree. */
  closedBest(head: number): number {
    return this.#judged[head * JUDGED + CLOSED_BEST]!
  }

  /** Cheapest account of everything below, the device itself open or closed, as of then. */
  best(head: number): number {
    return this.#judged[head * JUDGED + BEST]!
  }

  setBest(head: number, closedBest: number, best: number): void {
    this.#judged[head * JUDGED + CLOSED_BEST] = closedBest
    this.#judged[head * JUDGED + BEST] = best
  }

  /** Earliest off below, Infinity where none; once settled (`Belief.settleTimes`). */
  t0(head: number): InstantMs {
    return this.doubles[head * DOUBLES + EARLIEST]!
  }

  /**
   * Since when it is known that offs stand below, Infinity where none do; once settled. Silence is
   * counted from here. The receipt of the first says so, so that one wrong clock does not make
   * everybody else look overdue; where that one is gone, those that stand say since when, by clocks
   * that may not run ahead of the last receipt. All three are the same in whatever order they came.
   */
  heardFrom(head: number): InstantMs {
    if (this.offs(head) === 0) return Number.POSITIVE_INFINITY
    return Math.max(this.firstHeard(head), Math.min(this.t0(head), this.lastHeard(head)))
  }

  firstHeard(head: number): InstantMs {
    return this.doubles[head * DOUBLES + FIRST_HEARD]!
  }

  /** To the second below. */
  lastHeard(head: number): InstantMs {
    return EPOCH_MS + (this.counts[head * COUNTS + LAST_HEARD]! >>> 1) * 1000
  }

  setHeard(head: number, first: InstantMs, last: InstantMs): void {
    this.doubles[head * DOUBLES + FIRST_HEARD] = first
    const at = head * COUNTS + LAST_HEARD
    this.counts[at] = (heardSecond(last) << 1) | (this.counts[at]! & UNSETTLED)
  }

  /** No on below is later; 0 where there is none. */
  lastOn(head: number): InstantMs {
    return this.doubles[head * DOUBLES + LAST_ON]!
  }

  /** Offs below. */
  offs(head: number): number {
    return this.counts[head * COUNTS + OFFS]!
  }

  /** Observers below whose device came back and who have not said so. */
  waits(head: number): number {
    return this.counts[head * COUNTS + WAITS]!
  }

  /** Positions reported open below. */
  hints(head: number): number {
    return this.#hints === undefined ? 0 : this.#hints[head]!
  }

  addHint(head: number, sign: number): void {
    this.#hints ??= new Int32Array(this.heads)
    this.#hints[head]! += sign
  }

  get bytes(): number {
    return this.doubles.buffer.byteLength + this.#judged.byteLength + (this.#hints?.byteLength ?? 0)
  }
}

/** A receipt as `LAST_HEARD` holds it. */
export function heardSecond(at: InstantMs): number {
  return Math.max(0, Math.floor((at - EPOCH_MS) / 1000))
}

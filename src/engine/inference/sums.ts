/**
 * What is summed up below each head, one record a head and one cache line a record: a report walks
 * from one meter to the root, and what it touches on its way is what it costs.
 */
import type { InstantMs } from '../../facts/time.ts'

/** Doubles of a record, by their place. */
export const SPOKEN = 0
export const CLOSED_BEST = 1
export const BEST = 2
/** What the silence below costs at the age `SILENT_SECOND`. */
export const SILENT_COST = 3
export const PRIOR = 4
export const HEARD_FROM = 5
export const EARLIEST = 6
/**
 * No off below is earlier, but those on the branch (or of the observer) that has the earliest: as
 * long as that branch has another before this time, the others need not be asked.
 */
export const RUNNER_UP = 7
export const FIRST_ON = 8
export const LAST_ON = 9
/** Doubles of a record: 96 bytes, one or two cache lines side by side. */
export const DOUBLES = 12
/** 32-bit counts, by their place in the record. */
export const OFFS = 20
export const ONS = 21
/** Who is silent below, for `Silence`. */
export const SILENCE = 22
/** −1 where the cost has to be added up anew. */
export const SILENT_SECOND = 23
export const COUNTS = 2 * DOUBLES

/** The allocator puts 16 bytes before a large block, so this much more begins a cache line. */
const TO_CACHE_LINE = 48

export class Sums {
  readonly heads: number
  /** The records, for the walk of `Belief`, which has no time for calls. */
  readonly doubles: Float64Array
  readonly counts: Int32Array
  // In a few trees only, so made when needed.
  #waits: Int32Array | undefined
  #hints: Int32Array | undefined

  /** `priors` by head: costs of "open here" before what was heard below. */
  constructor(priors: Float64Array) {
    this.heads = priors.length
    const buffer = new ArrayBuffer(TO_CACHE_LINE + this.heads * DOUBLES * 8)
    this.doubles = new Float64Array(buffer, TO_CACHE_LINE)
    this.counts = new Int32Array(buffer, TO_CACHE_LINE)
    for (let head = 0; head < this.heads; head++) this.#begin(head, priors[head]!)
  }

  /** Nothing was heard below `head`, which costs this much to be open; silence is counted anew. */
  reset(head: number, prior: number): void {
    const silence = this.counts[head * COUNTS + SILENCE]!
    this.doubles.fill(0, head * DOUBLES, (head + 1) * DOUBLES)
    this.#begin(head, prior)
    this.counts[head * COUNTS + SILENCE] = silence
    if (this.#waits) this.#waits[head] = 0
    if (this.#hints) this.#hints[head] = 0
  }

  #begin(head: number, prior: number): void {
    const d = head * DOUBLES
    this.doubles[d + PRIOR] = prior
    this.doubles[d + HEARD_FROM] = Number.POSITIVE_INFINITY
    this.doubles[d + EARLIEST] = Number.POSITIVE_INFINITY
    this.doubles[d + RUNNER_UP] = Number.POSITIVE_INFINITY
    this.doubles[d + FIRST_ON] = Number.POSITIVE_INFINITY
    this.counts[head * COUNTS + SILENT_SECOND] = -1
  }

  /** Cost of "open here" before what was heard below. */
  prior(head: number): number {
    return this.doubles[head * DOUBLES + PRIOR]!
  }

  /** "Open here" gets dearer by so much; below 0, cheaper. */
  leanPrior(head: number, cost: number): void {
    this.doubles[head * DOUBLES + PRIOR]! += cost
  }

  /** Costs of what was said below, if dead. */
  spoken(head: number): number {
    return this.doubles[head * DOUBLES + SPOKEN]!
  }

  /** Σ live costs and best of what hangs right below. */
  closedBest(head: number): number {
    return this.doubles[head * DOUBLES + CLOSED_BEST]!
  }

  /** Cheapest account of everything below, the device itself open or closed. */
  best(head: number): number {
    return this.doubles[head * DOUBLES + BEST]!
  }

  setBest(head: number, closedBest: number, best: number): void {
    this.doubles[head * DOUBLES + CLOSED_BEST] = closedBest
    this.doubles[head * DOUBLES + BEST] = best
  }

  /** Earliest off below, Infinity where none. */
  t0(head: number): InstantMs {
    return this.doubles[head * DOUBLES + EARLIEST]!
  }

  /**
   * When the first off below was received, Infinity where none: silence is counted from here, so that
   * one wrong clock does not make everybody else look overdue.
   */
  heardFrom(head: number): InstantMs {
    return this.doubles[head * DOUBLES + HEARD_FROM]!
  }

  setHeardFrom(head: number, at: InstantMs): void {
    this.doubles[head * DOUBLES + HEARD_FROM] = at
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
    return this.#waits === undefined ? 0 : this.#waits[head]!
  }

  addWait(head: number, sign: number): void {
    this.#waits ??= new Int32Array(this.heads)
    this.#waits[head]! += sign
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
    const few = (this.#waits?.byteLength ?? 0) + (this.#hints?.byteLength ?? 0)
    return this.doubles.buffer.byteLength + few
  }
}

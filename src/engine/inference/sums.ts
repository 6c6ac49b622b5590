/**
 * What is summed up below each head, one record a head and one cache line a record: a report walks
 * from one meter to the root, and what it touches on its way is what it costs.
 */
import type { InstantMs } from '../../facts/time.ts'

/** Doubles of a record, by their place. */
export const SPOKEN = 0
export const CLOSED_BEST = 1
export const BEST = 2
export const FIRST_ON = 3
export const LAST_ON = 4
/** What the silence below costs at the age `SILENT_SECOND`. */
export const SILENT_COST = 5
/** Then 32-bit counts, by their place in the record. */
export const OFFS = 12
export const WAITS = 13
export const HINTS = 14
/** −1 where the cost has to be added up anew. */
export const SILENT_SECOND = 15

/** A record is 2^3 doubles or 2^4 counts: 64 bytes. */
export const DOUBLES_BITS = 3
export const COUNTS_BITS = 4
/** The allocator puts 16 bytes before a large block, so this much more begins a cache line. */
const TO_CACHE_LINE = 48

export class Sums {
  /** The records, for the walk of `Belief`, which has no time for calls. */
  readonly doubles: Float64Array
  readonly counts: Int32Array
  /** Earliest off below each head, Infinity where none: apart, because siblings are compared. */
  readonly earliest: Float64Array
  /**
   * No off below is earlier, but those on the branch (or of the observer) that has the earliest: as
   * long as that branch has another before this time, the others need not be asked.
   */
  readonly runnerUp: Float64Array

  constructor(heads: number) {
    const buffer = new ArrayBuffer(TO_CACHE_LINE + (heads << (DOUBLES_BITS + 3)))
    this.doubles = new Float64Array(buffer, TO_CACHE_LINE)
    this.counts = new Int32Array(buffer, TO_CACHE_LINE)
    this.earliest = new Float64Array(heads).fill(Number.POSITIVE_INFINITY)
    this.runnerUp = new Float64Array(heads).fill(Number.POSITIVE_INFINITY)
    for (let head = 0; head < heads; head++) {
      this.doubles[(head << DOUBLES_BITS) + FIRST_ON] = Number.POSITIVE_INFINITY
      this.counts[(head << COUNTS_BITS) + SILENT_SECOND] = -1
    }
  }

  /** Costs of what was said below, if dead. */
  spoken(head: number): number {
    return this.doubles[(head << DOUBLES_BITS) + SPOKEN]!
  }

  /** Σ live costs and best of what hangs right below. */
  closedBest(head: number): number {
    return this.doubles[(head << DOUBLES_BITS) + CLOSED_BEST]!
  }

  /** Cheapest account of everything below, the device itself open or closed. */
  best(head: number): number {
    return this.doubles[(head << DOUBLES_BITS) + BEST]!
  }

  setBest(head: number, closedBest: number, best: number): void {
    this.doubles[(head << DOUBLES_BITS) + CLOSED_BEST] = closedBest
    this.doubles[(head << DOUBLES_BITS) + BEST] = best
  }

  /** Earliest off below, Infinity where none. */
  t0(head: number): InstantMs {
    return this.earliest[head]!
  }

  /** No on below is later; 0 where there is none. */
  lastOn(head: number): InstantMs {
    return this.doubles[(head << DOUBLES_BITS) + LAST_ON]!
  }

  /** Offs below. */
  offs(head: number): number {
    return this.counts[(head << COUNTS_BITS) + OFFS]!
  }

  /** Observers below whose device came back and who have not said so. */
  waits(head: number): number {
    return this.counts[(head << COUNTS_BITS) + WAITS]!
  }

  /** Positions reported open below. */
  hints(head: number): number {
    return this.counts[(head << COUNTS_BITS) + HINTS]!
  }

  get bytes(): number {
    return this.doubles.buffer.byteLength + this.earliest.byteLength + this.runnerUp.byteLength
  }
}

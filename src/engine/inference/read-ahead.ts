/**
 * Reading ahead: what a batch of reports touches lies scattered over a gigabyte, and a walk waits
 * for each cache line before it knows the next. Here the lines of many reports are asked for level by
 * level, none waiting for another, so that the memory answers them together. Decides nothing: without
 * it the outcome is the same, later.
 */
import type { Registers } from '../evidence/registers.ts'
import { type Network, NONE } from './network.ts'
import { ABOVE, COUNTS, type Sums } from './sums.ts'

/** Observers read ahead at once: their lines, a dozen each, stay in a first-level cache. */
export const READ_AHEAD = 64
/** Levels above a meter that few reports share: box, branch, transformer, lateral. */
const SCATTERED_LEVELS = 4

/** Where what a report touches is kept: a `Belief`. */
interface Believed {
  readonly network: Network
  readonly registers: Registers
  readonly headOf: Int32Array
}

/** What taking in a report touches. */
export class ReadAhead {
  readonly belief: Believed
  /** Sum of what was read, so that reading it is not taken for useless work. */
  read = 0

  constructor(belief: Believed) {
    this.belief = belief
  }

  /** Reads what reports of `observers[from]` up to `to` will need. */
  touch(observers: Int32Array, from: number, to: number): void {
    const { headOf, network, registers } = this.belief
    const { phases } = network.grid.observers
    let read = 0
    for (let i = from; i < to; i++) {
      const observer = observers[i]!
      read += registers.touch(observer) + phases[observer]! + headOf[observer]!
    }
    this.read = (this.read + read) | 0
  }
}

/**
 * What walks from `heads`, the first `count` of them, will touch: their records, then those of the
 * heads above, and so on. Uses up `heads`.
 */
export function readUpward({ counts }: Sums, heads: Int32Array, count: number): number {
  let read = 0
  let climbing = count
  for (let level = 0; level < SCATTERED_LEVELS; level++) {
    let next = 0
    for (let i = 0; i < climbing; i++) {
      const above = counts[heads[i]! * COUNTS + ABOVE]!
      read += above
      if (above !== NONE) heads[next++] = above
    }
    climbing = next
  }
  return read
}

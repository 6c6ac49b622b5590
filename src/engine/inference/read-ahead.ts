/**
 * Reading ahead: what a batch of reports touches lies scattered over a gigabyte, and a walk waits
 * for each cache line before it knows the next. Here the lines of many reports are asked for level by
 * level, none waiting for another, so that the memory answers them together. Decides nothing: without
 * it the outcome is the same, later.
 */
import { QUIET } from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import { NONE } from './network.ts'
import { ABOVE, COUNTS } from './sums.ts'

/** Observers read ahead at once: their lines, two dozen each, stay in a second-level cache. */
export const READ_AHEAD = 64
/** Levels above a meter that few reports share: box, branch, transformer, lateral. */
const SCATTERED_LEVELS = 4

export class ReadAhead {
  readonly belief: Belief
  readonly #heads = new Int32Array(READ_AHEAD)
  /** Sum of what was read, so that reading it is not taken for useless work. */
  read = 0

  constructor(belief: Belief) {
    this.belief = belief
  }

  /** Reads what reports of `observers[from]` up to `to`, at most `READ_AHEAD`, will need. */
  touch(observers: Int32Array, from: number, to: number): void {
    const { headOf, network, registers, areaSilence } = this.belief
    const { phases } = network.grid.observers
    const heads = this.#heads
    let read = 0
    for (let i = from; i < to; i++) {
      const observer = observers[i]!
      read += registers.touch(observer) + phases[observer]!
      heads[i - from] = headOf[observer]!
      if (registers.state[observer] === QUIET) read += areaSilence.touch(observer)
    }
    this.read = (read + this.#climb(to - from)) | 0
  }

  /** Reads the records of the heads, then of those above them, and so on. */
  #climb(count: number): number {
    const { counts } = this.belief.sums
    const heads = this.#heads
    let read = 0
    let climbing = count
    for (let level = 0; level < SCATTERED_LEVELS; level++) {
      let next = 0
      for (let i = 0; i < climbing; i++) {
        const head = heads[i]!
        if (head === NONE) continue
        const above = counts[head * COUNTS + ABOVE]!
        read += above
        heads[next++] = above
      }
      climbing = next
    }
    return read
  }
}

/**
 * How much answers to call-reads would tell, exactly and for any number of them together. What is
 * open is a tree of possibilities: each is open with a probability of its own where everything
 * above it is live. Whoever is asked below one answers only if all above is live, and then with his
 * reply rate. So the answers below a possibility are all missing (it is open), or those of its
 * branches independently of each other, and their joint entropy follows branch by branch:
 *
 *   z = q + (1 − q)·z′                 nobody below answers; z′: if this one is closed
 *   H = −z·ln z + (1 − q)·(H′ + z′·ln z′) − (1 − q)·(1 − z′)·ln(1 − q)
 *   C = (1 − q)·C′                     what stays random when it is known what is open
 *
 * Information is H − C at the top, in nats. It grows less with each further question
 * (submodular), so asking greedily loses little, and old estimates are never too low.
 */
import { ln } from '../cost/nats.ts'

/** One possibility: where it hangs and how likely supply is lost right below it. */
export interface Doubt {
  /** Index of the possibility above, −1 at the top; parents stand before children. */
  readonly above: number
  /** P(dead) right below it. */
  readonly dead: number
}

/** Nothing is certain: keeps logarithms finite. */
const LEAST = 1e-9

const entropyTerm = (p: number) => (p <= LEAST ? 0 : -p * ln(p))
const entropyOf = (p: number) => entropyTerm(p) + entropyTerm(1 - p)

export class Information {
  readonly #above: Int32Array
  /** P(open | live above). */
  readonly #open: Float64Array
  /** P(none of those asked right below answers | live). */
  readonly #mute: Float64Array
  /** Π z and Σ H, Σ C of the branches and of those asked right below. */
  readonly #quiet: Float64Array
  readonly #entropy: Float64Array
  readonly #noise: Float64Array

  constructor(doubts: readonly Doubt[]) {
    const count = doubts.length
    this.#above = new Int32Array(count)
    this.#open = new Float64Array(count)
    // A loop: `from` with a function takes several times as long, and each case of a storm asks.
    for (let i = 0; i < count; i++) {
      const { above, dead } = doubts[i]!
      const live = above < 0 ? 1 : Math.max(LEAST, 1 - doubts[above]!.dead)
      this.#above[i] = above
      this.#open[i] = Math.min(1 - LEAST, Math.max(0, 1 - (1 - dead) / live))
    }
    this.#mute = new Float64Array(count).fill(1)
    this.#quiet = new Float64Array(count).fill(1)
    this.#entropy = new Float64Array(count)
    this.#noise = new Float64Array(count)
  }

  /** Nats gained by asking one more, with this reply rate, right below possibility `at`. */
  gain(at: number, reply: number): number {
    return this.#walk(at, reply, false)
  }

  /** Counts one more as asked. Answers what that gained. */
  ask(at: number, reply: number): number {
    return this.#walk(at, reply, true)
  }

  /** From `at` to the top, the branches beside the path unchanged. */
  #walk(at: number, reply: number, keep: boolean): number {
    const before = this.#mute[at]!
    const after = Math.max(LEAST, before * (1 - reply))
    const own = entropyOf(after) - entropyOf(before)
    let quiet = (this.#quiet[at]! / before) * after
    let entropy = this.#entropy[at]! + own
    let noise = this.#noise[at]! + own
    if (keep) this.#mute[at] = after
    for (let i = at; ; ) {
      const open = this.#open[i]!
      const zBefore = seen(open, this.#quiet[i]!)
      const hBefore = joint(open, this.#quiet[i]!, this.#entropy[i]!)
      const cBefore = (1 - open) * this.#noise[i]!
      const zAfter = seen(open, quiet)
      const hAfter = joint(open, quiet, entropy)
      const cAfter = (1 - open) * noise
      if (keep) {
        this.#quiet[i] = quiet
        this.#entropy[i] = entropy
        this.#noise[i] = noise
      }
      const up = this.#above[i]!
      if (up < 0) return hAfter - hBefore - (cAfter - cBefore)
      quiet = Math.max(LEAST, (this.#quiet[up]! / zBefore) * zAfter)
      entropy = this.#entropy[up]! + hAfter - hBefore
      noise = this.#noise[up]! + cAfter - cBefore
      i = up
    }
  }
}

/** P(nobody answers | live above). */
const seen = (open: number, quiet: number) => open + (1 - open) * quiet

/** Entropy of all answers where each branch is silent with `quiet` together, if this is closed. */
function joint(open: number, quiet: number, entropy: number): number {
  const closed = 1 - open
  const answered = closed * (1 - quiet)
  return (
    entropyTerm(seen(open, quiet)) +
    closed * (entropy - entropyTerm(quiet)) -
    (answered === 0 ? 0 : answered * ln(closed))
  )
}

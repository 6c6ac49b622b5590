/**
 * Posterior probabilities, up and down one tree: P(open here and nothing above open) for every
 * device that the evidence touches, and P(dead) right below it, also for the meter that said
 * nothing. Sums run in costs through the fixed table of `either`, so they are the same everywhere.
 * A storm makes hundreds of thousands of possibilities a second and asks for the probabilities of
 * few: costs lie in one column of records, and become probabilities when somebody asks.
 */
import type { InstantMs } from '../../facts/time.ts'
import { complement, either, NAT, probabilityOf } from '../cost/nats.ts'
import { AWAITED, OFF, QUIET } from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import { awaitedLive, explainedTogether, leafOpen, openCost } from './explain.ts'
import { NONE } from './network.ts'
import { offLive } from './one-identity.ts'
import { quietLeafCost } from './quiet.ts'
import { firstSeated, nextSeated } from './seats.ts'

/** One thing that may be open: a class of devices, or (observer ≥ 0) a service. */
export interface Possibility {
  readonly head: number
  readonly observer: number
  /** Index of the possibility above, −1 at the root. */
  readonly above: number
  /** P(open and nothing above open), 0 to 1. */
  readonly probability: number
  /** P(dead) right below it. */
  readonly dead: number
}

/** All possibilities of a tree that evidence touches, parents before children. */
export function posterior(belief: Belief, root: number): readonly Possibility[] {
  return new Posterior(belief, root).all()
}

/** What a record of a possibility holds: one line of the cache. */
const RECORD = 8
const HEAD = 0
const OBSERVER = 1
const ABOVE = 2
const OPEN = 3
const CLOSED = 4
/** Cost of what lies below a closed device, each part by itself. */
const APART = 5
/** The same, all of it explained by one reason; Infinity where there is none. */
const TOGETHER = 6
/** Upward the cost of both; downward that of all evidence not below it, with everything above live. */
const TOTAL = 7
const OUTSIDE = TOTAL

/** Records there is room for at first: a feeder whose areas speak has more, and room is doubled. */
const FIRST_ROOM = 128

/** Sixteen nats dearer adds nothing to a sum of probabilities. */
const NEGLIGIBLE = 16 * NAT

/** The possibilities of one tree by index, in the order of its explanation. */
export class Posterior {
  readonly #belief: Belief
  #records = new Float64Array(FIRST_ROOM * RECORD)
  #count = 0
  /** Cost of all evidence. */
  readonly #all: number
  /** By index: cost of "something above has one reason for all below it, which is live". */
  readonly #together: Float64Array

  constructor(belief: Belief, root: number) {
    this.#belief = belief
    this.#upward(root, 0, -1)
    this.#all = this.#records[TOTAL]!
    this.#together = new Float64Array(this.#count).fill(Number.POSITIVE_INFINITY)
    this.#downward()
  }

  get count(): number {
    return this.#count
  }

  headAt(index: number): number {
    return this.#records[index * RECORD + HEAD]!
  }

  /** `NONE`, or whose service it is. */
  observerAt(index: number): number {
    return this.#records[index * RECORD + OBSERVER]!
  }

  /** Index of the possibility above, −1 at the root. */
  aboveAt(index: number): number {
    return this.#records[index * RECORD + ABOVE]!
  }

  /** Cost of "open and nothing above open". */
  costAt(index: number): number {
    const at = index * RECORD
    return this.#records[at + OUTSIDE]! + this.#records[at + OPEN]! - this.#all
  }

  /** P(dead) right below it. */
  deadAt(index: number): number {
    const at = index * RECORD
    const apart = this.#records[at + OUTSIDE]! + this.#records[at + CLOSED]!
    return probabilityOf(complement(orEither(apart, this.#together[index]!) - this.#all))
  }

  all(): Possibility[] {
    const all: Possibility[] = []
    for (let index = 0; index < this.#count; index++)
      all.push({
        head: this.headAt(index),
        observer: this.observerAt(index),
        above: this.aboveAt(index),
        probability: probabilityOf(this.costAt(index)),
        dead: this.deadAt(index),
      })
    return all
  }

  #upward(head: number, aboveCameBack: InstantMs, above: number): number {
    const belief = this.#belief
    const { network } = belief
    if (!belief.lit(head)) return belief.quietCost(head)
    const cameBack = Math.max(aboveCameBack, belief.cameBack.get(head) ?? 0)
    const own = this.#add(head, NONE, above)
    let apart = 0
    for (let o = firstSeated(network, head); o !== NONE; o = nextSeated(network, head, o))
      apart += this.#leafUpward(head, o, cameBack, own)
    for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
      apart += this.#upward(c, cameBack, own)
    const oneReason = explainedTogether(belief, head, cameBack)
    const together = oneReason < apart + NEGLIGIBLE ? oneReason : Number.POSITIVE_INFINITY
    const closed = orEither(together, apart)
    return this.#weigh(own, openCost(belief, head, cameBack), closed, apart, together)
  }

  #leafUpward(head: number, observer: number, cameBack: InstantMs, above: number): number {
    const belief = this.#belief
    const state = belief.registers.state[observer]
    if (state === QUIET) return belief.model.windowClosed ? quietLeafCost(belief, observer) : 0
    if (state !== OFF && state !== AWAITED) return 0
    const closed =
      state === OFF ? offLive(belief, observer) : awaitedLive(belief, observer, cameBack)
    const open = leafOpen(belief, observer, cameBack)
    if (open === Number.POSITIVE_INFINITY) return closed
    const own = this.#add(head, observer, above)
    return this.#weigh(own, open, closed, closed, Number.POSITIVE_INFINITY)
  }

  #add(head: number, observer: number, above: number): number {
    const at = this.#count * RECORD
    if (at === this.#records.length) {
      const grown = new Float64Array(2 * at)
      grown.set(this.#records)
      this.#records = grown
    }
    this.#records[at + HEAD] = head
    this.#records[at + OBSERVER] = observer
    this.#records[at + ABOVE] = above
    return this.#count++
  }

  #weigh(index: number, open: number, closed: number, apart: number, together: number): number {
    const at = index * RECORD
    const total = either(open, closed)
    this.#records[at + OPEN] = open
    this.#records[at + CLOSED] = closed
    this.#records[at + APART] = apart
    this.#records[at + TOGETHER] = together
    this.#records[at + TOTAL] = total
    return total
  }

  #downward(): void {
    const records = this.#records
    const together = this.#together
    for (let index = 0; index < this.#count; index++) {
      const at = index * RECORD
      const above = records[at + ABOVE]!
      if (above < 0) {
        records[at + OUTSIDE] = 0
        continue
      }
      const from = above * RECORD
      const outside = records[from + OUTSIDE]!
      together[index] = orEither(together[above]!, outside + records[from + TOGETHER]!)
      records[at + OUTSIDE] = outside + records[from + APART]! - records[at + TOTAL]!
    }
  }
}

/** `either` where one of the two may be impossible. */
function orEither(a: number, b: number): number {
  if (a === Number.POSITIVE_INFINITY) return b
  return b === Number.POSITIVE_INFINITY ? a : either(a, b)
}

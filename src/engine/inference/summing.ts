/**
 * How what was said gets into the sums: one walk from the observer's head to the root for each word,
 * put off until somebody asks for the sums, and then taken tree by tree (`pending.ts`). The outcome is
 * that of walking at once.
 */
import type { InstantMs } from '../../facts/time.ts'
import type { Registers } from '../evidence/registers.ts'
import { AWAITED, OFF, ON, QUIET, type RegisterState } from '../evidence/registers.ts'
import type { AreaSilence } from './area-silence.ts'
import type { EvidenceModel } from './evidence-model.ts'
import { type Network, NONE } from './network.ts'
import { Pending } from './pending.ts'
import { READ_AHEAD, readUpward } from './read-ahead.ts'
import type { Silence } from './silence.ts'
import {
  ABOVE,
  COUNTS,
  DOUBLES,
  EARLIEST,
  FIRST_HEARD,
  FIRST_ON,
  heardSecond,
  LAST_HEARD,
  LAST_ON,
  OFFS,
  ONS,
  SPOKEN,
  type Sums,
  UNSETTLED,
  WAITS,
} from './sums.ts'
import { settleEarliest } from './turns.ts'

/** What is summed over. */
interface Summed {
  readonly network: Network
  readonly registers: Registers
  readonly model: EvidenceModel
  readonly headOf: Int32Array
}

export class Summing {
  readonly #network: Network
  readonly #registers: Registers
  readonly #model: EvidenceModel
  readonly #headOf: Int32Array
  readonly #sums: Sums
  readonly #silence: Silence
  readonly #areaSilence: AreaSilence
  readonly #pending: Pending
  /** Heads whose earliest off may be another than is written down. */
  readonly #unsettled: number[] = []
  readonly #heads = new Int32Array(READ_AHEAD)
  /** Sum of what was read ahead, so that reading it is not taken for useless work. */
  read = 0

  constructor(
    { network, registers, model, headOf }: Summed,
    sums: Sums,
    silence: Silence,
    areaSilence: AreaSilence,
  ) {
    this.#network = network
    this.#registers = registers
    this.#model = model
    this.#headOf = headOf
    this.#sums = sums
    this.#silence = silence
    this.#areaSilence = areaSilence
    this.#pending = new Pending(headOf.length)
  }

  /** An observer of class `k`, seated in the network, means something else than before. */
  put(
    observer: number,
    k: number,
    from: RegisterState,
    fromAt: InstantMs,
    to: RegisterState,
    toAt: InstantMs,
    heardAt: InstantMs,
  ): void {
    this.#pending.push(observer, k, from, fromAt, to, toAt, heardAt)
    if (this.#pending.full) this.finish()
  }

  /** True where something that was put is not summed up yet. */
  get waiting(): boolean {
    return this.#pending.count > 0
  }

  /** Sums up all that was put. */
  finish(): void {
    const pending = this.#pending
    const { count } = pending
    if (count === 0) return
    const order = pending.byTree(this.#headOf, this.#network.root)
    for (let from = 0; from < count; from += READ_AHEAD) {
      const to = Math.min(from + READ_AHEAD, count)
      this.#readUpward(order, from, to)
      for (let n = from; n < to; n++) this.#walkFor(order[n]!)
    }
    pending.count = 0
  }

  #walkFor(i: number): void {
    const pending = this.#pending
    const observer = pending.observer(i)
    const k = pending.classOf(i)
    const heardAt = pending.heardAt(i)
    this.walk(
      observer,
      k,
      pending.from(i),
      pending.fromAt(i),
      pending.to(i),
      pending.toAt(i),
      heardAt,
    )
  }

  /** Asks the memory for what the walks of what waits from `order[from]` until `to` will touch. */
  #readUpward(order: Int32Array, from: number, to: number): void {
    const pending = this.#pending
    let read = 0
    for (let n = from; n < to; n++) {
      const i = order[n]!
      const observer = pending.observer(i)
      this.#heads[n - from] = this.#headOf[observer]!
      if (pending.from(i) === QUIET) read += this.#areaSilence.touch(observer)
    }
    this.read = (this.read + read + readUpward(this.#sums, this.#heads, to - from)) | 0
  }

  /** Changes what one observer means, from its head to the root in one pass. */
  walk(
    observer: number,
    k: number,
    from: RegisterState,
    fromAt: InstantMs,
    to: RegisterState,
    toAt: InstantMs,
    heardAt: InstantMs,
  ): void {
    const { doubles, counts } = this.#sums
    const silence = this.#silence
    const { offDead, onDead } = this.#model.classes[k]!
    if (from === QUIET || to === QUIET) this.#areaSilence.turn(observer, to)
    const offMore = (to === OFF ? 1 : 0) - (from === OFF ? 1 : 0)
    const onMore = (to === ON ? 1 : 0) - (from === ON ? 1 : 0)
    const waitMore = (to === AWAITED ? 1 : 0) - (from === AWAITED ? 1 : 0)
    const quieter = (to === QUIET ? 1 : 0) - (from === QUIET ? 1 : 0)
    const heard = to === OFF ? heardSecond(heardAt) : 0
    // One pass with everything written out: this loop is what a report costs.
    for (let a = this.#headOf[observer]!; a !== NONE; a = counts[a * COUNTS + ABOVE]!) {
      const d = a * DOUBLES
      const c = a * COUNTS
      let silent = quieter
      let spoken = doubles[d + SPOKEN]!
      const earliest = doubles[d + EARLIEST]!
      counts[c + OFFS]! += offMore
      counts[c + WAITS]! += waitMore
      if (onMore !== 0) {
        const ons = counts[c + ONS]! + onMore
        counts[c + ONS] = ons
        // Without ons, or with this one alone, the bounds are exact again.
        if (ons === 0 || ons === onMore) {
          doubles[d + FIRST_ON] = Number.POSITIVE_INFINITY
          doubles[d + LAST_ON] = 0
        }
      }
      if (from === OFF) {
        spoken -= offDead
        if (fromAt === earliest) this.unsettle(a)
      } else if (from === ON) {
        if (fromAt >= earliest) spoken -= onDead
        else silent--
      }
      if (to === OFF) {
        spoken += offDead
        if (heardAt < doubles[d + FIRST_HEARD]!) doubles[d + FIRST_HEARD] = heardAt
        const last = counts[c + LAST_HEARD]!
        if (last >>> 1 < heard) counts[c + LAST_HEARD] = (heard << 1) | (last & UNSETTLED)
        if (toAt < earliest) {
          // Where no on lies in between, none changes its meaning.
          if (doubles[d + LAST_ON]! < toAt || doubles[d + FIRST_ON]! >= earliest)
            doubles[d + EARLIEST] = toAt
          else this.unsettle(a)
        }
      } else if (to === ON) {
        if (toAt > doubles[d + LAST_ON]!) doubles[d + LAST_ON] = toAt
        if (toAt < doubles[d + FIRST_ON]!) doubles[d + FIRST_ON] = toAt
        if (toAt >= earliest) spoken += onDead
        else silent++
      }
      doubles[d + SPOKEN] = spoken
      if (silent !== 0) silence.add(a, k, silent)
    }
  }

  /** The earliest off below `head` has to be found anew before anybody asks for it. */
  unsettle(head: number): void {
    const { counts } = this.#sums
    const at = head * COUNTS + LAST_HEARD
    if ((counts[at]! & UNSETTLED) !== 0) return
    counts[at]! |= UNSETTLED
    this.#unsettled.push(head)
  }

  /**
   * Finds the earliest offs that reports may have moved, and turns the ons that thereby change their
   * meaning. Put off to here because many reports move the same one.
   */
  settleTimes(): void {
    this.finish()
    if (this.#unsettled.length === 0) return
    const walked = {
      network: this.#network,
      registers: this.#registers,
      model: this.#model,
      sums: this.#sums,
      silence: this.#silence,
    }
    for (const head of this.#unsettled) settleEarliest(walked, head)
    this.#unsettled.length = 0
  }
}

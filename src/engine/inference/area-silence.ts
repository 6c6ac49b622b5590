/**
 * Silence of areas: while nobody of an area was heard it is silent as one, at its seat and above;
 * with the first word its members are silent one by one.
 */
import { costOf } from '../cost/nats.ts'
import { QUIET, type RegisterState } from '../evidence/registers.ts'
import type { Areas } from './areas.ts'
import { areaBucket, type EvidenceModel } from './evidence-model.ts'
import { type Network, NONE } from './network.ts'
import { QuietMembers } from './quiet-members.ts'
import type { Silence } from './silence.ts'
import { DOUBLES, SPOKEN, type Sums } from './sums.ts'

/** What areas are counted over. */
interface CountedNetwork {
  readonly areas: Areas
  readonly network: Network
  readonly silence: Silence
  readonly sums: Sums
  readonly model: EvidenceModel
}

export class AreaSilence {
  readonly #areas: Areas
  readonly #network: Network
  readonly #silence: Silence
  readonly #sums: Sums
  readonly #classes: number
  /** Members of each area that said anything. */
  readonly #heard: Int32Array
  /** The others, by class. */
  readonly #quiet: QuietMembers
  /** What it costs that a dark area's concentrator still worked. */
  readonly #works: number

  constructor({ areas, network, silence, sums, model }: CountedNetwork) {
    this.#areas = areas
    this.#network = network
    this.#silence = silence
    this.#sums = sums
    this.#classes = model.classes.length
    this.#works = costOf(1 - model.areaLost)
    this.#heard = new Int32Array(areas.seats.length)
    const largest = areas.members.reduce((most, members) => Math.max(most, members), 0)
    this.#quiet = new QuietMembers(areas.seats.length, this.#classes, largest)
    for (let o = 0; o < model.classOf.length; o++) {
      const area = areas.of(o)
      if (area !== NONE) this.#quiet.add(area, model.classOf[o]!, 1)
    }
  }

  /** Counts each area as silent at its seat and above: nobody was heard yet. */
  countSilent(): void {
    for (let area = 0; area < this.#areas.seats.length; area++) this.countAgain(area)
  }

  /** Takes the observer's word out of its area alone: what was summed up above it is void. */
  forget(observer: number, k: number): void {
    const area = this.#areas.of(observer)
    if (area === NONE) return
    this.#heard[area]! -= 1
    this.#quiet.add(area, k, 1)
  }

  /** Counts what an area has to say at its seat and above, where nothing is counted yet. */
  countAgain(area: number): void {
    for (let a = this.#areas.seats[area]!; a !== NONE; a = this.#network.above[a]!)
      this.#silence.add(a, this.#bucketOf(area), 1)
    if (this.#heard[area]! > 0) this.#open(area, 1)
  }

  /**
   * An observer of class `k` falls silent or is heard (`to`). Answers the seat from which on its own
   * silence is settled here, because its area as a whole does so; else `NONE`.
   */
  turn(observer: number, k: number, to: RegisterState): number {
    const area = this.#areas.of(observer)
    if (area === NONE) return NONE
    const seat = this.#areas.seats[area]!
    const before = this.#heard[area]!
    if (to === QUIET) {
      this.#heard[area] = before - 1
      if (before === 1) this.#open(area, -1)
      this.#quiet.add(area, k, 1)
      return before === 1 ? seat : NONE
    }
    this.#quiet.add(area, k, -1)
    this.#heard[area] = before + 1
    if (before === 0) this.#open(area, 1)
    return before === 0 ? seat : NONE
  }

  get bytes(): number {
    return this.#heard.byteLength + this.#quiet.bytes
  }

  /** Joint silence turns into single ones (1), or back (−1). */
  #open(area: number, sign: number): void {
    const { doubles } = this.#sums
    const bucket = this.#bucketOf(area)
    for (let a = this.#areas.seats[area]!; a !== NONE; a = this.#network.above[a]!) {
      this.#silence.add(a, bucket, -sign)
      doubles[a * DOUBLES + SPOKEN]! += sign * this.#works
      this.#quiet.each(area, (k, quiet) => this.#silence.add(a, k, sign * quiet))
    }
  }

  #bucketOf(area: number): number {
    return this.#classes + areaBucket(this.#areas.members[area]!)
  }
}

/**
 * Silence of areas: while nobody of an area was heard it is silent as one, at its seat and above;
 * with the first word its members are silent one by one.
 */
import { costOf } from '../cost/nats.ts'
import { QUIET, type RegisterState } from '../evidence/registers.ts'
import { AreaMembers } from './area-members.ts'
import type { Areas } from './areas.ts'
import { areaBucket, type EvidenceModel } from './evidence-model.ts'
import { type Network, NONE } from './network.ts'
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
  readonly #members: AreaMembers
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
    this.#members = new AreaMembers(areas.seats.length, this.#classes, largest)
    for (let o = 0; o < model.classOf.length; o++) {
      const area = areas.of(o)
      if (area !== NONE) this.#members.add(area, model.classOf[o]!, 1)
    }
  }

  /** Counts each area as silent at its seat and above: nobody was heard yet. */
  countSilent(): void {
    for (let area = 0; area < this.#areas.seats.length; area++) this.countAgain(area)
  }

  /** Takes the observer's word out of its area alone: what was summed up above it is void. */
  forget(observer: number): void {
    const area = this.#areas.of(observer)
    if (area !== NONE) this.#heard[area]! -= 1
  }

  /** Counts what an area has to say at its seat and above, where nothing is counted yet. */
  countAgain(area: number): void {
    for (let a = this.#areas.seats[area]!; a !== NONE; a = this.#network.above[a]!)
      this.#silence.add(a, this.#bucketOf(area), 1)
    if (this.#heard[area]! > 0) this.#open(area, 1)
  }

  /** An observer falls silent or is heard (`to`): with the first word its area opens. */
  turn(observer: number, to: RegisterState): void {
    const area = this.#areas.of(observer)
    if (area === NONE) return
    const before = this.#heard[area]!
    this.#heard[area] = to === QUIET ? before - 1 : before + 1
    if (to !== QUIET && before === 0) this.#open(area, 1)
    else if (to === QUIET && before === 1) this.#open(area, -1)
  }

  /** An observer that is not counted as silent now counts in another class. */
  regrade(observer: number, from: number, to: number): void {
    const area = this.#areas.of(observer)
    if (area === NONE) return
    this.#members.add(area, from, -1)
    this.#members.add(area, to, 1)
  }

  /** Asks the memory for what `turn` will need; what it answers means nothing. */
  touch(observer: number): number {
    const area = this.#areas.of(observer)
    return area === NONE ? 0 : this.#heard[area]!
  }

  get bytes(): number {
    return this.#heard.byteLength + this.#members.bytes
  }

  /** Joint silence turns into that of all members one by one (1), or back (−1). */
  #open(area: number, sign: number): void {
    const { doubles } = this.#sums
    const bucket = this.#bucketOf(area)
    for (let a = this.#areas.seats[area]!; a !== NONE; a = this.#network.above[a]!) {
      this.#silence.add(a, bucket, -sign)
      doubles[a * DOUBLES + SPOKEN]! += sign * this.#works
      this.#members.each(area, (k, count) => this.#silence.add(a, k, sign * count))
    }
  }

  #bucketOf(area: number): number {
    return this.#classes + areaBucket(this.#areas.members[area]!)
  }
}

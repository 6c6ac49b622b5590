/**
 * What the registers say about every device, summed along the paths of the forest and kept
 * incrementally: one report touches one path to its root, O(depth), and allocates nothing
 * (`summing.ts`). What is cheapest is found from the sums when a tree is judged (`explain.ts`), for
 * silence weighs otherwise by then.
 *
 * For each head `d`:
 *   dead(d) = spoken(d) + Σ_class silent[class](d) · silence_class(now − heardFrom(d))
 *   best(d) = min(prior(d) + dead(d), Σ costs at d + Σ best(child))
 * `t0(d)` is the earliest off below d. An "on" from before t0(d) says nothing about an outage that
 * began later, so it counts as silence there.
 */
import type { InstantMs } from '../../facts/time.ts'
import { DELAY_HORIZON_SECONDS } from '../cost/likelihood.ts'
import { QUIET, type RegisterState, type Registers } from '../evidence/registers.ts'
import { AreaSilence } from './area-silence.ts'
import { Areas, noAreas } from './areas.ts'
import { Called, onsBetween } from './called.ts'
import { type EvidenceModel, silenceTables } from './evidence-model.ts'
import { type Network, NONE } from './network.ts'
import { quietCosts } from './quiet.ts'
import { offsFirst, type Rehung, replant } from './replant.ts'
import { countSilence, kindsOfSilence, lastOfOneClass, locateObservers } from './seating.ts'
import { Silence, secondOf } from './silence.ts'
import { Summing } from './summing.ts'
import { DOUBLES, SPOKEN, Sums } from './sums.ts'

/** What a terminal said of a position: when by its clock, when we heard it, at what cost, who. */
export interface OpenedHead {
  readonly at: InstantMs
  readonly heardAt: InstantMs
  readonly cost: number
  readonly observer: number
}

export class Belief {
  readonly network: Network
  readonly registers: Registers
  readonly model: EvidenceModel
  readonly areas: Areas
  /** Engine time: ages of silence count up to here. */
  now: InstantMs = 0

  /** Head above each observer, `NONE` where it is not energised. */
  readonly headOf: Int32Array
  readonly #sums: Sums
  /** What it costs that awaited ons below a head have not come, as of the last `refresh`. */
  readonly awaited = new Map<number, number>()
  /**
   * What "all dead by now" costs below each head, while one tree is judged: explanation and posterior
   * ask for the same, and nothing is heard in between. Undefined at any other time.
   */
  judging: Map<number, number> | undefined
  /** When the statement being taken in was received. */
  hearing: InstantMs = 0
  readonly #silence: Silence
  readonly #areaSilence: AreaSilence
  readonly #summing: Summing
  /** Heads whose position a terminal reported open: since when, at what cost, by whom. */
  readonly opened = new Map<number, OpenedHead>()
  /** When a head was found restored; its awaited observers count their delay from then. */
  readonly cameBack = new Map<number, InstantMs>()
  /** What it costs that one identity is wrong about all of its area, as of the last `refresh`. */
  readonly falseTogether = new Map<number, number>()
  /** The identity behind an observer's last word; the world knows who else spoke for it. */
  sourceOf: (observer: number) => number = (observer) => this.network.forwarderOf(observer)
  /** Who did not answer a call-read (召测), by what that speaks for "dead", where somebody said so. */
  readonly unanswered = new Map<number, number>()
  /** By how much plans changed priors, by head, and what services they made likely, by observer. */
  readonly leant = new Map<number, number>()
  readonly expected = new Map<number, number>()
  /** Callers, who are no observers. */
  readonly called = new Called()

  /** Observers from here on are all of this class, so that nobody has to look it up. */
  readonly #metersFrom: number
  readonly #meterClass: number

  // The observer whose register is being changed, and what it meant before. `NONE` in between.
  #held = NONE
  #heldState: RegisterState = QUIET
  #heldAt: InstantMs = 0

  constructor(
    network: Network,
    registers: Registers,
    model: EvidenceModel,
    areasByTransformer = false,
  ) {
    this.network = network
    this.registers = registers
    this.model = model
    this.headOf = locateObservers(network)
    this.areas =
      model.areaLost > 0 ? new Areas(network, this.headOf, areasByTransformer) : noAreas(network)
    this.#sums = new Sums(network.priorCosts(), network.above)
    this.#metersFrom = lastOfOneClass(model.startClassOf)
    this.#meterClass = model.startClassOf.at(-1) ?? 0
    this.#silence = new Silence(kindsOfSilence(this), silenceTables(model), this.#sums)
    const counted = { areas: this.areas, network, silence: this.#silence, sums: this.#sums, model }
    this.#areaSilence = new AreaSilence(counted)
    this.#summing = new Summing(this, this.#sums, this.#silence, this.#areaSilence)
    countSilence(this)
    this.#areaSilence.countSilent()
    // Receipt is not in the registers; a snapshot brings it back beside them.
    for (const o of offsFirst(registers, this.headOf.keys()))
      if (this.headOf[o] !== NONE) this.#putIn(o, registers.atOf(o))
    this.settleTimes()
  }

  /** What is summed up below each head, of all that was said. */
  get sums(): Sums {
    if (this.#summing.waiting) this.#summing.finish()
    return this.#sums
  }

  /** Silent observers below by class, and silent areas by size. */
  get silence(): Silence {
    if (this.#summing.waiting) this.#summing.finish()
    return this.#silence
  }

  get areaSilence(): AreaSilence {
    if (this.#summing.waiting) this.#summing.finish()
    return this.#areaSilence
  }

  /** The trees of these devices hang otherwise now: what was summed up in them is made anew. */
  replant(rehung: Rehung): void {
    for (const device of rehung.devices) this.leant.delete(device)
    this.settleTimes()
    replant(this, this.areaSilence, rehung, (observer, heardAt) => this.#putIn(observer, heardAt))
  }

  /** Adds what the observer's register says, heard at a time, to sums that do not hold it. */
  #putIn(observer: number, heardAt: InstantMs): void {
    const { registers, model } = this
    const state = registers.state[observer] as RegisterState
    const k = model.classOf[observer]!
    this.#summing.walk(observer, k, QUIET, 0, state, registers.atOf(observer), heardAt)
  }

  /**
   * The observer's register changes by `write`: takes its old meaning out and puts the new one in.
   * Returns the head above it, `NONE` for none.
   */
  change(observer: number, write: () => void): number {
    this.hold(observer)
    write()
    return this.settle()
  }

  /** What the observer said means `state` from now on. Returns the head above it, `NONE` for none. */
  become(observer: number, state: RegisterState): number {
    this.hold(observer)
    this.registers.reinterpret(observer, state)
    return this.settle()
  }

  /** `change` without a closure: `hold` the observer, write its register, `settle`. */
  hold(observer: number): void {
    this.#held = observer
    this.#heldState = this.registers.state[observer] as RegisterState
    this.#heldAt = this.registers.atOf(observer)
  }

  /** The held observer's register is written. Returns the head above it, `NONE` for none. */
  settle(): number {
    const observer = this.#held
    const { registers } = this
    const head = this.headOf[observer]!
    const from = this.#heldState
    const to = registers.state[observer] as RegisterState
    this.#held = NONE
    if (head === NONE || (to === QUIET && from === QUIET)) return head
    const usual = observer >= this.#metersFrom && registers.trackOf(observer) === 0
    const k = usual ? this.#meterClass : this.model.classOf[observer]!
    const toAt = registers.atOf(observer)
    this.#summing.put(observer, k, from, this.#heldAt, to, toAt, this.hearing)
    return head
  }

  /** Σ of what was said and of silence, if everything below `head` is dead since. */
  dead(head: number): number {
    this.settleTimes()
    const from = this.silentFrom(head)
    const spoken = this.sums.spoken(head) + this.#onsBeforeOffs(head)
    return from === Number.POSITIVE_INFINITY ? spoken : spoken + this.silenceSince(head, from)
  }

  /** Since when those who are silent below `head` would have had something to say. */
  silentFrom(head: number): InstantMs {
    const heard = this.sums.heardFrom(head)
    if (this.opened.size === 0 && this.called.points.size === 0) return heard
    const opened = this.opened.get(head)?.heardAt ?? heard
    return Math.min(heard, opened, this.called.since(head) - this.model.calls.afterMs)
  }

  /** Where callers were dark before any off, ons in between speak against them. */
  #onsBeforeOffs(head: number): number {
    const since = this.called.since(head)
    const t0 = this.sums.t0(head)
    return since < t0 ? onsBetween(this, head, since, t0) : 0
  }

  /** What the silence below `head` costs if all of it is dead since then. */
  silenceSince(head: number, since: InstantMs): number {
    const second = this.model.windowClosed ? DELAY_HORIZON_SECONDS : secondOf(this.now - since)
    return this.silence.cost(head, second)
  }

  /** True where something below speaks of an outage. */
  lit(head: number): boolean {
    const { sums } = this
    return sums.offs(head) + sums.waits(head) + sums.hints(head) > 0
  }

  /** Cost of "open here" before what was heard below: the prior, or a terminal's word for it. */
  priorOf(head: number): number {
    if (this.opened.size > 0) {
      const opened = this.opened.get(head)
      if (opened) return opened.cost
    }
    return this.sums.prior(head)
  }

  /** A terminal reports the device open: "open here" now costs `cost` (may be below zero). */
  believeOpen(head: number, at: InstantMs, cost: number, observer: number): void {
    const before = this.opened.get(head)
    if (!before) this.hint(head, 1)
    this.opened.set(head, { at, heardAt: before?.heardAt ?? this.hearing, cost, observer })
  }

  /** The observer did not answer a call-read, which speaks for "dead" by so much; 0 takes it back. */
  leaveUnanswered(observer: number, cost: number): void {
    const head = this.headOf[observer]!
    const more = cost - (this.unanswered.get(observer) ?? 0)
    if (head === NONE || more === 0) return
    if (cost === 0) this.unanswered.delete(observer)
    else this.unanswered.set(observer, cost)
    const { doubles } = this.sums
    for (let a = head; a !== NONE; a = this.network.above[a]!)
      doubles[a * DOUBLES + SPOKEN]! -= more
  }

  /** What an unanswered call-read of the observer, and callers behind it, speak for "dead". */
  unansweredBy(observer: number): number {
    if (this.unanswered.size === 0 && this.called.points.size === 0) return 0
    const called = this.called.isDark(observer) ? this.model.calls.favour : 0
    return called + (this.unanswered.get(observer) ?? 0)
  }

  /** The device was reported closed again. */
  believeClosed(head: number): void {
    if (this.opened.delete(head)) this.hint(head, -1)
  }

  /** Somebody below speaks of an outage beside its observers (1), or no more (−1). */
  hint(head: number, sign: number): void {
    for (let a = head; a !== NONE; a = this.network.above[a]!) this.sums.addHint(a, sign)
  }

  /** Prior of the observer's own service, or Infinity where it has none of its own. */
  serviceCost(observer: number): number {
    const { network } = this
    if (observer < network.grid.observers.firstMeter[0]!) return Number.POSITIVE_INFINITY
    if (network.holdsService[this.headOf[observer]!] === 1) return Number.POSITIVE_INFINITY
    const expected = this.expected.size > 0 ? this.expected.get(observer) : undefined
    return expected ?? network.servicePriorOf(observer)
  }

  /**
   * Posterior cost of an unlit subtree where what lies above it is live: 0 in operation; where the
   * window is closed, −ln P(all silent), computed once.
   */
  quietCost(head: number): number {
    if (!this.model.windowClosed) return 0
    this.#quiet ??= quietCosts(this)
    return this.#quiet[head]!
  }

  #quiet: Float64Array | undefined

  /** When offs below were received, which is not in the registers: a snapshot brings it back. */
  recallHeard(head: number, first: InstantMs, last: InstantMs): void {
    this.sums.setHeard(head, first, last)
    if (this.sums.offs(head) === 0) this.#summing.unsettle(head)
  }

  /** Finds the earliest offs that reports may have moved, and what ons mean since. */
  settleTimes(): void {
    this.#summing.settleTimes()
  }
}

/**
 * What the registers say about every device, summed along the paths of the forest and kept
 * incrementally: one report touches one path to its root, O(depth), and allocates nothing.
 *
 * For each head `d`:
 *   dead(d) = spoken(d) + Σ_class silent[class](d) · silence_class(now − t0(d))
 *   best(d) = min(prior(d) + dead(d), Σ costs at d + Σ best(child))
 * `t0(d)` is the earliest off below d. An "on" from before t0(d) says nothing about an outage that
 * began later, so it counts as silence there.
 */
import type { InstantMs } from '../../facts/time.ts'
import { atAge } from '../cost/likelihood.ts'
import { costOf, either } from '../cost/nats.ts'
import {
  AWAITED,
  OFF,
  ON,
  QUIET,
  type RegisterState,
  type Registers,
} from '../evidence/registers.ts'
import {
  AREA_BUCKETS,
  type Areas,
  areaBucket,
  type EvidenceModel,
  findAreas,
  silenceTables,
} from './evidence-model.ts'
import { type Network, NONE } from './network.ts'

export class Belief {
  readonly network: Network
  readonly registers: Registers
  readonly model: EvidenceModel
  readonly areas: Areas
  /** Engine time: ages of silence count up to here. */
  now: InstantMs = 0

  /** Head above each observer, `NONE` where it is not energised. */
  readonly headOf: Int32Array
  /** Costs of what was said below, if dead. */
  readonly spoken: Float64Array
  /** Σ live costs and best of what hangs right below. */
  readonly closedBest: Float64Array
  readonly best: Float64Array
  /** Offs below. */
  readonly offs: Int32Array
  /** Observers below whose device came back and who have not said so. */
  readonly waits: Int32Array
  /** Earliest off below, Infinity where none. */
  readonly t0: Float64Array
  /** Latest on below, 0 where none: whether a change of t0 has to look for ons. */
  readonly lastOn: Float64Array
  /** Silent observers below by class, then silent areas by size. */
  readonly silent: Int32Array
  readonly columns: number
  readonly tables: readonly Int32Array[]
  /** Members of each area that said anything, and the quiet ones by class. */
  readonly areaHeard: Int32Array
  readonly #areaQuiet: Int32Array
  readonly #areaSeat: Int32Array
  /** What it costs that a dark area's concentrator still worked. */
  readonly #areaWorks: number
  /** Positions reported open or expected open below, counted up the path. */
  readonly hints: Int32Array
  /** Heads whose position a terminal reported open: since when, at what cost, by whom. */
  readonly opened = new Map<number, { at: InstantMs; cost: number; observer: number }>()
  /** When a head was found restored; its awaited observers count their delay from then. */
  readonly cameBack = new Map<number, InstantMs>()

  constructor(
    network: Network,
    registers: Registers,
    model: EvidenceModel,
    areasByTransformer = false,
  ) {
    this.network = network
    this.registers = registers
    this.model = model
    const count = network.head.length
    this.columns = model.classes.length + AREA_BUCKETS
    this.tables = silenceTables(model)
    this.headOf = this.#locateObservers()
    const useAreas = model.areaLost > 0
    this.#areaWorks = costOf(1 - model.areaLost)
    this.areas = findAreas(
      network.grid,
      (observer) => (useAreas ? this.headOf[observer]! : NONE),
      areasByTransformer,
    )
    this.spoken = new Float64Array(count)
    this.closedBest = new Float64Array(count)
    this.best = new Float64Array(count)
    this.offs = new Int32Array(count)
    this.waits = new Int32Array(count)
    this.hints = new Int32Array(count)
    this.t0 = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
    this.lastOn = new Float64Array(count)
    this.silent = new Int32Array(count * this.columns)
    this.areaHeard = new Int32Array(this.areas.members.length)
    this.#areaQuiet = new Int32Array(this.areas.members.length * model.classes.length)
    this.#areaSeat = new Int32Array(this.areas.members.length).fill(NONE)
    for (let d = 0; d < count; d++)
      if (this.areas.ofDevice[d]! >= 0) this.#areaSeat[this.areas.ofDevice[d]!] = d
    this.#countSilence()
    // Offs first: what an "on" means depends on when the outage began.
    for (const ons of [false, true])
      for (let o = 0; o < this.headOf.length; o++) {
        const state = registers.state[o] as RegisterState
        if (state !== QUIET && (state === ON) === ons && this.headOf[o] !== NONE)
          this.#switchState(o, QUIET, state)
      }
  }

  /**
   * The observer's register now means `state`. `write` changes the register; it runs between taking
   * the old meaning out and putting the new one in. Returns the head above it, `NONE` for none.
   */
  change(observer: number, state: RegisterState, write: () => void): number {
    const head = this.headOf[observer]!
    const before = this.registers.state[observer] as RegisterState
    if (head === NONE) {
      write()
      return NONE
    }
    this.#taken = observer
    if (before !== QUIET) this.#switchState(observer, before, QUIET)
    this.#taken = NONE
    write()
    if (state !== QUIET) this.#switchState(observer, QUIET, state)
    return head
  }

  /** Σ of what was said and of silence, if everything below `head` is dead since t0. */
  dead(head: number): number {
    let t0 = this.t0[head]!
    let sum = this.spoken[head]!
    if (this.opened.size > 0) t0 = Math.min(t0, this.opened.get(head)?.at ?? t0)
    if (t0 === Number.POSITIVE_INFINITY) return sum
    const age = this.model.windowClosed ? Number.MAX_SAFE_INTEGER : this.now - t0
    const first = head * this.columns
    for (let k = 0; k < this.columns; k++) {
      const n = this.silent[first + k]!
      if (n !== 0) sum += n * atAge(this.tables[k]!, age)
    }
    return sum
  }

  /** True where something below speaks of an outage. */
  lit(head: number): boolean {
    return this.offs[head]! + this.waits[head]! + this.hints[head]! > 0
  }

  /** Cost of "open here" before what was heard below: the prior, or a terminal's word for it. */
  priorOf(head: number): number {
    if (this.opened.size > 0) {
      const opened = this.opened.get(head)
      if (opened) return opened.cost
    }
    return this.network.prior[head]!
  }

  /** A terminal reports the device open: "open here" now costs `cost` (may be below zero). */
  believeOpen(head: number, at: InstantMs, cost: number, observer: number): void {
    if (!this.opened.has(head)) this.#hint(head, 1)
    this.opened.set(head, { at, cost, observer })
    this.#improve(head)
  }

  /** The device was reported closed again. */
  believeClosed(head: number): void {
    if (!this.opened.delete(head)) return
    this.#hint(head, -1)
    this.#improve(head)
  }

  #hint(head: number, sign: number): void {
    for (let a = head; a !== NONE; a = this.network.above[a]!) this.hints[a]! += sign
  }

  /** Cheapest explanation of one observer by itself: it errs, or its own service is open. */
  alone(observer: number): number {
    const costs = this.model.classes[this.model.classOf[observer]!]!
    if (this.registers.state[observer] !== OFF) return 0
    return Math.min(costs.offLive, this.serviceCost(observer) + costs.offDead)
  }

  /** Prior of the observer's own service, or Infinity where it has none of its own. */
  serviceCost(observer: number): number {
    const { network } = this
    const { targetKind, target } = network.grid.observers
    if (targetKind[observer] !== 2) return Number.POSITIVE_INFINITY
    if (network.holdsService[this.headOf[observer]!] === 1) return Number.POSITIVE_INFINITY
    return network.servicePrior(target[observer]!)
  }

  /**
   * Posterior cost of an unlit subtree where what lies above it is live: 0 in operation; where the
   * window is closed, −ln P(all silent), computed once.
   */
  quietCost(head: number): number {
    if (!this.model.windowClosed) return 0
    this.#quiet ??= this.#quietCosts()
    return this.#quiet[head]!
  }

  /** The same for one silent observer and its own service. */
  quietLeafCost(observer: number): number {
    const service = this.serviceCost(observer)
    if (!this.model.windowClosed || service === Number.POSITIVE_INFINITY) return 0
    const { silentDead } = this.model.classes[this.model.classOf[observer]!]!
    return either(0, service + silentDead[silentDead.length - 1]!)
  }

  #quiet: Float64Array | undefined

  #quietCosts(): Float64Array {
    const { network } = this
    const quiet = new Float64Array(network.head.length)
    const final = this.tables.map((table) => table[table.length - 1]!)
    const visit = (head: number): number => {
      let closed = 0
      let silent = 0
      this.eachSeated(head, (observer) => {
        closed += this.quietLeafCost(observer)
      })
      for (let k = 0; k < this.columns; k++)
        silent += this.silent[head * this.columns + k]! * final[k]!
      for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
        closed += visit(c)
      quiet[head] = either(network.prior[head]! + silent, closed)
      return quiet[head]!
    }
    for (let d = 0; d < quiet.length; d++)
      if (network.head[d] === d && network.above[d] === NONE) visit(d)
    return quiet
  }

  rootOf(head: number): number {
    let at = head
    while (this.network.above[at] !== NONE) at = this.network.above[at]!
    return at
  }

  /** Moves one observer between QUIET and another meaning, along its path. */
  #switchState(observer: number, from: RegisterState, to: RegisterState): void {
    const joins = from === QUIET
    const state = joins ? to : from
    const sign = joins ? 1 : -1
    const head = this.headOf[observer]!
    const at = this.registers.atOf(observer)
    const k = this.model.classOf[observer]!
    const costs = this.model.classes[k]!
    const area = this.areas.ofObserver[observer]!
    if (area >= 0) this.#areaHears(area, k, sign)
    const seat = area < 0 ? NONE : this.#areaSeat[area]!
    // Above the seat of an area the quiet member was part of the area's count already undone.
    let joint = false
    for (let a = head; a !== NONE; a = this.network.above[a]!) {
      if (a === seat) joint = true
      const quiet = joint ? 0 : sign
      if (state === OFF) this.#addOff(a, at, sign, costs.offDead, k, quiet)
      else if (state === ON) this.#addOn(a, at, sign, costs.onDead, k, quiet, joint)
      else {
        this.waits[a]! += sign
        this.silent[a * this.columns + k]! -= quiet
      }
    }
    if (state === OFF) this.closedBest[head]! += sign * this.#aloneOff(observer, costs)
    this.#improve(head)
  }

  #aloneOff(observer: number, costs: { offLive: number; offDead: number }): number {
    return Math.min(costs.offLive, this.serviceCost(observer) + costs.offDead)
  }

  #addOff(a: number, at: InstantMs, sign: number, offDead: number, k: number, quiet: number): void {
    this.spoken[a]! += sign * offDead
    this.offs[a]! += sign
    this.silent[a * this.columns + k]! -= quiet
    if (sign > 0) {
      if (at < this.t0[a]!) this.#moveT0(a, at)
    } else if (at === this.t0[a]) this.#moveT0(a, this.#earliestOff(a))
  }

  /** An on since t0 contradicts "dead"; an earlier one is silence about this outage. */
  #addOn(
    a: number,
    at: InstantMs,
    sign: number,
    onDead: number,
    k: number,
    quiet: number,
    joint: boolean,
  ): void {
    if (sign > 0 && at > this.lastOn[a]!) this.lastOn[a] = at
    const index = a * this.columns + k
    if (at >= this.t0[a]!) {
      this.spoken[a]! += sign * onDead
      this.silent[index]! -= quiet
    } else if (joint) this.silent[index]! += sign
  }

  /** t0 of `a` moves: ons between the old and the new one change their meaning there. */
  #moveT0(a: number, t0: InstantMs): void {
    const before = this.t0[a]!
    this.t0[a] = t0
    const low = Math.min(before, t0)
    const high = Math.max(before, t0)
    if (this.lastOn[a]! < low) return
    const sign = t0 < before ? 1 : -1
    this.eachObserver(a, (observer) => {
      if (this.registers.state[observer] !== ON) return
      const at = this.registers.atOf(observer)
      if (at < low || at >= high) return
      const k = this.model.classOf[observer]!
      this.spoken[a]! += sign * this.model.classes[k]!.onDead
      this.silent[a * this.columns + k]! -= sign
    })
  }

  #earliestOff(a: number): InstantMs {
    let earliest = Number.POSITIVE_INFINITY
    for (let c = this.network.firstBelow[a]!; c !== NONE; c = this.network.nextBeside[c]!)
      if (this.t0[c]! < earliest) earliest = this.t0[c]!
    this.eachSeated(a, (observer) => {
      if (this.registers.state[observer] !== OFF) return
      const at = this.registers.atOf(observer)
      if (at < earliest && observer !== this.#taken) earliest = at
    })
    return earliest
  }

  /** The observer whose off is being taken out: its register still reads OFF. */
  #taken = NONE

  /** One more (or less) member of the area spoke: the first turns joint silence into single ones. */
  #areaHears(area: number, k: number, sign: number): void {
    const classes = this.model.classes.length
    const before = this.areaHeard[area]!
    this.areaHeard[area] = before + sign
    if (sign > 0) this.#areaQuiet[area * classes + k]! -= 1
    const seat = this.#areaSeat[area]!
    const opens = sign > 0 && before === 0
    const closes = sign < 0 && before === 1
    if (opens || closes) {
      const bucket = classes + areaBucket(this.areas.members[area]!)
      const turn = opens ? 1 : -1
      for (let a = seat; a !== NONE; a = this.network.above[a]!) {
        this.silent[a * this.columns + bucket]! -= turn
        this.spoken[a]! += turn * this.#areaWorks
        for (let c = 0; c < classes; c++)
          this.silent[a * this.columns + c]! += turn * this.#areaQuiet[area * classes + c]!
      }
    } else {
      for (let a = seat; a !== NONE; a = this.network.above[a]!)
        this.silent[a * this.columns + k]! -= sign
    }
    if (sign < 0) this.#areaQuiet[area * classes + k]! += 1
  }

  /** Recomputes best from `head` to the root. */
  #improve(head: number): void {
    for (let a = head; a !== NONE; a = this.network.above[a]!) {
      const before = this.best[a]!
      const after = this.lit(a) ? Math.min(this.priorOf(a) + this.dead(a), this.closedBest[a]!) : 0
      this.best[a] = after
      const up = this.network.above[a]!
      if (up !== NONE) this.closedBest[up]! += after - before
    }
  }

  /** Calls `visit` for each observer seated right below the class of `head`. */
  eachSeated(head: number, visit: (observer: number) => void): void {
    const { network } = this
    const device = network.bottom[head]!
    const { firstMeter } = network.grid.observers
    for (let o = firstMeter[device]!; o < firstMeter[device + 1]!; o++) visit(o)
    for (const observer of network.seated.get(device) ?? []) visit(observer)
  }

  /** Calls `visit` for each observer below `head`. */
  eachObserver(head: number, visit: (observer: number) => void): void {
    this.eachSeated(head, visit)
    for (let c = this.network.firstBelow[head]!; c !== NONE; c = this.network.nextBeside[c]!)
      this.eachObserver(c, visit)
  }

  #locateObservers(): Int32Array {
    const { network } = this
    const { target, targetKind } = network.grid.observers
    const { device } = network.grid.usagePoints
    const heads = new Int32Array(target.length)
    for (let o = 0; o < heads.length; o++) {
      const seat = targetKind[o] === 2 ? device[target[o]!]! : network.seatOf(o)
      heads[o] = seat === NONE ? NONE : network.head[seat]!
    }
    return heads
  }

  #countSilence(): void {
    const { classOf, classes } = this.model
    for (let o = 0; o < this.headOf.length; o++) {
      const area = this.areas.ofObserver[o]!
      const k = classOf[o]!
      if (area >= 0) this.#areaQuiet[area * classes.length + k]! += 1
      const seat = area < 0 ? NONE : this.#areaSeat[area]!
      for (let a = this.headOf[o]!; a !== NONE && a !== seat; a = this.network.above[a]!)
        this.silent[a * this.columns + k]! += 1
    }
    for (let area = 0; area < this.#areaSeat.length; area++) {
      const bucket = classes.length + areaBucket(this.areas.members[area]!)
      for (let a = this.#areaSeat[area]!; a !== NONE; a = this.network.above[a]!)
        this.silent[a * this.columns + bucket]! += 1
    }
  }
}

export { AWAITED, OFF, ON, QUIET }

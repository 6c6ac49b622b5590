/**
 * The network as inference sees it: devices that no observer can tell apart contracted to one class
 * (named by its topmost device, the *head*), devices nobody observes left out. Linked by index, so
 * that one tree can be rebuilt when a tie operates.
 *
 * A usage point has a service of its own (户表开关), never listed as a device: it opens with
 * `servicePrior`. Where a device carries one meter only, the two are one class.
 */
import {
  type CompiledGrid,
  TARGET_DEVICE,
  TARGET_NODE,
  TARGET_USAGE_POINT,
} from '../../grid/compiled.ts'
import type { Topology } from '../../grid/topology.ts'
import { assert } from '../assert.ts'
import { complement, either } from '../cost/nats.ts'
import { parentsFirst } from './parents-first.ts'

export const NONE = -1

/** Prior costs −ln P("open here" in a window), micro-nats. */
export interface Priors {
  /** By device, or by type of device. */
  readonly device: Float64Array | { readonly byType: readonly number[] }
  /** By usage point: one value for all, or one each. */
  readonly service: number | Float64Array
  /**
   * The window is over and silence is final (the benchmark): "open here" then also saves what lies
   * below from having to stay closed, which is worth Σ −ln(1 − P) and counts where faults are dense.
   */
  readonly windowClosed?: boolean
}

export class Network {
  readonly grid: CompiledGrid
  readonly topology: Topology
  readonly priors: Priors
  /** Head of the class of each device, `NONE` where nobody observes anything below. */
  readonly head: Int32Array
  /** Head above each head, `NONE` at a root. */
  readonly above: Int32Array
  /** Root of the tree of each head, `NONE` where no head is. */
  readonly root: Int32Array
  readonly firstBelow: Int32Array
  readonly nextBeside: Int32Array
  /** Lowest device of each class: where its observers sit. */
  readonly bottom: Int32Array
  /** 1 where the class holds the service of its only meter. */
  readonly holdsService: Uint8Array
  /**
   * Terminals by the device right above them, and that device: those of `d` are `terminals[i]` from
   * `firstTerminal(d)` on, as long as `terminalSeats[i]` is `d`. Meters are `observers.firstMeter` of
   * the grid.
   */
  terminals: Int32Array = new Int32Array(0)
  terminalSeats: Int32Array = new Int32Array(0)
  /** A bit a device: set where a terminal is seated, so that the many others are not searched for. */
  readonly #hasTerminal: Uint32Array
  /** The device above each terminal, `NONE` where it is not energised. */
  readonly #seats: Int32Array
  #wandering: readonly number[] | undefined

  constructor(topology: Topology, priors: Priors) {
    const { grid } = topology
    const count = grid.devices.ids.count
    this.grid = grid
    this.topology = topology
    this.priors = priors
    this.head = new Int32Array(count).fill(NONE)
    this.above = new Int32Array(count).fill(NONE)
    this.root = new Int32Array(count).fill(NONE)
    this.firstBelow = new Int32Array(count).fill(NONE)
    this.nextBeside = new Int32Array(count).fill(NONE)
    this.bottom = new Int32Array(count).fill(NONE)
    this.holdsService = new Uint8Array(count)
    this.#service = typeof priors.service === 'number' ? odds(priors.service) : undefined
    this.#hasTerminal = new Uint32Array((count >>> 5) + 1)
    this.#seats = new Int32Array(grid.observers.firstMeter[0]!).fill(NONE)
    this.#seatTerminals()
    this.rebuild()
  }

  /** Seats all terminals; those that sit elsewhere than before. */
  #seatTerminals(): number[] {
    const seats = this.#seats
    const moved: number[] = []
    this.#wandering ??= this.#findWandering()
    const asked = this.terminals.length === 0 ? seats.keys() : this.#wandering
    for (const terminal of asked) {
      const seat = this.seatOf(terminal)
      if (seat === seats[terminal]) continue
      seats[terminal] = seat
      moved.push(terminal)
    }
    if (moved.length === 0) return moved
    const bySeat = (a: number, b: number) => seats[a]! - seats[b]! || a - b
    const elsewhere = new Set(moved)
    const stayed = this.terminals.filter((terminal) => !elsewhere.has(terminal))
    const seated = Int32Array.from(moved)
      .filter((terminal) => seats[terminal] !== NONE)
      .sort(bySeat)
    this.terminals = merged(stayed, seated, bySeat)
    this.terminalSeats = this.terminals.map((terminal) => seats[terminal]!)
    this.#hasTerminal.fill(0)
    for (const seat of this.terminalSeats) this.#hasTerminal[seat >>> 5]! |= 1 << (seat & 31)
    return moved
  }

  /** Terminals that take their supply from whatever feeds the place, so that switching moves them. */
  #findWandering(): readonly number[] {
    const { observers, devices } = this.grid
    const found: number[] = []
    for (let t = 0; t < this.#seats.length; t++) {
      const onDevice = observers.targetKind[t] === TARGET_DEVICE
      if (!onDevice || !seesLoadSide(devices.type[observers.target[t]!]!)) found.push(t)
    }
    return found
  }

  /**
   * The trees below `roots` hang otherwise than before, and `devices` are all of theirs, now and
   * before. Classes are made anew there alone. Returns the terminals that sit elsewhere now.
   */
  rehang(roots: readonly number[], devices: readonly number[]): readonly number[] {
    const moved = this.#seatTerminals()
    for (const column of this.#links) for (const device of devices) column[device] = NONE
    for (const device of devices) this.holdsService[device] = 0
    this.#link(Int32Array.from(roots.flatMap((root) => this.topology.subtree(root))))
    return moved
  }

  /** The device right above an observer under the present positions, `NONE` where not energised. */
  seatOf(observer: number): number {
    const { observers, usagePoints, nodes, devices } = this.grid
    const target = observers.target[observer]!
    switch (observers.targetKind[observer]) {
      case TARGET_USAGE_POINT:
        return usagePoints.device[target]!
      case TARGET_NODE: {
        const fedBy = this.topology.zoneFedBy[nodes.zone[target]!]!
        return fedBy < 0 ? NONE : fedBy
      }
      default: {
        // Terminals of a transformer and of LV gear sit on its load side; switch terminals take
        // their own supply from the source side and see the switch's position besides.
        if (seesLoadSide(devices.type[target]!)) return target
        const above = this.topology.parent[target]!
        return above < 0 ? NONE : above
      }
    }
  }

  /** Who forwards for an observer, or itself. */
  forwarderOf(observer: number): number {
    const via = this.grid.observers.via[observer]!
    return via < 0 ? observer : via
  }

  /** The head of the tree that `head` stands in. */
  rootOf(head: number): number {
    return this.root[head] === NONE ? head : this.root[head]!
  }

  /** Calls `visit` for each observer seated right below the class of `head`. */
  eachSeated(head: number, visit: (observer: number) => void): void {
    const device = this.bottom[head]!
    const { firstMeter } = this.grid.observers
    for (let o = firstMeter[device]!; o < firstMeter[device + 1]!; o++) visit(o)
    for (let i = this.firstTerminal(device); this.terminalSeats[i] === device; i++)
      visit(this.terminals[i]!)
  }

  /** Calls `visit` for each observer below `head`. */
  eachObserver(head: number, visit: (observer: number) => void): void {
    this.eachSeated(head, visit)
    for (let c = this.firstBelow[head]!; c !== NONE; c = this.nextBeside[c]!)
      this.eachObserver(c, visit)
  }

  /** The devices of a class, topmost first; throws where `head` heads no class (any more). */
  members(head: number): number[] {
    const members: number[] = []
    for (let d = this.bottom[head]!; d !== head; d = this.topology.parent[d]!) {
      assert(d >= 0, 'the device asked about heads a class')
      members.push(d)
    }
    members.push(head)
    return members.reverse()
  }

  /** Index in `terminals` of the first one seated right below `device`; their number where none. */
  firstTerminal(device: number): number {
    const { terminalSeats } = this
    if ((this.#hasTerminal[device >>> 5]! & (1 << (device & 31))) === 0) return terminalSeats.length
    let low = 0
    let high = terminalSeats.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (terminalSeats[middle]! < device) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Cost of "this device is open" in a window. */
  devicePrior(device: number): number {
    const { device: costs } = this.priors
    return 'byType' in costs ? costs.byType[this.grid.devices.type[device]!]! : costs[device]!
  }

  /** Cost of "the service of this meter's usage point is open" against "it is not". */
  servicePriorOf(meter: number): number {
    if (this.#service !== undefined) return this.#service
    return odds(this.#serviceCost(this.grid.observers.target[meter]!))
  }

  #serviceCost(point: number): number {
    const { service } = this.priors
    return typeof service === 'number' ? service : service[point]!
  }

  /** How heads hang together. */
  get #links(): readonly Int32Array[] {
    return [this.head, this.above, this.root, this.firstBelow, this.nextBeside, this.bottom]
  }

  /** Builds every tree. */
  rebuild(): void {
    for (const column of this.#links) column.fill(NONE)
    this.holdsService.fill(0)
    this.#link(parentsFirst(this.topology.parent))
  }

  /** Finds the classes of these devices, whole trees with parents first, and links them. */
  #link(order: Int32Array): void {
    const { parent } = this.topology
    const below = this.#countObserved(order)
    for (let i = 0; i < order.length; i++) {
      const device = order[i]!
      if (below.things[device] === 0) continue
      const up = parent[device]!
      const joins = up >= 0 && below.own[up] === 0 && below.branches[up] === 1
      this.head[device] = joins ? this.head[up]! : device
      const above = joins || up < 0 ? NONE : this.head[up]!
      this.above[device] = above
      if (!joins) this.root[device] = above === NONE ? device : this.root[above]!
    }
    for (let i = order.length - 1; i >= 0; i--) {
      const device = order[i]!
      if (this.head[device] !== device || this.above[device] === NONE) continue
      this.nextBeside[device] = this.firstBelow[this.above[device]!]!
      this.firstBelow[this.above[device]!] = device
    }
    this.#findBottoms(order, below)
  }

  /** The lowest device of each class; bottom up, so that it is met first. */
  #findBottoms(order: Int32Array, below: Observed): void {
    for (let i = order.length - 1; i >= 0; i--) {
      const device = order[i]!
      const head = this.head[device]!
      if (head === NONE || this.bottom[head] !== NONE) continue
      this.bottom[head] = device
      if (this.#onlyMeter(device, below) !== NONE) this.holdsService[head] = 1
    }
  }

  /**
   * Cost of "the class of this head is open" against "it is not", by head. Made anew at each call:
   * who needs it keeps it.
   */
  priorCosts(): Float64Array {
    const costs = new Float64Array(this.head.length).fill(Number.POSITIVE_INFINITY)
    for (let head = 0; head < costs.length; head++)
      if (this.head[head] === head) costs[head] = this.#classCost(head)
    const spared = new Float64Array(this.priors.windowClosed ? costs.length : 0)
    if (this.priors.windowClosed) this.#spareAll(costs, spared)
    for (let head = 0; head < costs.length; head++)
      if (this.head[head] === head) costs[head] = odds(costs[head]!) - (spared[head] ?? 0)
    return costs
  }

  /** Cost of "the class of this head is open" against "it is not", while the window is open. */
  headPrior(head: number): number {
    return odds(this.#classCost(head))
  }

  /** Cost of "one member of the class is open", from the lowest up. */
  #classCost(head: number): number {
    const bottom = this.bottom[head]!
    let cost = this.devicePrior(bottom)
    if (this.holdsService[head] === 1) {
      const { firstMeter, target } = this.grid.observers
      cost = either(cost, this.#serviceCost(target[firstMeter[bottom]!]!))
    }
    for (let d = bottom; d !== head; ) {
      d = this.topology.parent[d]!
      assert(d >= 0, 'the lowest device of a class lies below its head')
      cost = either(cost, this.devicePrior(d))
    }
    return cost
  }

  #spareAll(costs: Float64Array, spared: Float64Array): void {
    const order = parentsFirst(this.topology.parent)
    for (let i = order.length - 1; i >= 0; i--)
      if (this.head[order[i]!] === order[i]) this.#spare(order[i]!, costs, spared)
  }

  /** Adds up −ln(1 − P) of everything strictly below `head`, and of it for the head above. */
  #spare(head: number, costs: Float64Array, spared: Float64Array): void {
    if (this.holdsService[head] === 0) {
      const device = this.bottom[head]!
      const { firstMeter, target } = this.grid.observers
      for (let o = firstMeter[device]!; o < firstMeter[device + 1]!; o++)
        if (this.#meteredOnce(o)) spared[head]! += complement(this.#serviceCost(target[o]!))
    }
    const up = this.above[head]!
    if (up !== NONE) spared[up]! += spared[head]! + complement(costs[head]!)
  }

  readonly #service: number | undefined

  /** The usage point that is all there is below `device`, or `NONE`. */
  #onlyMeter(device: number, below: Observed): number {
    if (below.branches[device] !== 0 || below.own[device] !== 1) return NONE
    if (this.firstTerminal(device) < this.terminals.length) return NONE
    const { firstMeter, target } = this.grid.observers
    return target[firstMeter[device]!]!
  }

  /** False for meters that share their usage point. */
  #meteredOnce(observer: number): boolean {
    const { target, targetKind } = this.grid.observers
    const point = target[observer]
    const also = (other: number) =>
      targetKind[other] === TARGET_USAGE_POINT && target[other] === point
    return !also(observer - 1) && !also(observer + 1)
  }

  /** Observed things right below each device, observed branches below it, and both summed up. */
  #countObserved(order: Int32Array): Observed {
    const { firstMeter, target } = this.grid.observers
    const count = this.topology.parent.length
    const own = new Int32Array(count)
    const branches = new Int32Array(count)
    const things = new Int32Array(count)
    for (let i = order.length - 1; i >= 0; i--) {
      const device = order[i]!
      // Meters of one usage point count once: together they observe one thing.
      let point = NONE
      for (let o = firstMeter[device]!; o < firstMeter[device + 1]!; o++) {
        if (target[o] !== point) own[device]!++
        point = target[o]!
      }
      for (let i = this.firstTerminal(device); this.terminalSeats[i] === device; i++) own[device]!++
      things[device]! += own[device]!
      const up = this.topology.parent[device]!
      if (up >= 0 && things[device]! > 0) {
        things[up]! += things[device]!
        branches[up]!++
      }
    }
    return { own, branches, things }
  }
}

/** Two sorted lists as one. */
function merged(a: Int32Array, b: Int32Array, order: (x: number, y: number) => number): Int32Array {
  const all = new Int32Array(a.length + b.length)
  for (let i = 0, j = 0; i + j < all.length; )
    all[i + j] = j === b.length || (i < a.length && order(a[i]!, b[j]!) <= 0) ? a[i++]! : b[j++]!
  return all
}

/** ln((1 − p) / p) from −ln p. */
const odds = (cost: number) => cost - complement(cost)

interface Observed {
  readonly own: Int32Array
  readonly branches: Int32Array
  readonly things: Int32Array
}

/** Indices into `DEVICE_TYPES`: transformer and everything below it. */
function seesLoadSide(type: number): boolean {
  return type >= 5
}

/**
 * The world after a new grid or new rules: what was said is carried over by observer, incidents and
 * marks by the device they stand for. The same grid changes nothing of them. An incident whose
 * device vanished moves to the nearest surviving one above and is flagged; where none survives, its
 * evidence is gone too, and the next look at the tree withdraws it. One whose device is still there
 * but feeds nobody any more goes with what hung below it.
 */

import type { Position } from '../facts/facts.ts'
import type { CompiledGrid, IdTable } from '../grid/compiled.ts'
import { settleCallers } from './evidence/calls.ts'
import { lean } from './evidence/indicators.ts'
import { renamed } from './evidence/phase-book.ts'
import { positionAt, settlePosition } from './evidence/positions.ts'
import { Registers } from './evidence/registers.ts'
import { type Case, isActive } from './incidents/case.ts'
import { observerOfKey } from './incidents/ended.ts'
import { rescale } from './incidents/life.ts'
import { isHeadBelow } from './incidents/place.ts'
import { NONE } from './inference/network.ts'
import { turnPlans } from './plans/turn.ts'
import type { Rules } from './rules.ts'
import type { ReturnedPart } from './switching/state.ts'
import { World } from './world.ts'

/**
 * The world under `grid` and `rules` that goes on from `before`. The fact at `position` applied them
 * and is the cause of whatever they make of what was said.
 */
export function succeed(
  before: World | undefined,
  grid: CompiledGrid,
  rules: Rules,
  position: Position,
): World {
  if (!before) return new World(grid, rules)
  const carrier = new Carrier(before, grid)
  const world = new World(grid, rules, carrier.registers(), carrier.arranged())
  carrier.carry(world, position)
  return world
}

/** Finds everything of the world before by its id in the grid that follows. */
class Carrier {
  readonly #before: World
  readonly #grid: CompiledGrid
  readonly #same: boolean
  /** Of cases whose device vanished: the head they stood at. */
  readonly #headsBefore = new Map<Case, number>()

  constructor(before: World, grid: CompiledGrid) {
    this.#before = before
    this.#grid = grid
    this.#same = before.grid === grid
  }

  /** Registers of observers that the new grid still has. */
  registers(): Registers {
    const { registers: old, grid: oldGrid } = this.#before
    if (this.#same) return old
    const registers = new Registers(this.#grid.observers.ids.count)
    for (let o = 0; o < oldGrid.observers.ids.count; o++) {
      if (old.atOf(o) === 0) continue
      const now = this.#observer(o)
      if (now >= 0) registers.copyFrom(old, o, now)
    }
    return registers
  }

  /** How the network hangs: as before, as far as its devices are still there. */
  arranged(): World['arranged'] {
    return this.#before.arranged
      .map(([device, open]) => [this.#device(device), open] as const)
      .filter(([device, open]) => device >= 0 && open !== this.#isNormallyOpen(device))
  }

  #isNormallyOpen(device: number): boolean {
    return this.#grid.devices.normallyOpen[device] === 1
  }

  carry(world: World, position: Position): void {
    const before = this.#before
    world.now = before.now
    world.belief.now = before.now
    world.nextCase = before.nextCase
    world.minute = before.minute
    world.counts = before.counts
    world.storm = before.storm
    world.notices = before.notices
    world.durations = before.durations
    world.citiesTold = before.citiesTold
    world.visits = before.visits
    world.serviceDue = before.serviceDue
    world.summary = before.summary
    world.across = before.across
    for (const { id } of this.#grid.feeders)
      if (before.left.has(id)) world.left.set(id, before.left.get(id)!)
    for (const [id, action] of before.decided) world.decided.set(id, action)
    this.#carrySigns(world)
    this.#carryCallers(world)
    for (const plan of before.plans.byId.values()) world.plans.byId.set(plan.id, plan)
    world.plans.turnedBy = before.plans.turnedBy
    for (const [point, at] of before.plans.paid) world.plans.paid.set(point, at)
    for (const note of before.care.notes) world.care.take(note, before.now)
    for (const [unit, told] of before.temperatures) world.temperatures.set(unit, told)
    this.#carryMarks(world)
    this.#carryWords(world)
    this.#carrySwitching(world)
    this.#carryCalls(world)
    for (const incident of before.cases.values()) this.#adopt(world, incident)
    this.#keepApart(world)
    for (const known of before.findings.values()) this.#adopt(world, known)
    turnPlans(world)
    for (let d = 0; d < world.network.head.length; d++)
      if (world.network.head[d] === d && world.network.above[d] === NONE && world.belief.lit(d)) {
        world.again.set(d, world.now)
        if (!this.#same || world.rules !== before.rules) world.stir(d, position)
      }
  }

  /** What was said of links, phases and switch positions. */
  #carryWords(world: World): void {
    const before = this.#before
    for (const [terminal, state] of before.links) {
      const now = this.#observer(terminal)
      if (now >= 0) world.links.set(now, state)
    }
    for (const observer of before.phaseSpoken) {
      const now = this.#observer(observer)
      if (now >= 0) world.phaseSpoken.add(now)
    }
    for (const [device, words] of before.switchWords) {
      const now = this.#device(device)
      const known = words
        .map((word) => ({ ...word, terminal: this.#observer(word.terminal) }))
        .filter(({ terminal }, i) => terminal >= 0 || words[i]!.terminal === NONE)
      if (now >= 0 && known.length > 0) world.switchWords.set(now, known)
    }
    this.#carryOpenings(world)
    for (const held of before.indications.values()) {
      const [seer, place] = [this.#observer(held.terminal), this.#device(held.device)]
      if (seer < 0 || place < 0) continue
      world.indications.set(`${seer}/${place}`, { ...held, terminal: seer, device: place })
      lean(world, place, 1)
    }
    this.#carrySpeech(world)
  }

  /** Switches stay believed open since they were heard to be: the silence below counts from then. */
  #carryOpenings(world: World): void {
    const { network, belief, switchWords } = this.#before
    for (const before of switchWords.keys()) {
      const device = this.#device(before)
      if (device < 0 || !positionAt(world, device)?.open) continue
      world.belief.hearing = belief.opened.get(network.head[before]!)?.heardAt ?? world.now
      settlePosition(world, device)
    }
  }

  /** Who said what of single phases, for whom, and by which clock. */
  #carrySpeech(world: World): void {
    const before = this.#before
    const byObserver = <Value>(from: ReadonlyMap<number, Value>, to: Map<number, Value>) => {
      for (const [observer, value] of from) {
        const now = this.#observer(observer)
        if (now >= 0) to.set(now, value)
      }
    }
    for (const [observer, words] of before.phaseBook) {
      const now = this.#observer(observer)
      const here = renamed(words, (speaker) => this.#observer(speaker))
      if (now >= 0) world.phaseBook.set(now, here)
    }
    byObserver(before.clocks.records, world.clocks.records)
    byObserver(before.clocks.corrections, world.clocks.corrections)
    byObserver(before.toRegrade, world.toRegrade)
    for (const observer of before.lateOffs) {
      const now = this.#observer(observer)
      if (now >= 0) world.lateOffs.add(now)
    }
    for (const [observer, speaker] of before.speakers) {
      const [now, by] = [this.#observer(observer), this.#observer(speaker)]
      if (now >= 0 && by >= 0) world.speakers.set(now, by)
    }
    for (const [observer, { speaker, told }] of before.toldAhead) {
      const [now, by] = [this.#observer(observer), this.#observer(speaker)]
      if (now >= 0 && by >= 0) world.toldAhead.set(now, { speaker: by, told })
    }
  }

  /** Open relays, and terminals without link. */
  #carrySigns(world: World): void {
    const before = this.#before
    for (const meter of before.relaysOpen) {
      const now = this.#observer(meter)
      if (now >= 0) world.relaysOpen.add(now)
    }
    for (const [terminal, since] of before.offlineSince) {
      const now = this.#observer(terminal)
      if (now >= 0) world.offlineSince.set(now, since)
    }
    world.linksTurned = true
  }

  #carryCallers(world: World): void {
    const { callers, grid } = this.#before
    for (const request of callers.requests) world.callers.requests.add(request)
    for (const [key, caller] of callers.registers) {
      const { ids } = grid.usagePoints
      const point = this.#same ? caller.point : moved(ids, this.#grid.usagePoints.ids, caller.point)
      if (point >= 0) world.callers.put(key, { ...caller, point })
    }
    for (const { point } of world.callers.registers.values()) settleCallers(world, point)
  }

  /** A new grid may know devices that are away from what is normal there: it is looked at anew. */
  #carrySwitching(world: World): void {
    const { switching } = this.#before
    const parts = switching.returned.map((part) => ({
      ...part,
      head: this.#survivor(world, part.head),
      atReturn: this.#askedBefore(part),
    }))
    world.switching = {
      ...switching,
      returned: parts.filter(({ head }) => head !== NONE),
      moved: switching.moved.map((device) => this.#device(device)).filter((now) => now >= 0),
      movedAt: this.#same ? switching.movedAt : (switching.movedAt ?? world.now),
    }
  }

  /** Of whom the incident of a part had asked when that was back, how many there still are. */
  #askedBefore({ incident, atReturn }: ReturnedPart): number {
    const asked = this.#before.cases.get(incident)?.reads.asked ?? []
    return this.#observers(asked.slice(0, atReturn)).length
  }

  /** What was found out: returns, ends, figures, and the news not yet judged. */
  #carryMarks(world: World): void {
    const before = this.#before
    for (const [head, at] of before.belief.cameBack) {
      const now = this.#survivor(world, head)
      if (now !== NONE) world.belief.cameBack.set(now, at)
    }
    for (const [key, to] of before.ended.stretches)
      for (const place of this.#places(world, key)) world.ended.addStretch(world.network, place, to)
    for (const [key, to] of before.ended.returns)
      for (const place of this.#places(world, key)) world.ended.addReturn(world.network, place, to)
    for (const [feeder, figures] of before.feeders) {
      const id = before.grid.feeders[feeder]!.id
      const now = this.#same ? feeder : this.#grid.feeders.findIndex((f) => f.id === id)
      if (now >= 0) world.feeders.set(now, figures)
    }
    for (const heard of ['news', 'recent'] as const)
      for (const [root, news] of before[heard]) {
        const now = this.#survivor(world, root)
        if (now !== NONE) world[heard].set(world.belief.network.rootOf(now), news)
      }
    const { sums } = before.belief
    for (let head = 0; this.#same && head < sums.heads; head++)
      if (sums.firstHeard(head) < Number.POSITIVE_INFINITY)
        world.belief.recallHeard(head, sums.firstHeard(head), sums.lastHeard(head))
  }

  /** Questions under way, and what was learned by asking. */
  #carryCalls(world: World): void {
    const { calls, belief, answeredLive } = this.#before
    world.calls.next = calls.next
    world.calls.left = calls.left
    world.calls.leftAt = calls.leftAt
    for (const call of calls.open.values()) {
      const terminal = this.#observer(call.terminal)
      const targets = this.#observers(call.targets)
      const waiting = this.#observers(call.waiting)
      if (terminal >= 0 && waiting.length > 0)
        world.calls.begin({ ...call, terminal, targets, waiting })
    }
    for (const [observer, cost] of belief.unanswered) {
      const now = this.#observer(observer)
      if (now >= 0) world.belief.leaveUnanswered(now, cost)
    }
    for (const observer of this.#observers([...answeredLive])) world.answeredLive.add(observer)
  }

  #observers(before: readonly number[]): number[] {
    return before.map((observer) => this.#observer(observer)).filter((now) => now >= 0)
  }

  #adopt(world: World, incident: Case): void {
    const part = incident.observer === NONE ? this.#leftParts(world, incident.head)[0] : undefined
    const head = part ?? this.#survivor(world, incident.head)
    const observer = incident.observer === NONE ? NONE : this.#observer(incident.observer)
    const vanished =
      head === NONE ||
      (incident.observer !== NONE && observer < 0) ||
      (part === undefined &&
        this.#before.grid.devices.ids.idOf(incident.head) !== this.#grid.devices.ids.idOf(head))
    if (incident.finding === null) world.cases.set(incident.number, incident)
    else world.findings.set(incident.finding, incident)
    if (this.#same) return
    const calledBy = part !== undefined && incident.named === NONE ? incident.head : incident.named
    const named = calledBy === NONE ? NONE : this.#device(calledBy)
    if (vanished && !incident.flags.includes('deviceVanished'))
      incident.flags.push('deviceVanished')
    if (vanished) this.#headsBefore.set(incident, incident.head)
    incident.head = head === NONE ? firstHead(world) : head
    incident.observer = vanished ? NONE : observer
    incident.named = named
    incident.segmentAt = { head: incident.head, observer: incident.observer }
    incident.rivals = []
    incident.suspectedTie = null
    incident.tieRivals = []
    incident.tiePart = NONE
    const { asked, atReturn } = incident.reads
    const before = this.#observers(asked.slice(0, atReturn))
    const since = this.#observers(asked.slice(atReturn))
    incident.reads = { ...incident.reads, asked: [...before, ...since], atReturn: before.length }
    if (incident.finding === null) rescale(world, incident)
    world.again.set(world.belief.network.rootOf(incident.head), world.now)
  }

  /**
   * Where others stand below the device that a case moved up to, it is not theirs: it goes on at the
   * first of the parts that it had below it.
   */
  #keepApart(world: World): void {
    const active = [...world.cases.values()].filter(isActive)
    for (const incident of active) {
      const before = this.#headsBefore.get(incident)
      if (before === undefined || incident.observer !== NONE) continue
      const others = active.filter((other) => other !== incident)
      if (!others.some(({ head }) => isHeadBelow(world, head, incident.head))) continue
      const part = this.#partsOf(world, before).find(
        (head) =>
          head !== incident.head &&
          isHeadBelow(world, head, incident.head) &&
          !others.some((o) => isHeadBelow(world, o.head, head) || isOver(world, o, head)),
      )
      if (part === undefined) continue
      incident.head = part
      incident.segmentAt = { head: part, observer: NONE }
      rescale(world, incident)
    }
  }

  /** What hung below a device that is still there but feeds nobody any more, topmost first. */
  #leftParts(world: World, head: number): number[] {
    const now = this.#same ? NONE : this.#device(head)
    return now < 0 || world.network.head[now] !== NONE ? [] : this.#partsOf(world, head)
  }

  /** What hung below a device and is still there, topmost first. */
  #partsOf(world: World, before: number): number[] {
    return this.#before.topology
      .subtree(before)
      .map((device) => this.#device(device))
      .filter((now) => now >= 0 && world.network.head[now] !== NONE)
      .map((now) => world.network.head[now]!)
  }

  /** What a key of `EndedOutages` stands for now: none where nothing is left of it. */
  #places(world: World, key: number): { head: number; observer: number }[] {
    const before = observerOfKey(key)
    if (before === NONE) {
      const left = this.#leftParts(world, key)
      const heads = left.length > 0 ? left : [this.#survivor(world, key)]
      return heads.filter((head) => head !== NONE).map((head) => ({ head, observer: NONE }))
    }
    const observer = this.#observer(before)
    const head = observer < 0 ? NONE : world.belief.headOf[observer]!
    return head === NONE ? [] : [{ head, observer }]
  }

  #device(device: number): number {
    return this.#same
      ? device
      : moved(this.#before.grid.devices.ids, this.#grid.devices.ids, device)
  }

  #observer(observer: number): number {
    if (this.#same || observer === NONE) return observer
    return moved(this.#before.grid.observers.ids, this.#grid.observers.ids, observer)
  }

  /** The head in the new world of the nearest device at or above `head` that it still has. */
  #survivor(world: World, head: number): number {
    if (this.#same) return head
    for (let d = head; d >= 0; d = this.#before.topology.parent[d]!) {
      const now = this.#device(d)
      if (now >= 0 && world.network.head[now] !== NONE) return world.network.head[now]!
    }
    return NONE
  }
}

const isOver = (world: World, { head, observer }: Case, below: number) =>
  observer === NONE && isHeadBelow(world, below, head)

const moved = (before: IdTable, after: IdTable, index: number) => after.indexOf(before.idOf(index))

/** Somewhere to stand for an incident of which nothing is left, until it is withdrawn. */
function firstHead(world: World): number {
  return Math.max(
    0,
    world.network.head.findIndex((head) => head !== NONE),
  )
}

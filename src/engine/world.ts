/**
 * Everything the engine knows under one grid and one set of rules: the network, what was said, what
 * it adds up to, and the incidents. Mutable inside, seen by the stages only.
 */
import type { Position } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { Topology } from '../grid/topology.ts'
import type { Change, EvidenceItem } from './changes.ts'
import { OFF, Registers } from './evidence/registers.ts'
import type { Case } from './incidents/case.ts'
import { Belief } from './inference/belief.ts'
import { modelFrom, priorsFrom } from './inference/likelihoods.ts'
import { Network, NONE } from './inference/network.ts'
import type { Rules } from './rules.ts'

/** A restoration that is over: late offs from before it are history, not news. */
export interface PastOutage {
  readonly head: number
  readonly from: InstantMs
  readonly to: InstantMs
}

/** What is out on one feeder. */
export interface FeederFigures {
  readonly incidents: number
  readonly transformers: number
  readonly customers: number
}

/** What was heard in one tree since it was last judged. */
export interface TreeNews {
  readonly evidence: EvidenceItem[]
  readonly causes: Position[]
}

export class World {
  readonly grid: CompiledGrid
  readonly rules: Rules
  readonly topology: Topology
  readonly network: Network
  readonly registers: Registers
  readonly belief: Belief
  /** Engine time: that of the last tick. */
  now: InstantMs = 0
  /** All cases that are not closed, by number. */
  readonly cases = new Map<number, Case>()
  nextCase = 1
  /** Trees to judge at the next tick, by root head, with what was heard there. */
  readonly news = new Map<number, TreeNews>()
  /** When lit trees are looked at again because silence has grown, by root head. */
  readonly again = new Map<number, InstantMs>()
  /** Observers that said "on" and when their word goes stale, oldest first. */
  freshOns: { readonly observer: number; readonly until: InstantMs }[] = []
  pastOutages: PastOutage[] = []
  /** Switch positions reported open, by device, with the time. */
  readonly reportedOpen = new Map<number, InstantMs>()
  /** Observers whose last word named fewer phases than they have. */
  readonly phaseSpoken = new Set<number>()
  /** Link state of terminals that were ever heard: 1 online, 0 offline. */
  readonly links = new Map<number, number>()
  /** Figures of feeders with an outage, as last published. */
  readonly feeders = new Map<number, FeederFigures>()
  /** Facts of the running minute, by kind. */
  counts = new Map<string, number>()
  minute: InstantMs = 0
  /** Decided actions, newest last, so that a repeated request changes nothing. */
  readonly decided = new Map<string, Change & { type: 'action' }>()

  constructor(grid: CompiledGrid, rules: Rules, registers?: Registers, open?: Uint8Array) {
    this.grid = grid
    this.rules = rules
    this.topology = new Topology(grid)
    for (let d = 0; open && d < open.length; d++) this.topology.operate(d, open[d] === 1)
    this.network = new Network(this.topology, priorsFrom(rules.judgement, grid))
    this.registers = registers ?? new Registers(grid.observers.ids.count)
    this.belief = new Belief(this.network, this.registers, modelFrom(rules.judgement, grid))
  }

  /**
   * The world after a new grid or new rules: what was said is carried over by observer, incidents by
   * the device they stand for. An incident whose device vanished moves to the nearest surviving one
   * above and is flagged; where none survives it is withdrawn at the next tick.
   */
  static successor(before: World | undefined, grid: CompiledGrid, rules: Rules): World {
    if (!before) return new World(grid, rules)
    const sameGrid = before.grid === grid
    const registers = sameGrid ? before.registers : carriedOver(before, grid)
    const world = new World(grid, rules, registers, sameGrid ? before.topology.open : undefined)
    world.now = before.now
    world.belief.now = before.now
    world.nextCase = before.nextCase
    world.minute = before.minute
    world.counts = before.counts
    for (const [id, action] of before.decided) world.decided.set(id, action)
    for (const incident of before.cases.values()) adopt(before, world, incident)
    for (const [head, at] of before.belief.cameBack) {
      const now = survivor(before, world, head)
      if (now !== NONE) world.belief.cameBack.set(now, at)
    }
    if (sameGrid) {
      world.freshOns = before.freshOns
      world.pastOutages = before.pastOutages
      for (const [terminal, state] of before.links) world.links.set(terminal, state)
      for (const [feeder, figures] of before.feeders) world.feeders.set(feeder, figures)
      for (const [device, at] of before.reportedOpen) world.reportedOpen.set(device, at)
      for (const [head, opened] of before.belief.opened)
        world.belief.believeOpen(head, opened.at, opened.cost, opened.observer)
    }
    for (let d = 0; d < world.network.head.length; d++)
      if (world.network.head[d] === d && world.network.above[d] === NONE && world.belief.lit(d))
        world.again.set(d, world.now)
    return world
  }

  /** Notes that something was heard below `head`, so that its tree is judged at the next tick. */
  stir(head: number, position: Position, item?: EvidenceItem): void {
    const root = this.belief.rootOf(head)
    let news = this.news.get(root)
    if (!news) {
      news = { evidence: [], causes: [] }
      this.news.set(root, news)
    }
    news.causes.push(position)
    if (item) news.evidence.push(item)
  }

  /** True where somebody below `root` says that some, not all, of its phases are lost. */
  speaksOfPhases(root: number): boolean {
    for (const observer of this.phaseSpoken) {
      const head = this.belief.headOf[observer]!
      if (this.registers.state[observer] !== OFF) this.phaseSpoken.delete(observer)
      else if (head !== NONE && this.belief.rootOf(head) === root) return true
    }
    return false
  }

  /** The authenticated identity behind an observer: who forwards for it, or itself. */
  identityOf(observer: number): number {
    const via = this.grid.observers.via[observer]!
    return via < 0 ? observer : via
  }
}

/** Registers of observers that the new grid still has. */
function carriedOver(before: World, grid: CompiledGrid): Registers {
  const registers = new Registers(grid.observers.ids.count)
  for (let o = 0; o < before.grid.observers.ids.count; o++) {
    if (before.registers.atOf(o) === 0) continue
    const now = grid.observers.ids.indexOf(before.grid.observers.ids.idOf(o))
    if (now >= 0) registers.copyFrom(before.registers, o, now)
  }
  return registers
}

/** The head in the new world of the nearest device at or above `head` that it still has. */
function survivor(before: World, world: World, head: number): number {
  for (let d = head; d >= 0; d = before.topology.parent[d]!) {
    const now = world.grid.devices.ids.indexOf(before.grid.devices.ids.idOf(d))
    if (now >= 0 && world.network.head[now] !== NONE) return world.network.head[now]!
  }
  return NONE
}

function adopt(before: World, world: World, incident: Case): void {
  const head = survivor(before, world, incident.head)
  const observer =
    incident.observer === NONE
      ? NONE
      : world.grid.observers.ids.indexOf(before.grid.observers.ids.idOf(incident.observer))
  const vanished =
    head === NONE ||
    (incident.observer !== NONE && observer < 0) ||
    before.grid.devices.ids.idOf(incident.head) !== world.grid.devices.ids.idOf(head)
  if (vanished && !incident.flags.includes('deviceVanished')) incident.flags.push('deviceVanished')
  incident.head = head === NONE ? 0 : head
  incident.observer = observer < 0 ? NONE : observer
  incident.rivals = []
  world.cases.set(incident.number, incident)
  if (head !== NONE) world.again.set(world.belief.rootOf(incident.head), world.now)
}

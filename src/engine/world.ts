/**
 * Everything the engine knows under one grid and one set of rules: the network, what was said, what
 * it adds up to, and the incidents. Mutable inside, seen by the stages only.
 */
import type { Position } from '../facts/facts.ts'
import type { UnitId } from '../facts/ids.ts'
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { OBSERVER_CLASSES } from '../grid/model.ts'
import { Topology } from '../grid/topology.ts'
import { Calls } from './callreads/calls.ts'
import { CareBook } from './care/care-book.ts'
import type { Change, EvidenceItem } from './changes.ts'
import { Callers } from './evidence/callers.ts'
import { Clocks } from './evidence/clocks.ts'
import type { Indication } from './evidence/indication.ts'
import type { PhaseWords } from './evidence/phase-book.ts'
import { OFF, Registers } from './evidence/registers.ts'
import { lateAfterMs } from './evidence/reliability.ts'
import type { SwitchWord } from './evidence/switch-position.ts'
import type { Case } from './incidents/case.ts'
import { EndedOutages } from './incidents/ended.ts'
import { Belief } from './inference/belief.ts'
import { modelFrom, priorsFrom } from './inference/likelihoods.ts'
import { Network, NONE } from './inference/network.ts'
import { Plans } from './plans/plans.ts'
import type { Counts } from './repair/history.ts'
import type { Rules } from './rules.ts'
import type { VisitState } from './service/visit-change.ts'
import { noStorm } from './storm/state.ts'
import {
  type AcrossState,
  nothingAcross,
  nothingToSum,
  type SummaryState,
} from './summary/state.ts'
import { noSwitching } from './switching/state.ts'
import type { Temperature } from './weather/temperature.ts'

/** What is out on one feeder. */
export interface FeederFigures {
  readonly incidents: number
  readonly transformers: number
  readonly customers: number
  /** Rating of those transformers; not published of a feeder. */
  readonly ratedVa: number
}

/** What was heard in one tree since it was last judged. */
export interface TreeNews {
  readonly evidence: EvidenceItem[]
  readonly causes: Position[]
}

/** The latest word of a speaker, by its own clock. */
interface ToldAhead {
  readonly speaker: number
  readonly told: InstantMs
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
  /** What was heard last in trees that are lit, by root head: what time alone brings to light rests on it. */
  readonly recent = new Map<number, TreeNews>()
  /** When lit trees are looked at again because silence has grown, by root head. */
  readonly again = new Map<number, InstantMs>()
  /** Outages that are over: late offs from before their end are history, not news. */
  ended = new EndedOutages()
  /** What was said of switches, in order, by device. */
  readonly switchWords = new Map<number, readonly SwitchWord[]>()
  /** Fault current that was seen of late, by terminal and place. */
  readonly indications = new Map<string, Indication>()
  /** What observers said of single phases, where that differs by phase. */
  readonly phaseBook = new Map<number, PhaseWords>()
  /** Who spoke last of an observer, where that was not its usual speaker. */
  readonly speakers = new Map<number, number>()
  /** What another than its usual speaker said of an observer by a clock that is ahead. */
  readonly toldAhead = new Map<number, ToldAhead>()
  readonly clocks = new Clocks()
  /** When an off counts as late, by class of observer. */
  readonly lateAfterMs: readonly number[]
  /** Observers whose last off came later than is usual for their class, as many as are kept. */
  readonly lateOffs = new Set<number>()
  /** What was learned of observers and takes effect once they are silent, packed. */
  readonly toRegrade = new Map<number, number>()
  /** Devices away from their normal position, in order, as the network hangs now. */
  arranged: readonly (readonly [device: number, open: boolean])[]
  /** Switching that is to come, and what the last one did. */
  switching = noSwitching()
  /** Observers whose last word named fewer phases than they have. */
  readonly phaseSpoken = new Set<number>()
  /** Call-reads under way. */
  readonly calls = new Calls()
  /** Observers whose last word that they have supply was an answer to a call-read. */
  readonly answeredLive = new Set<number>()
  #ties: readonly number[] | undefined

  /** Normally open devices. */
  get ties(): readonly number[] {
    const { normallyOpen } = this.grid.devices
    this.#ties ??= [...normallyOpen.keys()].filter((device) => normallyOpen[device] === 1)
    return this.#ties
  }

  /** Link state of terminals that were ever heard: 1 online, 0 offline. */
  readonly links = new Map<number, number>()
  /** Figures of feeders with an outage, as last published. */
  readonly feeders = new Map<number, FeederFigures>()
  /** Facts of the running minute, by kind. */
  counts = new Map<string, number>()
  minute: InstantMs = 0
  /** Root of the tree at which the last tick left off that had more to judge than it may. */
  judgedUpTo = NONE
  /** The last tick left trees for the next; nothing follows from it but when that one comes. */
  isBehind = false
  /** What callers say of their own premises. */
  readonly callers = new Callers()
  /** What looks like an outage and is none of the network's, by what it is found by. */
  readonly findings = new Map<string, Case>()
  /** Meters whose relay a call-read last found open (费控跳闸). */
  readonly relaysOpen = new Set<number>()
  /** Terminals without link, since when, and the fact that said so. */
  readonly offlineSince = new Map<number, { readonly at: InstantMs; readonly position: Position }>()
  /** True where links came or went since dead cells were looked for. */
  linksTurned = false
  /** Announced outages. */
  readonly plans = new Plans()
  /** What is noted of customers and areas. */
  readonly care: CareBook
  storm = noStorm()
  /** Notices numbered on the local day, so that no number is used twice. */
  notices = { day: 0, count: 0 }
  /** When people are next due a notice or a word that something runs late. */
  serviceDue: InstantMs = Number.POSITIVE_INFINITY
  summary: SummaryState = nothingToSum()
  /** What is known of other parts of the network, where engines judge parts of it. */
  across: AcrossState = nothingAcross()
  /** Feeders that another part judges since they left this one, by id, and which. */
  readonly left = new Map<string, number>()
  /** How long outages lasted, by group. */
  durations: Counts = new Map()
  /** Cities whose share of customers without supply was told to the group. */
  citiesTold: readonly string[] = []
  /** What was told of the temperature, by unit. */
  readonly temperatures = new Map<UnitId, Temperature>()
  /** Visits to customers whose life hangs on supply, by usage point, while they are without it. */
  visits = new Map<string, VisitState>()
  /** Decided actions, newest last, so that a repeated request changes nothing. */
  readonly decided = new Map<string, Change & { type: 'action' }>()

  constructor(
    grid: CompiledGrid,
    rules: Rules,
    registers?: Registers,
    arranged: World['arranged'] = [],
  ) {
    this.grid = grid
    this.rules = rules
    this.lateAfterMs = OBSERVER_CLASSES.map((_, base) => lateAfterMs(rules.judgement, base))
    this.topology = new Topology(grid)
    this.arranged = arranged
    this.topology.arrange(arranged)
    this.care = new CareBook(grid)
    this.network = new Network(this.topology, priorsFrom(rules.judgement))
    this.registers = registers ?? new Registers(grid.observers.ids.count)
    this.belief = new Belief(
      this.network,
      this.registers,
      modelFrom(rules.judgement, grid, this.registers),
    )
    this.belief.sourceOf = (observer) => this.sourceOf(observer)
  }

  /** Notes that something was heard below `head`, so that its tree is judged at the next tick. */
  stir(head: number, position: Position, item?: EvidenceItem): void {
    const root = this.belief.network.rootOf(head)
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
      else if (head !== NONE && this.belief.network.rootOf(head) === root) return true
    }
    return false
  }

  /** The authenticated identity behind an observer: who forwards for it, or itself; staff are one. */
  identityOf(observer: number): number {
    if (observer === NONE) return NONE
    const via = this.grid.observers.via[observer]!
    return via < 0 ? observer : via
  }

  /** The identity that the observer's last statement came from. */
  sourceOf(observer: number): number {
    return this.speakers.get(observer) ?? this.identityOf(observer)
  }
}

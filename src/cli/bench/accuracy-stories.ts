/**
 * The whole engine on virtual time for the stories of `bench accuracy`: who lost supply or has it
 * again says so late, as the rule file has it, or never; what is open by then is read off its cases.
 */
import type { DelayCurve } from '../../engine/cost/likelihood.ts'
import { Engine } from '../../engine/engine.ts'
import { ON } from '../../engine/evidence/registers.ts'
import { type Case, isActive } from '../../engine/incidents/case.ts'
import { NONE } from '../../engine/inference/network.ts'
import { backBelow } from '../../engine/repair/back.ts'
import type { Rules } from '../../engine/rules.ts'
import type { World } from '../../engine/world.ts'
import type { Fact } from '../../facts/facts.ts'
import type { ObserverId } from '../../facts/ids.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { classKey, type DeviceClass, type Draw, type Laboratory } from './accuracy-cases.ts'

/** When the story begins; any time will do. */
const BEGINS_AT = 1_700_000_000_000

/** The engine looks again at most so often: a lit tree changes little in between. */
const TICK_MS = 5_000

/** A call-read is answered so late: seconds over the grid's own radio, and well before it is overdue. */
const ANSWER_MS = 10_000

const METER = OBSERVER_CLASSES.indexOf('meter')

export interface StoryOptions {
  readonly loss: number
  /** The engine asks by its own rules and budgets where this is above 0. */
  readonly callReads: number
  readonly reply: number
}

/** Answers are drawn apart, anew for each story: whoever asks otherwise hears the same stories. */
export interface StoryDraws {
  readonly story: Draw
  readonly answers: () => Draw
}

/** One story: facts in, by the second; the engine's own state out. */
export class Story {
  readonly dark = new Set<number>()
  /** Observers whose loss, and whose return, is heard. */
  readonly heardOff = new Set<number>()
  readonly heardOn = new Set<number>()
  now = BEGINS_AT
  readonly #engine: Engine
  readonly #grid: CompiledGrid
  readonly #rules: Rules
  readonly #options: StoryOptions
  readonly #draw: Draw
  readonly #drawAnswer: Draw
  #position = 0
  /** What is under way, by when it arrives. */
  #coming: Fact[] = []

  constructor(grid: CompiledGrid, shipped: Rules, options: StoryOptions, draws: StoryDraws) {
    const callReads = { ...shipped.judgement.callReads, enabled: options.callReads > 0 }
    this.#rules = { ...shipped, judgement: { ...shipped.judgement, callReads } }
    this.#grid = grid
    this.#options = options
    this.#draw = draws.story
    this.#drawAnswer = draws.answers()
    this.#engine = new Engine({ grid: () => grid, rules: () => this.#rules })
    const applied = { receivedAt: this.now, by: 'bench' }
    this.#apply({ type: 'rulesApplied', digest: 'rules', ...applied })
    this.#apply({ type: 'gridApplied', digest: 'grid', ...applied })
    this.#apply({ type: 'tick', at: this.now })
  }

  get world(): World {
    return this.#engine.world!
  }

  /** These observers lose their supply now. */
  lose(observers: Iterable<number>): void {
    for (const observer of observers) {
      this.dark.add(observer)
      this.#report(observer, 'powerOff')
    }
  }

  /** These have it again. */
  regain(observers: Iterable<number>): void {
    for (const observer of observers) {
      this.dark.delete(observer)
      this.#report(observer, 'powerOn')
    }
  }

  /** A dispatcher enters how a switch has stood since. */
  enter(device: number, position: 'open' | 'closed', at: number): void {
    this.#apply({
      type: 'switching',
      receivedAt: this.now,
      requestId: `r${device}`,
      device: this.#grid.devices.ids.idOf(device) as never,
      position,
      at,
      source: 'dispatcher',
      by: 'bench',
    })
  }

  /** Time passes; what is under way arrives. */
  pass(ms: number): void {
    const until = this.now + ms
    this.#coming.sort((a, b) => arrival(a) - arrival(b))
    for (this.now += TICK_MS; this.now <= until; this.now += TICK_MS) {
      const due = this.#coming.filter((fact) => arrival(fact) <= this.now)
      this.#coming = this.#coming.filter((fact) => arrival(fact) > this.now)
      for (const fact of due) this.#apply(fact)
      const deadline = this.#engine.nextDeadline()
      if (deadline !== undefined && deadline <= this.now)
        this.#apply({ type: 'tick', at: this.now })
    }
    this.now = until
    this.#apply({ type: 'tick', at: until })
  }

  /** What the engine holds open: outages of the network whose return it has not seen. */
  openCases(): Case[] {
    return [...this.world.cases.values()].filter(
      (c) => isActive(c) && c.cameBackAt === null && c.finding === null,
    )
  }

  /** Ties that some incident names as perhaps closed: the likeliest of each, and all it names. */
  suspectedTies(): { readonly first: readonly number[]; readonly all: readonly number[] } {
    const named = [...this.world.cases.values()].filter((c) => isActive(c) && c.suspectedTie)
    const first = named.map((c) => c.suspectedTie!.device)
    const rivals = named.flatMap((c) => c.tieRivals.map(({ device }) => device))
    return { first, all: [...first, ...rivals] }
  }

  /**
   * Meters that the engine counts as without supply: below what it holds open, but for transformers
   * that it counts as back, and not heard since.
   */
  countedDark(): Set<number> {
    const { network, registers, grid } = this.world
    const counted = new Set<number>()
    for (const incident of this.openCases()) {
      const { head, observer, darkAt } = incident
      const back = backBelow(this.world, incident)
      const count = (meter: number) => {
        const saysOn = registers.state[meter] === ON && registers.atOf(meter) > darkAt
        const isBack = saysOn || back.has(network.seatOf(meter))
        if (grid.observers.class[meter] === METER && !isBack) counted.add(meter)
      }
      if (observer === NONE) network.eachObserver(head, count)
      else count(observer)
    }
    return counted
  }

  #report(observer: number, kind: 'powerOff' | 'powerOn'): void {
    if (this.#draw() < this.#options.loss) return
    const { observers } = this.#rules.judgement
    const { offDelay, onDelay } =
      observers[OBSERVER_CLASSES[this.#grid.observers.class[observer]!]!]
    const [delay, heard] = kind === 'powerOff' ? [offDelay, this.heardOff] : [onDelay, this.heardOn]
    heard.add(observer)
    const speaker = this.world.network.forwarderOf(observer)
    this.#coming.push({
      type: 'report',
      receivedAt: this.now + delayAt(delay, this.#draw()),
      terminal: this.#idOf(speaker),
      kind,
      at: this.now,
      ...(speaker === observer ? {} : { meters: [this.#idOf(observer)] }),
    })
  }

  #apply(fact: Fact): void {
    for (const change of this.#engine.apply({ position: ++this.#position, fact }))
      if (change.type === 'callRead') this.#answer(change.terminal, change.targets)
  }

  /** A live meter answers with `reply`, a dead one never. */
  #answer(terminal: ObserverId, targets: readonly ObserverId[]): void {
    const answering = targets.filter((target) => {
      const replies = this.#drawAnswer() < this.#options.reply
      return replies && !this.dark.has(this.#grid.observers.ids.indexOf(target))
    })
    if (answering.length === 0) return
    const receivedAt = this.now + ANSWER_MS
    const readings = answering.map((target) => ({ target, result: 'energised' as const }))
    this.#coming.push({ type: 'reading', receivedAt, terminal, at: receivedAt, readings })
  }

  #idOf(observer: number): ObserverId {
    return this.#grid.observers.ids.idOf(observer) as ObserverId
  }
}

const arrival = (fact: Fact) => ('receivedAt' in fact ? fact.receivedAt : 0)

/** The delay that this share of what arrives does not exceed, in whole milliseconds. */
export function delayAt(curve: DelayCurve, share: number): number {
  let [fromMs, from] = [0, 0]
  for (const [ms, arrived] of curve) {
    if (share < arrived)
      return Math.round(fromMs + ((ms - fromMs) * (share - from)) / (arrived - from))
    fromMs = ms
    from = arrived
  }
  return fromMs
}

/** Everything that speaks below an open class. */
export function observersOf(lab: Laboratory, { head, observer }: DeviceClass): number[] {
  if (observer !== NONE) return [observer]
  const below: number[] = []
  lab.network.eachObserver(head, (o) => below.push(o))
  return below
}

/** What the engine holds open, as classes of the network in its normal state. */
export function namedBy(lab: Laboratory, story: Story): DeviceClass[] {
  return story
    .openCases()
    .map(({ head, observer }) => lab.byKey.get(classKey(head, observer)))
    .filter((named) => named !== undefined)
}

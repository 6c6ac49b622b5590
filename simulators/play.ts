/**
 * Plays a scenario: its steps act on the world, the world's changes become reports, and what
 * really happened goes into the truth.
 */
import { formatInstant } from '../src/facts/time.ts'
import type { EventKind } from '../src/facts/wire.ts'
import { Agenda } from './agenda.ts'
import { Answerer } from './answerer.ts'
import { drawFalseReports } from './channel.ts'
import { describeDeed, type OnDeed } from './deeds.ts'
import type { Fleet } from './fleet.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import { type Cause, Reporter } from './reporter.ts'
import type { Roster } from './roster.ts'
import type { Scenario } from './scenario.ts'
import { type Fault, type Step, writeScript } from './script.ts'
import { newTally } from './tally.ts'
import { describeFault, idOfTarget, type TruthEvent, type TruthLine } from './truth.ts'
import { type Effect, type Target, World } from './world.ts'

/** After the last event reports are still on their way: beyond P99 of every delay, scenario ms. */
const TAIL_MS = 300_000

/** How often the tail looks whether everything has been handed over, scenario ms. */
const TAIL_POLL_MS = 500

export interface PlayOptions {
  readonly scenario: Scenario
  readonly seed: string
  /** Above 1 is faster than real time. */
  readonly speed: number
  /** How many rounds to play; default: one, or without end where the scenario loops. */
  readonly rounds?: number
  /** Ends the run early. */
  readonly signal?: AbortSignal
  readonly onTruth?: (line: TruthLine) => void
  readonly onProgress?: (line: string) => void
  /** Does what people do; absent: it is only told of. */
  readonly onDeed?: OnDeed
}

export class Play {
  readonly #options: PlayOptions
  readonly #network: Network
  readonly #roster: Roster
  readonly #random: Random
  readonly #fleet: Fleet
  readonly #agenda: Agenda
  readonly #world: World
  readonly #reporter: Reporter
  /** Accounts of all faults so far, and what each unrestored fault holds open. */
  readonly #causes = new Map<string, Cause>()
  readonly #open = new Map<string, { readonly fault: Fault; targets: Target[] }>()
  readonly #noise: Cause = { id: 'noise', off: newTally(), on: newTally() }

  constructor(
    options: PlayOptions,
    network: Network,
    roster: Roster,
    random: Random,
    fleet: Fleet,
    agenda = new Agenda(options.speed),
  ) {
    this.#options = options
    this.#network = network
    this.#roster = roster
    this.#random = random
    this.#fleet = fleet
    this.#agenda = agenda
    this.#world = new World(network)
    this.#reporter = new Reporter({
      network,
      roster,
      fleet,
      random,
      world: this.#world,
      agenda: this.#agenda,
      channel: options.scenario.channel,
    })
    const answerer = new Answerer({
      network,
      roster,
      fleet,
      random,
      world: this.#world,
      agenda: this.#agenda,
      channel: options.scenario.channel,
    })
    fleet.onCall = (terminal, payload) => answerer.called(terminal, payload)
  }

  /** Faults and momentary interruptions so far. */
  get faults(): number {
    return this.#causes.size
  }

  /** Plays round after round; answers how many were played. */
  async rounds(): Promise<number> {
    const { scenario, signal, rounds, seed, speed } = this.#options
    const durationMs = scenario.durationSeconds * 1000
    this.#truth(0, {
      event: 'start',
      scenario: scenario.name.en,
      seed,
      speed,
      grid: this.#network.grid.name ?? null,
      usagePoints: this.#network.grid.usagePoints.length,
      terminals: this.#fleet.size,
    })
    if (scenario.announce && this.#fleet.alwaysConnected) this.#reporter.announce(0, this.#noise)
    const last = rounds ?? (scenario.loop ? Number.POSITIVE_INFINITY : 1)
    let played = 0
    while (played < last && !signal?.aborted) {
      this.#plan(played, played * durationMs)
      played += 1
      await this.#until(played * durationMs)
      // A further round finds the network whole.
      if (played < last && !signal?.aborted)
        for (const { fault } of [...this.#open.values()]) this.#close(played * durationMs, fault)
    }
    const tailMs = played * durationMs + TAIL_MS
    while (this.#reporter.onTheWay > 0 && this.#agenda.nowMs < tailMs && !signal?.aborted)
      await this.#until(this.#agenda.nowMs + TAIL_POLL_MS)
    return played
  }

  /** Writes the counts that end the truth. */
  sumUp(): void {
    const atMs = this.#agenda.nowMs
    for (const { id, off, on } of this.#causes.values())
      this.#truth(atMs, { event: 'reports', fault: id, off: { ...off }, on: { ...on } })
    this.#truth(atMs, { event: 'end', counters: { ...this.#fleet.counters } })
  }

  /** Nothing happens any more. */
  stop(): void {
    this.#agenda.stop()
  }

  #plan(round: number, fromMs: number): void {
    const { scenario } = this.#options
    const random = this.#random.fork(`round ${round}`)
    const prefix = round === 0 ? '' : `r${round + 1}-`
    const script = writeScript(scenario, this.#network, this.#roster, random, prefix)
    for (const note of script.notes) this.#progress(note)
    for (const step of script.steps)
      this.#agenda.at(fromMs + step.atMs, () => this.#take(step, fromMs + step.atMs, fromMs))
    this.#planFalseReports(random.fork('false'), fromMs)
  }

  /** The false reports that come by themselves, at random times of the round. */
  #planFalseReports(random: Random, fromMs: number): void {
    const { channel, durationSeconds } = this.#options.scenario
    const observers = [...this.#network.grid.observers.keys()]
    const count = drawFalseReports(channel, random, observers.length, durationSeconds * 1000)
    for (const observer of random.sample(observers, count)) {
      const atMs = fromMs + random.uniform() * durationSeconds * 1000
      this.#agenda.at(atMs, () => this.#sayFalsely([observer], atMs, undefined))
    }
  }

  #take(step: Step, atMs: number, roundMs: number): void {
    switch (step.kind) {
      case 'open':
        this.#openFault(atMs, step.fault)
        break
      case 'close':
        this.#close(atMs, step.fault)
        break
      case 'partial':
        this.#closePart(atMs, step.fault, step.keep)
        break
      case 'channelLoss':
        this.#cut(atMs, 'channelLoss', 'channel', step.terminals, step.forMs)
        break
      case 'dead':
        this.#cut(atMs, 'dead', 'dead', step.terminals, step.forMs)
        break
      case 'falseOff':
        this.#sayFalsely(step.observers, atMs, step.clearAfterMs)
        break
      case 'skew':
        for (const index of step.terminals)
          this.#fleet.terminal(index).clockErrorMs += step.byMs / this.#agenda.speed
        this.#progress(`clocks of ${step.terminals.length} terminals off by ${step.byMs / 1000} s`)
        this.#truth(atMs, { event: 'skew', terminals: step.terminals.length, until: null })
        break
      case 'say':
        this.#reporter.sayAsWritten(step.terminals, step.said, atMs)
        break
      case 'reading':
        this.#reporter.readAsWritten(step.terminals, step.read, atMs)
        break
      case 'deed':
        this.#progress(describeDeed(step.deed))
        this.#options.onDeed?.(
          step.deed,
          (atSeconds) => this.#agenda.wallAt(roundMs + atSeconds * 1000),
          this.#agenda.wallAt(atMs),
        )
    }
  }

  #openFault(atMs: number, fault: Fault): void {
    const cause: Cause = { id: fault.id, off: newTally(), on: newTally() }
    this.#causes.set(fault.id, cause)
    this.#open.set(fault.id, { fault, targets: [fault.target] })
    const effect = this.#world.open(fault.target, fault.phases)
    const watched = this.#operate(fault.target, 'trips', atMs, cause)
    const heard = this.#reporter.supplyChanged(effect.changes, atMs, cause) + watched
    const seen = { lost: effect.lost, observers: cause.off.made, heard }
    const line = describeFault(this.#network, fault, seen)
    this.#truth(
      atMs,
      fault.momentary ? { event: 'momentary', ...line } : { event: 'fault', ...line },
    )
    const what = fault.momentary ? 'momentary interruption' : 'fault'
    this.#progress(
      `${fault.id}: ${what} at ${fault.level} ${fault.deviceId} (${line.phases}), ` +
        `${line.usagePoints} usage points out, ${heard} of ${cause.off.made} reports on their way`,
    )
  }

  /** Ends a fault wherever it still holds something open. */
  #close(atMs: number, fault: Fault): void {
    const held = this.#open.get(fault.id)
    if (!held) return
    this.#open.delete(fault.id)
    const cause = this.#causes.get(fault.id)!
    let regained = 0
    for (const target of held.targets) {
      const effect = this.#world.close(target)
      this.#operate(target, fault.momentary ? 'recloses' : 'closes', atMs, cause)
      this.#reporter.supplyChanged(effect.changes, atMs, cause)
      regained += effect.regained.length
    }
    this.#truth(atMs, { event: 'restored', fault: fault.id, usagePoints: regained })
    this.#progress(`${fault.id}: restored, ${regained} usage points have supply again`)
  }

  /** The part below `keep` stays dark, the rest has supply again. */
  #closePart(atMs: number, fault: Fault, keep: Target): void {
    const held = this.#open.get(fault.id)
    if (!held) return
    const cause = this.#causes.get(fault.id)!
    // Opened first, so that nothing below it sees supply for a moment.
    this.#operate(keep, 'opens', atMs, cause)
    const opened = this.#world.open(keep)
    const closed = held.targets.map((target) => {
      this.#operate(target, 'closes', atMs, cause)
      return this.#world.close(target)
    })
    held.targets = [keep]
    this.#reporter.supplyChanged(opened.changes, atMs, cause)
    for (const effect of closed) this.#reporter.supplyChanged(effect.changes, atMs, cause)
    const usagePoints = regainedBy(closed)
    const keeps = idOfTarget(this.#network, keep)
    this.#truth(atMs, { event: 'partial', fault: fault.id, keeps, usagePoints })
    this.#progress(`${fault.id}: ${usagePoints} usage points restored, ${keeps} stays open`)
  }

  /** Lets those who watch the device tell of it; answers how many will be heard. */
  #operate(
    target: Target,
    how: 'trips' | 'opens' | 'closes' | 'recloses',
    atMs: number,
    cause: Cause,
  ): number {
    if (target.kind === 'usagePoint') return 0
    const { type } = this.#network.grid.devices[target.index]!
    const protects = type === 'breaker' || type === 'recloser'
    const kinds: readonly EventKind[] =
      how === 'trips' && protects
        ? ['protectionTrip', 'switchOpen']
        : how === 'trips' || how === 'opens'
          ? ['switchOpen']
          : how === 'recloses' && protects
            ? ['switchClosed', 'recloseSucceeded']
            : ['switchClosed']
    return this.#reporter.positionChanged(target.index, kinds, atMs, cause)
  }

  #cut(
    atMs: number,
    event: 'channelLoss' | 'dead',
    reason: 'channel' | 'dead',
    indices: readonly number[],
    forMs: number | undefined,
  ): void {
    const terminals = indices.map((index) => this.#fleet.terminal(index))
    for (const terminal of terminals) terminal.cut(reason)
    if (forMs !== undefined)
      this.#agenda.at(atMs + forMs, () => {
        for (const terminal of terminals) terminal.mend(reason, 'jittered')
      })
    const until = forMs === undefined ? null : formatInstant(this.#agenda.wallAt(atMs + forMs))
    this.#truth(atMs, { event, terminals: terminals.length, until })
    this.#progress(`${terminals.length} terminals cut off (${event})`)
  }

  #sayFalsely(chosen: readonly number[], atMs: number, clearAfterMs: number | undefined): void {
    // Only those that have supply can say falsely that they have none.
    const observers = chosen.filter((index) => this.#world.supplyOfObserver(index) === 'on')
    const { grid } = this.#network
    for (const observer of observers) {
      this.#reporter.sayFalsely(observer, 'powerOff', atMs, this.#noise)
      if (clearAfterMs === undefined) continue
      const clearMs = atMs + clearAfterMs
      this.#agenda.at(clearMs, () => {
        if (this.#world.supplyOfObserver(observer) === 'on')
          this.#reporter.sayFalsely(observer, 'powerOn', clearMs, this.#noise)
      })
    }
    const ids = observers.map((index) => grid.observers[index]!.id)
    this.#truth(atMs, { event: 'falseReports', observers: ids })
    this.#progress(`${ids.length} false reports`)
  }

  /** Resolves at a scenario time, or when the run is ended. */
  #until(atMs: number): Promise<void> {
    const { signal } = this.#options
    return new Promise((resolve) => {
      const done = () => {
        signal?.removeEventListener('abort', done)
        resolve()
      }
      if (signal?.aborted) return resolve()
      signal?.addEventListener('abort', done)
      this.#agenda.at(atMs, done)
    })
  }

  #truth(atMs: number, event: TruthEvent): void {
    const at = formatInstant(this.#agenda.wallAt(atMs))
    this.#options.onTruth?.({ $: 'truth', at, ...event })
  }

  #progress(text: string): void {
    this.#options.onProgress?.(text)
  }
}

function regainedBy(effects: readonly Effect[]): number {
  return effects.reduce((sum, effect) => sum + effect.regained.length, 0)
}

/**
 * All terminals of a run and their turns at the broker: how many dial at once, who stays
 * connected, and how long they wait before they dial again. It knows nothing of supply.
 */
import { connect } from 'mqtt'
import type { Agenda } from './agenda.ts'
import type { Random } from './random.ts'
import { type Counters, newCounters } from './tally.ts'
import { type Connect, Terminal, type TerminalHost } from './terminal.ts'

/** Connections being opened at once; brokers meet a few hundred CONNECTs a second without a queue. */
const MAX_DIALLING = 64

/** Full jitter of a reconnect, scenario seconds: spreads the herd after a broker's restart. */
const REDIAL_SECONDS = [1, 60] as const

/** Up to here all terminals keep a connection by default; about 30 kB each. */
const ALWAYS_CONNECTED_UP_TO = 2_000

/** Terminals saying goodbye at once. */
const MAX_CLOSING = 256

export interface FleetOptions {
  /** Where the broker listens; credentials in it are not used. */
  readonly url: string
  readonly secret: string | undefined
  readonly connections: 'all' | 'needed' | undefined
  /** How links are made; absent: over MQTT. */
  readonly connect?: Connect
}

export class Fleet implements TerminalHost {
  readonly url: string
  readonly secret: string | undefined
  readonly connect: Connect
  readonly counters: Counters = newCounters()
  readonly alwaysConnected: boolean
  readonly #agenda: Agenda
  readonly #random: Random
  readonly #terminals = new Map<number, Terminal>()
  readonly #waiting: Terminal[] = []
  #dialling = 0
  /** Answers call-reads; nobody does until a play begins. */
  onCall: (terminal: Terminal, payload: string) => void = () => {}
  /** Why the latest attempt failed, for the summary and for a broker that cannot be reached. */
  lastFailure: Error | undefined

  /** `observers`: index and id of each terminal. */
  constructor(
    observers: readonly { readonly index: number; readonly id: string }[],
    options: FleetOptions,
    agenda: Agenda,
    random: Random,
  ) {
    this.url = options.url
    this.secret = options.secret
    this.connect = options.connect ?? (connect as Connect)
    this.#agenda = agenda
    this.#random = random
    this.alwaysConnected =
      options.connections === undefined
        ? observers.length <= ALWAYS_CONNECTED_UP_TO
        : options.connections === 'all'
    for (const { index, id } of observers) this.#terminals.set(index, new Terminal(id, index, this))
  }

  /** The terminal of an observer that has one. */
  terminal(observer: number): Terminal {
    return this.#terminals.get(observer)!
  }

  /** Every terminal, in the order of the grid file. */
  all(): IterableIterator<Terminal> {
    return this.#terminals.values()
  }

  get size(): number {
    return this.#terminals.size
  }

  get online(): number {
    let online = 0
    for (const terminal of this.#terminals.values()) if (terminal.online) online += 1
    return online
  }

  /** Messages not acknowledged yet. */
  get pending(): number {
    let pending = 0
    for (const terminal of this.#terminals.values()) pending += terminal.pending
    return pending
  }

  /** Messages of terminals that can still send them. */
  get deliverable(): number {
    let pending = 0
    for (const terminal of this.#terminals.values())
      if (!terminal.isCut('power') && !terminal.isCut('dead')) pending += terminal.pending
    return pending
  }

  /** Connects everybody where connections are kept. */
  start(): void {
    if (!this.alwaysConnected) return
    for (const terminal of this.#terminals.values()) terminal.wantLink()
  }

  async close(): Promise<void> {
    this.#waiting.length = 0
    const terminals = [...this.#terminals.values()]
    for (let from = 0; from < terminals.length; from += MAX_CLOSING)
      await Promise.all(terminals.slice(from, from + MAX_CLOSING).map((each) => each.close()))
  }

  nowWallMs(): number {
    return Math.round(this.#agenda.wallAt(this.#agenda.nowMs))
  }

  dial(terminal: Terminal): void {
    this.#waiting.push(terminal)
    this.#next()
  }

  redial(terminal: Terminal): void {
    const [least, most] = REDIAL_SECONDS
    const delayMs = (least + this.#random.uniform() * (most - least)) * 1000
    this.#agenda.after(delayMs, () => terminal.redialDue())
  }

  dialled(_terminal: Terminal, error: Error | undefined): void {
    this.#dialling -= 1
    if (error) {
      this.counters.connectFailures += 1
      this.lastFailure = error
    }
    this.#next()
  }

  called(terminal: Terminal, payload: string): void {
    this.counters.calls += 1
    this.onCall(terminal, payload)
  }

  #next(): void {
    while (this.#dialling < MAX_DIALLING) {
      const terminal = this.#waiting.shift()
      if (!terminal) return
      this.#dialling += 1
      terminal.open()
    }
  }
}

/**
 * Terminals that are asked (召测): each answers from the true state of supply, some time later, and
 * now and then not at all. Without supply a terminal still answers on its capacitor; its meters
 * do not.
 */
import { formatInstant } from '../src/facts/time.ts'
import { callMessage, type ReadingMessage, type ReadingResult } from '../src/facts/wire.ts'
import type { Agenda } from './agenda.ts'
import { type Channel, drawAnswer } from './channel.ts'
import type { Fleet } from './fleet.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { Roster } from './roster.ts'
import type { Terminal } from './terminal.ts'
import type { Supply, World } from './world.ts'

type Answer = ReadingMessage['readings'][number]

const VOLTS = [230, 230, 230]
const NO_VOLTS = [0, 0, 0]

/** Calls a terminal remembers: enough to know a repeat for one. */
const CALLS_REMEMBERED = 64

export class Answerer {
  readonly #network: Network
  readonly #roster: Roster
  readonly #world: World
  readonly #fleet: Fleet
  readonly #agenda: Agenda
  readonly #channel: Channel
  readonly #random: Random
  readonly #answered = new Map<Terminal, string[]>()

  constructor(parts: {
    network: Network
    roster: Roster
    world: World
    fleet: Fleet
    agenda: Agenda
    channel: Channel
    random: Random
  }) {
    this.#network = parts.network
    this.#roster = parts.roster
    this.#world = parts.world
    this.#fleet = parts.fleet
    this.#agenda = parts.agenda
    this.#channel = parts.channel
    this.#random = parts.random.fork('answers')
  }

  /** A call reached the terminal. What it cannot read or has answered before it leaves alone. */
  called(terminal: Terminal, payload: string): void {
    const { data: call } = callMessage.safeParse(JSON.parse(payload))
    if (!call || this.#isRepeat(terminal, call.call)) return
    const own = this.#network.grid.observers[terminal.observer]!.id
    const meters = call.targets.some((target) => target !== own)
    const { answers, delayMs } = drawAnswer(this.#channel, this.#random, meters)
    if (!answers) return
    this.#agenda.after(delayMs, () => {
      const atMs = this.#agenda.nowMs
      const message: ReadingMessage = {
        call: call.call,
        at: formatInstant(this.#agenda.wallAt(atMs) + Math.round(terminal.clockErrorMs)),
        readings: call.targets.map((target) => this.#read(terminal, target)),
      }
      if (terminal.answer(JSON.stringify(message))) this.#fleet.counters.answers += 1
    })
  }

  #isRepeat(terminal: Terminal, call: string): boolean {
    const known = this.#answered.get(terminal) ?? []
    if (known.includes(call)) return true
    this.#answered.set(terminal, [...known, call].slice(-CALLS_REMEMBERED))
    return false
  }

  #read(terminal: Terminal, target: string): Answer {
    const observer = this.#network.observerIndex.get(target)
    if (observer === undefined || this.#roster.speaker[observer] !== terminal.observer)
      return { target, result: 'noAnswer' }
    const supply = this.#world.supplyOfObserver(observer)
    if (observer === terminal.observer)
      return { target, result: RESULTS[supply], volts: supply === 'off' ? NO_VOLTS : VOLTS }
    const heard = supply !== 'off' && this.#random.chance(this.#channel.meterAnswer)
    return { target, result: heard ? RESULTS[supply] : 'noAnswer' }
  }
}

const RESULTS: Readonly<Record<Supply, ReadingResult>> = {
  none: 'noAnswer',
  on: 'energised',
  off: 'deenergised',
  partial: 'phaseLoss',
}

/**
 * A scenario played without a network and without waiting: terminals have links in the air, time
 * is what the caller says it is. The same play as over MQTT, message for message, in an order that
 * follows from scenario, grid and seed alone.
 */
import type { IClientOptions } from 'mqtt'
import type { Grid } from '../src/grid/model.ts'
import { Agenda, type Clock } from './agenda.ts'
import type { OnDeed } from './deeds.ts'
import { Fleet } from './fleet.ts'
import { buildNetwork } from './network.ts'
import { Play } from './play.ts'
import { createRandom } from './random.ts'
import { buildRoster } from './roster.ts'
import type { Scenario } from './scenario.ts'
import type { Link } from './terminal.ts'
import type { TruthLine } from './truth.ts'

/** A message as it leaves a terminal. */
export interface AirMessage {
  readonly terminal: string
  readonly topic: string
  readonly payload: string
  /** Sent for it by the broker, because its link broke. */
  readonly will: boolean
}

export interface AirOptions {
  readonly scenario: Scenario
  readonly grid: Grid
  readonly seed: string
  /** When it begins, ms since 1970. */
  readonly startMs: number
  /** Time moves in steps of this, ms; `onTime` is called after each. */
  readonly stepMs: number
  readonly onMessage: (message: AirMessage, atMs: number) => void
  readonly onTime: (atMs: number) => void
  /** Given once at the start: hands a message to a terminal that has a link. */
  readonly onReady?: (hand: (terminal: string, topic: string, payload: string) => void) => void
  readonly onTruth?: (line: TruthLine) => void
  readonly onDeed?: OnDeed
}

/** Plays one round from beginning to end. */
export async function playInTheAir(options: AirOptions): Promise<void> {
  const { scenario, grid, seed, startMs, stepMs } = options
  const clock = new AirClock(startMs)
  const network = buildNetwork(grid)
  const roster = buildRoster(network)
  const random = createRandom(seed)
  const inTheAir = new Map<string, AirLink>()
  const connect = (_url: string, { clientId, will }: IClientOptions) => {
    const link = new AirLink(
      { topic: will!.topic, payload: String(will!.payload) },
      (topic, payload, isWill) =>
        options.onMessage({ terminal: clientId!, topic, payload, will: isWill }, clock.now()),
    )
    inTheAir.set(clientId!, link)
    return link
  }
  options.onReady?.((terminal, topic, payload) => inTheAir.get(terminal)?.receive(topic, payload))
  const links = new Agenda(1, clock)
  const fleet = new Fleet(
    roster.terminals.map((index) => ({ index, id: grid.observers[index]!.id })),
    { url: 'air:', secret: undefined, connections: 'all', connect },
    links,
    random.fork('fleet'),
  )
  fleet.start()
  while (fleet.online < fleet.size) await settled()
  const play = new Play(
    {
      scenario,
      seed,
      speed: 1,
      rounds: 1,
      ...(options.onTruth && { onTruth: options.onTruth }),
      ...(options.onDeed && { onDeed: options.onDeed }),
    },
    network,
    roster,
    random,
    fleet,
    new Agenda(1, clock),
  )
  let over = false
  const rounds = play.rounds().then(() => {
    over = true
  })
  while (!over) {
    await clock.advanceTo(clock.now() + stepMs)
    options.onTime(clock.now())
  }
  await rounds
  play.stop()
  links.stop()
}

/** Lets everything that follows from what just happened happen. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

interface Alarm {
  readonly atMs: number
  readonly run: () => void
}

/** Time that stands still until it is moved. */
class AirClock implements Clock {
  #nowMs: number
  #alarms: Alarm[] = []

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  alarm(run: () => void, ms: number): () => void {
    // Whole milliseconds, as a timer has them: a fraction would be lost in the sum and never come due.
    const alarm = { atMs: Math.ceil(this.#nowMs + ms), run }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm)
    }
  }

  /** Moves time on, letting each alarm ring at its moment and what follows from it happen. */
  async advanceTo(atMs: number): Promise<void> {
    for (;;) {
      const next = this.#alarms.reduce<Alarm | undefined>(
        (first, alarm) => (first && first.atMs <= alarm.atMs ? first : alarm),
        undefined,
      )
      if (!next || next.atMs > atMs) break
      this.#alarms = this.#alarms.filter((other) => other !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.run()
      await settled()
    }
    this.#nowMs = atMs
  }
}

/** A link that loses nothing and needs no time; breaking it sends the last will. */
class AirLink implements Link {
  readonly stream = { destroy: () => this.#break() }
  readonly #will: { readonly topic: string; readonly payload: string }
  readonly #send: (topic: string, payload: string, will: boolean) => void
  readonly #listeners = new Map<string, (...said: never[]) => void>()
  #isOpen = true

  constructor(
    will: { readonly topic: string; readonly payload: string },
    send: (topic: string, payload: string, will: boolean) => void,
  ) {
    this.#will = will
    this.#send = send
    this.#soon('connect')
  }

  on(event: string, listener: (...said: never[]) => void): void {
    this.#listeners.set(event, listener)
  }

  /** The call topic is its own, which nobody else can send to. */
  subscribe(): void {}

  /** A call-read arrives, where the link stands. */
  receive(topic: string, payload: string): void {
    if (this.#isOpen) this.#tell('message', topic, Buffer.from(payload))
  }

  publish: Link['publish'] = (topic, payload, _options, done) => {
    if (!this.#isOpen) return
    this.#send(topic, payload, false)
    if (done) queueMicrotask(() => done())
  }

  end(): void {
    this.#isOpen = false
  }

  async endAsync(): Promise<void> {
    this.#isOpen = false
  }

  #break(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#send(this.#will.topic, this.#will.payload, true)
    this.#soon('close')
  }

  #soon(event: string): void {
    queueMicrotask(() => this.#tell(event, new Error(event)))
  }

  #tell(event: string, ...said: unknown[]): void {
    const listener = this.#listeners.get(event) as ((...said: unknown[]) => void) | undefined
    listener?.(...said)
  }
}

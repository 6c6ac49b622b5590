/**
 * One terminal: its counters, the reports it keeps until the broker has acknowledged them, and its
 * MQTT link. It reports what it is told to; what is true and what gets lost is decided elsewhere.
 */
import type { IClientOptions } from 'mqtt'
import { formatInstant } from '../src/facts/time.ts'
import { type StatusMessage, TOPIC_ROOT } from '../src/facts/wire.ts'
import type { Counters, Tally } from './tally.ts'

/** A report that waits for its acknowledgement. */
interface Outgoing {
  readonly leaf: 'event' | 'reading'
  readonly payload: string
  readonly tally: Tally | undefined
  /** Observers it speaks for, for the tally. */
  readonly weight: number
  /** Handed to the present connection. */
  inFlight: boolean
  attempts: number
}

/**
 * Most reports kept without acknowledgement; event memory of a terminal is of this order. The
 * oldest goes first and is counted as `overflowed`.
 */
const MAX_PENDING_REPORTS = 512

/** Most reports under way at once on one connection; MQTT 3.1.1 brokers commonly allow 20. */
const MAX_IN_FLIGHT = 20

/** How long a DISCONNECT may take before the socket is dropped. */
const GOODBYE_MS = 2_000

/** The connection of one terminal, as far as it is used: a real MQTT client, or one in the air. */
export interface Link {
  readonly stream: { destroy(): unknown }
  on(event: 'connect' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'message', listener: (topic: string, payload: Buffer) => void): unknown
  subscribe(topic: string, options: { qos: 1 }): unknown
  publish: (
    topic: string,
    payload: string,
    options: { qos: 1; retain?: boolean },
    done?: (error?: Error) => void,
  ) => unknown
  end(force: boolean): unknown
  endAsync(force: boolean): Promise<unknown>
}

/** How a terminal comes by a link. */
export type Connect = (url: string, options: IClientOptions) => Link

/** What a terminal needs of the fleet it belongs to. */
export interface TerminalHost {
  readonly url: string
  /** Password; undefined where the listener asks for none. */
  readonly secret: string | undefined
  readonly connect: Connect
  readonly counters: Counters
  nowWallMs(): number
  /** Asks for a connection now, in its turn. */
  dial(terminal: Terminal): void
  /** Asks for a connection after the jitter of a reconnect. */
  redial(terminal: Terminal): void
  /** A connection attempt ended, one way or the other. */
  dialled(terminal: Terminal, error: Error | undefined): void
  /** A call-read reached the terminal. */
  called(terminal: Terminal, payload: string): void
  /** Whether terminals stay connected with nothing to say. */
  readonly alwaysConnected: boolean
}

export class Terminal {
  readonly id: string
  readonly observer: number
  /** Boot counter: seconds since 1970 at the boot, so that it also grows from run to run. */
  #boot: number
  #seq = 0
  /** Clock error, wall ms. */
  clockErrorMs = 0
  readonly #host: TerminalHost
  #pending: Outgoing[] = []
  #client: Link | undefined
  #online = false
  /** A dial is asked for or under way. */
  #dialling = false
  /** Reasons for which it has no link now. */
  readonly #cuts = new Set<LinkCut>()

  constructor(id: string, observer: number, host: TerminalHost) {
    this.id = id
    this.observer = observer
    this.#host = host
    this.#boot = Math.floor(host.nowWallMs() / 1000)
  }

  get pending(): number {
    return this.#pending.length
  }

  get online(): boolean {
    return this.#online
  }

  isCut(reason: LinkCut): boolean {
    return this.#cuts.has(reason)
  }

  /** The (boot, seq) of the next report. */
  stamp(): { boot: number; seq: number } {
    this.#seq += 1
    return { boot: this.#boot, seq: this.#seq }
  }

  /** It started again: a new boot number, counting from one. */
  reboot(): void {
    this.#boot = Math.max(this.#boot + 1, Math.floor(this.#host.nowWallMs() / 1000))
    this.#seq = 0
  }

  /** Keeps a report and sends it as soon as there is a link. */
  report(
    payload: string,
    weight: number,
    tally: Tally | undefined,
    leaf: 'event' | 'reading' = 'event',
  ): void {
    if (this.#pending.length >= MAX_PENDING_REPORTS) {
      this.#pending.shift()
      this.#host.counters.overflowed += 1
    }
    this.#pending.push({ leaf, payload, tally, weight, inFlight: false, attempts: 0 })
    if (this.#online) this.#flush()
    else this.wantLink()
  }

  /** Sends an answer now; where there is no link it is lost, as its time would be over. */
  answer(payload: string): boolean {
    if (!this.#client || !this.#online) return false
    this.#client.publish(this.#topic('reading'), payload, { qos: 1 })
    return true
  }

  /** Breaks the link as a dead radio does, without a DISCONNECT, so that the last will is sent. */
  cut(reason: LinkCut): void {
    this.#cuts.add(reason)
    this.#client?.stream.destroy()
  }

  /** Ends one reason of being cut off; the link comes back at once or, as after a fault, with jitter. */
  mend(reason: LinkCut, when: 'now' | 'jittered'): void {
    if (!this.#cuts.delete(reason)) return
    if (when === 'now') this.wantLink()
    else if (this.#mayDial()) {
      this.#dialling = true
      this.#host.redial(this)
    }
  }

  /** Asks the fleet for a connection where one is missing and allowed. */
  wantLink(): void {
    if (!this.#mayDial()) return
    this.#dialling = true
    this.#host.dial(this)
  }

  /** Called by the fleet when it is this terminal's turn. */
  open(): void {
    if (this.#cuts.size > 0) {
      this.#dialling = false
      this.#host.dialled(this, undefined)
      return
    }
    const client = this.#host.connect(this.#host.url, {
      protocolVersion: 4,
      clientId: this.id,
      username: this.id,
      password: this.#host.secret,
      clean: true,
      keepalive: 60,
      // Reconnecting is ours: the library's fixed period has no jitter and makes a herd.
      reconnectPeriod: 0,
      connectTimeout: 30_000,
      resubscribe: false,
      will: {
        topic: this.#topic('status'),
        payload: this.#status('offline'),
        qos: 1,
        retain: true,
      },
    })
    this.#client = client
    let settled = false
    let failure: Error | undefined
    const settle = (error: Error | undefined) => {
      if (settled) return
      settled = true
      this.#dialling = false
      this.#host.dialled(this, error)
    }
    client.on('connect', () => {
      this.#online = true
      this.#host.counters.connects += 1
      settle(undefined)
      client.subscribe(this.#topic('call'), { qos: 1 })
      client.publish(this.#topic('status'), this.#status('online'), { qos: 1, retain: true })
      this.#flush()
    })
    client.on('message', (_topic, payload) => this.#host.called(this, payload.toString('utf8')))
    client.on('error', (error) => {
      failure = error
    })
    client.on('close', () => {
      // After end(true) the library may close once more.
      if (this.#client !== client) return
      this.#client = undefined
      const wasOnline = this.#online
      this.#online = false
      for (const report of this.#pending) report.inFlight = false
      client.end(true)
      if (wasOnline) this.#host.counters.disconnects += 1
      settle(failure ?? new Error('connection closed'))
      if (this.#mayDial()) {
        this.#dialling = true
        this.#host.redial(this)
      }
    })
  }

  /** A planned jittered redial is due. */
  redialDue(): void {
    this.#dialling = false
    this.wantLink()
  }

  /** Takes its leave; what is not acknowledged stays counted as pending. */
  async close(): Promise<void> {
    this.#cuts.add('closed')
    const client = this.#client
    this.#client = undefined
    this.#online = false
    if (!client) return
    // With a broker that does not answer the goodbye would wait for ever.
    const patience = setTimeout(() => client.end(true), GOODBYE_MS)
    await client.endAsync(false).catch(() => undefined)
    clearTimeout(patience)
  }

  #mayDial(): boolean {
    const wanted = this.#host.alwaysConnected || this.#pending.length > 0
    return wanted && !this.#online && !this.#dialling && this.#cuts.size === 0
  }

  #flush(): void {
    const client = this.#client
    if (!client || !this.#online) return
    let inFlight = 0
    for (const report of this.#pending) {
      if (inFlight >= MAX_IN_FLIGHT) return
      inFlight += 1
      if (report.inFlight) continue
      report.inFlight = true
      report.attempts += 1
      this.#host.counters.published += 1
      if (report.attempts > 1) this.#host.counters.resent += 1
      client.publish(this.#topic(report.leaf), report.payload, { qos: 1 }, (error) => {
        if (!error) this.#acknowledged(report)
      })
    }
  }

  #acknowledged(report: Outgoing): void {
    const at = this.#pending.indexOf(report)
    if (at < 0) return
    this.#pending.splice(at, 1)
    this.#host.counters.acked += 1
    if (report.tally) report.tally.acked += report.weight
    this.#flush()
  }

  #topic(leaf: 'event' | 'status' | 'call' | 'reading'): string {
    return `${TOPIC_ROOT}/${this.id}/${leaf}`
  }

  #status(state: StatusMessage['state']): string {
    const at = formatInstant(this.#host.nowWallMs() + Math.round(this.clockErrorMs))
    return JSON.stringify({ state, at } satisfies StatusMessage)
  }
}

/** Why a terminal has no link: no supply left, dead hardware, a lost channel, the end of the run. */
export type LinkCut = 'power' | 'dead' | 'channel' | 'closed'

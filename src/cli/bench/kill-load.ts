/**
 * The load of `bench kill`: concentrators as real MQTT clients that report faults of their areas,
 * keep what was not acknowledged and send it again after every crash. It remembers what was
 * acknowledged; whether that was kept is judged elsewhere.
 */
import { connect, type MqttClient } from 'mqtt'
import { TOPIC_ROOT } from '../../facts/wire.ts'
import type { Draw } from '../../grid/generate/draw.ts'
import type { Grid } from '../../grid/model.ts'

/** Enough for several sockets in every group commit, few enough for a busy machine. */
const TERMINALS = 40
/** Reports of one terminal not yet acknowledged; beyond it the terminal says nothing new. */
const MAX_UNACKNOWLEDGED = 50
const PRODUCE_EVERY_MS = 20
const RECONNECT_MS = 100
/** A program that starts on a busy machine takes connections seconds before it answers them. */
const CONNECT_TIMEOUT_MS = 30_000
/** Meters named in one report. */
const MOST_METERS = 20
/** Share of reports sent twice, and of turns in which a third of the areas go dark at once. */
const DUPLICATES = 0.05
const BURSTS = 0.01

interface Report {
  readonly id: string
  readonly payload: string
}

/** One concentrator with the meters it may speak of. */
class Terminal {
  readonly id: string
  readonly #meters: readonly string[]
  readonly #acknowledged: (id: string) => void
  readonly #unacknowledged = new Set<Report>()
  #client: MqttClient | undefined
  #timer: NodeJS.Timeout | undefined
  #seq = 0
  #dark: readonly string[] = []

  constructor(id: string, meters: readonly string[], acknowledged: (id: string) => void) {
    this.id = id
    this.#meters = meters
    this.#acknowledged = acknowledged
  }

  get unacknowledged(): number {
    return this.#unacknowledged.size
  }

  /** Connects, again and again, and sends what is still unacknowledged in its order. */
  connect(port: number): void {
    const client = connect({
      host: '127.0.0.1',
      port,
      username: this.id,
      password: 'terminal',
      clientId: `kill-${this.id}`,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
    })
    this.#client = client
    client.on('connect', () => {
      for (const report of this.#unacknowledged) this.#send(client, report)
    })
    // What went wrong does not matter here; `close` follows.
    client.on('error', () => {})
    client.on('close', () => {
      if (this.#client !== client) return
      client.end(true)
      this.#timer = setTimeout(() => this.connect(port), RECONNECT_MS)
    })
  }

  disconnect(): void {
    clearTimeout(this.#timer)
    const client = this.#client
    this.#client = undefined
    client?.end(true)
  }

  /** The area goes dark, or comes back. */
  turn(draw: Draw): void {
    if (this.#unacknowledged.size >= MAX_UNACKNOWLEDGED) return
    if (this.#dark.length > 0) {
      this.#report('powerOn', this.#dark, draw)
      this.#dark = []
      return
    }
    // Some last gasps are never heard.
    this.#dark = this.#meters.filter(() => draw.chance(0.8))
    this.#report('powerOff', this.#dark, draw)
  }

  #report(kind: 'powerOff' | 'powerOn', meters: readonly string[], draw: Draw): void {
    for (let start = 0; start < meters.length; ) {
      const count = draw.whole(1, MOST_METERS)
      this.#seq += 1
      const id = `${this.id}-${this.#seq}`
      const payload = JSON.stringify({
        id,
        kind,
        at: new Date().toISOString(),
        boot: 1,
        seq: this.#seq,
        meters: meters.slice(start, start + count),
      })
      start += count
      for (let copies = draw.chance(DUPLICATES) ? 2 : 1; copies > 0; copies--) {
        const report = { id, payload }
        this.#unacknowledged.add(report)
        if (this.#client?.connected) this.#send(this.#client, report)
      }
    }
  }

  #send(client: MqttClient, report: Report): void {
    client.publish(`${TOPIC_ROOT}/${this.id}/event`, report.payload, { qos: 1 }, (error) => {
      // Without an error the PUBACK has arrived, even if the server is dead by now.
      if (error || !this.#unacknowledged.delete(report)) return
      this.#acknowledged(report.id)
    })
  }
}

export class KillLoad {
  /** Message ids that were acknowledged at least once. */
  readonly acknowledged = new Set<string>()
  readonly #terminals: readonly Terminal[]
  readonly #draw: Draw
  #timer: NodeJS.Timeout | undefined
  #onAcknowledged: () => void = () => {}

  constructor(grid: Grid, draw: Draw) {
    this.#draw = draw
    const metersOf = new Map<string, string[]>()
    for (const { id, via } of grid.observers) {
      if (via === undefined) continue
      const meters = metersOf.get(via)
      if (meters) meters.push(id)
      else metersOf.set(via, [id])
    }
    const acknowledged = (id: string) => {
      this.acknowledged.add(id)
      this.#onAcknowledged()
    }
    this.#terminals = [...metersOf]
      .slice(0, TERMINALS)
      .map(([id, meters]) => new Terminal(id, meters, acknowledged))
    if (this.#terminals.length === 0) throw new Error('the grid has no concentrator with meters')
  }

  get unacknowledged(): number {
    return this.#terminals.reduce((sum, terminal) => sum + terminal.unacknowledged, 0)
  }

  connect(port: number): void {
    for (const terminal of this.#terminals) terminal.connect(port)
  }

  disconnect(): void {
    for (const terminal of this.#terminals) terminal.disconnect()
  }

  produce(): void {
    this.#timer = setInterval(() => {
      const burst = this.#draw.chance(BURSTS)
      for (const terminal of this.#terminals)
        if (this.#draw.chance(burst ? 1 / 3 : 1 / this.#terminals.length)) terminal.turn(this.#draw)
    }, PRODUCE_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Resolves with true at the next acknowledgement, with false after `timeoutMs`. */
  nextAcknowledgement(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs)
      this.#onAcknowledged = () => {
        clearTimeout(timer)
        this.#onAcknowledged = () => {}
        resolve(true)
      }
    })
  }
}

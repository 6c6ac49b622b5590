/**
 * The courier: takes parcels from the outbox to their receivers, at least once, in order of each
 * incident, until they are stale. It composes nothing and judges nothing; nobody waits for it.
 */
import type { InstantMs } from '../facts/time.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Endpoint, Outbox, Outcome, Parcel, TopicWay } from './port.ts'
import { post, type Reply } from './post.ts'
import { Breaker, waitAfter } from './retry.ts'

/** Parcels under way to one endpoint at a time. */
const MOST_UNDER_WAY = 4
/** Parcels read at once from the outbox, a few rounds of sending. */
const PAGE = 64
/** A lane with nothing to do looks again this often, so that a lost wake costs little. */
const IDLE_MS = 1000

export interface CourierOptions {
  readonly outbox: Outbox
  readonly telemetry: Telemetry
  readonly now: () => InstantMs
  /** Receivers on private addresses and without TLS may be reached (an intranet, a test). */
  readonly allowPrivate: boolean
  /** Absent: nobody listens by topic. */
  readonly topics?: TopicWay
  /** For tests: 0 to 1, the jitter of waits. */
  readonly random?: () => number
  /** For tests: how long a receiver may take. */
  readonly timeoutMs?: number
}

export interface Courier {
  /** Something new may lie in the outbox, or the endpoints have changed. */
  wake(): void
  /** Endpoints that are left alone for a while because they failed. */
  resting(): readonly string[]
  /** Stops after what is under way; the rest is sent after the next start. */
  close(): Promise<void>
}

export function startCourier(options: CourierOptions): Courier {
  const lanes = new Map<string, Lane>()
  const stop = new AbortController()
  const tend = () => {
    if (stop.signal.aborted) return
    const wanted = new Map(options.outbox.endpoints().map((endpoint) => [endpoint.id, endpoint]))
    for (const [id, lane] of lanes)
      if (!wanted.has(id)) {
        lane.close()
        lanes.delete(id)
      }
    for (const [id, endpoint] of wanted) {
      const lane = lanes.get(id) ?? new Lane(options, stop.signal)
      lanes.set(id, lane)
      lane.serve(endpoint)
    }
  }
  tend()
  return {
    wake: tend,
    resting: () => [...lanes].filter(([, lane]) => lane.rests).map(([id]) => id),
    async close() {
      stop.abort()
      await Promise.all([...lanes.values()].map((lane) => lane.close()))
    },
  }
}

/** Everything that goes to one endpoint. */
class Lane {
  readonly #options: CourierOptions
  readonly #stop: AbortSignal
  readonly #breaker = new Breaker()
  #endpoint: Endpoint | undefined
  #running: Promise<void> | undefined
  #again = false
  #closed = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: CourierOptions, stop: AbortSignal) {
    this.#options = options
    this.#stop = stop
  }

  get rests(): boolean {
    return this.#breaker.isOpen
  }

  serve(endpoint: Endpoint): void {
    this.#endpoint = endpoint
    this.#again = true
    clearTimeout(this.#timer)
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      this.#sleep()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#closed && !this.#stop.aborted) {
      this.#again = false
      if (await this.#round()) this.#again = true
    }
  }

  /** One page of parcels; true where some were settled for good, so that others may have their turn. */
  async #round(): Promise<boolean> {
    const { outbox, now } = this.#options
    const endpoint = this.#endpoint!
    const most = this.#breaker.allowance(now(), PAGE)
    if (most === 0) return false
    const due = outbox.due(endpoint.id, now(), most)
    // Nobody there to listen is no failure: what waits is not even tried, and becomes stale.
    const parcels = this.#isThere ? due : due.filter(({ notAfter }) => now() >= notAfter)
    const outcomes: Outcome[] = []
    const waiting = [...parcels]
    const work = async () => {
      for (let parcel = waiting.shift(); parcel; parcel = waiting.shift()) {
        const outcome = await this.#send(endpoint, parcel)
        if (outcome) outcomes.push(outcome)
        if (this.#breaker.isOpen || this.#stop.aborted) waiting.length = 0
      }
    }
    await Promise.all(Array.from({ length: MOST_UNDER_WAY }, work))
    if (outcomes.length > 0) await outbox.settle(outcomes)
    return outcomes.some(({ result }) => result !== 'retry')
  }

  /** One attempt; undefined where nothing is known because we are stopping. */
  async #send(endpoint: Endpoint, parcel: Parcel): Promise<Outcome | undefined> {
    const { now, telemetry, allowPrivate, timeoutMs, outbox } = this.#options
    const { id } = parcel
    if (now() >= parcel.notAfter) {
      telemetry.emit('notify.expired', { type: parcel.type })
      return { id, result: 'expired', at: now() }
    }
    const body = await outbox.bodyOf(parcel).catch(() => null)
    if (this.#stop.aborted) return undefined
    if (body === null)
      return { id, result: 'retry', at: now(), nextAt: now() + IDLE_MS, said: 'not composed' }
    if (body === undefined) return { id, result: 'expired', at: now() }
    const whole = { ...parcel, body }
    const reply =
      endpoint.form === 'mqtt'
        ? await this.#publish(endpoint, whole)
        : await post(endpoint, whole, {
            ...{ now: now(), allowPrivate, signal: this.#stop },
            ...(timeoutMs === undefined ? {} : { timeoutMs }),
          })
    if (this.#stop.aborted && reply.result === 'failed') return undefined
    return this.#judge(endpoint, parcel, reply)
  }

  /** Whoever listens by topic is connected; the others are called on. */
  get #isThere(): boolean {
    const { form, id } = this.#endpoint!
    return form !== 'mqtt' || (this.#options.topics?.hears(id) ?? false)
  }

  #publish({ id }: Endpoint, parcel: Parcel): Promise<Reply> {
    const taken = this.#options.topics?.publish(id, parcel) ?? Promise.reject(new Error('no way'))
    return taken.then(
      () => ({ result: 'delivered' }),
      (error: Error) => ({ result: 'failed', said: error.message, retryAfterMs: 0 }),
    )
  }

  async #judge(endpoint: Endpoint, parcel: Parcel, reply: Reply): Promise<Outcome> {
    const { now, telemetry, outbox, random } = this.#options
    const { id, type } = parcel
    const at = now()
    if (reply.result === 'delivered') {
      this.#breaker.delivered()
      telemetry.emit('notify.delivered', { type, seconds: Math.max(0, at - parcel.at) / 1000 })
      return { id, result: 'delivered', at }
    }
    if (reply.result === 'gone') {
      telemetry.emit('notify.gone', { endpoint: endpoint.id })
      await outbox.disable(endpoint.id, at)
      this.#closed = true
      return { id, result: 'expired', at }
    }
    const open = this.#breaker.isOpen
    this.#breaker.failed(at)
    telemetry.emit('notify.failed', { type })
    if (!open && this.#breaker.isOpen)
      telemetry.emit('notify.resting', { endpoint: endpoint.id, said: reply.said })
    const wait = waitAfter(parcel.attempts + 1, reply.retryAfterMs, (random ?? Math.random)())
    return { id, result: 'retry', at, nextAt: at + wait, said: reply.said }
  }

  /** Until something comes up: a parcel's next attempt, the end of a rest, or a wake. */
  #sleep(): void {
    if (this.#closed || this.#stop.aborted || !this.#endpoint) return
    const { outbox, now } = this.#options
    const endpoint = this.#endpoint
    const due = Math.max(outbox.nextAt(endpoint.id) ?? 0, this.#breaker.restsUntil)
    const wait = this.#isThere ? Math.min(IDLE_MS, Math.max(10, due - now())) : IDLE_MS
    this.#timer = setTimeout(() => this.serve(endpoint), due === 0 ? IDLE_MS : wait)
    this.#timer.unref()
  }
}

/**
 * The live connection: one WebSocket, any number of topics, resumed by cursor. It decides when to
 * reconnect and when a topic needs a new snapshot; it never decides what the data mean.
 */
import { ApiError, ticket } from '../api/client.ts'
import { serverNow } from '../api/clock.ts'
import { retryDelayMs } from './backoff.ts'
import { applyFrame, EMPTY_TOPIC, type ErrorFrame, type Frame, type TopicState } from './topic.ts'

export interface LinkStatus {
  readonly state: 'connecting' | 'live' | 'lost'
  /** Server time of the newest frame, ms; null before the first. */
  readonly asOfMs: number | null
  /** This browser's time of the next attempt, ms; null while connected or connecting. */
  readonly nextAttemptMs: number | null
}

interface Subscription {
  state: TopicState
  readonly listeners: Set<() => void>
}

/** The server sends a ping each 15 s; after this silence we ask for a sign of life. */
const SILENCE_MS = 20_000
/** No sign of life within this: the connection is half open, drop it. */
const PROBE_ANSWER_MS = 8_000
/** Changes are shown at most this often: a storm brings 20 a second, eyes need four. */
const NOTIFY_EVERY_MS = 120
/** The topic asked for a sign of life: one small item. */
const PROBE_TOPIC = 'stats'
/** A topic nobody shows any more is kept this long, so that panning back costs nothing. */
const LINGER_MS = 10_000

export class LiveFeed {
  readonly #onSignedOut: () => void
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #linkListeners = new Set<() => void>()
  readonly #changed = new Set<string>()
  #link: LinkStatus = { state: 'connecting', asOfMs: null, nextAttemptMs: null }
  #socket: WebSocket | null = null
  #attempt = 0
  #stopped = false
  #retryTimer: number | undefined
  #silenceTimer: number | undefined
  #notifyTimer: number | undefined

  /** `onSignedOut` is called when the server no longer knows this session. */
  constructor(onSignedOut: () => void) {
    this.#onSignedOut = onSignedOut
    window.addEventListener('online', this.retryNow)
  }

  start(): void {
    this.#stopped = false
    void this.#connect()
  }

  stop(): void {
    this.#stopped = true
    window.removeEventListener('online', this.retryNow)
    window.clearTimeout(this.#retryTimer)
    window.clearTimeout(this.#silenceTimer)
    window.clearTimeout(this.#notifyTimer)
    this.#socket?.close(1000)
    this.#socket = null
  }

  get link(): LinkStatus {
    return this.#link
  }

  onLink = (listener: () => void): (() => void) => {
    this.#linkListeners.add(listener)
    return () => this.#linkListeners.delete(listener)
  }

  topic(name: string): TopicState {
    return this.#subscriptions.get(name)?.state ?? EMPTY_TOPIC
  }

  /** Follows a topic until the returned function is called. */
  follow(name: string, listener: () => void): () => void {
    let subscription = this.#subscriptions.get(name)
    if (subscription === undefined) {
      subscription = { state: EMPTY_TOPIC, listeners: new Set() }
      this.#subscriptions.set(name, subscription)
      this.#ask(name)
    }
    subscription.listeners.add(listener)
    return () => {
      subscription.listeners.delete(listener)
      window.setTimeout(() => this.#dropIfUnused(name, subscription), LINGER_MS)
    }
  }

  /** Connects at once instead of waiting for the next attempt. */
  retryNow = (): void => {
    if (this.#stopped || this.#link.state !== 'lost') return
    window.clearTimeout(this.#retryTimer)
    void this.#connect()
  }

  #dropIfUnused(name: string, subscription: Subscription): void {
    if (subscription.listeners.size > 0 || this.#subscriptions.get(name) !== subscription) return
    this.#subscriptions.delete(name)
    this.#send({ type: 'unsubscribe', topic: name })
  }

  async #connect(): Promise<void> {
    this.#setLink({
      nextAttemptMs: null,
      state: this.#attempt === 0 && this.#link.asOfMs === null ? 'connecting' : 'lost',
    })
    let key: string
    try {
      key = await ticket()
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return this.#onSignedOut()
      return this.#retryLater()
    }
    if (this.#stopped) return
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    const url = `${scheme}://${location.host}/api/v1/live?ticket=${encodeURIComponent(key)}`
    const socket = new WebSocket(url)
    this.#socket = socket
    socket.onopen = () => this.#opened(socket)
    socket.onmessage = (event) => this.#received(socket, String(event.data))
    socket.onclose = () => this.#closed(socket)
    this.#watch(socket, PROBE_ANSWER_MS, () => socket.close())
  }

  #opened(socket: WebSocket): void {
    if (socket !== this.#socket) return
    this.#attempt = 0
    this.#setLink({ state: 'live', nextAttemptMs: null })
    for (const name of this.#subscriptions.keys()) this.#ask(name)
    this.#expectSigns(socket)
  }

  #closed(socket: WebSocket): void {
    if (socket !== this.#socket) return
    this.#socket = null
    window.clearTimeout(this.#silenceTimer)
    if (!this.#stopped) this.#retryLater()
  }

  #retryLater(): void {
    if (this.#stopped) return
    const delayMs = retryDelayMs(this.#attempt++, Math.random())
    this.#setLink({ state: 'lost', nextAttemptMs: Date.now() + delayMs })
    this.#retryTimer = window.setTimeout(() => void this.#connect(), delayMs)
  }

  /** After a silence asks for the small topic; without an answer the connection is given up. */
  #expectSigns(socket: WebSocket): void {
    this.#watch(socket, SILENCE_MS, () => {
      this.#send({ type: 'subscribe', topic: PROBE_TOPIC })
      this.#watch(socket, PROBE_ANSWER_MS, () => {
        this.#closed(socket)
        socket.close()
      })
    })
  }

  #watch(socket: WebSocket, afterMs: number, act: () => void): void {
    window.clearTimeout(this.#silenceTimer)
    this.#silenceTimer = window.setTimeout(() => {
      if (socket === this.#socket) act()
    }, afterMs)
  }

  #received(socket: WebSocket, text: string): void {
    if (socket !== this.#socket) return
    this.#expectSigns(socket)
    let frame: Frame
    try {
      frame = JSON.parse(text) as Frame
    } catch {
      return
    }
    if (frame.type === 'error') this.#refused(frame)
    else this.#learnAge(frame.asOf)
    if (frame.type !== 'snapshot' && frame.type !== 'delta') return
    const subscription = this.#subscriptions.get(frame.topic)
    if (subscription === undefined) return
    const next = applyFrame(subscription.state, frame)
    if (next === null) {
      // A gap: what we hold stays on screen until the new snapshot replaces it.
      if (subscription.state.cursor === null) return
      subscription.state = { ...subscription.state, cursor: null }
      this.#ask(frame.topic)
      return
    }
    subscription.state = next
    this.#notify(frame.topic)
  }

  #refused({ topic, code }: ErrorFrame): void {
    if (topic === undefined || (code !== 'topic.forbidden' && code !== 'topic.unknown')) return
    const subscription = this.#subscriptions.get(topic)
    if (subscription === undefined) return
    subscription.state = { phase: 'refused', cursor: null, items: new Map() }
    this.#notify(topic)
  }

  #learnAge(asOf: string): void {
    const asOfMs = Math.min(Date.parse(asOf), serverNow())
    if (Number.isNaN(asOfMs) || (this.#link.asOfMs !== null && asOfMs <= this.#link.asOfMs)) return
    this.#link = { ...this.#link, asOfMs }
    this.#notify('')
  }

  #ask(name: string): void {
    const cursor = this.#subscriptions.get(name)?.state.cursor ?? null
    this.#send({ type: 'subscribe', topic: name, ...(cursor === null ? {} : { cursor }) })
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #setLink(change: Partial<LinkStatus>): void {
    this.#link = { ...this.#link, ...change }
    for (const listener of this.#linkListeners) listener()
  }

  /** Gathers what changed and tells the views together; `''` stands for the link. */
  #notify(topic: string): void {
    this.#changed.add(topic)
    this.#notifyTimer ??= window.setTimeout(() => {
      this.#notifyTimer = undefined
      const changed = [...this.#changed]
      this.#changed.clear()
      for (const name of changed) {
        const listeners =
          name === '' ? this.#linkListeners : this.#subscriptions.get(name)?.listeners
        for (const listener of listeners ?? []) listener()
      }
    }, NOTIFY_EVERY_MS)
  }
}

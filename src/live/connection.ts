/**
 * One console's socket: what it listens to, how much it has not yet taken, and when it is too slow
 * to keep. A slow one gets the latest state of each changed object, then a close and a resume by
 * cursor; it never grows the server.
 */
import { performance } from 'node:perf_hooks'
import { formatInstant, type InstantMs } from '../facts/time.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Channel, Listener } from './channel.ts'
import {
  CLOSE_ABOVE_BYTES,
  CLOSE_GRACE_MS,
  COALESCE_ABOVE_BYTES,
  type LiveTimings,
  MAX_TOPICS_PER_SOCKET,
  MESSAGES_BURST,
  MESSAGES_PER_SECOND,
} from './limits.ts'
import {
  type ClientMessage,
  clientMessage,
  deltaMessage,
  errorMessage,
  type LiveErrorCode,
  pingMessage,
} from './messages.ts'
import type { LiveSocket, Viewer } from './ports.ts'

/** Try again later (RFC 6455 registry): the client resumes by cursor. */
const CLOSE_SLOW = 1013
/** Policy violation: rights ended, or the client sends too much. */
const CLOSE_POLICY = 1008

/** What a refused client is told, in English for its log. */
const REFUSALS: Readonly<Record<LiveErrorCode, string>> = {
  'message.invalid': 'not a message of this protocol',
  'topic.unknown': 'no such topic',
  'topic.forbidden': 'your role has no right to this topic',
  'topic.tooMany': `too many topics (at most ${MAX_TOPICS_PER_SOCKET} on a socket)`,
}

interface Subscription {
  readonly channel: Channel
  /** Cursor of the last message sent. */
  sent: string
  /** Objects changed since, while the socket is too full; undefined: keeping up. */
  behind: Set<string> | undefined
}

export interface ConnectionDeps {
  readonly telemetry: Telemetry
  readonly timings: LiveTimings
  now(): InstantMs
  /** The channel of a topic for this viewer, or why there is none. */
  open(topic: string, viewer: Viewer): Channel | LiveErrorCode
  closed(connection: Connection): void
}

export class Connection implements Listener {
  readonly #socket: LiveSocket
  readonly #viewer: Viewer
  readonly #deps: ConnectionDeps
  readonly #subscriptions = new Map<string, Subscription>()
  /** Bytes of snapshots under way: a large first picture is no sign of a slow reader. */
  #allowance = 0
  #tokens = MESSAGES_BURST
  #tokensAt = performance.now()
  #pongAt = performance.now()
  #pingAt = performance.now()
  #checkedAt = performance.now()
  /** At the last tick no pong had come for too long. */
  #wasSilent = false
  #ending = false

  constructor(socket: LiveSocket, viewer: Viewer, deps: ConnectionDeps) {
    this.#socket = socket
    this.#viewer = viewer
    this.#deps = deps
    socket.on('pong', () => {
      this.#pongAt = performance.now()
    })
    // Without a listener an error of one peer would end the process; 'close' always follows.
    socket.on('error', () => {})
    socket.on('close', () => this.#forget())
    socket.on('message', (data, isBinary) => this.#receive(isBinary ? '' : String(data)))
  }

  deliver(channel: Channel, delta: Buffer, changed: readonly string[]): void {
    const subscription = this.#subscriptions.get(channel.topic)
    if (!subscription || subscription.channel !== channel) return
    if (!subscription.behind && this.#socket.bufferedAmount <= COALESCE_ABOVE_BYTES) {
      subscription.sent = channel.cursor
      this.#send(delta)
      return
    }
    if (!subscription.behind) this.#deps.telemetry.emit('live.coalesced')
    subscription.behind ??= new Set()
    for (const id of changed) subscription.behind.add(id)
  }

  /** Called each tick: pings, checks of rights and speed, and what a slow reader missed. */
  tick(): void {
    if (this.#ending) return
    const at = performance.now()
    const { pingEveryMs, pongTimeoutMs, recheckEveryMs } = this.#deps.timings
    const buffered = this.#socket.bufferedAmount
    if (buffered > CLOSE_ABOVE_BYTES + this.#allowance) this.end(CLOSE_SLOW, 'slow')
    // Seen twice: a process that was itself held up has not read yet what its peers said meanwhile.
    const isSilent = at - this.#pongAt > pongTimeoutMs
    if (isSilent && this.#wasSilent) this.end(CLOSE_SLOW, 'silent')
    this.#wasSilent = isSilent
    if (this.#ending) return
    if (at - this.#checkedAt > recheckEveryMs) {
      this.#checkedAt = at
      void this.#recheck()
    }
    if (buffered <= COALESCE_ABOVE_BYTES) {
      this.#allowance = 0
      this.#catchUp()
    }
    if (at - this.#pingAt >= pingEveryMs) {
      this.#pingAt = at
      this.#socket.ping()
      // A browser's script cannot see a ping frame, so the same is said in a message.
      if (buffered <= COALESCE_ABOVE_BYTES) this.#send(pingMessage(formatInstant(this.#deps.now())))
    }
  }

  /** Closes politely; a peer that does not read is cut after `CLOSE_GRACE_MS`. */
  end(code: number, reason: string): void {
    if (this.#ending) return
    this.#deps.telemetry.emit('live.closed', { reason })
    this.#forget()
    this.#socket.close(code, reason)
    setTimeout(() => this.#socket.terminate(), CLOSE_GRACE_MS).unref()
  }

  async #recheck(): Promise<void> {
    if (!(await this.#viewer.stillValid())) this.end(CLOSE_POLICY, 'rights')
  }

  #catchUp(): void {
    for (const subscription of this.#subscriptions.values()) {
      const { channel, behind, sent } = subscription
      if (!behind) continue
      const items: string[] = []
      const removed: string[] = []
      for (const id of behind) {
        const json = channel.items.get(id)
        if (json === undefined) removed.push(id)
        else items.push(json)
      }
      subscription.behind = undefined
      subscription.sent = channel.cursor
      const asOf = formatInstant(this.#deps.now())
      this.#send(deltaMessage(channel.topic, sent, channel.cursor, asOf, items, removed))
      if (this.#socket.bufferedAmount > COALESCE_ABOVE_BYTES) return
    }
  }

  #receive(text: string): void {
    if (this.#ending) return
    if (!this.#takeToken()) {
      this.#deps.telemetry.emit('live.refused', { reason: 'rate' })
      this.end(CLOSE_POLICY, 'rate')
      return
    }
    const message = readMessage(text)
    if (!message) this.#refuse('message.invalid')
    else if (message.type === 'unsubscribe') this.#leave(message.topic)
    else this.#subscribe(message.topic, message.cursor)
  }

  #subscribe(topic: string, cursor: string | undefined): void {
    this.#leave(topic)
    const full = this.#subscriptions.size >= MAX_TOPICS_PER_SOCKET
    const channel = full ? 'topic.tooMany' : this.#deps.open(topic, this.#viewer)
    if (typeof channel === 'string') {
      this.#refuse(channel, topic)
      return
    }
    const missed = cursor === undefined ? undefined : channel.since(cursor)
    const asOf = this.#deps.now()
    if (!missed) {
      const snapshot = channel.snapshot(asOf)
      this.#allowance += snapshot.length
      this.#send(snapshot)
    } else if (missed.length > 0) for (const delta of missed) this.#send(delta)
    else
      this.#send(deltaMessage(topic, channel.cursor, channel.cursor, formatInstant(asOf), [], []))
    this.#subscriptions.set(topic, { channel, sent: channel.cursor, behind: undefined })
    channel.listeners.add(this)
    channel.idleSince = undefined
  }

  #leave(topic: string): void {
    const subscription = this.#subscriptions.get(topic)
    if (!subscription) return
    this.#subscriptions.delete(topic)
    const { channel } = subscription
    channel.listeners.delete(this)
    if (channel.listeners.size === 0) channel.idleSince = performance.now()
  }

  #forget(): void {
    if (this.#ending) return
    this.#ending = true
    for (const topic of [...this.#subscriptions.keys()]) this.#leave(topic)
    this.#deps.closed(this)
  }

  #refuse(code: LiveErrorCode, topic?: string): void {
    this.#deps.telemetry.emit('live.refused', { reason: code })
    this.#send(errorMessage(code, REFUSALS[code], topic))
  }

  #takeToken(): boolean {
    const at = performance.now()
    const earned = ((at - this.#tokensAt) / 1000) * MESSAGES_PER_SECOND
    this.#tokens = Math.min(MESSAGES_BURST, this.#tokens + earned)
    this.#tokensAt = at
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }

  #send(message: Buffer): void {
    // An error here is followed by 'close', where the connection is forgotten.
    this.#socket.send(message, { binary: false }, () => {})
  }
}

function readMessage(text: string): ClientMessage | undefined {
  try {
    return clientMessage.safeParse(JSON.parse(text)).data
  } catch {
    return
  }
}

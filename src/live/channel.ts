/**
 * One topic as one group of viewers sees it: its present objects, each already encoded, the
 * sequence of its deltas, and a ring of the latest for those who come back. Encoded once, sent to
 * all. It knows nothing of incidents or rights.
 */
import { formatInstant, type InstantMs } from '../facts/time.ts'
import { RING_BYTES, RING_DELTAS } from './limits.ts'
import { deltaMessage, snapshotMessage } from './messages.ts'

/** How old the `asOf` of a shared snapshot may be, ms. */
const SNAPSHOT_SHARED_MS = 1_000

interface Delta {
  readonly sequence: number
  readonly message: Buffer
}

/** Who listens: told of each delta, in order. */
export interface Listener {
  deliver(channel: Channel, delta: Buffer, changed: readonly string[]): void
}

export class Channel {
  readonly topic: string
  readonly listeners = new Set<Listener>()
  /** Object id → its JSON, in order of arrival. */
  readonly items = new Map<string, string>()
  /** When the last listener left, ms; undefined while there is one. */
  idleSince: number | undefined
  readonly #prefix: string
  #sequence = 0
  #ring: Delta[] = []
  #ringBytes = 0
  #snapshot: Buffer | undefined
  #snapshotAt: InstantMs = 0

  /** `prefix` names this very channel, so that a cursor of another one is not taken for its own. */
  constructor(topic: string, prefix: string) {
    this.topic = topic
    this.#prefix = prefix
  }

  cursorAt(sequence: number): string {
    return `${this.#prefix}.${sequence.toString(36)}`
  }

  get cursor(): string {
    return this.cursorAt(this.#sequence)
  }

  /** Everything there is now; encoded once for all who ask within a second and between changes. */
  snapshot(now: InstantMs): Buffer {
    if (!this.#snapshot || now - this.#snapshotAt > SNAPSHOT_SHARED_MS) {
      const { topic, cursor } = this
      this.#snapshot = snapshotMessage(topic, cursor, formatInstant(now), this.items.values())
      this.#snapshotAt = now
    }
    return this.#snapshot
  }

  /** The deltas after `cursor`, oldest first; `undefined` where only a snapshot will do. */
  since(cursor: string): readonly Buffer[] | undefined {
    const dot = cursor.lastIndexOf('.')
    if (dot < 0 || cursor.slice(0, dot) !== this.#prefix) return
    const sequence = Number.parseInt(cursor.slice(dot + 1), 36)
    if (cursor !== this.cursorAt(sequence) || sequence > this.#sequence) return
    if (sequence === this.#sequence) return []
    const first = this.#ring.findIndex((delta) => delta.sequence === sequence + 1)
    return first < 0 ? undefined : this.#ring.slice(first).map((delta) => delta.message)
  }

  /** Applies changed objects (`null` = gone) and tells the listeners; nothing changed, nothing sent. */
  publish(changes: ReadonlyMap<string, string | null>, now: InstantMs): void {
    const items: string[] = []
    const removed: string[] = []
    const changed: string[] = []
    for (const [id, json] of changes) {
      if (json === null) {
        if (!this.items.delete(id)) continue
        removed.push(id)
      } else {
        if (this.items.get(id) === json) continue
        this.items.set(id, json)
        items.push(json)
      }
      changed.push(id)
    }
    if (changed.length === 0) return
    const prev = this.cursor
    this.#sequence++
    this.#snapshot = undefined
    const message = deltaMessage(this.topic, prev, this.cursor, formatInstant(now), items, removed)
    this.#remember({ sequence: this.#sequence, message })
    for (const listener of this.listeners) listener.deliver(this, message, changed)
  }

  #remember(delta: Delta): void {
    this.#ring.push(delta)
    this.#ringBytes += delta.message.length
    let drop = 0
    while (this.#ring.length - drop > RING_DELTAS || this.#ringBytes > RING_BYTES) {
      this.#ringBytes -= this.#ring[drop]!.message.length
      drop++
    }
    if (drop > 0) this.#ring = this.#ring.slice(drop)
  }
}

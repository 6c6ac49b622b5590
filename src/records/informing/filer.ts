/** What may be asked of the ledger about informing customers, applied inside its transaction. */
import { createHash } from 'node:crypto'
import type { Connection } from '../../config/sqlite.ts'
import type { Change } from '../../engine/changes.ts'
import type { Channel } from '../../facts/channels.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import { parcelFiler } from '../outbox/parcels.ts'
import { audienceFiler, type Progress } from './audiences.ts'
import { episodeFiler, type Turn } from './episodes.ts'
import { placeFiler } from './places.ts'
import { type Listeners, listenerFiler } from './pushes.ts'
import { type Receipt, receiptFiler } from './receipts.ts'
import { type Subscription, subscriptionFiler } from './subscriptions.ts'

/** A slice of a walk: what some hundred customers are told, and where the walk has got. */
export interface Slice {
  readonly at: InstantMs
  readonly turns: readonly Turn[]
  /** Whose outage goes on under another incident's number. */
  readonly follows: readonly (readonly [account: string, channel: string, incident: string])[]
  /** Who of those without supply asked to be told; absent where nobody was looked at for that. */
  readonly listeners?: Listeners
  readonly progress: Progress
}

export type InformingEntry =
  | { readonly do: 'subscribe'; readonly subscription: Subscription }
  | { readonly do: 'unsubscribe'; readonly id: string; readonly at: InstantMs }
  /** The customer wants to hear no more on the channel (退订). */
  | {
      readonly do: 'refuse'
      readonly account: string
      readonly channel: Channel
      readonly at: InstantMs
    }
  | {
      readonly do: 'receipts'
      readonly endpoint: string
      readonly receipts: readonly Receipt[]
      readonly at: InstantMs
    }
  /** A `Slice` as JSON: it passes through the main thread as text. */
  | { readonly do: 'slice'; readonly json: string }
  | { readonly do: 'take'; readonly parcel: string; readonly at: InstantMs }
  | { readonly do: 'announced'; readonly subject: string; readonly at: InstantMs }

/** Messages that one parcel carries: with the longest text it stays below 20 KB. */
const MESSAGES_PER_PARCEL = 50
/** Parcels of one incident that may be under way to a receiver at once; each customer is in one of them. */
const SHARDS = 4

export class InformingFiler {
  readonly #subscriptions: ReturnType<typeof subscriptionFiler>
  readonly #audiences: ReturnType<typeof audienceFiler>
  readonly #episodes: ReturnType<typeof episodeFiler>
  readonly #parcels: ReturnType<typeof parcelFiler>
  readonly #receipts: ReturnType<typeof receiptFiler>
  readonly #listeners: ReturnType<typeof listenerFiler>
  readonly #places: ReturnType<typeof placeFiler>
  readonly #waitingAt: ReturnType<Connection['prepare']>
  readonly #carriedBy: ReturnType<Connection['prepare']>
  readonly #underWay: ReturnType<Connection['prepare']>

  constructor(db: Connection) {
    this.#subscriptions = subscriptionFiler(db)
    this.#audiences = audienceFiler(db)
    this.#episodes = episodeFiler(db)
    this.#parcels = parcelFiler(db)
    this.#receipts = receiptFiler(db)
    this.#listeners = listenerFiler(db)
    this.#places = placeFiler(db)
    this.#waitingAt = db
      .prepare(`SELECT id FROM parcels
        WHERE endpoint = ? AND state = 'waiting' AND topic = 'customer'`)
      .raw()
    this.#carriedBy = db
      .prepare('SELECT DISTINCT incident FROM customer_messages WHERE parcel = ?')
      .raw()
    this.#underWay = db
      .prepare(`SELECT coalesce(sum(count), 0) FROM pushes
        WHERE incident = ? AND state = 'waiting'`)
      .raw()
  }

  /** What is asked; the walk that has ended by it, if one has. */
  apply(entry: InformingEntry): { readonly subject: string; readonly at: InstantMs } | undefined {
    switch (entry.do) {
      case 'subscribe':
        this.#subscriptions.add(entry.subscription)
        break
      case 'unsubscribe':
        this.#subscriptions.end(entry.id, entry.at)
        break
      case 'refuse':
        this.#subscriptions.refuse(entry.account, entry.channel, entry.at)
        break
      case 'receipts':
        this.#receipts(entry.endpoint, entry.receipts, entry.at)
        break
      case 'slice':
        return this.#fileSlice(JSON.parse(entry.json) as Slice)
      case 'take':
        this.#episodes.take(entry.parcel, entry.at)
        break
      case 'announced':
        this.#audiences.announced(entry.subject, entry.at)
        break
    }
    return undefined
  }

  /** Marks whose customers are to be looked at after the change, already filed. */
  file(change: Change): void {
    if (change.type === 'incident') this.#audiences.incident(change.incident, change.at)
  }

  /**
   * What becomes of parcels; those that carry no messages to customers change nothing here. The
   * incidents whose last message has thereby gone out, and when.
   */
  before(entry: OutboxEntry): ReadonlyMap<string, InstantMs> {
    const settled = new Map<string, InstantMs>()
    if (entry.do === 'settle') {
      for (const { id, result, at } of entry.outcomes) {
        if (result === 'retry') continue
        this.#episodes.settle(id, result)
        for (const [incident] of this.#carriedBy.all([id]) as [string][]) settled.set(incident, at)
      }
    } else if (entry.do === 'add' && entry.endpoint.channels.length > 0)
      this.#audiences.everybody(entry.endpoint.createdAt)
    else if (entry.do === 'remove' || entry.do === 'disable')
      for (const [id] of this.#waitingAt.all([entry.endpoint]) as [string][])
        this.#episodes.settle(id, 'expired')
    for (const incident of settled.keys())
      if ((this.#underWay.get([incident]) as [number])[0] > 0) settled.delete(incident)
    return settled
  }

  retain(before: InstantMs, rows: number): number {
    return this.#episodes.retain(before, rows)
  }

  #fileSlice({ at, turns, follows, listeners, progress }: Slice) {
    const batches = new Map<string, Turn[]>()
    const { subject } = progress
    let missed = false
    for (const turn of turns) {
      if (!turn.message) {
        if (!this.#episodes.turn(turn, '')) missed = true
        continue
      }
      const { notAfter, channel } = turn.message
      const key = JSON.stringify([turn.endpoint, channel, shardOf(turn.account), notAfter])
      const batch = batches.get(key)
      if (batch && batch.length < MESSAGES_PER_PARCEL) batch.push(turn)
      else {
        if (batch) missed = !this.#fileBatch(subject, batch, at) || missed
        batches.set(key, [turn])
      }
    }
    for (const batch of batches.values()) missed = !this.#fileBatch(subject, batch, at) || missed
    for (const [account, channel, incident] of follows)
      this.#episodes.follow(account, channel, incident)
    if (missed) this.#audiences.again(subject)
    const isOver = !('phase' in progress)
    if (listeners) {
      this.#listeners(subject, listeners, isOver ? at : null)
      this.#places(subject, listeners.places ?? {}, listeners.first, isOver)
    }
    this.#audiences.progress(progress, at)
    return isOver ? { subject, at } : undefined
  }

  /** One parcel with its messages; false where one of them could not be replaced any more. */
  #fileBatch(subject: string, batch: readonly Turn[], at: InstantMs): boolean {
    const { endpoint, message, account, channel } = batch[0]!
    const id = parcelId(batch)
    const filed = batch.filter((turn) => this.#episodes.turn(turn, id))
    if (filed.length > 0)
      this.#parcels.add({
        ...{ id, endpoint: endpoint!, order: `${subject}/${shardOf(account)}`, at },
        ...{ topic: 'customer', type: 'customer.messages', body: channel, follows: false },
        notAfter: message!.notAfter,
      })
    return filed.length === batch.length
  }
}

/** The same customer is always in the same one, so that messages to one customer stay in order. */
function shardOf(account: string): number {
  let sum = 0
  for (let i = 0; i < account.length; i++) sum = (sum * 31 + account.charCodeAt(i)) >>> 0
  return sum % SHARDS
}

/** Follows from its messages, so the same parcel has the same id. */
function parcelId(batch: readonly Turn[]): string {
  const hash = createHash('sha256')
  for (const { endpoint, message } of batch) hash.update(`${endpoint}/${message!.id}\n`)
  return `msg_${hash.digest('base64url').slice(0, 27)}`
}

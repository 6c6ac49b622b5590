/**
 * The outbox inside the ledger: parcels are composed once, in the transaction that files the change
 * they tell of. Recovery never files a change again, so nothing is ever composed twice.
 */
import { createHash } from 'node:crypto'
import type { Connection } from '../../config/sqlite.ts'
import type { Change, Notice } from '../../engine/changes.ts'
import { formatInstant, type InstantMs } from '../../facts/time.ts'
import type { Complaint } from '../complaints.ts'
import { besideReader } from './beside.ts'
import { endpointFiler, endpointReader, type KeptEndpoint } from './endpoints.ts'
import { besideMessage, complaintMessage, type Message, messageOf } from './messages.ts'
import { type ParcelOutcome, parcelFiler } from './parcels.ts'
import { complaintText, escalationText, noticeText, type Wording } from './wording.ts'

/** What composing needs to know besides the change; kept, for changes may come before a grid is read. */
export interface OutboxContext extends Wording {
  /** Each unit and the one above it. */
  readonly units: readonly (readonly [unit: string, parent: string | null])[]
}

/** What may be asked of the outbox, beside filing changes. */
export type OutboxEntry =
  | { readonly do: 'context'; readonly context: OutboxContext }
  | { readonly do: 'add'; readonly endpoint: KeptEndpoint }
  | { readonly do: 'secrets'; readonly endpoint: string; readonly secrets: readonly string[] }
  | { readonly do: 'remove' | 'disable'; readonly endpoint: string; readonly at: InstantMs }
  | { readonly do: 'test'; readonly endpoint: string; readonly id: string; readonly at: InstantMs }
  | { readonly do: 'settle'; readonly outcomes: readonly ParcelOutcome[] }

/** A trial message is of use only while someone watches. */
const TEST_MS = 5 * 60_000

interface ReadContext extends Wording {
  readonly parents: ReadonlyMap<string, string | null>
}

export class Outbox {
  readonly #endpoints: ReturnType<typeof endpointFiler>
  readonly #readEndpoints: ReturnType<typeof endpointReader>
  readonly #parcels: ReturnType<typeof parcelFiler>
  readonly #besideOf: ReturnType<typeof besideReader>
  readonly #statements
  /** Read again after each change of theirs. */
  #live: readonly KeptEndpoint[] | undefined
  #context: ReadContext | undefined

  constructor(db: Connection) {
    this.#endpoints = endpointFiler(db)
    this.#readEndpoints = endpointReader(db)
    this.#parcels = parcelFiler(db)
    this.#besideOf = besideReader(db)
    this.#statements = {
      context: db.prepare('SELECT json FROM outbox_context').raw(),
      keep: db.prepare('INSERT OR REPLACE INTO outbox_context VALUES (1, ?)'),
      unit: db.prepare('SELECT unit FROM incidents WHERE id = ?').raw(),
      notice: db.prepare('SELECT json FROM notices WHERE incident = ?').raw(),
    }
  }

  apply(entry: OutboxEntry): void {
    switch (entry.do) {
      case 'context':
        this.#statements.keep.run([JSON.stringify(entry.context)])
        this.#context = undefined
        break
      case 'add':
        this.#endpoints.add(entry.endpoint)
        break
      case 'secrets':
        this.#endpoints.secrets(entry.endpoint, entry.secrets)
        break
      case 'remove':
        this.#endpoints.remove(entry.endpoint)
        this.#parcels.drop(entry.endpoint, entry.at)
        break
      case 'disable':
        this.#endpoints.disable(entry.endpoint, entry.at)
        this.#parcels.drop(entry.endpoint, entry.at)
        break
      case 'test':
        this.#fileTest(entry.endpoint, entry.id, entry.at)
        break
      case 'settle':
        for (const outcome of entry.outcomes) this.#parcels.settle(outcome)
        break
    }
    if (entry.do !== 'settle') this.#live = undefined
  }

  /** Composes what the change, already filed, tells whom. */
  file(change: Change): void {
    if (this.#receivers.length === 0) return
    const message = messageOf(change, this.#besideOf)
    if (!message) return
    const unit = (this.#statements.unit.get([message.incident]) as [string] | undefined)?.[0]
    this.#send(message, unit, (endpoint) => this.#text(endpoint, change))
  }

  /** Composes that a complaint waits for its answer. */
  fileComplaint(complaint: Complaint, at: InstantMs): void {
    this.#send(complaintMessage(complaint, at), complaint.unit, ({ language }) => {
      const wording = this.#known()
      return wording && complaintText(wording, complaint, language)
    })
  }

  /** Composes what stands beside a notice by now, where that is news; nothing for robots. */
  fileBeside(incident: string, at: InstantMs): void {
    if (!this.#receivers.some(({ topics }) => topics.includes('notice'))) return
    const row = this.#statements.notice.get([incident]) as [string] | undefined
    if (!row) return
    const notice = JSON.parse(row[0]) as Notice
    const message = besideMessage(notice, this.#besideOf(incident), at)
    if (message) this.#send(message, notice.unit, () => undefined)
  }

  get #receivers(): readonly KeptEndpoint[] {
    this.#live ??= this.#readEndpoints().filter(({ disabledAt }) => disabledAt === null)
    return this.#live
  }

  #send(
    message: Message,
    unit: string | undefined,
    textFor: (endpoint: KeptEndpoint) => string | undefined,
  ): void {
    for (const endpoint of this.#receivers) {
      if (!endpoint.topics.includes(message.topic) || !this.#concerns(endpoint, unit)) continue
      const body = endpoint.form === 'wecom' ? textFor(endpoint) : bodyOf(message)
      if (body === undefined) continue
      const { topic, type, incident: order, at, notAfter, follows } = message
      const id = idOf(endpoint.id, message)
      this.#parcels.add({
        ...{ id, endpoint: endpoint.id, order, topic, type, body, at, notAfter, follows },
      })
    }
  }

  retain(before: InstantMs, rows: number): number {
    return this.#parcels.retain(before, rows)
  }

  #concerns({ unit: of }: KeptEndpoint, unit: string | undefined): boolean {
    if (of === null) return true
    const parents = this.#known()?.parents
    const passed = new Set<string>()
    for (let at = unit; at !== undefined && !passed.has(at); at = parents?.get(at) ?? undefined) {
      if (at === of) return true
      passed.add(at)
    }
    return false
  }

  #text({ language }: KeptEndpoint, change: Change): string | undefined {
    const wording = this.#known()
    if (!wording) return undefined
    if (change.type === 'notice') return noticeText(wording, change.notice, language)
    if (change.type !== 'escalation') return undefined
    const row = this.#statements.notice.get([change.incident]) as [string] | undefined
    return row && escalationText(wording, change, JSON.parse(row[0]) as Notice, language)
  }

  #known(): ReadContext | undefined {
    if (this.#context) return this.#context
    const row = this.#statements.context.get([]) as [string] | undefined
    if (!row) return undefined
    const { units, ...wording } = JSON.parse(row[0]) as OutboxContext
    this.#context = { ...wording, parents: new Map(units) }
    return this.#context
  }

  #fileTest(endpoint: string, id: string, at: InstantMs): void {
    const kept = this.#readEndpoints().find((one) => one.id === endpoint)
    if (!kept || kept.disabledAt !== null) return
    const type = 'webhook.test'
    const body =
      kept.form === 'wecom'
        ? `95598 ${formatInstant(at)}`
        : JSON.stringify({ type, timestamp: formatInstant(at), data: { webhook: endpoint } })
    this.#parcels.add({
      ...{ id, endpoint, order: id, topic: 'webhook', type, body, at, follows: false },
      notAfter: at + TEST_MS,
    })
  }
}

/** As Standard Webhooks lay a payload out. */
function bodyOf({ type, at, data }: Message): string {
  return JSON.stringify({ type, timestamp: formatInstant(at), data })
}

/** The same message to the same endpoint has the same id, whoever composes it. */
function idOf(endpoint: string, { type, incident, key }: Message): string {
  const named = JSON.stringify([endpoint, type, incident, key])
  return `msg_${createHash('sha256').update(named).digest('base64url').slice(0, 27)}`
}

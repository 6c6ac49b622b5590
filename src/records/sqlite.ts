/**
 * The ledger in SQLite: commits in the order they are asked for, several waiting ones in one
 * transaction, each told to the listener when it is on disk. While the disk is full it waits.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { ChangeBatch } from '../engine/changes.ts'
import type { Position } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { AuditEntry, AuditSource } from './audit.ts'
import type { CallBackEntry } from './callbacks.ts'
import type { ComplaintEntry } from './complaints.ts'
import type { Contact } from './contacts.ts'
import { RecordsError } from './errors.ts'
import type { InformingEntry } from './informing/filer.ts'
import type { LedgerEntry } from './ledger.ts'
import type { OutboxEntry } from './outbox/outbox.ts'
import type { ChangeSource, FiledBatch, RecordsPort, RecordsState } from './port.ts'
import { openQueries, type Queries } from './queries.ts'
import type { RepairEntry } from './repair/filer.ts'
import type { VisitEntry } from './visits.ts'
import { startWriter, type WriterThread } from './writer-thread.ts'

/** Change batches in one transaction, so that a long recovery shows its progress. */
const MAX_BATCHES_PER_TRANSACTION = 2000

/** Between two attempts while the disk is full: soon enough to be noticed, rare enough to be free. */
const RETRY_FULL_MS = 1000

/** Rows of each table dropped by one transaction of `retain`. */
const RETAIN_ROWS = 500

export interface RecordsOptions {
  /** `records.db`; its folder exists. */
  readonly path: string
  readonly telemetry: Telemetry
}

/** `full`: commits wait for space and go on by themselves; `failing`: until a restart. */
export type RecordsCondition = 'writing' | 'full' | 'failing' | 'closed'

export interface SqliteRecords
  extends RecordsPort,
    Pick<
      Queries,
      | 'areas'
      | 'outbox'
      | 'informing'
      | 'callBacks'
      | 'visits'
      | 'complaints'
      | 'care'
      | 'quality'
      | 'repair'
    > {
  /** For `/readyz`. */
  readonly condition: RecordsCondition
  /** Changes endpoints and settles parcels; resolves once it is on disk. */
  changeOutbox(entry: OutboxEntry, audit?: AuditEntry): Promise<void>
  /** Changes subscriptions and what customers were told; resolves once it is on disk. */
  changeInforming(entry: InformingEntry): Promise<void>
  /** Takes, counts and settles call-backs; resolves once it is on disk. */
  changeCallBack(entry: CallBackEntry, audit?: AuditEntry): Promise<void>
  /** Files, tells and answers complaints; resolves once it is on disk. */
  changeComplaint(entry: ComplaintEntry, audit?: AuditEntry): Promise<void>
  /** Takes visits; resolves once it is on disk. */
  changeVisit(entry: VisitEntry, audit?: AuditEntry): Promise<void>
  /** Changes crews, words and pictures; resolves once it is on disk. */
  changeRepair(entry: RepairEntry): Promise<void>
  /** Change batches asked for and not yet on disk; whoever makes more of them waits on this. */
  readonly pending: number
}

interface Waiting {
  readonly entry: LedgerEntry
  readonly batches: readonly ChangeBatch[]
  readonly resolve: () => void
  readonly reject: (error: RecordsError) => void
}

/** Opens or creates the ledger and takes it over from any other writer. */
export async function openRecords(options: RecordsOptions): Promise<SqliteRecords> {
  const { path, telemetry } = options
  const writer = await startWriter({ path })
  const committer = new Committer(writer, telemetry)
  const { close, ...queries } = openQueries(path)
  return Object.assign(committer, queries, {
    async close() {
      await committer.stop()
      close()
    },
  })
}

class Committer {
  readonly #writer: WriterThread
  readonly #telemetry: Telemetry
  #state: RecordsState
  /** Last position asked to be committed. */
  #accepted: Position
  /** Settles with the last commit asked for. */
  #tail: Promise<void> = Promise.resolve()
  #condition: RecordsCondition = 'writing'
  #failure: RecordsError | undefined
  #listener: (batches: readonly ChangeBatch[]) => void = () => {}
  #waiting: Waiting[] = []
  #pending = 0
  #pump: Promise<void> | undefined
  readonly #stopping = new AbortController()

  constructor(writer: WriterThread, telemetry: Telemetry) {
    const { position, digest } = writer.opened.state
    this.#writer = writer
    this.#telemetry = telemetry
    this.#state = { position, digest }
    this.#accepted = position
    telemetry.gauge(
      'lastgasp_records_pending_batches',
      'Change batches of the ledger asked for and not yet on disk',
      () => this.pending,
    )
  }

  get state(): RecordsState {
    return this.#state
  }
  get condition(): RecordsCondition {
    return this.#condition
  }
  get pending(): number {
    return this.#pending
  }

  onCommitted(listener: (batches: readonly ChangeBatch[]) => void): void {
    this.#listener = listener
  }

  commit(
    batches: readonly FiledBatch[],
    position: Position,
    digest: string,
    source?: ChangeSource,
  ): Promise<void> {
    if (position <= this.#accepted) return this.#tail
    const fresh = batches.filter((batch) => batch.position > this.#accepted)
    const encoded = fresh.map(({ position, at, changes, json = JSON.stringify(changes) }) => {
      return { position, at, json }
    })
    this.#accepted = position
    const from = source ? { source } : {}
    return this.#ask({ kind: 'changes', batches: encoded, position, digest, ...from }, fresh)
  }

  saveCursor(name: string, position: Position): Promise<void> {
    return this.#ask({ kind: 'cursor', name, position }, [])
  }

  audit(entry: AuditEntry, once?: AuditSource): Promise<void> {
    return this.#ask({ kind: 'audit', entry, ...(once ? { once } : {}) }, [])
  }

  contact(contact: Contact): Promise<void> {
    return this.#ask({ kind: 'contact', contact }, [])
  }

  linkCall(requestId: string, incident: string): Promise<void> {
    return this.#ask({ kind: 'linkCall', requestId, incident }, [])
  }

  changeOutbox(entry: OutboxEntry, audit?: AuditEntry): Promise<void> {
    return this.#ask({ kind: 'outbox', entry, ...(audit && { audit }) }, [])
  }

  changeCallBack(entry: CallBackEntry, audit?: AuditEntry): Promise<void> {
    return this.#ask({ kind: 'callBack', entry, ...(audit && { audit }) }, [])
  }

  changeComplaint(entry: ComplaintEntry, audit?: AuditEntry): Promise<void> {
    return this.#ask({ kind: 'complaint', entry, ...(audit && { audit }) }, [])
  }

  changeVisit(entry: VisitEntry, audit?: AuditEntry): Promise<void> {
    return this.#ask({ kind: 'visit', entry, ...(audit && { audit }) }, [])
  }

  changeRepair(entry: RepairEntry): Promise<void> {
    return this.#ask({ kind: 'repair', entry }, [])
  }

  changeInforming(entry: InformingEntry): Promise<void> {
    return this.#ask({ kind: 'informing', entry }, [])
  }

  async retain(before: InstantMs): Promise<void> {
    for (;;) {
      const { dropped } = await this.#writer.send({ kind: 'retain', before, rows: RETAIN_ROWS })
      if (dropped === 0) return
      this.#telemetry.emit('records.retained', { count: dropped })
    }
  }

  /** Commits what was asked for, unless the disk is full or failing. */
  async stop(): Promise<void> {
    if (this.#condition === 'closed') return
    const sound = this.#condition !== 'failing'
    this.#condition = 'closed'
    this.#stopping.abort()
    await this.#pump
    await (sound && !this.#failure ? this.#writer.close() : this.#writer.abandon())
  }

  #ask(entry: LedgerEntry, batches: readonly ChangeBatch[]): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    if (this.#condition === 'closed')
      return Promise.reject(new RecordsError('records.closed', 'the ledger is closed'))
    const asked = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ entry, batches, resolve, reject })
    })
    this.#pending += batches.length
    this.#tail = asked
    this.#pump ??= this.#commitAll()
    return asked
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#failure) await this.#commitGroup(this.#take())
    this.#pump = undefined
  }

  #take(): Waiting[] {
    let count = 0
    let batches = 0
    for (const waiting of this.#waiting) {
      batches += waiting.batches.length
      if (count > 0 && batches > MAX_BATCHES_PER_TRANSACTION) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    const count = batchesIn(group)
    const started = performance.now()
    try {
      await this.#sendUntilRoom(group.map(({ entry }) => entry))
    } catch (error) {
      this.#fail(group, error as RecordsError)
      return
    } finally {
      this.#pending -= count
    }
    const seconds = (performance.now() - started) / 1000
    this.#telemetry.emit('records.committed', { count, seconds })
    for (const { entry, batches, resolve } of group) {
      if (entry.kind === 'changes') {
        this.#state = { position: entry.position, digest: entry.digest }
        this.#listener(batches)
      }
      resolve()
    }
  }

  /** A transaction that found no room is rolled back whole, so it may be tried again as it is. */
  async #sendUntilRoom(entries: readonly LedgerEntry[]): Promise<void> {
    for (;;) {
      try {
        await this.#writer.send({ kind: 'commit', entries })
        break
      } catch (error) {
        if ((error as RecordsError).code !== 'records.full' || this.#condition === 'closed')
          throw error
        if (this.#condition === 'writing') this.#telemetry.emit('records.full', {}, error)
        this.#condition = 'full'
        const { signal } = this.#stopping
        await delay(RETRY_FULL_MS, undefined, { signal }).catch(() => {})
      }
    }
    if (this.#condition !== 'full') return
    this.#condition = 'writing'
    this.#telemetry.emit('records.writable')
  }

  #fail(group: readonly Waiting[], error: RecordsError): void {
    this.#failure = error
    if (this.#condition !== 'closed') this.#condition = 'failing'
    this.#telemetry.emit('records.failed', {}, error)
    const unsent = this.#waiting.splice(0)
    this.#pending -= batchesIn(unsent)
    for (const waiting of [...group, ...unsent]) waiting.reject(error)
  }
}

const batchesIn = (group: readonly Waiting[]) =>
  group.reduce((sum, { batches }) => sum + batches.length, 0)

/** The ledger's writer thread: one transaction a message, checkpoints between them. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Connection } from '../config/sqlite.ts'
import type { ThreadReply } from '../config/worker-thread.ts'
import { anchorOf } from './audit.ts'
import { openForWriting } from './database.ts'
import { type RecordsErrorCode, recordsErrorOf } from './errors.ts'
import { Ledger, type LedgerEntry, type LedgerState } from './ledger.ts'

export interface WriterSettings {
  readonly path: string
}

export type WriterRequest =
  | { readonly kind: 'commit'; readonly entries: readonly LedgerEntry[] }
  | { readonly kind: 'retain'; readonly before: number; readonly rows: number }
  | { readonly kind: 'close' }

export interface WriterAnswer {
  readonly state: LedgerState
  /** Rows dropped, for `retain`. */
  readonly dropped: number
}

export type WriterReply = ThreadReply<WriterAnswer, RecordsErrorCode>

/** JSON filed between two checkpoints; with its indexes and copies the log stays near 20 MB. */
const CHECKPOINT_BYTES = 4 * 1_048_576

function bytesOf(request: WriterRequest): number {
  if (request.kind !== 'commit') return 0
  let bytes = 0
  for (const entry of request.entries)
    if (entry.kind === 'changes') for (const { json } of entry.batches) bytes += json.length
    // Each customer of a slice has rows in three tables.
    else if (entry.kind === 'informing' && entry.entry.do === 'slice')
      bytes += entry.entry.json.length
  return bytes
}

/** Copies the log into the database. A full disk only puts that off. */
function checkpoint(db: Connection, mode: 'PASSIVE' | 'TRUNCATE'): void {
  try {
    db.pragma(`wal_checkpoint(${mode})`)
  } catch (error) {
    if (recordsErrorOf(error).code !== 'records.full') throw error
  }
}

function refusal(error: unknown): WriterReply {
  const { code, message } = recordsErrorOf(error)
  return { ok: false, code, message }
}

function serve(port: NonNullable<typeof parentPort>): void {
  const { path } = workerData as WriterSettings
  let db: Connection
  let ledger: Ledger
  try {
    db = openForWriting(path)
    ledger = new Ledger(db, { anchor: anchorOf(path) })
  } catch (error) {
    port.postMessage(refusal(error))
    return
  }
  let sinceCheckpoint = 0
  const run = (request: WriterRequest): number => {
    if (request.kind === 'commit') ledger.commit(request.entries)
    else if (request.kind === 'retain') return ledger.retain(request.before, request.rows)
    else {
      checkpoint(db, 'TRUNCATE')
      db.close()
    }
    return 0
  }
  port.on('message', (request: WriterRequest) => {
    try {
      const dropped = run(request)
      port.postMessage({ ok: true, state: ledger.state, dropped } satisfies WriterReply)
    } catch (error) {
      port.postMessage(refusal(error))
      if (request.kind === 'close') port.close()
      return
    }
    if (request.kind === 'close') {
      port.close()
      return
    }
    sinceCheckpoint += bytesOf(request)
    if (sinceCheckpoint < CHECKPOINT_BYTES) return
    checkpoint(db, 'PASSIVE')
    sinceCheckpoint = 0
  })
  port.postMessage({ ok: true, state: ledger.state, dropped: 0 } satisfies WriterReply)
}

if (parentPort) serve(parentPort)

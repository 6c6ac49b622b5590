/**
 * The journal's writer thread: one row a group commit, retention in slices, checkpoints between
 * commits. It owns the only writing connection and knows nothing of facts.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Connection } from '../config/sqlite.ts'
import type { ThreadReply } from '../config/worker-thread.ts'
import { journalErrorOf, openForWriting, rowFrom } from './database.ts'
import { JournalError, type JournalErrorCode } from './port.ts'
import { checkRow, type JournalRow } from './row.ts'

export interface WriterSettings {
  readonly path: string
  readonly checkpointBytes: number
  readonly fileBytes?: number
}

export type WriterRequest =
  | { readonly kind: 'commit'; readonly row: JournalRow }
  | { readonly kind: 'retain'; readonly before: number; readonly rows: number }
  | { readonly kind: 'keep'; readonly first: number; readonly rows: readonly ReadingRow[] }
  | { readonly kind: 'retainReadings'; readonly before: number; readonly rows: number }
  | { readonly kind: 'close' }

/** A periodic reading as it is kept. */
export interface ReadingRow {
  readonly receivedAt: number
  /** JSON. */
  readonly reading: string
}

/** What every answer carries: the extent of the journal and the log not yet checkpointed. */
export interface WriterExtent {
  readonly first: number
  readonly last: number
  readonly walPages: number
  /** Place of the newest periodic reading, 0 for none. */
  readonly lastReading: number
  /** Rows dropped, for `retain` and `retainReadings`. */
  readonly dropped: number
}

export type WriterReply = ThreadReply<WriterExtent, JournalErrorCode>

/** Pages of the log that readers still pin after a checkpoint, or 0. */
function checkpoint(db: Connection, mode: 'PASSIVE' | 'TRUNCATE'): number {
  const [, pages, copied] = db.prepare(`PRAGMA wal_checkpoint(${mode})`).raw().get([]) as number[]
  return Math.max(0, pages! - copied!)
}

function openWriter(settings: WriterSettings) {
  const db = openForWriting(settings.path, settings.fileBytes)
  const insert = db.prepare('INSERT INTO commits VALUES (?, ?, ?, ?)')
  const drop = db.prepare(`DELETE FROM commits WHERE first IN (
    SELECT first FROM commits
    WHERE first < ? AND first + count <= ? AND first < (SELECT max(first) FROM commits)
    ORDER BY first LIMIT ?)`)
  const keep = db.prepare('INSERT INTO readings VALUES (?, ?, ?)')
  const newestReading = db.prepare('SELECT max(id) FROM readings').raw()
  // Of the oldest alone, so that a look costs the same however many are kept.
  const dropReadings = db.prepare(`DELETE FROM readings WHERE id IN (
    SELECT id FROM (SELECT id, receivedAt FROM readings ORDER BY id LIMIT ?) WHERE receivedAt < ?
  ) AND id < (SELECT max(id) FROM readings)`)
  const oldest = db.prepare('SELECT min(first) FROM commits').raw()
  const tail = db
    .prepare('SELECT first, count, checksum, facts FROM commits ORDER BY first DESC LIMIT 1')
    .raw()
  const newest = rowFrom(tail.get([]))
  if (newest) checkRow(newest)

  let first = newest ? (oldest.get([]) as number[])[0]! : 1
  let last = newest ? newest.first + newest.count - 1 : 0
  let lastReading = (newestReading.get([]) as [number | null])[0] ?? 0
  let sinceCheckpoint = 0
  let walPages = 0

  /** A full disk keeps the log from being copied; the commits before it stand all the same. */
  const checkpointWhenDue = () => {
    if (sinceCheckpoint < settings.checkpointBytes) return
    try {
      walPages = checkpoint(db, 'PASSIVE')
      sinceCheckpoint = 0
    } catch (error) {
      if (journalErrorOf(error).code !== 'journal.full') throw error
    }
  }

  return {
    extent: (dropped = 0): WriterExtent => ({ first, last, walPages, lastReading, dropped }),
    commit(row: JournalRow) {
      insert.run([row.first, row.count, row.checksum, row.facts])
      last = row.first + row.count - 1
      sinceCheckpoint += row.facts.length
    },
    retain(before: number, rows: number): number {
      const dropped = drop.run([before, before, rows]).changes
      if (dropped > 0) first = (oldest.get([]) as number[])[0]!
      return dropped
    },
    keep(from: number, rows: readonly ReadingRow[]) {
      db.exec('BEGIN')
      try {
        rows.forEach(({ receivedAt, reading }, index) => {
          keep.run([from + index, receivedAt, reading])
        })
        db.exec('COMMIT')
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK')
        throw error
      }
      lastReading = from + rows.length - 1
      for (const { reading } of rows) sinceCheckpoint += reading.length
    },
    retainReadings: (before: number, rows: number): number =>
      dropReadings.run([rows, before]).changes,
    checkpointWhenDue,
    close() {
      try {
        checkpoint(db, 'TRUNCATE')
      } finally {
        db.close()
      }
    },
  }
}

function refusal(error: unknown): WriterReply {
  const known = error instanceof JournalError ? error : journalErrorOf(error)
  return { ok: false, code: known.code, message: known.message }
}

function serve(port: NonNullable<typeof parentPort>): void {
  let writer: ReturnType<typeof openWriter>
  try {
    writer = openWriter(workerData as WriterSettings)
  } catch (error) {
    port.postMessage(refusal(error))
    return
  }
  const run = (request: WriterRequest): number => {
    if (request.kind === 'commit') writer.commit(request.row)
    else if (request.kind === 'keep') writer.keep(request.first, request.rows)
    else if (request.kind === 'retainReadings')
      return writer.retainReadings(request.before, request.rows)
    else if (request.kind === 'retain') return writer.retain(request.before, request.rows)
    else writer.close()
    return 0
  }
  port.on('message', (request: WriterRequest) => {
    try {
      const dropped = run(request)
      port.postMessage({ ok: true, ...writer.extent(dropped) } satisfies WriterReply)
    } catch (error) {
      port.postMessage(refusal(error))
      if (request.kind === 'close') port.close()
      return
    }
    if (request.kind === 'close') port.close()
    else writer.checkpointWhenDue()
  })
  port.postMessage({ ok: true, ...writer.extent() } satisfies WriterReply)
}

if (parentPort) serve(parentPort)

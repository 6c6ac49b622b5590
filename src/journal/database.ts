/**
 * Opens `journal.db` for writing or for reading and reads SQLite's errors: which mean "no space
 * now", and which mean that the disk can no longer be trusted. Bind numbers, texts, bytes and null
 * only: libsql aborts the process on a boolean.
 */
import Database from 'libsql'
import { JournalError } from './port.ts'
import type { JournalRow } from './row.ts'

export type Connection = InstanceType<typeof Database>

/** Layout of the file; a file of a later layout is refused. */
const LAYOUT = 1

/** A reader meets a lock only while the file is opened or closed by the writer. */
const BUSY_TIMEOUT_MS = 2000

const SCHEMA = `
CREATE TABLE IF NOT EXISTS commits (
  first    INTEGER PRIMARY KEY,
  count    INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  facts    BLOB NOT NULL
) STRICT`

/**
 * The one writing connection. `synchronous=FULL` in WAL mode syncs the log at every commit; the
 * log is copied into the database by explicit checkpoints only.
 */
export function openForWriting(path: string, fileBytes: number | undefined): Connection {
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('wal_autocheckpoint = 0')
  const layout = db.prepare('PRAGMA user_version').raw().get([]) as [number]
  if (layout[0] > LAYOUT) {
    db.close()
    throw new JournalError(
      'journal.failing',
      `${path} has layout ${layout[0]}; this program reads up to ${LAYOUT}`,
    )
  }
  db.exec(SCHEMA)
  db.exec(`PRAGMA user_version = ${LAYOUT}`)
  if (fileBytes !== undefined) {
    const [pageBytes] = db.prepare('PRAGMA page_size').raw().get([]) as [number]
    db.pragma(`max_page_count = ${Math.max(1, Math.floor(fileBytes / pageBytes))}`)
  }
  return db
}

/** A connection that cannot write. (`readonly` of better-sqlite3 is not known to libsql.) */
export function openForReading(path: string): Connection {
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  db.pragma('query_only = ON')
  return db
}

/** A row as `SELECT first, count, checksum, facts` gives it in raw mode. */
export function rowFrom(columns: unknown): JournalRow | undefined {
  if (columns === undefined) return undefined
  const [first, count, checksum, facts] = columns as [number, number, number, Uint8Array]
  return { first, count, checksum, facts }
}

/**
 * `journal.full` where the disk (or the file's own limit) has no room: the transaction is rolled
 * back whole and may be tried again. Anything else is `journal.failing`: after a failed sync the
 * kernel may call lost pages clean, so trying again would prove nothing.
 */
export function journalErrorOf(error: unknown): JournalError {
  const { code, message } = error as { code?: string; message?: string }
  // The shared-memory file cannot grow either where the disk is full.
  const full = code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE'
  const text = `${message ?? error}${code ? ` (${code})` : ''}`
  return new JournalError(full ? 'journal.full' : 'journal.failing', text, { cause: error })
}

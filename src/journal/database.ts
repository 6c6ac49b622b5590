/** Opens `journal.db` for its one writer and reads its rows and errors. */
import { type Connection, layoutOf, openDurable, readFailure } from '../config/sqlite.ts'
import { JournalError } from './port.ts'
import type { JournalRow } from './row.ts'

/** Layout of the file; a file of a later layout is refused. */
const LAYOUT = 1

const SCHEMA = `
CREATE TABLE IF NOT EXISTS commits (
  first    INTEGER PRIMARY KEY,
  count    INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  facts    BLOB NOT NULL
) STRICT;
-- Periodic voltage readings: the engine never sees them.
CREATE TABLE IF NOT EXISTS readings (
  id         INTEGER PRIMARY KEY,
  receivedAt INTEGER NOT NULL,
  reading    TEXT NOT NULL
) STRICT`

/** `fileBytes` bounds the file, as a full disk would. */
export function openForWriting(path: string, fileBytes: number | undefined): Connection {
  const db = openDurable(path)
  const layout = layoutOf(db)
  if (layout > LAYOUT) {
    db.close()
    throw new JournalError(
      'journal.failing',
      `${path} has layout ${layout}; this program reads up to ${LAYOUT}`,
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

/** A row as `SELECT first, count, checksum, facts` gives it in raw mode. */
export function rowFrom(columns: unknown): JournalRow | undefined {
  if (columns === undefined) return undefined
  const [first, count, checksum, facts] = columns as [number, number, number, Uint8Array]
  return { first, count, checksum, facts }
}

/** `journal.full` where there is no room now, else `journal.failing`. */
export function journalErrorOf(error: unknown): JournalError {
  const { full, text } = readFailure(error)
  return new JournalError(full ? 'journal.full' : 'journal.failing', text, { cause: error })
}

/**
 * SQLite as journal and ledger use it: one writing connection that syncs every commit, readers that
 * cannot write, and what an error means. Bind numbers, texts, bytes and null only: libsql aborts the
 * process on a boolean.
 */
import Database from 'libsql'

export type Connection = InstanceType<typeof Database>

/** A connection meets a lock only while another opens or closes the file. */
const BUSY_TIMEOUT_MS = 2000

/**
 * The one writing connection. `synchronous=FULL` in WAL mode syncs the log at every commit; the
 * log is copied into the database by explicit checkpoints only.
 */
export function openDurable(path: string): Connection {
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('wal_autocheckpoint = 0')
  return db
}

/** A connection that cannot write. (`readonly` of better-sqlite3 is not known to libsql.) */
export function openForReading(path: string): Connection {
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  db.pragma('query_only = ON')
  return db
}

/**
 * What `read` finds, all of it as of one moment. Without it each statement sees the newest commit:
 * an answer of two would hold the rows of before a commit and the counts, or the time, of after it.
 */
export function atOneMoment<Found>(db: Connection, read: () => Found): Found {
  if (db.inTransaction) return read()
  db.exec('BEGIN')
  try {
    return read()
  } finally {
    db.exec('COMMIT')
  }
}

/** The same questions, each answered as of one moment; a question that answers later is none of these. */
export function eachAtOneMoment<Questions extends object>(
  db: Connection,
  questions: Questions,
): Questions {
  const held = Object.entries(questions).map(([name, question]) => {
    if (typeof question !== 'function') return [name, eachAtOneMoment(db, question)]
    return [name, (...asked: unknown[]) => atOneMoment(db, () => question(...asked))]
  })
  return Object.fromEntries(held)
}

/** Writes the database at `path` to the new file `to`, as of one moment, whoever writes to it. */
export function copyDatabase(path: string, to: string): void {
  // Not `query_only`, which forbids to write any file; the source is only read.
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    db.prepare('VACUUM INTO ?').run([to])
  } finally {
    db.close()
  }
}

/** Number of the file's layout, 0 for a new file. */
export function layoutOf(db: Connection): number {
  return (db.prepare('PRAGMA user_version').raw().get([]) as [number])[0]
}

/**
 * Whether the disk (or the file's own limit) has no room, so that the transaction, rolled back
 * whole, may be tried again; and the error in words. After any other error the disk can no longer
 * be trusted: after a failed sync the kernel may call lost pages clean.
 */
export function readFailure(error: unknown): { readonly full: boolean; readonly text: string } {
  const { code, message } = error as { code?: string; message?: string }
  return {
    // The shared-memory file cannot grow either where the disk is full.
    full: code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE',
    text: `${message ?? error}${code ? ` (${code})` : ''}`,
  }
}

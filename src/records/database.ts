/**
 * Opens `records.db` for the one writer, with its layout brought up to date, or for a reader.
 * Bind numbers, texts, bytes and null only: libsql aborts the process on a boolean.
 */
import Database from 'libsql'
import { RecordsError } from './errors.ts'
import { MIGRATIONS } from './migrations.ts'

export type Connection = InstanceType<typeof Database>

/** A reader meets a lock only while the file is opened or closed by the writer. */
const BUSY_TIMEOUT_MS = 2000

function migrate(db: Connection, path: string): void {
  const [version] = db.prepare('PRAGMA user_version').raw().get([]) as [number]
  if (version > MIGRATIONS.length)
    throw new RecordsError(
      'records.newer',
      `${path} has layout ${version}; this program reads up to ${MIGRATIONS.length}`,
    )
  for (let step = version; step < MIGRATIONS.length; step++)
    db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[step]}; PRAGMA user_version = ${step + 1}; COMMIT`)
}

export function openForWriting(path: string): Connection {
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('wal_autocheckpoint = 0')
  migrate(db, path)
  return db
}

/** A connection that cannot write. (`readonly` of better-sqlite3 is not known to libsql.) */
export function openForReading(path: string): Connection {
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  db.pragma('query_only = ON')
  return db
}

/** Opens `records.db` for the one writer, with its layout brought up to date. */
import { type Connection, layoutOf, openDurable } from '../config/sqlite.ts'
import { RecordsError } from './errors.ts'
import { MIGRATIONS } from './migrations.ts'

function migrate(db: Connection, path: string): void {
  const version = layoutOf(db)
  if (version > MIGRATIONS.length)
    throw new RecordsError(
      'records.newer',
      `${path} has layout ${version}; this program reads up to ${MIGRATIONS.length}`,
    )
  for (let step = version; step < MIGRATIONS.length; step++)
    db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[step]}; PRAGMA user_version = ${step + 1}; COMMIT`)
}

export function openForWriting(path: string): Connection {
  const db = openDurable(path)
  migrate(db, path)
  return db
}

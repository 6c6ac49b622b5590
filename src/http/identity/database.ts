/**
 * `identity.db`: accounts, sessions, failed sign-ins, signing keys and acts on their way to the audit chain. It lies outside the lock of
 * the data folder, so `user` and `token` work beside a running server: every transaction is short
 * and waits for the other process.
 */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'

/** Longest wait for another process's transaction, ms; theirs take well under a millisecond. */
const BUSY_TIMEOUT_MS = 2_000

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS accounts (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL, role TEXT NOT NULL, units TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0, createdAt INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS sessions (
    hash TEXT PRIMARY KEY, account TEXT NOT NULL, createdAt INTEGER NOT NULL,
    expiresAt INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS sessionsOfAccount ON sessions (account);
  CREATE TABLE IF NOT EXISTS signInFailures (
    name TEXT PRIMARY KEY, failures INTEGER NOT NULL, lockedUntil INTEGER NOT NULL,
    lastAt INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS signingKeys (
    kid TEXT PRIMARY KEY, secret TEXT NOT NULL, createdAt INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS acts (
    no INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, by TEXT NOT NULL, role TEXT NOT NULL,
    what TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL
  ) STRICT;
`

export type IdentityDatabase = Database.Database

/** Opens (and makes, where absent) `identity.db` in `dir`. */
export function openIdentityDatabase(dir: string): IdentityDatabase {
  mkdirSync(dir, { recursive: true })
  const file = join(dir, 'identity.db')
  const db = new Database(file, { timeout: BUSY_TIMEOUT_MS })
  // It holds the signing key; SQLite gives its companions the same rights.
  chmodSync(file, 0o600)
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
  db.pragma('journal_mode = WAL')
  db.exec(SCHEMA)
  return db
}

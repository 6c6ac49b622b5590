/**
 * The layout of `customers.db`. A customer's row number begins with the number of the unit, so the
 * customers of a unit are one range of numbers and a search inside it touches nothing else. All of
 * the file can be made again from the utility's own ledger.
 */
import Database from 'libsql'
import { type Connection, layoutOf, openForReading } from '../../config/sqlite.ts'
import { RecordsError } from '../errors.ts'

/** Numbers of one unit: room for more customers than any unit will have. */
export const UNIT_SPAN = 2 ** 32

/** Each step brings the file from the layout before: 1 was without towns, villages and estates. */
const LAYOUT = 2

const TABLES = `
  CREATE TABLE units (no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, last INTEGER NOT NULL) STRICT;
  CREATE TABLE customers (
    id            INTEGER PRIMARY KEY,
    account       TEXT NOT NULL,
    meter         TEXT NOT NULL,
    usage_point   TEXT NOT NULL,
    name          TEXT NOT NULL,
    phones        TEXT NOT NULL,
    address       TEXT NOT NULL,
    manager       TEXT NOT NULL,
    important     TEXT NOT NULL,
    sensitivities TEXT NOT NULL,
    language      TEXT NOT NULL,
    preferences   TEXT NOT NULL,
    town          TEXT NOT NULL DEFAULT '',
    village       TEXT NOT NULL DEFAULT '',
    estate        TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE UNIQUE INDEX customers_account ON customers (account);
  -- Keyed hashes of the numbers, never the numbers.
  CREATE TABLE phones (hash INTEGER NOT NULL, customer INTEGER NOT NULL) STRICT;
  -- Terms come cut already, by spaces; nothing but who has which is kept.
  CREATE VIRTUAL TABLE terms USING fts5 (
    words, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
  );
  -- How many customers have a term that many have.
  CREATE TABLE frequencies (term TEXT PRIMARY KEY, customers INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  -- How far a file has been read.
  CREATE TABLE imports (
    file TEXT PRIMARY KEY, bytes INTEGER NOT NULL, line INTEGER NOT NULL, done INTEGER NOT NULL
  ) STRICT;
`

/** No row is written, but all are read to be checked: some seconds at nine million. */
const PLACES_BY_FIELD = `
  ALTER TABLE customers ADD COLUMN town TEXT NOT NULL DEFAULT '';
  ALTER TABLE customers ADD COLUMN village TEXT NOT NULL DEFAULT '';
  ALTER TABLE customers ADD COLUMN estate TEXT NOT NULL DEFAULT '';
`

/** Who has life support: some in ten thousand, found without reading the others. */
export const LIFE_SUPPORT_INDEX = 'customers_life_support'
export const HAS_LIFE_SUPPORT = "instr(sensitivities, 'lifeSupport') > 0"

/** Made once all rows are in: numbers in random order would rewrite the whole index each time. */
export const LATER_INDEXES = [
  'CREATE INDEX IF NOT EXISTS customers_meter ON customers (meter)',
  'CREATE INDEX IF NOT EXISTS customers_usage_point ON customers (usage_point)',
  'CREATE INDEX IF NOT EXISTS phones_hash ON phones (hash, customer)',
  'CREATE INDEX IF NOT EXISTS phones_customer ON phones (customer)',
  `CREATE INDEX IF NOT EXISTS ${LIFE_SUPPORT_INDEX} ON customers (usage_point) WHERE ${HAS_LIFE_SUPPORT}`,
]

/** An import in another process may hold the file for a batch. */
const BUSY_TIMEOUT_MS = 5000
/** Another thread may be bringing the largest file up to date, read from a slow disk. */
const UPDATE_TIMEOUT_MS = 180_000
/** Page cache of the importer, in KiB: the upper levels of every index. */
const WRITER_CACHE_KIB = 256 * 1024
/** Postings gathered before they are written, in bytes: fewer and larger pieces to merge. */
const POSTINGS_IN_MEMORY = 64 * 1_048_576

function checkLayout(db: Connection, path: string): void {
  const version = layoutOf(db)
  if (version > LAYOUT)
    throw new RecordsError(
      'records.newer',
      `${path} has layout ${version}; this program reads up to ${LAYOUT}`,
    )
}

/** The file for writing, made where it is missing. */
export function openCustomerFile(path: string): Connection {
  const db = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  db.pragma('journal_mode = WAL')
  // A batch lost with the power is read again: the place in the file is lost with it.
  db.pragma('synchronous = NORMAL')
  db.pragma('wal_autocheckpoint = 0')
  db.pragma(`cache_size = -${WRITER_CACHE_KIB}`)
  checkLayout(db, path)
  if (layoutOf(db) === 0) {
    db.exec(`BEGIN IMMEDIATE; ${TABLES}; PRAGMA user_version = ${LAYOUT}; COMMIT`)
    db.exec(`INSERT INTO terms (terms, rank) VALUES ('hashsize', ${POSTINGS_IN_MEMORY})`)
  }
  if (layoutOf(db) === 1) bringUpToDate(db)
  return db
}

/** Several come to it at once: the second waits, also where the disk is slow, and finds it done. */
function bringUpToDate(db: Connection): void {
  db.pragma(`busy_timeout = ${UPDATE_TIMEOUT_MS}`)
  db.exec('BEGIN IMMEDIATE')
  if (layoutOf(db) === 1) db.exec(`${PLACES_BY_FIELD}; PRAGMA user_version = ${LAYOUT}`)
  db.exec('COMMIT')
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
}

/** Most of the index that is read without copying: all of it at nine million customers. */
const MAPPED_BYTES = 0x7fff0000

export function openCustomerReader(path: string): Connection {
  const db = openForReading(path)
  db.pragma(`mmap_size = ${MAPPED_BYTES}`)
  checkLayout(db, path)
  return db
}

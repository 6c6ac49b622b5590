/** Removes what the ledger keeps of one customer: subscriptions, messages, contacts. */
import { existsSync } from 'node:fs'
import { shellAccount } from '../../config/shell-account.ts'
import type { Connection } from '../../config/sqlite.ts'
import { AuditChain, anchorOf } from '../audit.ts'
import { openForWriting } from '../database.ts'

/** Tables with a column `account`; each is of that customer alone. */
const TABLES = [
  'subscriptions',
  'refusals',
  'contacts',
  'callbacks',
  'complaints',
  'episodes',
  'customer_messages',
] as const

/**
 * Works beside a running server: one short transaction, for which its writer waits. It stands in the
 * audit chain by the account's number alone, as done by the account of the operating system. Where no
 * ledger was made yet there is nothing to remove. False: the write-ahead log holds it until the server
 * stops, for others read there all the time.
 */
export function eraseFromRecords(path: string, account: string): boolean {
  if (!existsSync(path)) return true
  const db = openForWriting(path)
  try {
    const chain = new AuditChain(db, anchorOf(path))
    // What is removed is overwritten, not only forgotten.
    db.pragma('secure_delete = ON')
    db.exec('BEGIN IMMEDIATE')
    const [what, role] = ['customer.erased', 'shell']
    const by = shellAccount()
    chain.add({ at: Date.now(), by, role, what, subject: account, detail: '' })
    for (const table of TABLES) db.prepare(`DELETE FROM ${table} WHERE account = ?`).run([account])
    db.exec('COMMIT')
    chain.anchor()
    return emptyLog(db)
  } finally {
    db.close()
  }
}

/** Attempts to empty the log; each waits this long for readers, far less than a writer waits for us. */
const ATTEMPTS = 50
const ATTEMPT_MS = 100

/**
 * Takes what was removed out of the write-ahead log as well. The server's writer waits for each attempt,
 * so the copying, which is long, comes before them.
 */
function emptyLog(db: Connection): boolean {
  db.pragma('wal_checkpoint(PASSIVE)')
  db.pragma(`busy_timeout = ${ATTEMPT_MS}`)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [isBusy] = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').raw().get([]) as [number]
    if (isBusy === 0) return true
  }
  return false
}

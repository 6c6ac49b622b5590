/** Removes what the ledger keeps of one customer: subscriptions, messages, contacts. */
import { existsSync } from 'node:fs'
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
 * Works beside a running server: one short transaction, for which its writer waits. Where no ledger
 * was made yet there is nothing to remove.
 */
export function eraseFromRecords(path: string, account: string): void {
  if (!existsSync(path)) return
  const db = openForWriting(path)
  try {
    // What is removed is overwritten, not only forgotten.
    db.pragma('secure_delete = ON')
    db.exec('BEGIN IMMEDIATE')
    for (const table of TABLES) db.prepare(`DELETE FROM ${table} WHERE account = ?`).run([account])
    db.exec('COMMIT')
    db.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    db.close()
  }
}

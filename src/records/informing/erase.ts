/** Removes what the ledger keeps of one customer: subscriptions, messages, contacts. */
import { auditFromShell } from '../shell-audit.ts'

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
 * audit chain by the account's number alone. Where no ledger was made yet there is nothing to remove.
 */
export function eraseFromRecords(path: string, account: string): void {
  auditFromShell(path, { what: 'customer.erased', subject: account, detail: '' }, (db) => {
    for (const table of TABLES) db.prepare(`DELETE FROM ${table} WHERE account = ?`).run([account])
  })
}

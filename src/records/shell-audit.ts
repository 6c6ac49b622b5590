/** Acts at the command line, in the audit chain of the server that they are done beside. */
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Connection } from '../config/sqlite.ts'
import { AuditChain, type AuditEntry, anchorOf } from './audit.ts'
import { openForWriting } from './database.ts'

/** Whoever has a shell has no role. */
const SHELL = 'shell'

/** What is done to what, and how. */
type ShellAct = Pick<AuditEntry, 'what' | 'subject' | 'detail'>

/**
 * Adds `act`, by the account of the operating system, to the chain of the ledger at `path`, in one
 * transaction with what `and` does there; where no ledger was made yet there is no chain. A running
 * server's writer waits for it.
 */
export function auditFromShell(
  path: string,
  act: ShellAct,
  and: (db: Connection) => void = () => {},
): void {
  if (!existsSync(path)) return
  const db = openForWriting(path)
  try {
    const chain = new AuditChain(db, anchorOf(path))
    // What is removed is overwritten, not only forgotten.
    db.pragma('secure_delete = ON')
    db.exec('BEGIN IMMEDIATE')
    chain.add({ at: Date.now(), by: userInfo().username, role: SHELL, ...act })
    and(db)
    db.exec('COMMIT')
    chain.anchor()
    db.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    db.close()
  }
}

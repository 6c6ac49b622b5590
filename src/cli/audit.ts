/** `audit verify`: whether anyone edited, removed, swapped or cut what the audit chain holds. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { ConfigError } from '../config/errors.ts'
import { openForReading } from '../config/sqlite.ts'
import { anchorOf, verifyAudit } from '../records/audit.ts'
import { addSettingFlags, settingsOf } from './settings.ts'

/** The chain does not hold: what it says cannot be relied on from there. */
class AuditBrokenError extends Error {
  readonly code = 'audit.broken'
  constructor(message: string) {
    super(message)
    this.name = 'AuditBrokenError'
  }
}

export function registerAudit(program: Command): void {
  const audit = program.command('audit').description('who did or saw what')
  const verify = audit
    .command('verify')
    .description('check the chain from its first entry to its last; works beside a running server')
    .option('--head <hash>', 'a last entry noted earlier, which must be in the chain')
  addSettingFlags(verify, ['data']).action((options: { readonly head?: string }) => {
    const path = join(settingsOf(options).settings.data.dir, 'records.db')
    if (!existsSync(path)) throw new ConfigError([`${path}: no ledger there`])
    const db = openForReading(path)
    try {
      const { entries, head, broken } = verifyAudit(db, anchorOf(path), options.head)
      if (broken) throw new AuditBrokenError(`entry ${broken.no}: ${broken.why}`)
      console.log(`${entries} entries, whole; last ${head}`)
    } finally {
      db.close()
    }
  })
}

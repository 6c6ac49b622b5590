/** What is written while a folder is copied: the copy holds together all the same. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { backUp } from '../../../src/app/backup.ts'
import { type Connection, openForReading } from '../../../src/config/sqlite.ts'
import { openSqliteJournal } from '../../../src/journal/sqlite.ts'
import { AuditChain, anchorOf, verifyAudit } from '../../../src/records/audit.ts'
import { openForWriting } from '../../../src/records/database.ts'
import { createTelemetry } from '../../../src/telemetry/telemetry.ts'

/** What the running program does once a database is copied. */
let meanwhile: (copied: string) => void = () => {}
vi.mock('../../../src/config/sqlite.ts', async (original) => {
  const sqlite = await original<typeof import('../../../src/config/sqlite.ts')>()
  const copyDatabase: typeof sqlite.copyDatabase = (path, to) => {
    sqlite.copyDatabase(path, to)
    meanwhile(path)
  }
  return { ...sqlite, copyDatabase }
})

let dir: string
let out: string
let db: Connection
beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lastgasp-backup-'))
  dir = join(folder, 'data')
  out = join(folder, 'copy')
  mkdirSync(dir)
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const journal = await openSqliteJournal({ path: join(dir, 'journal.db'), telemetry })
  await journal.append({ type: 'tick', at: 7 })
  await journal.close()
  db = openForWriting(join(dir, 'records.db'))
})
afterEach(() => {
  meanwhile = () => {}
  db.close()
  rmSync(join(dir, '..'), { recursive: true })
})

test('the audit chain of the copy is whole, whoever acts while it is made', () => {
  const chain = new AuditChain(db, anchorOf(join(dir, 'records.db')))
  const act = () => {
    const who = { at: 1, by: 'wang', role: 'agent', subject: 'A1', detail: '' }
    chain.add({ ...who, what: 'customer.revealed' })
    chain.anchor()
  }
  act()
  meanwhile = act
  expect(backUp(dir, out).position).toBe(1)
  const copied = openForReading(join(out, 'records.db'))
  const verdict = verifyAudit(copied, anchorOf(join(out, 'records.db')))
  copied.close()
  expect(verdict).toMatchObject({ entries: 1 })
  expect(verdict.broken).toBeUndefined()
})

test('what is not whole yet is not copied: it is gone before it could be', () => {
  mkdirSync(join(dir, 'grids'))
  const [grid, partial] = [join('grids', 'g.json'), join('grids', 'h.json.partial')]
  for (const name of [grid, partial, 'records.audit.7.partial']) writeFileSync(join(dir, name), '')
  backUp(dir, out)
  expect(existsSync(join(out, grid))).toBe(true)
  for (const name of [partial, 'records.audit.7.partial'])
    expect(existsSync(join(out, name)), name).toBe(false)
})

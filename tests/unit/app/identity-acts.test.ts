/** Acts of identity carried into a real audit chain: once each, and later where it has no room. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ActsFiler } from '../../../src/app/identity-acts.ts'
import { createActs, type IdentityActs } from '../../../src/http/identity/acts.ts'
import { type IdentityDatabase, openIdentityDatabase } from '../../../src/http/identity/database.ts'
import { RecordsError } from '../../../src/records/errors.ts'
import { openRecords, type SqliteRecords } from '../../../src/records/sqlite.ts'
import { createTelemetry, type Telemetry } from '../../../src/telemetry/telemetry.ts'

let telemetry: Telemetry
let dir: string
let db: IdentityDatabase
let acts: IdentityActs
let records: SqliteRecords
beforeEach(async () => {
  telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-acts-'))
  db = openIdentityDatabase(dir)
  acts = createActs(db)
  records = await openRecords({ path: join(dir, 'records.db'), telemetry })
})
afterEach(async () => {
  await records.close()
  db.close()
  rmSync(dir, { recursive: true, force: true })
})

const keep = (account: string) =>
  acts.keep({
    ...{ at: 1_800_000_000_000, by: account, role: 'agent', what: 'session.opened' },
    ...{ subject: account, detail: 'password 10.0.0.7' },
  })
const filerTo = (ledger: Pick<SqliteRecords, 'audit'>) =>
  new ActsFiler({ acts, records: ledger, telemetry, now: Date.now })
const chain = () => records.audited({ limit: 100 }).entries.map(({ subject }) => subject)

test('they stand there in order, and wait no more', async () => {
  for (const account of ['li', 'wang', 'zhao']) keep(account)
  await filerTo(records).file()
  expect(chain()).toEqual(['zhao', 'wang', 'li'])
  expect(acts.waiting(10)).toEqual([])
})

test('filed and then killed, they are not filed again', async () => {
  keep('li')
  const [waiting] = acts.waiting(1)
  await filerTo(records).file()
  // As a kill between the ledger's commit and the note of it would leave it.
  const { at, by, role, what, subject, detail } = waiting!.act
  db.prepare('INSERT INTO acts VALUES (?, ?, ?, ?, ?, ?, ?)').run(
    ...[waiting!.no, at, by, role, what, subject, detail],
  )
  keep('wang')
  await filerTo(records).file()
  expect(chain()).toEqual(['wang', 'li'])
  expect(acts.waiting(10)).toEqual([])
})

test('a ledger without room is waited for by one attempt, and by no stop', async () => {
  keep('li')
  let room = () => {}
  let asked = 0
  const full = new Promise<void>((resolve) => {
    room = resolve
  })
  const filer = filerTo({
    async audit(...entry) {
      asked++
      await full
      await records.audit(...entry)
    },
  })
  const first = filer.file()
  keep('wang')
  expect(filer.file()).toBe(first)
  filer.stop()
  // The file of accounts is closed by now, in a program that stops.
  db.close()
  room()
  await first
  expect(asked).toBe(1)
  db = openIdentityDatabase(dir)
  acts = createActs(db)
  await filerTo(records).file()
  expect(chain()).toEqual(['wang', 'li'])
})

test('accounts that another process writes for long end nothing, and nothing is filed twice', async () => {
  keep('li')
  const beside = openIdentityDatabase(dir)
  beside.exec('BEGIN IMMEDIATE')
  await filerTo(records).file()
  expect(keep('wang')).toBe(false)
  beside.exec('ROLLBACK')
  beside.close()
  await filerTo(records).file()
  expect(chain()).toEqual(['1', 'li'])
  expect(acts.waiting(10)).toEqual([])
})

test('a ledger that fails ends nothing; they wait', async () => {
  keep('li')
  await filerTo({
    async audit() {
      throw new RecordsError('records.failing', 'the disk cannot be trusted')
    },
  }).file()
  expect(acts.waiting(10)).toHaveLength(1)
})

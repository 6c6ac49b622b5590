/** What only the ledger can decide stands in the audit chain in the transaction that does it, or is not done. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDurable } from '../../src/config/sqlite.ts'
import { anchorOf, verifyAudit } from '../../src/records/audit.ts'
import type { KeptEndpoint } from '../../src/records/outbox/endpoints.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'

let dir: string
let path: string
let records: SqliteRecords
const open = () =>
  openRecords({ path, telemetry: createTelemetry({ level: 'silent', processMetrics: false }) })
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-audited-'))
  path = join(dir, 'records.db')
  records = await open()
})
afterEach(async () => {
  await records.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Somebody else at the same file, while nobody writes. */
function beside(sql: string): void {
  const db = openDurable(path)
  db.exec(sql)
  db.close()
}

const entry = (what: string, by: string) => ({
  ...{ at: 5, by, role: 'agent', what, subject: '1', detail: '' },
})
const complaint = {
  ...({ account: 'A1', unit: '1501', incident: null, channel: 'phone', request: 'c1' } as const),
  ...{ by: 'li', receivedAt: 1, dueAt: 9, reason: 'longOutage' },
}
const endpoint: KeptEndpoint = {
  ...({ form: 'standard', language: 'zh', topics: ['notice'], channels: [] } as const),
  ...{ id: 'wh_1', name: 'n', url: 'https://a.example', secrets: ['whsec_x'], unit: null },
  ...{ createdAt: 1, by: 'op', disabledAt: null },
}

const ACTS = {
  async 'callBack.take'(by: string) {
    const complained = { ...complaint, do: 'complain', owner: by, at: 1 } as const
    await records.changeCallBack(complained)
    const take = { do: 'take', number: 1, by, at: 5, othersUpTo: 0 } as const
    await records.changeCallBack(take, entry('callBack.take', by))
  },
  async 'visit.take'(by: string) {
    beside(`INSERT OR IGNORE INTO visits
      (id, incident, usage_point, transformer, unit, opened_at, due_at, reason, state)
      VALUES ('V1', 'I1', 'U1', 'T1', '1501', 1, 9, 'lifeSupport', 'open')`)
    const take = { do: 'take', number: 1, by, at: 5, othersUpTo: 0 } as const
    await records.changeVisit(take, entry('visit.take', by))
  },
  async 'complaint.answer'(by: string) {
    await records.changeComplaint({ do: 'file', ...complaint })
    const answer = { do: 'answer', number: 1, resolution: 'explained', by, at: 5 } as const
    await records.changeComplaint(answer, entry('complaint.answer', by))
  },
  async 'webhook.add'(by: string) {
    await records.changeOutbox({ do: 'add', endpoint }, entry('webhook.add', by))
  },
}
const done = {
  'callBack.take': () => records.callBacks.one(1)?.takenBy,
  'visit.take': () => records.visits.one(1)?.takenBy,
  'complaint.answer': () => records.complaints.one(1)?.answeredBy,
  'webhook.add': () => records.outbox.endpoints()[0]?.by,
}
const chain = () => records.audited({ limit: 10 }).entries.map(({ what, by }) => `${what} ${by}`)

test.each(Object.keys(ACTS) as (keyof typeof ACTS)[])('%s', async (what) => {
  beside(`CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no room'); END`)
  await expect(ACTS[what]('op')).rejects.toThrow()
  await records.close()
  beside('DROP TRIGGER full')
  records = await open()
  expect(done[what]() ?? null).toBeNull()
  expect(chain()).toEqual([])
  await ACTS[what]('op')
  expect(done[what]()).toBe('op')
  expect(chain()).toEqual([`${what} op`])
  const db = openDurable(path)
  expect(verifyAudit(db, anchorOf(path))).toMatchObject({ entries: 1 })
  db.close()
})

test.each(['visit.take', 'complaint.answer'] as const)(
  'of two who come to %s at once the chain names the one who did it',
  async (what) => {
    await ACTS[what]('op')
    await ACTS[what]('li')
    expect(done[what]()).toBe('op')
    expect(chain()).toEqual([`${what} op`])
  },
)

/** Complaints: due in working days by the rules, told up the ladder once, closed by their answer. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsOf, followComplaints } from '../../src/app/complaints.ts'
import type { RoleName } from '../../src/http/identity/rights.ts'
import { loadNoticeTexts } from '../../src/records/outbox/texts.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { shippedRules } from '../support/engine-lab.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

/** Monday, ten o'clock at the hotline. */
const MONDAY = Date.parse('2026-11-23T10:00:00+08:00')
let dir: string
let records: SqliteRecords
let fixture: Fixture
const audited = () => records.audited({ limit: 100 }).entries
const at = (time: string) => Date.parse(`${time}+08:00`)
const wallIs = (ms: number) => {
  fixture.clock.offsetMs = ms - Date.now()
}
const openLedger = () =>
  openRecords({
    path: join(dir, 'records.db'),
    telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
  })

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-complaints-'))
  records = await openLedger()
  const port = () => complaintsOf(records, shippedRules)
  fixture = await httpFixture({
    deps: {
      complaints: {
        file: (complaint) => port().file(complaint),
        one: (number) => port().one(number),
        page: (query) => port().page(query),
        counts: (units, now) => port().counts(units, now),
        answer: (...answer) => port().answer(...answer),
      },
      customers: {
        async find(question, units) {
          const account = 'account' in question ? question.account : ''
          const unit = account.startsWith('B') ? '1502' : '1501'
          const customer = {
            ...{ account, unit, meter: '', usagePoint: '', name: '王*', phones: [], address: '' },
            ...{ gridManager: '', important: null, sensitivities: [], preferences: [] },
            language: 'zh' as const,
          }
          const seen = account !== '' && (units === undefined || units.has(unit))
          return { customers: seen ? [customer] : [], refine: false }
        },
        reveal: async () => undefined,
      },
    },
  })
  fixture.overrides = { audit: (entry) => records.audit(entry) }
})
afterAll(async () => {
  await fixture.close()
  await records.close()
  rmSync(dir, { recursive: true, force: true })
})

async function as(role: RoleName, units: readonly string[] = ['1501']) {
  const token = await fixture.token(role, units)
  const answered = async (answer: Response) => {
    return { status: answer.status, json: (await answer.json()) as Record<string, never> }
  }
  return {
    get: async (path: string) => answered(await fixture.get(`/api/v1${path}`, token)),
    post: async (path: string, body: unknown, headers: Record<string, string> = {}) => {
      const authorization = `Bearer ${token}`
      return answered(await fixture.post(`/api/v1${path}`, body, { authorization, ...headers }))
    },
  }
}
const levels = () => records.complaints.unanswered().map(({ level }) => level)
const other = () =>
  `cp-${records.complaints.unanswered().find(({ account }) => account === 'B1')!.number}`
const follow = (time: number) => followComplaints(records, shippedRules, () => time)

test('one is filed once, due at the end of the fifth working day', async () => {
  wallIs(MONDAY)
  const agent = await as('agent', [])
  const complaint = { account: 'A1', reason: 'longOutage' }
  for (let i = 0; i < 2; i++) {
    const filed = await agent.post('/complaints', complaint, { 'idempotency-key': 'c1' })
    expect(filed.status).toBe(201)
  }
  await agent.post('/complaints', { account: 'B1', reason: 'attitude' })
  const { json } = await (await as('serviceDispatcher')).get('/complaints')
  expect(json).toMatchObject({ waiting: 1, overdue: 0 })
  expect(json.complaints).toMatchObject([
    {
      ...{ id: 'cp-1', account: 'A1', reason: 'longOutage', overdue: false, level: null },
      dueAt: new Date(at('2026-12-01T00:00:00')).toISOString(),
    },
  ])
  expect((await (await as('crew')).get('/complaints')).status).toBe(403)
})

test('it is told up the ladder, each rung once over a restart', async () => {
  await records.changeOutbox({
    do: 'add',
    endpoint: {
      ...{ id: 'w1', name: 'unit', url: 'https://example.com/', form: 'standard' },
      ...{ language: 'zh', topics: ['escalation'], channels: [], unit: null },
      ...{ secrets: ['whsec_c2VjcmV0'], createdAt: MONDAY, by: 'op', disabledAt: null },
    },
  } as never)
  await records.changeOutbox({
    do: 'add',
    endpoint: {
      ...{ id: 'w2', name: 'group', url: 'https://example.com/', form: 'wecom', language: 'zh' },
      ...{ topics: ['escalation'], channels: [], unit: '1501', secrets: [], createdAt: MONDAY },
      ...{ by: 'op', disabledAt: null },
    },
  })
  const texts = loadNoticeTexts('config/texts/notices.yaml')
  const units = [['1501', null] as const, ['1502', null] as const]
  await records.changeOutbox({ do: 'context', context: { units, utcOffsetMinutes: 480, texts } })
  await follow(at('2026-11-27T23:00:00'))
  expect(levels()).toEqual([-1, -1])
  await follow(at('2026-11-28T00:00:00'))
  await follow(at('2026-11-28T00:01:00'))
  expect(levels()).toEqual([0, 0])
  await records.close()
  records = await openLedger()
  await follow(at('2026-11-28T00:02:00'))
  // A gap passes a rung: the highest alone is told.
  await follow(at('2026-12-04T00:00:00'))
  await follow(at('2026-12-04T00:00:00'))
  expect(levels()).toEqual([2, 2])
  expect(parcels()).toEqual([
    ['cp-1', 0],
    ['cp-1', 2],
    [other(), 0],
    [other(), 2],
  ])
  // The group hears of its unit alone, in words without anything personal.
  expect(robotTexts()).toEqual([
    '【投诉督办】cp-1（供电单位1501）：客户投诉停电时间长，尚未答复，提醒。答复时限12-01 00:00。请尽快联系客户并答复。',
    '【投诉督办】cp-1（供电单位1501）：客户投诉停电时间长，尚未答复，旗县供电分公司。答复时限12-01 00:00。请尽快联系客户并答复。',
  ])
})

function robotTexts(): string[] {
  const db = new Database(join(dir, 'records.db'), { readonly: true })
  const rows = db.prepare("SELECT body FROM parcels WHERE endpoint = 'w2' ORDER BY seq").all()
  db.close()
  return (rows as { body: string }[]).map(({ body }) => body)
}

/** What was composed for receivers: the complaint and its level. */
function parcels(): [string, number][] {
  const db = new Database(join(dir, 'records.db'), { readonly: true })
  const rows = db.prepare("SELECT body FROM parcels WHERE endpoint = 'w1'").all() as {
    body: string
  }[]
  db.close()
  return rows
    .map(({ body }) => (JSON.parse(body) as { data: { id: string; level: number } }).data)
    .map(({ id, level }): [string, number] => [id, level])
    .sort(([a, x], [b, y]) => a.localeCompare(b) || x - y)
}

test('its answer closes it, once, by those who may and see the unit', async () => {
  wallIs(at('2026-12-04T09:00:00'))
  const [agent, dispatcher] = [await as('agent', []), await as('serviceDispatcher')]
  expect((await dispatcher.get('/complaints?state=overdue')).json).toMatchObject({ overdue: 1 })
  const path = '/complaints/cp-1/answer'
  const manager = await as('gridManager')
  expect((await manager.post(path, { resolution: 'resolved' })).status).toBe(403)
  expect(
    (await dispatcher.post(`/complaints/${other()}/answer`, { resolution: 'resolved' })).json,
  ).toMatchObject({ code: 'complaint.notFound' })
  const answered = await dispatcher.post(path, { resolution: 'explained' })
  expect(answered.json).toMatchObject({ resolution: 'explained', overdue: true, level: 2 })
  expect((await dispatcher.post(path, { resolution: 'explained' })).status).toBe(200)
  expect((await agent.post(path, { resolution: 'resolved' })).json).toMatchObject({
    code: 'complaint.answered',
  })
  await follow(at('2027-01-04T00:00:00'))
  expect(records.complaints.one(1)!.level).toBe(2)
  expect((await dispatcher.get('/complaints')).json).toMatchObject({ waiting: 0, complaints: [] })
  expect(audited().filter(({ what }) => what === 'complaint.answer')).toMatchObject([
    { subject: 'A1', detail: 'cp-1 explained' },
  ])
})

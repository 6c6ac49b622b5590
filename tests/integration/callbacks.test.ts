/** Call-backs: made where an outage is filed, once, kept with their owner, settled with a mark. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callBacksOf } from '../../src/app/callbacks.ts'
import { callBackScriptOf } from '../../src/app/hotline.ts'
import { subscriptionsOf } from '../../src/app/subscriptions.ts'
import type { Incident } from '../../src/engine/changes.ts'
import type { CardSources } from '../../src/hotline/card.ts'
import { loadScripts } from '../../src/hotline/scripts.ts'
import type { RoleName } from '../../src/http/identity/rights.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch, incident, incidentChange } from '../support/changes.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

const HOUR = 3_600_000
let dir: string
let records: SqliteRecords
let fixture: Fixture
let position = 0
const openLedger = () =>
  openRecords({
    path: join(dir, 'records.db'),
    telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
  })

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-callbacks-'))
})
beforeAll(async () => {
  records = await openLedger()
  const sources = {
    scripts: loadScripts('config/texts/scripts.yaml'),
    now: () => Date.now(),
    grid: () => fixture.grid,
    utcOffsetMinutes: () => 480,
    sustainedMinutes: () => 3,
    mostUrges: () => 2,
    supply: () => ({
      ...{ dead: 0, path: [fixture.grid.devices.ids.indexOf('F1-T1')], incidents: [] },
      ...{ meterSaid: 'nothing', meterHeardAt: null, asOf: Date.now() },
    }),
    incident: (id: string) => records.incident(id),
    times: () => ({ changedAt: 0, etrSince: null }),
    area: () => undefined,
    segments: () => [],
    plans: () => [],
    contacts: () => [],
    messages: () => [],
  } as CardSources
  const script = callBackScriptOf(sources, 'config/texts/callbacks.yaml')
  const customerOf = (account: string, unit: string) => ({
    ...{ account, unit, meter: '', usagePoint: 'F1-T1-U1', name: '王*', phones: ['128****5678'] },
    ...{
      address: '',
      gridManager: '',
      important: null,
      sensitivities: [],
      language: 'zh' as const,
    },
    preferences: [],
  })
  fixture = await httpFixture({
    deps: {
      callBacks: callBacksOf(records, script, () => ({ dueHours: 24, attempts: 3 })),
      subscriptions: subscriptionsOf(records, () => 90),
      customers: {
        async find(question, units) {
          const account = 'account' in question ? question.account : ''
          const unit = account.startsWith('B') ? '1502' : '1501'
          const seen = account !== '' && (units === undefined || units.has(unit))
          return { customers: seen ? [customerOf(account, unit)] : [], refine: false }
        },
        reveal: async () => undefined,
      },
    },
  })
  fixture.overrides = {
    contact: (contact) => records.contact(contact),
    audit: (entry) => records.audit(entry),
    incident: (id) => records.incident(id),
  }
})
afterAll(async () => {
  await fixture.close()
  await records.close()
  rmSync(dir, { recursive: true, force: true })
})

let numbers = 0
const nextId = () => `I${++numbers}`
const called = (account: string, of: string, by: string, kind: 'report' | 'urge' = 'report') =>
  records.contact({
    ...{ account, at: Date.now(), channel: 'phone', kind, incident: of, by },
    requestId: crypto.randomUUID(),
  })
async function file(id: string, revision: number, more: Partial<Incident>, at = Date.now()) {
  const change = incidentChange(incident(id, revision, { feeder: 'F1', ...more }), at, 'closed')
  position = records.state.position + 1
  await records.commit([batch(position, change)], position, 'd')
  return batch(position, change)
}
const closed = (id: string, at = Date.now()) =>
  file(id, 2, { outageKind: 'closed', stage: 'closed', restoredAt: at - HOUR }, at)
/** An outage that was out, of which somebody told, and that is filed. */
async function outage(...callers: [account: string, by: string][]): Promise<string> {
  const id = nextId()
  await file(id, 1, { outageKind: 'confirmed' })
  for (const [account, by] of callers) await called(account, id, by)
  await closed(id)
  return id
}

type Task = {
  id: string
  owner: string | null
  account: string
  incident: string | null
  overdue: boolean
  state: string
  complained: boolean
  attempts: number
}
const sessions = new Map<string, string>()
async function signIn(name: string, role: RoleName, units: readonly string[]): Promise<string> {
  const password = 'long enough 7'
  await fixture.identity.putAccount({ name, role, units }, password)
  const signed = await fixture.identity.signIn(name, password)
  return `lastgasp_session=${(signed as { secret: string }).secret}`
}

/** Accounts are people: the name of the token's subject is the person's here. */
async function as(person: string, role: RoleName = 'agent', units: readonly string[] = ['1501']) {
  const key = `${person} ${fixture.clock.offsetMs}`
  const cookie = sessions.get(key) ?? (await signIn(person, role, units))
  sessions.set(key, cookie)
  return {
    get: async (path: string) => {
      const answer = await fixture.get(`/api/v1${path}`, undefined, { cookie })
      return {
        status: answer.status,
        json: (await answer.json()) as never as Record<string, never>,
      }
    },
    post: async (path: string, body: unknown = {}, headers: Record<string, string> = {}) => {
      const answer = await fixture.post(`/api/v1${path}`, body, { cookie, ...headers })
      return {
        status: answer.status,
        json: (await answer.json()) as never as Record<string, never>,
      }
    },
  }
}
async function tasksOf(of: string | null, query = '?state=all&limit=500'): Promise<Task[]> {
  const { json } = await (await as('chief', 'shiftLeader')).get(`/callbacks${query}`)
  return (json.callBacks as Task[]).filter((one) => one.incident === of)
}

test('each caller of a filed outage is to be called back once, by whom they spoke to', async () => {
  const id = await outage(['A1', 'li'], ['A2', 'token:service'], ['A1', 'zhao'])
  expect(await tasksOf(id)).toMatchObject([
    { account: 'A1', owner: 'li', state: 'open', overdue: false },
    { account: 'A2', owner: null, state: 'open' },
  ])
  // A correction of what is filed, or the same batches after a restart, make none anew.
  const again = await file(id, 3, { outageKind: 'closed', stage: 'closed' })
  await records.commit([again], position, 'd')
  expect(await tasksOf(id)).toHaveLength(2)
})

test('who called about a part is called back when the whole is filed', async () => {
  const [mother, child] = [nextId(), nextId()]
  await file(mother, 1, { outageKind: 'confirmed' })
  await file(child, 1, { outageKind: 'confirmed' })
  await called('A3', child, 'li')
  await file(child, 2, { outageKind: 'closed', outcome: 'merged', mergedInto: mother as never })
  expect(await tasksOf(child)).toEqual([])
  // And calls again about the same outage, where they call now.
  expect(records.contacts('A3', 0)).toMatchObject([{ incident: mother }])
  await closed(mother)
  expect(await tasksOf(mother)).toMatchObject([{ account: 'A3' }])
})

test('a call-back stays with its owner until it is overdue; a shift leader may take any', async () => {
  const id = await outage(['A4', 'li'])
  const [task] = await tasksOf(id)
  const [li, wang, chief] = [await as('li'), await as('wang'), await as('chief', 'shiftLeader')]
  const path = `/callbacks/${task!.id}`
  expect((await wang.post(`${path}/take`)).json).toMatchObject({ code: 'callBack.notYours' })
  const taken = await li.post(`${path}/take`)
  expect(taken.json).toMatchObject({ state: 'taken', takenBy: 'li', customer: { name: '王*' } })
  expect(taken.json.scripts).toMatchObject([
    { language: 'zh', text: expect.stringContaining('台区1停电已于') },
    { language: 'en', text: expect.stringContaining('95598') },
  ])
  expect((await wang.post(`${path}/answer`, { satisfaction: 5 })).status).toBe(409)
  expect((await chief.post(`${path}/take`)).json).toMatchObject({ takenBy: 'chief', owner: 'li' })
  fixture.clock.offsetMs = 25 * HOUR
  expect(await tasksOf(id, '?state=overdue')).toMatchObject([{ overdue: true }])
  const later = await as('wang')
  expect((await later.post(`${path}/take`)).json).toMatchObject({ takenBy: 'wang', owner: 'li' })
  fixture.clock.offsetMs = 0
  // Those sessions have ended meanwhile.
  sessions.clear()
})

test('an answer needs a mark, and a reason where the customer is not satisfied', async () => {
  const id = await outage(['A5', 'li'])
  const [task] = await tasksOf(id)
  const li = await as('li')
  const path = `/callbacks/${task!.id}`
  await li.post(`${path}/take`)
  for (const body of [{}, { satisfaction: 0 }, { satisfaction: 6 }, { satisfaction: 2 }])
    expect((await li.post(`${path}/answer`, body)).status).toBe(422)
  const body = { satisfaction: 2, reason: 'slowRepair', supply: 'dark' }
  expect((await li.post(`${path}/answer`, body)).json).toMatchObject({
    ...{ state: 'answered', satisfaction: 2, reason: 'slowRepair', settledBy: 'li' },
    overdue: false,
  })
  expect(fixture.appended.at(-1)).toMatchObject({
    type: 'callerReport',
    says: 'dark',
    account: 'A5',
  })
  expect((await li.post(`${path}/answer`, { satisfaction: 5 })).json.code).toBe('callBack.settled')
  const { entries } = records.audited({ limit: 2 })
  expect(entries.map(({ what, subject }) => [what, subject])).toEqual([
    ['callBack.answer', `${task!.id} ${id}`],
    ['callBack.take', `${task!.id} ${id}`],
  ])
})

test('nobody at home three times is an answer', async () => {
  const id = await outage(['A6', 'li'])
  const [task] = await tasksOf(id)
  const li = await as('li')
  const path = `/callbacks/${task!.id}`
  await li.post(`${path}/take`)
  for (const attempts of [1, 2])
    expect((await li.post(`${path}/skip`, { reason: 'noAnswer' })).json).toMatchObject({
      ...{ state: 'taken', attempts },
    })
  expect((await li.post(`${path}/skip`, { reason: 'noAnswer' })).json).toMatchObject({
    ...{ state: 'skipped', attempts: 3, reason: 'noAnswer' },
  })
})

test('another unit’s call-backs are nowhere', async () => {
  const id = await outage(['A9', 'li'])
  const [task] = await tasksOf(id)
  const stranger = await as('sun', 'agent', ['1502'])
  expect((await stranger.get('/callbacks?state=all')).json.callBacks).toEqual([])
  expect((await stranger.get(`/callbacks/${task!.id}`)).status).toBe(404)
  expect((await stranger.post(`/callbacks/${task!.id}/take`)).status).toBe(404)
})

test('a complaint is called back within a day and served for ninety, however often it is sent', async () => {
  const li = await as('li')
  const body = { account: 'A10', reason: 'longOutage', subscribe: 'sms' }
  for (let i = 0; i < 2; i++) {
    const { status, json } = await li.post('/complaints', body, { 'idempotency-key': 'c1' })
    expect(status).toBe(201)
    const days = (Date.parse(json.proactiveUntil as string) - Date.now()) / (24 * HOUR)
    expect(Math.round(days)).toBe(90)
  }
  const mine = (await tasksOf(null)).filter(({ account }) => account === 'A10')
  expect(mine).toMatchObject([{ owner: 'li', complained: true, state: 'open' }])
  const inForce = () => records.informing.ofAccount('A10').filter(({ endedAt }) => endedAt === null)
  expect(inForce()).toMatchObject([{ source: 'complaint', channel: 'sms' }])
  // Another complaint begins the days anew: one is in force.
  await li.post('/complaints', body, { 'idempotency-key': 'c2' })
  expect(inForce()).toHaveLength(1)
  expect(records.contacts('A10', 0).map(({ kind }) => kind)).toEqual(['complaint', 'complaint'])
})

test('who complains of an open outage is called back when it is filed', async () => {
  const id = nextId()
  await file(id, 1, { outageKind: 'confirmed' })
  await (await as('li')).post('/complaints', { account: 'A11', reason: 'other', incident: id })
  expect(await tasksOf(id)).toEqual([])
  await closed(id)
  expect(await tasksOf(id)).toMatchObject([{ account: 'A11', complained: true, owner: 'li' }])
})

test('with the customer the call-backs are erased', async () => {
  await outage(['A12', 'li'])
  const { eraseFromRecords } = await import('../../src/records/informing/erase.ts')
  eraseFromRecords(join(dir, 'records.db'), 'A12')
  const { callBacks } = records.callBacks.page({ state: 'all', overdueUpTo: 0, limit: 500 })
  expect(callBacks.filter(({ account }) => account === 'A12')).toEqual([])
})

test('tasks, owners and what came of them survive a restart', async () => {
  const id = await outage(['A7', 'li'], ['A8', 'zhao'])
  const [first] = await tasksOf(id)
  await (await as('li')).post(`/callbacks/${first!.id}/take`)
  const before = await tasksOf(id)
  await records.close()
  records = await openLedger()
  expect(records.callBacks.one(Number(first!.id.slice(3)))).toMatchObject({ takenBy: 'li' })
  const page = records.callBacks.page({ state: 'all', overdueUpTo: 0, limit: 500 })
  expect(page.callBacks.filter((one) => one.incident === id)).toHaveLength(before.length)
})

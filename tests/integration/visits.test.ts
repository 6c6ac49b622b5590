/** Visits to customers whose life hangs on supply: from the engine over the ledger to who goes there. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { visitsOf } from '../../src/app/visits.ts'
import type { Fact } from '../../src/facts/facts.ts'
import type { RoleName } from '../../src/http/identity/rights.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch } from '../support/changes.ts'
import { EngineLab } from '../support/engine-lab.ts'
import { type Fixture, httpFixture, twoFeeders } from '../support/http-fixture.ts'

const MINUTE = 60
const lifeSupport = ['F1-T1-U1', 'F1-T2-U1', 'F2-T1-U2']
let dir: string
let records: SqliteRecords
let fixture: Fixture
let lab: EngineLab
let filed = 0
let position = 0
/** Acts of the audit chain. */
const audited = () => records.audited({ limit: 100 }).entries.toReversed()

const openLedger = () =>
  openRecords({
    path: join(dir, 'records.db'),
    telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
  })

/** What the engine said since the last time, to the ledger and to the server. */
async function file(): Promise<void> {
  const fresh = lab.changes.slice(filed)
  filed = lab.changes.length
  if (fresh.length === 0) return
  fixture.follow(...fresh)
  await records.commit([batch(++position, ...fresh)], position, `d${position}`)
  fixture.clock.offsetMs = lab.now - Date.now()
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-visits-'))
  records = await openLedger()
  const grid = twoFeeders()
  for (const point of grid.usagePoints)
    if (lifeSupport.includes(point.id)) point.sensitive = ['lifeSupport']
  lab = new EngineLab(grid)
  filed = lab.changes.length
  fixture = await httpFixture({
    grid,
    deps: {
      visits: {
        one: (number) => visitsOf(records).one(number),
        waitingAt: (point) => visitsOf(records).waitingAt(point),
        page: (query) => visitsOf(records).page(query),
        counts: (units, now) => visitsOf(records).counts(units, now),
        take: (...taken) => visitsOf(records).take(...taken),
      },
      customers: {
        async find(question, units) {
          const point = 'usagePoint' in question ? question.usagePoint : ''
          const unit = point.startsWith('F1') ? '1501' : '1502'
          if (!lifeSupport.includes(point) || (units && !units.has(unit)))
            return { customers: [], refine: false }
          const customer = {
            ...{ account: `A-${point}`, unit, meter: '', usagePoint: point, name: '王*' },
            ...{ phones: ['128****5678'], address: '某路**', important: null },
            gridManager: point === 'F1-T1-U1' ? 'bo' : '',
            ...{ sensitivities: ['lifeSupport'], language: 'zh' as const, preferences: [] },
          }
          return { customers: [customer], refine: false }
        },
        reveal: async () => undefined,
      },
      async awaitAction(requestId) {
        const asked = (fact: Fact) => 'requestId' in fact && fact.requestId === requestId
        await new Promise((resolve) => setTimeout(resolve, 5))
        const fact = fixture.appended.find(asked)
        if (!fact) return undefined
        const changes = lab.feed(fact)
        await file()
        return changes.find((change) => change.type === 'action')
      },
    },
  })
  fixture.overrides = { audit: (entry) => records.audit(entry) }
  for (const f of ['F1', 'F2'])
    for (const t of ['T1', 'T2'])
      for (const m of ['M1', 'M2']) lab.say(`${f}-${t}-${m}`, 'powerOff')
  lab.pass(120)
  for (const { id } of lab.open()) act(id, 'confirm')
  lab.pass(5)
  await file()
}, 300_000)
afterAll(async () => {
  await fixture.close()
  await records.close()
  rmSync(dir, { recursive: true, force: true })
})

function act(incident: string, action: 'confirm' | 'restore'): void {
  lab.feed({
    ...{ type: 'actionRequested', receivedAt: lab.now, requestId: crypto.randomUUID(), action },
    ...{ incident: incident as never, by: 'zhang', role: 'serviceDispatcher' },
    expectedRevision: lab.incidents().find(({ id }) => id === incident)!.revision,
  })
}

const sessions = new Map<string, string>()
async function as(name: string, role: RoleName = 'gridManager', units = ['1501']) {
  let cookie = sessions.get(name)
  if (!cookie) {
    await fixture.identity.putAccount({ name, role, units }, 'long enough 7')
    const signed = await fixture.identity.signIn(name, 'long enough 7')
    cookie = `lastgasp_session=${(signed as { secret: string }).secret}`
    sessions.set(name, cookie)
  }
  const answered = async (answer: Response) => {
    return { status: answer.status, json: (await answer.json()) as Record<string, never> }
  }
  return {
    get: async (path: string) =>
      answered(await fixture.get(`/api/v1${path}`, undefined, { cookie: cookie! })),
    post: async (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
      answered(await fixture.post(`/api/v1${path}`, body, { cookie: cookie!, ...headers })),
  }
}
type Task = { id: string; usagePoint: string; owner: string | null; state: string; outcome: string }
const tasks = async (who: { get(path: string): Promise<{ json: object }> }, query = '') =>
  ((await who.get(`/visits${query}`)).json as { visits: Task[] }).visits

test('are listed by unit, with whose customer it is, and show nobody unmasked', async () => {
  const bo = await as('bo')
  const list = await bo.get('/visits')
  expect(list.json).toMatchObject({
    ...{ waiting: 2, overdue: 0, cursor: null },
    visits: [
      { usagePoint: 'F1-T1-U1', owner: 'bo', transformer: 'F1-T1', unit: '1501', state: 'open' },
      { usagePoint: 'F1-T2-U1', owner: null, transformer: 'F1-T2', overdue: false },
    ],
  })
  expect(await tasks(bo, '?mine=true')).toMatchObject([{ usagePoint: 'F1-T1-U1' }])
  const [first] = await tasks(bo)
  const one = await bo.get(`/visits/${first!.id}`)
  expect(one.json).toMatchObject({
    id: first!.id,
    customer: { name: '王*', account: 'A-F1-T1-U1' },
  })
  const elsewhere = await as('nuo', 'gridManager', ['1502'])
  expect(await tasks(elsewhere)).toMatchObject([{ usagePoint: 'F2-T1-U2' }])
  expect((await elsewhere.get(`/visits/${first!.id}`)).json).toMatchObject({
    code: 'visit.notFound',
  })
  expect((await bo.get('/visits/vi-99')).status).toBe(404)
})

test('one is taken by who is nearest, stays theirs until it is overdue, and is settled once', async () => {
  const [bo, gang, chief] = [await as('bo'), await as('gang'), await as('chief', 'shiftLeader')]
  const [first] = await tasks(bo)
  const path = `/visits/${first!.id}`
  expect((await gang.post(`${path}/take`)).json).toMatchObject({ state: 'taken', takenBy: 'gang' })
  expect((await bo.post(`${path}/take`)).json).toMatchObject({ code: 'visit.notYours' })
  const done = { outcome: 'generatorBrought' }
  expect((await bo.post(`${path}/settle`, done)).json).toMatchObject({ code: 'visit.notYours' })
  expect((await chief.post(`${path}/take`)).json).toMatchObject({ takenBy: 'chief' })
  expect((await bo.post(`${path}/settle`, { outcome: 'other' })).status).toBe(422)
  lab.pass(16 * MINUTE)
  await file()
  expect((await bo.get('/visits')).json).toMatchObject({ waiting: 2, overdue: 2 })
  const settled = await bo.post(`${path}/settle`, done, { 'idempotency-key': 'phone-1' })
  expect(settled).toMatchObject({
    status: 200,
    json: { state: 'settled', outcome: 'generatorBrought', settledBy: 'bo', overdue: false },
  })
  const again = await bo.post(`${path}/settle`, done, { 'idempotency-key': 'phone-1' })
  expect(again).toMatchObject({ status: 200, json: { state: 'settled' } })
  expect((await gang.post(`${path}/settle`, done)).json).toMatchObject({ code: 'visit.settled' })
  expect(await tasks(bo, '?state=settled')).toMatchObject([{ id: first!.id }])
  const about = audited().filter(({ subject }) => subject.startsWith(`${first!.id} `))
  expect(about.map(({ what, by }) => `${what} ${by}`)).toEqual([
    'visit.take gang',
    'visit.take chief',
    'visit.settle bo',
  ])
})

test('what the phone tells of a customer makes the visit that waits there, with its words', async () => {
  const bo = await as('bo')
  const [second] = await tasks(bo)
  const { json } = await bo.get(`/visits/${second!.id}`)
  const told = await bo.post('/reports', {
    ...{ channel: 'grid', usagePoint: 'F1-T2-U1', says: 'dark' },
    ...{ incident: json.incident, note: '呼吸机已接应急电源' },
  })
  expect(told.status).toBe(200)
  expect(await tasks(bo)).toEqual([])
  expect((await bo.get(`/visits/${second!.id}`)).json).toMatchObject({
    ...{ state: 'settled', outcome: 'seen', settledBy: 'bo' },
  })
  expect((await bo.get(`/incidents/${json.incident}/repair`)).json.visits).toMatchObject([
    { text: '呼吸机已接应急电源' },
  ])
})

test('those whose light is back first are not needed any more, over a restart as well', async () => {
  await records.close()
  records = await openLedger()
  const nuo = await as('nuo', 'gridManager', ['1502'])
  const [visit] = await tasks(nuo)
  expect((await nuo.post(`/visits/${visit!.id}/take`)).status).toBe(200)
  act((await nuo.get(`/visits/${visit!.id}`)).json.incident, 'restore')
  lab.pass(5)
  await file()
  expect((await nuo.get(`/visits/${visit!.id}`)).json).toMatchObject({
    ...{ state: 'ended', outcome: 'restored', takenBy: 'nuo' },
  })
  const late = await nuo.post(`/visits/${visit!.id}/settle`, { outcome: 'seen' })
  expect(late.json).toMatchObject({ code: 'visit.settled' })
})

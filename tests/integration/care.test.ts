/**
 * 服务等级 from the door to the ledger: a flag, a complaint and the lists become facts, the engine takes them,
 * the ledger keeps them, staff see level and reasons, and customers never do.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { careDesk, followLists } from '../../src/app/care.ts'
import type { Fact } from '../../src/facts/facts.ts'
import type { FrequentAnswer, FrequentRow } from '../../src/http/frequent-shape.ts'
import type { RoleName } from '../../src/http/identity/rights.ts'
import type { HttpDeps } from '../../src/http/ports.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { EngineLab, shippedRules } from '../support/engine-lab.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

const DAY = 86_400_000
let dir: string
let records: SqliteRecords
let fixture: Fixture
let lab: EngineLab

/** As the program does it: the engine takes the fact, the ledger what it changed. */
async function append(fact: Fact): Promise<number> {
  const changes = lab.feed(fact)
  fixture.appended.push(fact)
  const batch = { position: lab.position, at: lab.now, changes }
  await records.commit(changes.length > 0 ? [batch] : [], lab.position, 'd')
  return lab.position
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-care-'))
  records = await openRecords({
    path: join(dir, 'records.db'),
    telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
  })
  const { serviceLevel } = shippedRules().service
  const customer = (account: string) => ({
    ...{ account, meter: '', usagePoint: 'F1-T1-U1', unit: '1501', name: '王*', phones: [] },
    ...{ address: '', gridManager: '', important: null, language: 'zh' as const, preferences: [] },
    sensitivities: account === 'A2' ? ['lifeSupport'] : [],
  })
  const card = {
    ...{ asOf: 0, stale: false, situation: 'unknown', incident: null, changedAt: null },
    supply: {
      ...{ state: 'unknown', probabilityDead: null, meterSaid: 'nothing', meterHeardAt: null },
      path: [{ id: 'F1-T1', type: 'transformer', name: '台区1' }],
    },
    ...{ progress: null, restoration: null, plans: [], arrears: 'withheld', scripts: [] },
    outages: { days: 60, count: 0, listed: [] },
    contacts: { recent: [], onIncident: 0, urges: 0, repeated: false },
    urging: null,
    messages: [],
    safety: '',
  } as ReturnType<HttpDeps['card']>
  fixture = await httpFixture({
    deps: {
      care: careDesk(records, () => serviceLevel),
      facts: { append },
      card: () => card,
      customers: {
        async find(question, units) {
          const account = 'account' in question ? question.account : ''
          const seen = account !== '' && (units === undefined || units.has('1501'))
          return { customers: seen ? [customer(account)] : [], refine: false }
        },
        reveal: async () => undefined,
      },
    },
  })
  lab = new EngineLab(fixture.grid)
  fixture.overrides = { audit: (entry) => records.audit(entry) }
})
afterAll(async () => {
  await fixture.close()
  await records.close()
  rmSync(dir, { recursive: true, force: true })
})

async function post(role: RoleName, path: string, body: object, units: string[] = []) {
  const authorization = `Bearer ${await fixture.token(role, units)}`
  const answer = await fixture.post(path, body, { authorization })
  return { status: answer.status, body: await answer.json() }
}
async function serviceOf(account: string) {
  const { body } = await post('agent', '/api/v1/customers/search', { account })
  return (body as { card: { service: { level: number; reasons: { reason: string }[] } } }).card
    .service
}
const reasonsOf = async (account: string) =>
  (await serviceOf(account)).reasons.map(({ reason }) => reason)

test('public opinion is flagged by staff, audited, shown with its reason, and taken back', async () => {
  expect(await serviceOf('A1')).toEqual({ level: 4, reasons: [] })
  const flagged = { account: 'A1', reason: 'publicOpinion', days: 7 }
  expect((await post('agent', '/api/v1/care', flagged)).status).toBe(403)
  expect((await post('shiftLeader', '/api/v1/care', flagged)).status).toBe(201)
  expect(await serviceOf('A1')).toMatchObject({ level: 1, reasons: [{ reason: 'publicOpinion' }] })
  // Of the customer, and of the customer's premises; not of an area elsewhere.
  const listed = await fixture.get('/api/v1/care', await fixture.token('auditor'))
  expect(await listed.json()).toMatchObject({
    notes: [{ account: 'A1', usagePoint: 'F1-T1-U1', transformer: null, role: 'shiftLeader' }],
  })
  const [entry] = records.audited({ limit: 1 }).entries
  expect(entry).toMatchObject({ what: 'care.noted', subject: 'A1' })
  const { status } = await post('shiftLeader', '/api/v1/care/end', {
    account: 'A1',
    reason: 'publicOpinion',
  })
  expect(status).toBe(201)
  expect(await serviceOf('A1')).toEqual({ level: 4, reasons: [] })
})

test('a place is named exactly, exists, and lies in the caller’s units', async () => {
  const flag = (body: object, units = ['1501']) =>
    post('gridManager', '/api/v1/care', { reason: 'publicOpinion', ...body }, units)
  expect((await flag({})).status).toBe(422)
  expect((await flag({ account: 'A1', transformer: 'F1-T1' })).status).toBe(422)
  expect((await flag({ transformer: 'F1-FU' })).status).toBe(404)
  expect((await flag({ transformer: 'F2-T1' })).status).toBe(404)
  expect((await flag({ transformer: 'F1-T2' })).status).toBe(201)
  expect(await reasonsOf('A1')).toEqual([])
  const unseen = await fixture.get('/api/v1/care', await fixture.token('gridManager', ['1502']))
  expect(await unseen.json()).toMatchObject({ notes: [] })
})

test('a complaint raises the level for the days of proactive service, by reference alone', async () => {
  const { status } = await post('agent', '/api/v1/complaints', {
    account: 'A1',
    reason: 'frequentOutage',
  })
  expect(status).toBe(201)
  expect(await serviceOf('A1')).toMatchObject({ level: 2, reasons: [{ reason: 'complaint' }] })
  const fact = fixture.appended.at(-1)!
  expect(fact).toMatchObject({ type: 'careNoted', notes: [{ account: 'A1', reason: 'complaint' }] })
  if (fact.type !== 'careNoted') return
  expect(fact.notes[0]!.until - fact.receivedAt).toBeGreaterThan(89 * DAY)
  expect(JSON.stringify(fact)).not.toContain('王')
})

test('a life that hangs on supply is the ledger’s word', async () => {
  expect((await serviceOf('A2')).level).toBe(1)
  expect(await reasonsOf('A2')).toEqual(['lifeSupport', 'complaint'])
})

test('an incident over the place shows level and reasons on its queue', async () => {
  for (const meter of ['F1-T1-M1', 'F1-T1-M2']) lab.say(meter, 'powerOff')
  lab.pass(90)
  expect(lab.open()[0]).toMatchObject({ serviceLevel: 2, serviceReasons: ['complaint'] })
  fixture.follow(...lab.changes.filter(({ type }) => type === 'incident'))
  const answer = await fixture.get('/api/v1/incidents', await fixture.token('agent'))
  expect(await answer.json()).toMatchObject({
    incidents: [{ serviceLevel: 2, serviceReasons: ['complaint'] }],
  })
})

test('the lists and the ledger are told once, as what came and what went', async () => {
  const row = (id: string, category: FrequentRow['category']) => ({ id, category }) as FrequentRow
  let rows: FrequentRow[] = [row('F1-T1', 'frequent'), row('F1-T2', 'warning')]
  let homes: string[] | undefined = ['F2-T1-U1']
  const parts = {
    ...{ records, append, now: () => Date.now() },
    customers: { lifeSupport: async () => homes },
    frequent: async () => ({ asOf: 0, majorEventDays: [], rows, next: null }) as FrequentAnswer,
  }
  const listed = () =>
    records.care
      .byRole('program', Date.now())
      .map(({ usagePoint, transformer, reason }) => `${usagePoint ?? transformer} ${reason}`)
      .sort()
  const before = fixture.appended.length
  await followLists(parts)
  await followLists(parts)
  expect(fixture.appended.length - before).toBe(1)
  expect(await reasonsOf('A1')).toEqual(['complaint', 'frequentOutage'])
  expect(listed()).toEqual(['F1-T1 frequentOutage', 'F1-T2 outageWarning', 'F2-T1-U1 lifeSupport'])
  rows = [row('F1-T1', 'warning')]
  // Customers are being read in anew: what was known of lives stands.
  homes = undefined
  await followLists(parts)
  expect(await reasonsOf('A1')).toEqual(['complaint', 'outageWarning'])
  expect(listed()).toEqual(['F1-T1 outageWarning', 'F2-T1-U1 lifeSupport'])
  const notes = await fixture.get('/api/v1/care', await fixture.token('auditor'))
  expect(await notes.text()).not.toContain('lifeSupport')
  for (const meter of ['F2-T1-M1', 'F2-T1-M2']) lab.say(meter, 'powerOff')
  lab.pass(90)
  const over = lab.open().find(({ device }) => device.id.startsWith('F2'))
  expect(over).toMatchObject({ grade: 2, serviceLevel: 1, serviceReasons: ['lifeSupport'] })
  homes = []
  await followLists(parts)
  expect(listed()).toEqual(['F1-T1 outageWarning'])
})

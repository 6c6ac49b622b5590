/** Customers without an agent over HTTP: own token, own supply; the voice menu; answers to messages. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { voiceOf } from '../../src/app/hotline.ts'
import type { Incident } from '../../src/engine/changes.ts'
import type { Plan } from '../../src/engine/plans/plan.ts'
import type { CardSources } from '../../src/hotline/card.ts'
import { loadScripts } from '../../src/hotline/scripts.ts'
import type { Contact, HttpDeps } from '../../src/http/ports.ts'
import { openCustomers } from '../../src/records/customers/customers.ts'
import { importCustomers } from '../../src/records/customers/import.ts'
import type { CustomersPort } from '../../src/records/customers/port.ts'
import { incident } from '../support/changes.ts'
import { type CustomerFolder, customer, customerFolder } from '../support/customer-file.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

/** When customers ask: ages are told to the second. */
const AT = Date.now()

let folder: CustomerFolder
let customers: CustomersPort
let fixture: Fixture
/** What keeps a transformer dark, by its id. */
const dark = new Map<string, Incident>()
const plans: Plan[] = []
const filed: (Contact & { account: string })[] = []
const ended: string[] = []
const refused: string[] = []
let ofAccount: HttpDeps['subscriptions']['ofAccount'] = () => []
const PHONE = {
  one: '12800000001',
  two: '12800000002',
  support: '12800000003',
  none: '12899999999',
}

beforeAll(async () => {
  folder = customerFolder()
  folder.write([
    customer('A1', { unit: '1501', phones: [PHONE.one], usagePoint: 'F1-T1-U1' }),
    customer('A2', { unit: '1501', phones: [PHONE.two], usagePoint: 'F1-T1-U2' }),
    customer('A3', { unit: '1502', phones: [PHONE.two], usagePoint: 'F2-T1-U1' }),
    customer('A4', {
      ...{ unit: '1501', phones: [PHONE.support], usagePoint: 'F1-T2-U1' },
      ...{ sensitivities: ['lifeSupport'], language: 'en' },
    }),
  ])
  await importCustomers({ file: folder.file, dir: folder.dir })
  customers = await openCustomers(folder.dir)
  const sources: CardSources = {
    scripts: loadScripts('config/texts/scripts.yaml'),
    now: () => AT,
    grid: () => fixture.grid,
    utcOffsetMinutes: () => 480,
    sustainedMinutes: () => 3,
    mostUrges: () => 2,
    supply(point) {
      const { devices, usagePoints } = fixture.grid
      const device = usagePoints.device[point]!
      const over = dark.get(devices.ids.idOf(device))
      return {
        dead: over ? 0.99 : 0.01,
        path: [device],
        incidents: over ? [over.id] : [],
        ...{ meterSaid: 'nothing', meterHeardAt: null, asOf: Date.now() },
      }
    },
    incident: (id) => [...dark.values()].find((one) => one.id === id),
    times: () => ({ changedAt: AT, etrSince: AT - 60_000 }),
    area: () => undefined,
    segments: () => [],
    plans: () => plans,
    contacts: () => [],
    messages: () => [],
  }
  fixture = await httpFixture({
    deps: {
      subscriptions: {
        complaintDays: () => 90,
        find: () => undefined,
        ofArea: () => [],
        add: async () => {},
        ofAccount: (account) => ofAccount(account),
        end: async (id) => void ended.push(id),
        refuse: async (account, channel) => void refused.push(`${account} ${channel}`),
      },
      customers,
      voice: voiceOf(sources, 'config/texts/told.yaml'),
    },
  })
  fixture.overrides = {
    async contact(contact) {
      if (!filed.some(({ requestId }) => requestId === contact.requestId)) filed.push(contact)
    },
  }
})
afterAll(async () => {
  await fixture.close()
  await customers.close()
  folder.remove()
})
beforeEach(() => {
  dark.clear()
  plans.length = 0
  filed.length = 0
  fixture.appended.length = 0
})

const fault = (more: Partial<Incident> = {}) =>
  incident('I1', 3, {
    outageKind: 'confirmed',
    stage: 'repairing',
    startedAt: Date.now() - 3_600_000,
    estimatedPeriod: { start: Date.now(), end: Date.now() + 3_600_000 },
    etrSource: 'field',
    crew: 'crew-7',
    ...more,
  })

type Json = Record<string, never>
async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${await fixture.token('channel')}`
  const answer = await fixture.post(path, body, { authorization, ...headers })
  return { status: answer.status, json: (await answer.json()) as Json }
}
const ivr = async (caller: string, more: object = {}) =>
  (await post('/api/v1/ivr', { caller, ...more })).json
const reply = async (body: object, key: string = crypto.randomUUID()) =>
  (await post('/api/v1/replies', body, { 'idempotency-key': key })).json

async function ownToken(account: string) {
  const { json } = await post('/api/v1/self/tokens', { account })
  return json.token as string
}
async function self(token: string, query = '') {
  const answer = await fixture.get(`/api/v1/self/outage${query}`, token)
  return { status: answer.status, json: (await answer.json()) as Json }
}

test('a customer sees the own outage in five steps, and nothing that is not theirs', async () => {
  dark.set('F1-T1', fault())
  const { status, json } = await self(await ownToken('A1'))
  expect(status).toBe(200)
  expect(json).toMatchObject({
    situation: 'etr',
    area: '台区1',
    progress: { step: 'onSite' },
    restoration: { source: 'field', ageSeconds: 60, passed: false },
  })
  expect((json.progress as { of: string[] }).of).toHaveLength(5)
  // Neither the incident's number nor devices, crews, probabilities or other people.
  // Times may read like a probability.
  const said = JSON.stringify(json).replaceAll(/T[\d:.]+Z/g, '')
  expect(said).not.toMatch(/I1|F1-|D-I1|crew-7|0\.9|A1|A2|王/)

  expect(await self(await ownToken('A3'))).toMatchObject({ json: { situation: 'none' } })
  expect((await self(await ownToken('A1'), '?language=en')).json.message).toMatch(/expected back/)
})

test('a customer’s token opens nothing else, and ends', async () => {
  const token = await ownToken('A1')
  for (const path of ['/api/v1/incidents', '/api/v1/me', '/api/v1/status', '/api/v1/grid'])
    expect((await fixture.get(path, token)).status, path).toBe(403)
  const authorization = `Bearer ${token}`
  expect((await fixture.post('/api/v1/tickets', {}, { authorization })).status).toBe(403)
  const other = await fixture.post('/api/v1/self/tokens', { account: 'A2' }, { authorization })
  expect(other.status).toBe(403)
  fixture.clock.offsetMs = 15 * 60_000 + 1000
  expect((await self(token)).status).toBe(401)
  fixture.clock.offsetMs = 0
})

test('no token for an unknown account; a key of another role shows no customer', async () => {
  expect((await post('/api/v1/self/tokens', { account: 'A9' })).status).toBe(404)
  // A role alone binds to nobody: such a token is none.
  expect((await self(await fixture.identity.issueToken('customer', []))).status).toBe(401)
  expect((await self(await fixture.token('channel'))).status).toBe(403)
})

test('the voice menu tells the holder of a number, and files that they asked', async () => {
  dark.set('F1-T1', fault())
  expect(await ivr(PHONE.one)).toMatchObject({
    ...{ language: 'zh', toAgent: false, reason: 'told' },
    say: expect.stringMatching(/^台区1停电，.*预计(\d\d-\d\d )?\d\d:\d\d左右恢复供电/),
  })
  expect(filed).toMatchObject([{ account: 'A1', kind: 'inquiry', channel: 'ivr', incident: 'I1' }])
  expect(JSON.stringify(filed)).not.toContain(PHONE.one)
})

test.each<[string, keyof typeof PHONE, string]>([
  ['an unknown number', 'none', 'unknownNumber'],
  ['several accounts', 'two', 'severalAccounts'],
  ['no outage', 'one', 'noOutageKnown'],
])('%s goes to an agent', async (_, who, reason) => {
  expect(await ivr(PHONE[who])).toMatchObject({ toAgent: true, reason })
})

test('of several accounts one outage of all is told, that of one is not', async () => {
  dark.set('F1-T1', fault())
  expect(await ivr(PHONE.two)).toMatchObject({ reason: 'severalAccounts' })
  dark.set('F2-T1', fault())
  expect(await ivr(PHONE.two)).toMatchObject({ reason: 'told', toAgent: false })
})

test('who depends on supply speaks to a person, in the own language', async () => {
  dark.set('F1-T2', fault())
  expect(await ivr(PHONE.support)).toMatchObject({
    ...{ language: 'en', toAgent: true, reason: 'vulnerable' },
    say: expect.stringContaining('We are connecting you to an agent.'),
  })
})

test('arrears sound like nothing', async () => {
  const before = await ivr(PHONE.one)
  plans.push({
    ...{ id: 'P1', kind: 'arrears', devices: [], usagePoints: ['F1-T1-U1'], by: 'li', position: 1 },
    ...{ from: Date.now() - 1000, to: Date.now() + 1e6, announcedAt: 0 },
  } as never)
  const { asOf: _, ...after } = await ivr(PHONE.one)
  expect(before).toMatchObject(after)
})

test('"still dark" after "restored" is evidence, is filed, and asks for a person', async () => {
  dark.set('F1-T1', fault({ outageKind: 'restored', stage: 'restored', restoredAt: Date.now() }))
  const said = { channel: 'sms', caller: PHONE.one, text: '还没电，王芳' }
  const json = await reply(said, 'k1')
  expect(json).toMatchObject({
    ...{ understood: 'dark', known: true, evidence: true, incident: 'I1', toAgent: true },
  })
  expect(fixture.appended).toMatchObject([
    { type: 'callerReport', says: 'dark', usagePoint: 'F1-T1-U1', account: 'A1', channel: 'phone' },
  ])
  expect(filed).toMatchObject([{ account: 'A1', kind: 'reply', incident: 'I1' }])
  await reply(said, 'k1')
  expect(filed).toHaveLength(1)
  expect(new Set(fixture.appended.map((fact) => (fact as never as Json).requestId)).size).toBe(1)
  // Neither the words nor the number are kept.
  expect(JSON.stringify([filed, fixture.appended])).not.toMatch(/没电|王芳|128/)
})

test('"back" is evidence of supply, thanks and questions are none', async () => {
  dark.set('F1-T1', fault())
  const say = (text: string) => reply({ channel: 'app', account: 'A1', text })
  expect(await say('有电了')).toMatchObject({ understood: 'live', evidence: true, toAgent: false })
  expect(await say('谢谢')).toMatchObject({ understood: 'thanks', evidence: false, toAgent: false })
  expect(await say('几点来电')).toMatchObject({ understood: 'unclear', toAgent: true })
  expect(fixture.appended).toMatchObject([{ says: 'live' }])
})

test('who wants no more messages gets none on that channel', async () => {
  const subscription = (id: string, channel: 'sms' | 'app', endedAt: number | null = null) =>
    ({ id, account: 'A1', channel, until: null, endedAt }) as never
  const list = [subscription('s1', 'sms'), subscription('s2', 'app'), subscription('s3', 'sms', 1)]
  ended.splice(0)
  ofAccount = (account) => (account === 'A1' ? list : [])
  const json = await reply({ channel: 'sms', caller: PHONE.one, text: 'TD' })
  ofAccount = () => []
  expect(json).toMatchObject({ understood: 'unsubscribe', ended: 1, toAgent: false })
  expect(ended).toEqual(['s1'])
  // Whoever else asked for it: the area's subscription, or the ledger.
  expect(refused).toEqual(['A1 sms'])
  expect(json.answer).toContain('退订')
  expect(await reply({ channel: 'app', account: 'A1', text: '有电了' })).toMatchObject({
    answer: null,
  })
})

test('of a number with several accounts the one with the outage answered; else nobody is known', async () => {
  const said = { channel: 'sms', caller: PHONE.two, text: '没电' }
  expect(await reply(said)).toMatchObject({ known: false, evidence: false, toAgent: true })
  dark.set('F2-T1', fault())
  expect(await reply(said)).toMatchObject({ known: true, evidence: true, toAgent: false })
  expect(fixture.appended).toMatchObject([{ account: 'A3' }])
})

test('a reply names an account or a number, not both', async () => {
  const text = '没电'
  for (const body of [{ text }, { text, account: 'A1', caller: PHONE.one }, { account: 'A1' }])
    expect((await post('/api/v1/replies', { channel: 'app', ...body })).status).toBe(422)
})

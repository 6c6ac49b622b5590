/** Customers over HTTP: own units only, masked, unmasked for a recorded reason. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerCard, type CardSources } from '../../src/hotline/card.ts'
import { loadScripts } from '../../src/hotline/scripts.ts'
import { openCustomers } from '../../src/records/customers/customers.ts'
import { importCustomers } from '../../src/records/customers/import.ts'
import type { CustomersPort } from '../../src/records/customers/port.ts'
import { incident } from '../support/changes.ts'
import { type CustomerFolder, customer, customerFolder } from '../support/customer-file.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

let folder: CustomerFolder
let customers: CustomersPort
let fixture: Fixture
beforeAll(async () => {
  folder = customerFolder()
  folder.write([
    customer('A1', { unit: '1501', phones: ['12812345678'], usagePoint: 'F1-T1-U1' }),
    customer('A2', { unit: '1502', name: '王芳', phones: ['12812345678'] }),
  ])
  await importCustomers({ file: folder.file, dir: folder.dir })
  customers = await openCustomers(folder.dir)
  const sources: CardSources = {
    scripts: loadScripts('config/texts/scripts.yaml'),
    now: Date.now,
    grid: () => fixture.grid,
    utcOffsetMinutes: () => 480,
    sustainedMinutes: () => 3,
    mostUrges: () => 2,
    supply: () => undefined,
    incident: () => undefined,
    times: () => ({ changedAt: 0, etrSince: null }),
    area: () => undefined,
    segments: () => [],
    plans: () => [],
    contacts: (account) => contacts(account),
    messages: () => messages,
  }
  fixture = await httpFixture({
    deps: { customers, card: (request) => answerCard(sources, request) },
  })
})
afterAll(async () => {
  await fixture.close()
  await customers.close()
  folder.remove()
})

/** What the reports of this test filed. */
const filed: {
  account: string
  at: number
  channel: 'phone'
  kind: 'inquiry' | 'report' | 'urge'
  incident: string | null
  by: string
  requestId: string
}[] = []
/** What A1 was told. */
const messages = [
  {
    ...{ at: Date.UTC(2026, 10, 22, 2, 30), channel: 'sms', template: 'T1', incident: 'I1' },
    ...{ state: 'delivered' as const, receiptAt: Date.UTC(2026, 10, 22, 2, 31) },
  },
]
const contacts = (account: string) => filed.filter((one) => one.account === account)

const SEARCH = '/api/v1/customers/search'
async function ask(path: string, body: unknown, unit: string, role = 'agent' as const) {
  const authorization = `Bearer ${await fixture.token(role, [unit])}`
  const answer = await fixture.post(path, body, { authorization })
  return { status: answer.status, json: (await answer.json()) as never as Record<string, never> }
}

test.each([{ q: '王芳' }, { phone: '12812345678' }, { q: 'wf' }, { q: '锦安苑' }])(
  '%j finds in each unit its own customer alone, masked',
  async (question) => {
    for (const [unit, account] of [
      ['1501', 'A1'],
      ['1502', 'A2'],
    ] as const) {
      const { status, json } = await ask(SEARCH, question, unit)
      expect(status).toBe(200)
      expect(json.customers).toMatchObject([{ account, name: '王*', phones: ['128****5678'] }])
      expect(JSON.stringify(json)).not.toMatch(/王芳|12812345678/)
    }
  },
)

test('a unit above sees both, another unit’s account is nowhere', async () => {
  expect((await ask(SEARCH, { q: '王芳' }, '15')).json.customers).toHaveLength(2)
  expect((await ask(SEARCH, { account: 'A2' }, '1501')).json.customers).toEqual([])
  const unmask = await ask('/api/v1/customers/A2/unmask', { reason: 'callBack' }, '1501')
  expect(unmask.status).toBe(404)
  expect(unmask.json.code).toBe('customer.notFound')
})

test.each([{}, { q: '' }, { q: 'a', account: 'A1' }, { name: '王芳' }, { q: 'x'.repeat(65) }])(
  '%j is no question',
  async (body) => {
    expect((await ask(SEARCH, body, '1501')).status).toBe(422)
  },
)

test('unmasking needs a reason, which is in the audit chain before anything is shown', async () => {
  const path = '/api/v1/customers/A1/unmask'
  expect((await ask(path, {}, '1501')).status).toBe(422)
  expect((await ask(path, { reason: 'curiosity' }, '1501')).status).toBe(422)
  const { status, json } = await ask(path, { reason: 'callBack' }, '1501')
  expect(status).toBe(200)
  expect(json).toMatchObject({ account: 'A1', name: '王芳', phones: ['12812345678'] })
  const auditor = await fixture.token('auditor')
  const chain = (await (await fixture.get('/api/v1/audit', auditor)).json()) as {
    entries: object[]
  }
  expect(chain.entries).toMatchObject([
    { what: 'customer.revealed', role: 'agent', subject: 'A1', detail: 'callBack' },
  ])
  expect(JSON.stringify(chain)).not.toMatch(/王芳|12812345678/)
})

test('where the audit chain cannot be written nothing is shown', async () => {
  fixture.overrides = {
    async audit() {
      throw Object.assign(new Error('the disk is full'), { code: 'records.full' })
    },
  }
  const { status, json } = await ask('/api/v1/customers/A1/unmask', { reason: 'callBack' }, '1501')
  fixture.overrides = {}
  expect(status).toBe(503)
  expect(JSON.stringify(json)).not.toContain('王芳')
})

test('one customer found comes with the card; a check of identity is recorded', async () => {
  const { json } = await ask(SEARCH, { account: 'A1', language: 'en' }, '1501')
  expect(json.card).toMatchObject({ situation: 'unknown', arrears: 'withheld' })
  const { scripts } = json.card as { scripts: { language: string; text: string }[] }
  expect(scripts[0]).toMatchObject({ language: 'en' })
  const checked = await ask(SEARCH, { account: 'A1', identityVerified: true }, '1501')
  expect(checked.json.card).toMatchObject({ arrears: 'none' })
  expect(json.card).toMatchObject({
    messages: [
      {
        ...{ at: '2026-11-22T02:30:00.000Z', channel: 'sms', template: 'T1', incident: 'I1' },
        ...{ state: 'delivered', receiptAt: '2026-11-22T02:31:00.000Z' },
      },
    ],
  })
  const auditor = await fixture.token('auditor')
  const chain = (await (await fixture.get('/api/v1/audit', auditor)).json()) as {
    entries: { what: string; subject: string }[]
  }
  expect(chain.entries[0]).toMatchObject({ what: 'customer.identified', subject: 'A1' })
  expect((await ask(SEARCH, { q: '王芳' }, '15')).json.card).toBeNull()
})

test('a report is filed under its account; a second about the same incident urges it', async () => {
  fixture.overrides = {
    segments: () => [OPEN_SEGMENT],
    async contact(contact) {
      filed.unshift(contact as never)
    },
    contacts,
  }
  const report = { channel: 'phone', usagePoint: 'F1-T1-U1', says: 'dark', account: 'A1' }
  expect((await ask('/api/v1/reports', report, '1501')).json.contact).toBe('report')
  expect((await ask('/api/v1/reports', report, '1501')).json.contact).toBe('urge')
  expect((await ask('/api/v1/reports', { ...report, account: 'A2' }, '1501')).json).toMatchObject({
    incident: 'I1',
    contact: null,
  })
  fixture.overrides = {}
  const { card } = (await ask(SEARCH, { account: 'A1' }, '1501')).json
  expect(card).toMatchObject({
    contacts: { repeated: true, recent: [{ kind: 'urge' }, { kind: 'report' }] },
  })
})

test('an urge by key is filed under who calls, once a call; who only asked a machine urges nothing', async () => {
  filed.length = 0
  fixture.overrides = {
    segments: () => [OPEN_SEGMENT],
    async contact(contact) {
      if (filed.every(({ requestId }) => requestId !== contact.requestId))
        filed.unshift(contact as never)
    },
    contacts,
  }
  fixture.incidents.set('I1', incident('I1', 4, { outageKind: 'confirmed', unit: '1501' as never }))
  fixture.judge = ({ requestId }) =>
    ({ type: 'action', at: 1, requestId, incident: 'I1', accepted: true, revision: 5 }) as never
  const kinds = () => filed.map(({ kind }) => kind)
  const asked = { account: 'A1', at: Date.now(), channel: 'phone', incident: 'I1' } as const
  filed.push({ ...asked, kind: 'inquiry', by: 'token:ivr', requestId: 'ivr/1' })
  const report = { channel: 'phone', usagePoint: 'F1-T1-U1', says: 'dark', account: 'A1' }
  expect((await ask('/api/v1/reports', report, '1501')).json.contact).toBe('report')

  const urge = { action: 'urge', revision: 4, account: 'A1' }
  const path = '/api/v1/incidents/I1/actions'
  expect((await ask(path, urge, '1501')).status).toBe(200)
  // The call is filed already, by the same person a moment ago.
  expect(kinds()).toEqual(['report', 'inquiry'])

  // The next call, the key alone; then the report of the same call.
  fixture.clock.offsetMs = 3_600_000
  expect((await ask(path, urge, '1501')).status).toBe(200)
  expect(kinds()).toEqual(['urge', 'report', 'inquiry'])
  expect((await ask('/api/v1/reports', report, '1501')).json.contact).toBe('urge')
  expect(kinds()).toEqual(['urge', 'report', 'inquiry'])

  // Another unit's customer is filed nowhere; refused, nothing is.
  expect((await ask(path, { ...urge, account: 'A2' }, '1501')).status).toBe(200)
  fixture.clock.offsetMs = 7_200_000
  fixture.judge = ({ requestId }) =>
    ({
      type: 'action',
      requestId,
      incident: 'I1',
      accepted: false,
      revision: 9,
      refusal: 'staleRevision',
    }) as never
  expect((await ask(path, urge, '1501')).status).toBe(409)
  expect(kinds()).toEqual(['urge', 'report', 'inquiry'])
  expect((await ask(path, { ...urge, action: 'confirm' }, '1501')).status).toBe(422)
  fixture.overrides = {}
  fixture.clock.offsetMs = 0
})

const OPEN_SEGMENT = {
  id: 'S1',
  incident: 'I1',
  device: { id: 'F1-FU', type: 'fuse', name: '支线' },
  phases: 'ABC',
  from: 1,
  to: null,
  void: false,
  momentary: false,
  exceptions: [],
} as never

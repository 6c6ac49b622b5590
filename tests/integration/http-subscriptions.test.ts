/** `/subscriptions`: who is told, asked for once, inside the caller's units, audited, erased. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { subscriptionsOf } from '../../src/app/subscriptions.ts'
import { DEVICE_TYPES } from '../../src/grid/model.ts'
import type { RoleName } from '../../src/http/identity/rights.ts'
import { anchorOf, verifyAudit } from '../../src/records/audit.ts'
import { eraseFromRecords } from '../../src/records/informing/erase.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

const dir = mkdtempSync(join(tmpdir(), 'lastgasp-subscriptions-'))
const DAY_MS = 86_400_000
let fixture: Fixture
let records: SqliteRecords

const customer = (account: string, unit: string) => ({
  ...{ account, unit, meter: '', usagePoint: '', name: '王*', phones: [], address: '' },
  ...{ gridManager: '', important: null, sensitivities: [], preferences: [] },
  language: 'zh' as const,
})
const people = [customer('A1', '1501'), customer('A2', '1502')]

beforeAll(async () => {
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  fixture = await httpFixture({
    deps: {
      requestsPerMinute: 100_000,
      subscriptions: subscriptionsOf(records, () => 90),
      customers: {
        find: async (question, units) => {
          const { account } = question as { account: string }
          const found = people.filter((one) => one.account === account)
          const seen = found.filter(({ unit }) => units === undefined || units.has(unit))
          return { customers: seen, refine: false }
        },
        reveal: async () => undefined,
      },
    },
  })
  const { audit, audited } = records
  Object.assign(fixture.overrides, {
    audit: audit.bind(records),
    audited: audited.bind(records),
  })
})
afterAll(async () => {
  await fixture.close()
  await records.close()
  rmSync(dir, { recursive: true, force: true })
})

interface Asked {
  readonly role?: RoleName
  readonly units?: string[]
  readonly key?: string
}

async function ask(
  method: string,
  path: string,
  body?: object,
  { role = 'agent', units = [], key }: Asked = {},
) {
  const answer = await fetch(`${fixture.url}/api/v1/subscriptions${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await fixture.token(role, units)}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  return { status: answer.status, json: text === '' ? {} : JSON.parse(text) }
}

const wish = { account: 'A1', channel: 'sms', consent: true }
const found = async (target: object) =>
  (await ask('POST', '/search', target)).json.subscriptions as {
    id: string
    inForce: boolean
    channel: string
  }[]

test('a customer is subscribed once however often it is asked, and ended', async () => {
  const first = await ask('POST', '', wish, { key: 'k1' })
  const again = await ask('POST', '', wish, { key: 'k1' })
  expect([first.status, again.status]).toEqual([201, 201])
  expect(again.json).toEqual(first.json)
  expect(first.json).toMatchObject({ account: 'A1', area: null, until: null, inForce: true })
  expect(await found({ account: 'A1' })).toHaveLength(1)
  expect((await ask('DELETE', `/${first.json.id}`)).status).toBe(204)
  expect(await found({ account: 'A1' })).toMatchObject([{ inForce: false }])
  const trail = records.audited({ limit: 10 }).entries.map(({ what, subject }) => [what, subject])
  expect(trail).toEqual([
    ['subscription.end', 'A1'],
    ['subscription.add', 'A1'],
  ])
})

test('after a complaint it lasts ninety days, if not said otherwise', async () => {
  const at = Date.now()
  const { type, ids } = fixture.grid.devices
  const area = ids.idOf(type.indexOf(DEVICE_TYPES.indexOf('transformer')))
  const asked = { area, channel: 'app', source: 'complaint', consent: true }
  const { json } = await ask('POST', '', asked)
  expect(Math.round((Date.parse(json.until) - at) / DAY_MS)).toBe(90)
  fixture.clock.offsetMs = 91 * DAY_MS
  expect(await found({ area })).toMatchObject([{ inForce: false }])
  fixture.clock.offsetMs = 0
  const past = { ...asked, until: new Date(at - 1).toISOString() }
  expect((await ask('POST', '', past)).json.code).toBe('subscription.until')
})

test('without consent, a target or the right to it nobody is subscribed', async () => {
  for (const body of [
    { ...wish, consent: false },
    { channel: 'sms', consent: true },
    { ...wish, area: 'X' },
    { ...wish, channel: 'fax' },
  ])
    expect((await ask('POST', '', body)).status).toBe(422)
  expect((await ask('POST', '', { ...wish, account: 'A9' })).status).toBe(404)
  const mine: Asked = { role: 'gridManager', units: ['1501'] }
  expect((await ask('POST', '', { ...wish, account: 'A2' }, mine)).status).toBe(404)
  expect(
    (await ask('POST', '', { area: 'nowhere', channel: 'sms', consent: true })).json.code,
  ).toBe('device.unknown')
  const { json } = await ask('POST', '', { ...wish, account: 'A2' })
  expect((await ask('DELETE', `/${json.id}`, undefined, mine)).status).toBe(404)
})

test('so many in force and no more', async () => {
  const statuses: number[] = []
  for (let n = 0; n < 11; n++) statuses.push((await ask('POST', '', wish)).status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(9)
  expect(statuses.at(-1)).toBe(422)
})

test('with the customer everything of theirs is erased, beside the running writer', async () => {
  const path = join(dir, 'records.db')
  eraseFromRecords(path, 'A1')
  expect(await found({ account: 'A1' })).toEqual([])
  expect(await found({ account: 'A2' })).toHaveLength(1)
  // The writer goes on.
  expect((await ask('POST', '', { ...wish, account: 'A2' })).status).toBe(201)
  const db = new Database(path, { readonly: true })
  const erased = "SELECT role, subject FROM audit WHERE what = 'customer.erased'"
  expect(db.prepare(erased).raw().all([])).toEqual([['shell', 'A1']])
  expect(verifyAudit(db, anchorOf(path)).broken).toBeUndefined()
  db.close()
})

test('where the chain cannot be written nobody is subscribed, and nobody is taken off', async () => {
  const one = { ...wish, account: 'A2', channel: 'app' }
  const known = (await ask('POST', '', { ...one, channel: 'wechat' })).json as { id: string }
  const before = await found({ account: 'A2' })
  const { audit } = fixture.overrides
  fixture.overrides.audit = async () => {
    throw Object.assign(new Error('the disk is full'), { code: 'records.full' })
  }
  expect((await ask('POST', '', one)).status).toBe(503)
  expect((await ask('DELETE', `/${known.id}`)).status).toBe(503)
  fixture.overrides.audit = audit!
  expect(await found({ account: 'A2' })).toEqual(before)
})

/** `/webhooks`: who may, where messages may go, secrets shown once, a trial message that arrives. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Informing, startInforming } from '../../src/app/informing.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'
import { until } from '../support/until.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

const dir = mkdtempSync(join(tmpdir(), 'lastgasp-webhooks-'))
let fixture: Fixture
let records: SqliteRecords
let informing: Informing
const receivers: { close(): Promise<void> }[] = []

beforeAll(async () => {
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  informing = await startInforming({
    records,
    telemetry,
    configDir: 'config',
    allowPrivate: true,
    grid: () => ({ units: [] }) as unknown as CompiledGrid,
    utcOffsetMinutes: () => 480,
    bodyOf: async ({ body }) => body,
    now: Date.now,
    onFailure: (error) => {
      throw error
    },
  })
  const { webhooks } = informing
  fixture = await httpFixture({ deps: { webhooks, requestsPerMinute: 100_000 } })
  fixture.overrides = {
    audit: (entry) => records.audit(entry),
    audited: (query) => records.audited(query),
  }
})
afterAll(async () => {
  await fixture.close()
  await informing.close()
  await records.close()
  for (const receiver of receivers) await receiver.close()
  rmSync(dir, { recursive: true, force: true })
})

async function ask(method: string, path: string, body?: object, units: string[] = []) {
  const answer = await fetch(`${fixture.url}/api/v1/webhooks${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await fixture.token('operator', units)}`,
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
  })
  const text = await answer.text()
  return { status: answer.status, json: text === '' ? {} : JSON.parse(text) }
}

test('a receiver is added, tried, given a new secret and removed', async () => {
  const receiver = await webhookReceiver()
  receivers.push(receiver)
  const added = await ask('POST', '', { name: '服务调度', url: receiver.url })
  expect(added.status).toBe(201)
  expect(added.json.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const { id } = added.json.webhook
  expect(added.json.webhook).toMatchObject({
    name: '服务调度',
    form: 'standard',
    topics: ['notice', 'escalation'],
    unit: null,
    disabledAt: null,
    waiting: 0,
  })
  const listed = await ask('GET', '')
  expect(listed.json.webhooks.map((one: { id: string }) => one.id)).toEqual([id])
  expect(JSON.stringify(listed.json)).not.toContain(added.json.secret)

  const rotated = await ask('POST', `/${id}/rotate`)
  expect(rotated.json.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(rotated.json.secret).not.toBe(added.json.secret)
  const tried = await ask('POST', `/${id}/test`)
  expect(tried.status).toBe(202)
  await until(() => receiver.received.length === 1)
  const [message] = receiver.received
  expect(message!.id).toBe(tried.json.message)
  expect(JSON.parse(message!.body)).toMatchObject({ type: 'webhook.test', data: { webhook: id } })
  // Both secrets sign while one is exchanged.
  expect(String(message!.headers['webhook-signature']).split(' ')).toHaveLength(2)

  expect((await ask('DELETE', `/${id}`)).status).toBe(204)
  expect((await ask('GET', '')).json.webhooks).toEqual([])
  for (const path of [`/${id}/test`, `/${id}/rotate`])
    expect(await ask('POST', path)).toMatchObject({
      status: 404,
      json: { code: 'webhook.notFound' },
    })
  const audit = await fixture.get('/api/v1/audit', await fixture.token('auditor'))
  const { entries } = (await audit.json()) as { entries: { what: string }[] }
  const acts = entries.map(({ what }) => what)
  expect(acts).toEqual(['webhook.remove', 'webhook.test', 'webhook.rotate', 'webhook.add'])
})

test('a robot has no secret, and its key is not shown again', async () => {
  const url = 'https://robot.example.com/send?key=confidential'
  const { json } = await ask('POST', '', { name: '网格群', url, form: 'wecom' })
  expect(json.secret).toBeNull()
  expect(json.webhook.url).toBe('https://robot.example.com/send?key=…')
  const { id } = json.webhook
  expect((await ask('POST', `/${id}/rotate`)).json.code).toBe('webhook.noSecret')
  const refused = await ask('POST', '', { name: 'x', url, form: 'wecom', topics: ['incident'] })
  expect(refused.json.code).toBe('request.invalid')
  await ask('DELETE', `/${id}`)
})

test('where messages may not go is said at once', async () => {
  const code = async (body: object, units?: string[]) =>
    (await ask('POST', '', body, units)).json.code
  const url = 'https://hooks.example.com/x'
  expect(await code({ name: 'x', url: 'ftp://example.com' })).toBe('webhook.url')
  expect(await code({ name: 'x', url: 'https://me:word@example.com/' })).toBe('webhook.url')
  expect(await code({ name: 'x', url, unit: 'nowhere' })).toBe('webhook.unit')
  // Who sees one unit may neither tell of all, nor of another, nor see who is told of them.
  expect(await code({ name: 'x', url }, ['1501'])).toBe('webhook.unit')
  expect(await code({ name: 'x', url, unit: '1502' }, ['1501'])).toBe('webhook.unit')
  const { json } = await ask('POST', '', { name: 'x', url, unit: '1502' })
  expect((await ask('GET', '', undefined, ['1501'])).json.webhooks).toEqual([])
  expect((await ask('DELETE', `/${json.webhook.id}`, undefined, ['1501'])).status).toBe(404)
  expect((await ask('DELETE', `/${json.webhook.id}`)).status).toBe(204)
})

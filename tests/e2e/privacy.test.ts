/**
 * Nothing personal leaves the customer ledger: after a life in which everything personal was asked,
 * said, refused and misused, the logs, metrics, topics, addresses, messages and every other file of
 * the data folder are searched for it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { customerLines } from '../../src/records/customers/generate.ts'
import { actOn } from '../support/acting.ts'
import { customer } from '../support/customer-file.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { lastgasp, type Server, startServing, TERMINAL_SECRET } from '../support/server.ts'
import { until } from '../support/until.ts'
import { takes, webhookReceiver } from '../support/webhook-receiver.ts'

const NAME = '欧阳慕雪'
const PHONE = '12876543210'
const STREET = '碧水路77号鹿鸣苑'
const ADDRESS = `安宁市青岚区${STREET}5号楼`
/** Said by the customer; nobody needs it later. */
const WORDS = '还没电，我叔叔司徒明川家也黑着'
const SECRETS = [NAME, '慕雪', PHONE, `+86 ${PHONE}`, STREET, ADDRESS, '司徒明川', WORDS]

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-privacy-'))
const env = { LASTGASP__LOG__LEVEL: 'debug', LASTGASP__NOTIFY__ALLOW_PRIVATE: 'true' }
const receiver = await webhookReceiver(takes)
const heardByTerminals: string[] = []
const heardByService: string[] = []
const statuses = new Map<string, number[]>()
let server: Server
let metrics = ''
let imported = ''

afterAll(async () => {
  await server?.remove()
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

const tokens = new Map<string, string>()
async function ask(role: string, method: string, path: string, body?: unknown, key?: string) {
  if (!tokens.has(role)) tokens.set(role, await server.token(role))
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${tokens.get(role)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const call = `${method} ${path}`
  statuses.set(call, [...(statuses.get(call) ?? []), answer.status])
  const text = await answer.text()
  return text.startsWith('{') ? JSON.parse(text) : {}
}

beforeAll(async () => {
  const grid = join(folder, 'grid.json')
  const drawing = 'B breaker\n  X transformer\n    C ttu\n    m1 meter\n    m2 meter'
  writeFileSync(grid, JSON.stringify(drawnGrid(drawing)))
  server = await startServing({ grid, env })
  const { units } = JSON.parse(readFileSync(grid, 'utf8')) as { units: { id: string }[] }
  const file = join(folder, 'customers.csv')
  const person = { unit: units[0]!.id, name: NAME, phones: [PHONE], address: ADDRESS }
  const known = customer('A1', { ...person, usagePoint: 'm1', meter: 'o-m1' })
  // A row that cannot be read must not be quoted either.
  const broken = customer('A2', { ...person, unit: '' })
  writeFileSync(file, [...customerLines([known, broken])].join(''))
  const read = await lastgasp(['customers', 'import', file, '--data', server.data])
  expect(read.code).toBe(0)
  imported = read.output
  rmSync(file)

  const hook = { name: 'all', url: receiver.url, topics: ['incident', 'notice', 'escalation'] }
  await ask('operator', 'POST', '/webhooks', hook)
  const options = { username: 'C', password: TERMINAL_SECRET, reconnectPeriod: 0 }
  const client = await connectAsync(server.brokerUrl, options, false)
  // A service that hears notices by topic.
  const made = await ask('operator', 'POST', '/webhooks', { name: 'desk', form: 'mqtt' })
  const { webhook, secret } = made as { webhook: { id: string }; secret: string }
  const signIn = { username: `service:${webhook.id}`, password: secret, reconnectPeriod: 0 }
  const service = await connectAsync(server.brokerUrl, signIn, false)
  service.on('message', (topic, payload) => heardByService.push(`${topic} ${payload}`))
  await service.subscribeAsync('lastgasp/v1/notices/#', { qos: 1 })
  client.on('message', (topic, payload) => heardByTerminals.push(`${topic} ${payload}`))
  await client.subscribeAsync('lastgasp/v1/C/call', { qos: 1 })
  const say = (topic: string, payload: object) =>
    client.publishAsync(`lastgasp/v1/C/${topic}`, JSON.stringify(payload), { qos: 1 })
  await say('event', { id: 'C-1', kind: 'powerOff', at: new Date().toISOString() })
  let open: { id: string; revision: number } | undefined
  const look = async () => {
    await until(async () => {
      open = (await server.get('/api/v1/incidents?state=open')).incidents[0]
      return open !== undefined
    })
    return open!
  }
  const { answer } = await actOn(look, async ({ id, revision }, key) => {
    const confirm = { action: 'confirm', revision }
    const said = await ask('shiftLeader', 'POST', `/incidents/${id}/actions`, confirm, key)
    return { status: statuses.get(`POST /incidents/${id}/actions`)!.at(-1)!, said }
  })
  expect(answer).toMatchObject({ status: 200, said: { accepted: true } })

  // Asked in every way, in vain as well.
  for (const question of [
    { q: NAME },
    { phone: PHONE },
    { q: STREET },
    { q: `${NAME}囧` },
    { account: 'A1' },
  ])
    await ask('agent', 'POST', '/customers/search', question)
  await ask('agent', 'POST', '/customers/search', { q: NAME, phone: PHONE })
  await ask('agent', 'POST', '/customers/search', { name: NAME })
  await ask('agent', 'POST', '/customers/A1/unmask', { reason: 'callBack' })
  await ask('agent', 'POST', '/customers/A1/unmask', { reason: NAME })
  await ask('channel', 'POST', '/ivr', { caller: PHONE })
  await ask('channel', 'POST', '/ivr', { caller: `+86 ${PHONE}` })
  await ask('channel', 'POST', '/replies', { channel: 'sms', caller: PHONE, text: WORDS })
  await ask('channel', 'POST', '/replies', {
    channel: 'sms',
    caller: PHONE,
    text: WORDS,
    name: NAME,
  })
  await ask('channel', 'POST', '/self/tokens', { account: 'A1' })
  await ask('channel', 'POST', '/self/tokens', { account: NAME })
  const report = { channel: 'phone', usagePoint: 'm1', says: 'dark', account: 'A1' }
  await ask('agent', 'POST', '/reports', report)
  await ask('agent', 'POST', '/reports', { ...report, account: NAME })
  const complaint = { account: 'A1', reason: 'longOutage', subscribe: 'sms' }
  await ask('agent', 'POST', '/complaints', complaint)
  await ask('agent', 'POST', '/complaints', { ...complaint, reason: WORDS })
  await ask('agent', 'GET', '/callbacks')
  await ask('agent', 'GET', '/callbacks/cb-1')
  await ask('agent', 'GET', '/visits?state=all')
  // Nobody may ask so; it must not be written down for that.
  await ask('agent', 'GET', `/customers/search?q=${encodeURIComponent(NAME)}&phone=${PHONE}`)
  await ask('customer', 'GET', `/self/outage?account=${PHONE}`).catch(() => {})
  await say('event', { id: 'C-2', kind: 'powerOn', at: new Date().toISOString() })
  // A gateway that tells more than it is asked for, and not signed.
  const told = {
    receipts: [{ id: 'cm_1', state: 'failed', at: '2026-11-22T03:00:00Z', to: PHONE }],
  }
  await ask('operator', 'POST', `/webhooks/${webhook.id}/receipts`, told)
  await until(() => receiver.received.length > 0 && heardByService.length > 0)
  await service.endAsync()
  metrics = await (await fetch(`${server.url}/metrics`)).text()
  await client.endAsync()
  await server.stop()
}, 300_000)

/** What of the secrets stands in a text or file, however long. */
const found = (bytes: Buffer | string): string[] => {
  const text = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return SECRETS.filter((secret) => text.includes(secret))
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true })
    .map((name) => join(dir, String(name)))
    .filter((path) => statSync(path).isFile())
}

test('the search can find: the customer ledger has it, and it was asked for with success', () => {
  const [ledger] = filesBelow(server.data).filter((path) => path.endsWith('customers.db'))
  expect(found(readFileSync(ledger!))).toEqual(expect.arrayContaining([NAME, PHONE, ADDRESS]))
  for (const call of ['/customers/search', '/customers/A1/unmask', '/ivr', '/replies', '/reports'])
    expect(statuses.get(`POST ${call}`), call).toContain(200)
  for (const call of ['/customers/search', '/customers/A1/unmask', '/self/tokens', '/complaints'])
    expect(statuses.get(`POST ${call}`), call).toContain(422)
})

test('logs, metrics and what the import printed have nothing of it', () => {
  expect(server.output().length).toBeGreaterThan(200)
  expect(found(server.output())).toEqual([])
  expect(metrics).toContain('lastgasp_')
  expect(found(metrics)).toEqual([])
  // An account is a reference, and yet no label.
  expect(metrics).not.toMatch(/"A1"/)
  expect(found(imported)).toEqual([])
})

test('messages to other systems and to terminals have nothing of it', () => {
  expect(receiver.received.length).toBeGreaterThan(0)
  for (const { body } of receiver.received) expect(found(body)).toEqual([])
  expect(found(heardByTerminals.join('\n'))).toEqual([])
  expect(heardByService.length).toBeGreaterThan(0)
  expect(found(heardByService.join('\n'))).toEqual([])
})

test('no other file of the data folder has anything of it', () => {
  const others = filesBelow(server.data).filter((path) => !/customers\.(db|key)/.test(path))
  expect(others.some((path) => path.endsWith('journal.db'))).toBe(true)
  expect(others.some((path) => path.endsWith('records.db'))).toBe(true)
  expect(others.filter((path) => found(readFileSync(path)).length > 0)).toEqual([])
})

test('a program that is killed right after it was asked leaves nothing of it either', async () => {
  server = await startServing({ grid: join(folder, 'grid.json'), data: server.data, env })
  await ask('agent', 'POST', '/customers/search', { q: NAME })
  await ask('agent', 'POST', '/customers/search', { phone: PHONE, name: NAME })
  await ask('agent', 'POST', '/customers/A1/unmask', { reason: NAME })
  await ask('channel', 'POST', '/replies', { channel: 'sms', caller: PHONE, text: WORDS })
  await server.kill()
  expect(server.output().length).toBeGreaterThan(200)
  expect(found(server.output())).toEqual([])
  const others = filesBelow(server.data).filter((path) => !/customers\.(db|key)/.test(path))
  // What was not yet written into the databases lies in their logs.
  expect(others.some((path) => path.endsWith('-wal'))).toBe(true)
  expect(others.filter((path) => found(readFileSync(path)).length > 0)).toEqual([])
}, 300_000)

test('no address asks for anything personal', async () => {
  const { openApiOf } = await import('../../src/http/openapi.ts')
  const { routeTable } = await import('../../src/http/routes/table.ts')
  const { createTickets } = await import('../../src/http/tickets.ts')
  const { paths } = openApiOf(routeTable(createTickets(Date.now), '0'), '0') as {
    paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>
  }
  const asked = Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).flatMap(({ parameters = [] }) =>
      parameters.filter((one) => one.in !== 'header').map(({ name }) => `${path} ${name}`),
    ),
  )
  expect(asked.length).toBeGreaterThan(20)
  const personal = asked.filter((one) => / (name|phone|caller|address|q|text|account)$/.test(one))
  // 户号 is a reference that nobody outside can read; this one call names it.
  expect(personal).toEqual(['/api/v1/customers/{account}/unmask account'])
})

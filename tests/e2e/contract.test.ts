/**
 * The contract (§4–6) replayed against the running program: every example as it stands there, over
 * real sockets. What no work has asked for yet must be absent, never a stub.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { actOn, answerOf } from '../support/acting.ts'
import { CONTRACT_GRID } from '../support/contract-grid.ts'
import { lastgaspOutput, type Server, startServing, TERMINAL_SECRET } from '../support/server.ts'
import { until } from '../support/until.ts'

// biome-ignore lint/suspicious/noExplicitAny: what is read here is what is being tested
type Json = any

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-contract-'))
const open: { close(): unknown }[] = []
let server: Server
let dispatcher: string
let auditor: string

beforeAll(async () => {
  const grid = join(folder, 'grid.json')
  writeFileSync(grid, JSON.stringify(CONTRACT_GRID))
  server = await startServing({ grid })
  dispatcher = await roleToken('serviceDispatcher')
  auditor = await roleToken('auditor')
  // The crew of the examples is in the register, as its terminals are in the grid.
  const crew = { id: 'c7', name: '抢修七班', unit: '15', members: 4, shift: 'day' }
  expect((await post('/api/v1/crews', dispatcher, crew)).status).toBe(200)
})
afterAll(async () => {
  for (const each of open) await each.close()
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** A token of a role that sees the whole utility; some roles see only units that are named. */
async function roleToken(role: string): Promise<string> {
  const printed = await lastgaspOutput([
    ...['token', '--role', role, '--unit', '15', '--data', server.data],
  ])
  return printed.trim().split('\n').at(-1)!
}

async function terminal(id: string, more: IClientOptions = {}): Promise<MqttClient> {
  const client = await connectAsync(server.brokerUrl, {
    username: id,
    password: TERMINAL_SECRET,
    clientId: `contract-${id}`,
    protocolVersion: 4,
    reconnectPeriod: 0,
    ...more,
  })
  open.push({ close: () => client.endAsync(true) })
  return client
}

const call = (path: string, token: string | null, init: RequestInit = {}) =>
  fetch(server.url + path, {
    ...init,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...init.headers,
    },
  })

const post = (path: string, token: string | null, body: unknown, headers = {}) =>
  call(path, token, { method: 'POST', body: JSON.stringify(body), headers })

/** Acts on an incident once; who does not know the answer yet asks again under the same key. */
const act = (id: string, token: string, body: object, key: string) =>
  post(`/api/v1/incidents/${id}/actions`, token, body, { 'Idempotency-Key': key })

/** An error as RFC 9457 with this stable code. */
async function expectProblem(response: Response, status: number, code: string): Promise<Json> {
  const body = (await response.json()) as Json
  expect([response.status, body.code]).toEqual([status, code])
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(body).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    detail: expect.any(String),
  })
  return body
}

const quarantined = async (): Promise<Json[]> =>
  (await server.get('/api/v1/quarantine?limit=500')).messages

async function accepted(kind: string): Promise<number> {
  const metrics = await (await call('/metrics', null)).text()
  const line = new RegExp(`^lastgasp_messages_accepted_total\\{kind="${kind}"\\} (\\d+)`, 'm')
  return Number(line.exec(metrics)?.[1] ?? 0)
}

/** Two terminals of one transformer gasp, of which no example speaks: that stays a fault that is open. */
async function gasp(): Promise<void> {
  for (const id of ['T0003', 'T0004']) {
    const client = await terminal(id)
    const off = { kind: 'powerOff', at: new Date().toISOString(), boot: 1, seq: 1 }
    await client.publishAsync(`lastgasp/v1/${id}/event`, JSON.stringify(off), { qos: 1 })
  }
}

/** The fault that people may act on; waits for it. */
async function someIncident(): Promise<Json> {
  let found: Json
  await until(async () => {
    const { incidents } = await server.get('/api/v1/incidents?unit=1502')
    found = incidents.find(({ kind }: Json) => kind === 'fault')
    return found !== undefined
  })
  return found
}

describe('§4 MQTT', () => {
  const AT = '2026-11-22T03:00:00.000Z'
  /** Word for word; where the contract leaves a time out, one stands here. */
  const EXAMPLES = [
    ['T0001', 'lastgasp/v1/T0001/status', 'link', { state: 'online', at: AT }],
    [
      'T0001',
      'lastgasp/v1/T0001/reading',
      'reading',
      {
        call: 'c-81',
        at: AT,
        readings: [{ target: 'M1', result: 'energised', volts: [230.1, 229.8, 231.0] }],
      },
    ],
    [
      'crew:c7',
      'lastgasp/v1/crews/c7/position',
      'crewPosition',
      { at: '2026-11-22T03:00:00.000Z', lon: 111.6, lat: 40.8 },
    ],
    [
      'T0001',
      'lastgasp/v1/T0001/event',
      'report',
      { id: 'T0001-17', kind: 'powerOff', at: AT, boot: 3, seq: 17 },
    ],
  ] as const

  test.each(EXAMPLES)('%s publishes the example on %s', async (user, topic, kind, payload) => {
    const before = await accepted(kind)
    const client = await terminal(user)
    // Resolves with the PUBACK.
    await client.publishAsync(topic, JSON.stringify(payload), { qos: 1 })
    expect(await accepted(kind)).toBe(before + 1)
    expect(await quarantined()).toEqual([])
  })

  test('status is retained and a last will; every kind, result and optional field is read', async () => {
    const client = await terminal('S0001', {
      will: {
        topic: 'lastgasp/v1/S0001/status',
        payload: Buffer.from('{"state":"offline","at":null}'),
        qos: 1,
        retain: true,
      },
    })
    const status = JSON.stringify({ state: 'online', at: new Date().toISOString() })
    await client.publishAsync('lastgasp/v1/S0001/status', status, { qos: 1, retain: true })
    const kinds = ['switchOpen', 'switchClosed', 'protectionTrip', 'recloseSucceeded']
    const more = ['faultIndicated', 'phaseLoss', 'phaseRestored', 'voltage', 'areaOff', 'areaOn']
    for (const [seq, kind] of [...kinds, ...more, 'powerOff', 'powerOn'].entries())
      await client.publishAsync(
        'lastgasp/v1/S0001/event',
        JSON.stringify({
          ...{ kind, at: null, boot: 1, seq, device: 'K1', phases: 'ABC', volts: [230, 230, 230] },
          flags: { valid: true, area: false, onBattery: true },
        }),
        { qos: 1 },
      )
    const reader = await terminal('T0002')
    const results = ['energised', 'deenergised', 'phaseLoss', 'relayOpen', 'noAnswer']
    for (const result of results)
      await reader.publishAsync(
        'lastgasp/v1/T0002/reading',
        JSON.stringify({ call: 'c-82', at: AT, readings: [{ target: 'M9', result }] }),
        { qos: 1 },
      )
    expect(await quarantined()).toEqual([])
    const links = await accepted('link')
    client.stream.destroy()
    await until(async () => (await accepted('link')) === links + 1)
  })

  test('a terminal hears its own calls and no others', async () => {
    const client = await terminal('T0001')
    const [own] = await client.subscribeAsync('lastgasp/v1/T0001/call', { qos: 1 })
    expect(own!.qos).toBe(1)
    for (const topic of ['lastgasp/v1/T0002/call', 'lastgasp/v1/+/call', '#'])
      await expect(client.subscribeAsync(topic, { qos: 1 })).rejects.toThrow()
  })

  test('who may speak of whom: known ones apply, others are quarantined singly', async () => {
    const client = await terminal('T0001')
    const reports = await accepted('report')
    const meters = ['M1', 'M2', 'M9', 'nobody']
    const event = { kind: 'powerOff', at: new Date().toISOString(), meters, boot: 4, seq: 1 }
    await client.publishAsync('lastgasp/v1/T0001/event', JSON.stringify(event), { qos: 1 })
    expect(await accepted('report')).toBe(reports + 1)
    await until(async () => (await quarantined()).length === 2)
    const found = (await quarantined()).map(({ reason, meter }) => `${reason} ${meter}`)
    expect(found.sort()).toEqual(['foreignMeter M9', 'unknownMeter nobody'])
  })

  test.each([
    ['malformed', 'lastgasp/v1/T0001/event', '{"kind":"powerOff"'],
    ['malformed', 'lastgasp/v1/T0001/event', '{"kind":"noSuchKind"}'],
    ['unreadableTime', 'lastgasp/v1/T0001/event', '{"kind":"powerOff","at":"yesterday"}'],
    ['oversized', 'lastgasp/v1/T0001/event', JSON.stringify({ kind: 'x'.repeat(17_000) })],
    ['wrongTopic', 'lastgasp/v1/T0002/event', '{"kind":"powerOff"}'],
    ['wrongTopic', 'lastgasp/v1/T0001/call', '{"call":"c-1","targets":["M1"],"by":"x"}'],
  ])('%s on %s is acknowledged, kept and listed', async (reason, topic, payload) => {
    const before = (await quarantined()).length
    const client = await terminal('T0001')
    await client.publishAsync(topic, payload, { qos: 1 })
    await until(async () => (await quarantined()).length === before + 1)
    expect((await quarantined())[0]).toMatchObject({ reason, topic, terminal: 'T0001' })
  })

  test('a terminal that is not in the grid, and a wrong password', async () => {
    const stranger = await terminal('T9999')
    await stranger.publishAsync('lastgasp/v1/T9999/event', '{"kind":"powerOff"}', { qos: 1 })
    await until(async () => (await quarantined())[0]?.reason === 'unknownTerminal')
    await expect(terminal('T0001', { password: 'wrong' })).rejects.toThrow()
    await expect(terminal('crews')).rejects.toThrow()
  })
})

/** CONTRACT §5, in its order. */
const INCIDENT_FIELDS =
  'id revision parent noticeNo kind flags outageKind outcome mergedInto level grade unit feeder ' +
  'device phases centroid probability rivals transformersAffected metersAffected ' +
  'originalMetersAffected customersRestored important sensitiveCount startedAt sensedAt ' +
  'restoredAt estimatedPeriod etrSource crew stage cause ruleVersion'

function expectIncident(incident: Json): void {
  const fields = INCIDENT_FIELDS.split(' ')
  expect(Object.keys(incident).filter((field) => fields.includes(field))).toEqual(fields)
  expect(incident.kind).toMatch(
    /^(fault|planned|rationing|arrears|customerRequested|customerInternal|terminalFault|commsFault|momentary|partialPhase|metering|unknown)$/,
  )
  expect(incident.outageKind).toMatch(/^(predicted|confirmed|partiallyRestored|restored|closed)$/)
  expect([null, 'withdrawn', 'falseAlarm', 'merged']).toContain(incident.outcome)
  expect(incident.level).toMatch(
    /^(substation|feeder|section|branch|transformer|lvBranch|meterBox|service)$/,
  )
  expect([1, 2, 3, 4]).toContain(incident.grade)
  expect(Object.keys(incident.device).sort()).toEqual(['id', 'name', 'type'])
  expect(incident.centroid).toEqual([expect.any(Number), expect.any(Number)])
  for (const rival of incident.rivals)
    expect(rival).toMatchObject({ device: expect.anything(), probability: expect.any(Number) })
  expect(incident.probability).toBeGreaterThan(0)
  for (const field of ['startedAt', 'sensedAt'])
    expect(incident[field]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(['none', 'estimated', 'field']).toContain(incident.etrSource)
  expect(['1501', '1502']).toContain(incident.unit)
}

describe('§5 HTTP', () => {
  beforeAll(gasp)

  test('incidents: a page, one, its timeline', async () => {
    const { id } = await someIncident()
    const page = await server.get(
      '/api/v1/incidents?state=all&unit=1502&since=2026-01-01T00:00:00Z&limit=1',
    )
    expect(Object.keys(page)).toEqual(['asOf', 'cursor', 'incidents'])
    expectIncident(page.incidents[0])
    expectIncident(await server.get(`/api/v1/incidents/${id}`))
    const { entries } = await server.get(`/api/v1/incidents/${id}/timeline`)
    expect(entries.map(({ type }: Json) => type)).toContain('fact')
    expect(entries.map(({ type }: Json) => type)).toContain('change')
    const positions = entries.map(({ position }: Json) => position)
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
  })

  test('actions: 200 with the new revision, the same key once, 409 stale, 422 not allowed', async () => {
    const { seen, answer: confirmed } = await actOn(someIncident, async ({ id, revision }, key) => {
      const body = { action: 'confirm', revision }
      const twice = await Promise.all([1, 2].map(() => act(id, dispatcher, body, key)))
      const status = twice.find((one) => one.status !== 200)?.status ?? 200
      return { status, twice, again: () => act(id, dispatcher, body, key) }
    })
    const { id, revision } = seen
    expect(confirmed.twice.map(({ status }) => status)).toEqual([200, 200])
    const [answer, other] = (await Promise.all(
      confirmed.twice.map((done) => done.json()),
    )) as Json[]
    expect(other).toEqual(answer)
    expect(answer.revision).toBeGreaterThan(revision)
    expect(await (await confirmed.again()).json()).toEqual(answer)

    const accept = { action: 'accept', revision: revision - 1 }
    const stale = await answerOf((key) => act(id, dispatcher, accept, key))
    await expectProblem(stale, 409, 'action.stale')
    // Known by now, and still revised by the engine whenever it learns more.
    const look = () => server.get(`/api/v1/incidents/${id}`)
    const { seen: current, answer: closed } = await actOn(look, (now: Json, key) =>
      act(id, dispatcher, { action: 'close', revision: now.revision }, key),
    )
    await expectProblem(closed, 422, 'action.notAllowed')
    await expectProblem(
      await act(id, dispatcher, { action: 'explode', revision: current.revision }, 'explode'),
      422,
      'request.invalid',
    )
  })

  test.each(
    'confirm accept dispatch depart arrive onSite cause etr partial restore falseAlarm urge reassign close'.split(
      ' ',
    ),
  )('the action %s is known, and refused to who only reads', async (action) => {
    const { id } = await someIncident()
    const body = { action, revision: 0 }
    const stale = await answerOf((key) => act(id, dispatcher, body, key))
    await expectProblem(stale, 409, 'action.stale')
    await expectProblem(await act(id, auditor, body, 'reader'), 403, 'auth.forbidden')
  })

  test.each([
    '/api/v1/quarantine',
    '/api/v1/terminals',
    '/api/v1/rules',
    '/api/v1/me',
    '/api/v1/status',
    '/api/v1/usage-points/U1/interruptions',
  ])('%s answers its reader and nobody else', async (path) => {
    expect(await server.get(path)).toBeTypeOf('object')
    await expectProblem(await call(path, null), 401, 'auth.required')
    await expectProblem(await call(path, 'not.a.token'), 401, 'auth.required')
  })

  test('what people announce, report and order is refused where it says nothing', async () => {
    for (const path of ['/customers/search', '/reports', '/plans', '/switching', '/webhooks']) {
      const response = await post(`/api/v1${path}`, dispatcher, {})
      expect([403, 422], path).toContain(response.status)
    }
    for (const path of ['/notices', '/plans', '/switching']) {
      const response = await call(`/api/v1${path}`, dispatcher)
      expect(response.status, path).toBe(200)
    }
  })

  test('reliability figures of a period', async () => {
    const period = 'from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z'
    const report = await call(`/api/v1/reports/reliability?${period}`, dispatcher)
    expect(report.status).toBe(200)
    expect(await report.json()).toMatchObject({ sustainedMinutes: 3, customers: { saifi: 0 } })
  })

  test('errors are problems with a stable code', async () => {
    await expectProblem(await call('/api/v1/incidents/none', dispatcher), 404, 'incident.notFound')
    await expectProblem(await call('/api/v1/incidents?limit=x', dispatcher), 422, 'request.invalid')
    await expectProblem(await call('/no/such/place', null), 404, 'notFound')
  })

  test('sign-ins, and tokens of the command line beside it, come into the audit chain', async () => {
    const body = { name: 'nobody', password: 'none' }
    await expectProblem(await post('/api/v1/session', null, body), 401, 'auth.failed')
    const chain = async () => {
      const { entries } = (await (await call('/api/v1/audit', auditor)).json()) as Json
      return entries.map(({ what, subject }: Json) => `${what} ${subject}`)
    }
    for (const act of ['session.refused unknown', 'token.issued token:auditor'])
      await until(async () => (await chain()).includes(act))
  })

  test('probes and metrics', async () => {
    expect(await (await call('/healthz', null)).json()).toEqual({ status: 'alive' })
    expect(await (await call('/readyz', null)).json()).toEqual({ ready: true, reasons: [] })
    const metrics = await call('/metrics', null)
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(await metrics.text()).toMatch(/^lastgasp_facts_committed_total \d+$/m)
  })

  test('/openapi.json is valid and describes what is served', async () => {
    const document = (await (await call('/openapi.json', null)).json()) as Json
    const result = await new Validator().validate(structuredClone(document))
    expect(result).toMatchObject({ valid: true })
    const { paths } = document
    for (const path of ['/incidents', '/incidents/{id}/timeline', '/incidents/{id}/actions'])
      expect(paths).toHaveProperty([`/api/v1${path}`])
    const properties = Object.keys(document.components.schemas.Incident.properties)
    expect(properties.slice(0, 33)).toEqual(INCIDENT_FIELDS.split(' '))
  })

  test('/asyncapi.json: every reference leads somewhere, every channel of the contract is there', async () => {
    const document = (await (await call('/asyncapi.json', null)).json()) as Json
    expect(document.asyncapi).toBe('3.0.0')
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    const at = (reference: string) =>
      reference
        .slice(2)
        .split('/')
        .reduce(
          (value: Json, key) => value?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
          document,
        )
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"(#[^"]+)"/g)]
    expect(references.length).toBeGreaterThan(0)
    for (const [, reference] of references) expect(at(reference!), reference).toBeDefined()
    const channels = Object.values<Json>(document.channels)
    const addresses = channels.map(({ address }) => address)
    for (const channel of ['event', 'status', 'call', 'reading'])
      expect(addresses).toContain(`lastgasp/v1/{terminalId}/${channel}`)
    expect(addresses).toContain('lastgasp/v1/crews/{crewId}/position')
    expect(addresses).toContain('lastgasp/v1/notices/{unit}/{role}')
    for (const { address, parameters } of channels)
      expect(Object.keys(parameters).sort(), address).toEqual(
        [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
      )
    for (const { action, channel, messages } of Object.values<Json>(document.operations)) {
      expect(['send', 'receive']).toContain(action)
      for (const { $ref } of messages)
        expect($ref.startsWith(`${channel.$ref}/messages/`)).toBe(true)
    }
  })
})

interface Live {
  readonly socket: WebSocket
  readonly messages: Json[]
  subscribe(topic: string, cursor?: string): void
  /** The next message of this type on this topic, from the `from`th on. */
  next(type: string, topic?: string, from?: number): Promise<Json>
}

async function ticket(): Promise<string> {
  const response = await post('/api/v1/tickets', dispatcher, {})
  expect(response.status).toBe(200)
  return ((await response.json()) as Json).ticket
}

async function live(): Promise<Live> {
  const address = `${server.url.replace('http', 'ws')}/api/v1/live?ticket=${await ticket()}`
  const socket = new WebSocket(address)
  const messages: Json[] = []
  socket.on('message', (data) => messages.push(JSON.parse(String(data))))
  await once(socket, 'open')
  open.push({ close: () => socket.terminate() })
  return {
    socket,
    messages,
    subscribe: (topic, cursor) => socket.send(JSON.stringify({ type: 'subscribe', topic, cursor })),
    async next(type, topic, from = 0) {
      let found: Json
      await until(() => {
        found = messages
          .slice(from)
          .find((message) => message.type === type && message.topic === topic)
        return found !== undefined
      })
      return found
    },
  }
}

describe('§6 WebSocket', () => {
  test('a ticket is good for one socket', async () => {
    const used = await ticket()
    const address = `${server.url.replace('http', 'ws')}/api/v1/live?ticket=${used}`
    const first = new WebSocket(address)
    await once(first, 'open')
    first.terminate()
    const [, response] = await once(new WebSocket(address), 'unexpected-response')
    expect(response.statusCode).toBe(401)
  })

  test('every topic begins with a snapshot; a topic that is nobody’s is refused', async () => {
    const { id } = await someIncident()
    const console = await live()
    for (const topic of [
      ...['incidents', 'unit:1501', `incident:${id}`, 'feeder:F1', 'map:12/3317/1543', 'stats'],
      // An addition.
      'stirring',
    ]) {
      console.subscribe(topic)
      const snapshot = await console.next('snapshot', topic)
      expect(Object.keys(snapshot)).toEqual(['type', 'topic', 'cursor', 'asOf', 'items'])
    }
    expectIncident((await console.next('snapshot', `incident:${id}`)).items[0])
    console.subscribe('unit:none')
    expect(await console.next('error', 'unit:none')).toMatchObject({ code: 'topic.unknown' })
  })

  test('a change is a delta with whole objects, prev the last cursor; a cursor resumes', async () => {
    const { id } = await someIncident()
    const console = await live()
    console.subscribe(`incident:${id}`)
    const snapshot = await console.next('snapshot', `incident:${id}`)
    const look = () => server.get(`/api/v1/incidents/${id}`)
    const { answer: urged } = await actOn(look, ({ revision }: Json, key) =>
      act(id, dispatcher, { action: 'urge', revision }, key),
    )
    expect(await urged.json()).toMatchObject({ accepted: true })
    const delta = await console.next('delta', `incident:${id}`)
    expect(Object.keys(delta)).toEqual([
      ...['type', 'topic', 'prev', 'cursor', 'asOf', 'items', 'removed'],
    ])
    expect(delta.prev).toBe(snapshot.cursor)
    expectIncident(delta.items[0])

    const again = await live()
    again.subscribe(`incident:${id}`, snapshot.cursor)
    expect(await again.next('delta', `incident:${id}`)).toMatchObject({ prev: snapshot.cursor })
    again.subscribe('incidents', 'a-cursor-of-another-server.1')
    await again.next('snapshot', 'incidents')
  })

  test('a ping each 15 s', async () => {
    const console = await live()
    await Promise.all([console.next('ping'), once(console.socket, 'ping')])
  })
})

/**
 * Whatever a terminal or a program sends, the running program acknowledges or refuses it, says why,
 * and goes on. One server takes it all; at the end it still hears a real last gasp.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectPacket, fixedHeader } from '../support/mqtt-bytes.ts'
import { type Server, startServing, TERMINAL_SECRET } from '../support/server.ts'
import { until } from '../support/until.ts'
import { smallGrid } from '../unit/grid/small-grid.ts'

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-bad-input-'))
let server: Server
let terminal: MqttClient

beforeAll(async () => {
  const grid = join(folder, 'grid.json')
  writeFileSync(grid, JSON.stringify(smallGrid()))
  // Nobody answers where the figures over time should go.
  const env = { INFLUX_URL: 'http://127.0.0.1:9', INFLUX_DATABASE: 'lastgasp' }
  server = await startServing({ grid, env })
  terminal = await connectTerminal('C1')
})
afterAll(async () => {
  await terminal?.endAsync(true)
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

function connectTerminal(username: string): Promise<MqttClient> {
  const options = { username, password: TERMINAL_SECRET, reconnectPeriod: 0 }
  return connectAsync(server.brokerUrl, options, false)
}

interface Quarantined {
  readonly reason: string
  readonly detail: string
  readonly meter: string | null
}

interface Quarantine {
  readonly counts: Readonly<Record<string, number>>
  readonly messages: readonly Quarantined[]
}

const quarantine = (): Promise<Quarantine> => server.get('/api/v1/quarantine?limit=500')
const total = ({ counts }: Quarantine) => Object.values(counts).reduce((sum, n) => sum + n, 0)

/** What publishing (and its acknowledgement) adds to the quarantine, oldest first. */
async function quarantinedBy(
  expected: number,
  publish: () => Promise<unknown>,
): Promise<readonly Quarantined[]> {
  const before = total(await quarantine())
  await publish()
  let now = await quarantine()
  await until(async () => {
    now = await quarantine()
    return total(now) >= before + expected
  })
  expect(total(now)).toBe(before + expected)
  return now.messages.slice(0, expected).reverse()
}

const send = (topic: string, payload: string | Buffer | object) => {
  const bytes = typeof payload === 'string' || Buffer.isBuffer(payload)
  return terminal.publishAsync(
    `lastgasp/v1/${topic}`,
    bytes ? (payload as string) : JSON.stringify(payload),
    { qos: 1 },
  )
}

/** "On" alone says nothing where nobody was off, so no spoilt message makes an incident. */
const GOOD: Readonly<Record<string, { topic: string; message: Record<string, unknown> }>> = {
  event: {
    topic: 'C1/event',
    message: {
      ...{ id: 'C1-1', kind: 'powerOn', at: '2026-11-22T03:00:00.000Z', boot: 1, seq: 1 },
      ...{ meters: ['M1'], device: 'T1', phases: 'A', volts: [230], flags: { valid: true } },
    },
  },
  status: { topic: 'C1/status', message: { state: 'online', at: '2026-11-22T03:00:00.000Z' } },
  reading: {
    topic: 'C1/reading',
    message: {
      ...{ call: 'c-1', at: '2026-11-22T03:00:00.000Z' },
      readings: [{ target: 'M1', result: 'energised', volts: [230] }],
    },
  },
}

const LONG = 'x'.repeat(2000)
/** Wrong for every field of every message. */
const WRONG = [{}, [[]], LONG, true, -1, 1e308]
/** Of these fields some of the above are right. */
const RIGHT: Readonly<Record<string, (value: unknown) => boolean>> = {
  flags: (value) => typeof value === 'object' && !Array.isArray(value),
}
/** Fields that must be there; `null` stands for a time that the terminal does not know. */
const REQUIRED = new Set(['kind', 'state', 'readings'])
const NULLABLE = new Set(['at'])

describe('a message over MQTT', () => {
  for (const [name, { topic, message }] of Object.entries(GOOD))
    it(`${name}: is quarantined, naming the field, where one is wrong`, async () => {
      for (const field of Object.keys(message)) {
        const wrong = WRONG.filter((value) => !RIGHT[field]?.(value))
        const spoilt = wrong.map((value) => ({ ...message, [field]: value }))
        if (!NULLABLE.has(field)) spoilt.push({ ...message, [field]: null })
        if (REQUIRED.has(field)) spoilt.push({ ...message, [field]: undefined as never })
        const found = await quarantinedBy(spoilt.length, () =>
          Promise.all(spoilt.map((each) => send(topic, each))),
        )
        for (const { reason, detail } of found) {
          expect(reason).toBe(field === 'at' ? 'unreadableTime' : 'malformed')
          expect(detail).toMatch(new RegExp(`^${field}[.:]`))
        }
      }
    })

  it('is quarantined where a nested field is wrong', async () => {
    const reading = (fields: object) => ({
      readings: [{ target: 'M1', result: 'energised', ...fields }],
    })
    const found = await quarantinedBy(7, async () => {
      await send('C1/reading', reading({ target: '' }))
      await send('C1/reading', reading({ result: 'maybe' }))
      await send('C1/reading', reading({ volts: [-1] }))
      await send('C1/reading', reading({ volts: [1, 2, 3, 4] }))
      await send('C1/reading', { readings: [] })
      await send('C1/event', { ...GOOD.event!.message, flags: { valid: 'yes' } })
      await send('C1/event', { ...GOOD.event!.message, meters: Array(501).fill('M1') })
    })
    expect(found.map(({ detail }) => detail.split(':')[0])).toEqual([
      'readings.0.target',
      'readings.0.result',
      'readings.0.volts.0',
      'readings.0.volts',
      'readings',
      'flags.valid',
      'meters',
    ])
  })

  it('is quarantined where its bytes are no message', async () => {
    const bytes = ['', '{', 'null', '[]', '7', '"powerOff"', Buffer.from([0xff, 0xfe, 0x00])]
    const found = await quarantinedBy(bytes.length, async () => {
      for (const each of bytes) await send('C1/event', each)
    })
    for (const { reason } of found) expect(reason).toBe('malformed')
    const [oversized] = await quarantinedBy(1, () => send('C1/event', 'x'.repeat(20_000)))
    expect(oversized).toMatchObject({ reason: 'oversized', detail: /20000 bytes/ })
  })

  it('is quarantined where it speaks of what it may not or does not know', async () => {
    const event = { kind: 'powerOff', at: null }
    const found = await quarantinedBy(5, async () => {
      await send('C1/event', { ...event, meters: ['M3'] })
      await send('C1/event', { ...event, meters: ['nobody'] })
      await send('C1/event', { ...event, device: 'nothing' })
      await send('C1/nonsense', event)
      await send('M3/event', event)
    })
    expect(found.map(({ reason, meter }) => [reason, meter])).toEqual([
      ['foreignMeter', 'M3'],
      ['unknownMeter', 'nobody'],
      ['malformed', null],
      ['wrongTopic', null],
      ['wrongTopic', null],
    ])
    const stranger = await connectTerminal('nobody')
    const [unknown] = await quarantinedBy(1, () =>
      stranger.publishAsync('lastgasp/v1/nobody/event', JSON.stringify(event), { qos: 1 }),
    )
    expect(unknown).toMatchObject({ reason: 'unknownTerminal' })
    await stranger.endAsync()
  })

  it('is refused before it is read where the packet itself is wrong', async () => {
    const bad = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0x7f]),
      fixedHeader(0x30, 200_000_000),
      Buffer.concat([connectPacket('C1', 'c1', TERMINAL_SECRET), fixedHeader(0x32, 90_000)]),
      connectPacket('C1', 'c1', 'a wrong password'),
    ]
    for (const bytes of bad) {
      const socket = connectTcp(server.mqttPort, '127.0.0.1').on('error', () => {})
      socket.resume()
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.write(bytes)
      await closed
    }
  })

  it('has made no incident of any of this', async () => {
    expect((await server.get('/api/v1/incidents?state=all')).incidents).toEqual([])
  })
})

const HUGE_BODY = `{"name":"${'x'.repeat(100_000)}"}`

describe('a request over HTTP', () => {
  const json = { 'content-type': 'application/json' }
  const post = (body: string, headers: object = json) => ({
    method: 'POST',
    body,
    headers: headers as Record<string, string>,
  })
  const action = (body: unknown) => post(JSON.stringify(body))
  const requests: readonly (readonly [string, RequestInit, number])[] = [
    ['/api/v1/incidents', { method: 'DELETE' }, 404],
    ['/api/v1/incidents', post('{}'), 404],
    ['/api/v1/nothing', {}, 404],
    ['/api/v1/incidents/I999999', {}, 404],
    [`/api/v1/incidents/${'x'.repeat(65)}`, {}, 422],
    ['/api/v1/incidents/..%2f..%2fetc', {}, 422],
    ['/api/v1/incidents?state=closed', {}, 422],
    ['/api/v1/incidents?limit=0', {}, 422],
    ['/api/v1/incidents?limit=1e9', {}, 422],
    ['/api/v1/incidents?limit=-1', {}, 422],
    ['/api/v1/incidents?since=yesterday', {}, 422],
    ['/api/v1/incidents?cursor=%00', {}, 422],
    ['/api/v1/incidents?cursor=nonsense', {}, 422],
    [`/api/v1/incidents?cursor=${'x'.repeat(257)}`, {}, 422],
    ['/api/v1/quarantine?cursor=nonsense', {}, 422],
    ['/api/v1/quarantine?reason=because', {}, 422],
    ['/api/v1/devices/nothing', {}, 404],
    ['/api/v1/usage-points/nobody/interruptions', {}, 404],
    ['/api/v1/session', post('{'), 400],
    ['/api/v1/session', post('[]'), 422],
    ['/api/v1/session', post('{"name":1,"password":[]}'), 422],
    ['/api/v1/session', post('name=x', { 'content-type': 'text/plain' }), 415],
    ['/api/v1/session', post(HUGE_BODY), 413],
  ]
  it.each(requests)('%s', async (path, init, status) => {
    const response = await server.fetch(path, init)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(await response.json()).toMatchObject({ status, code: expect.any(String) })
  })

  it('is refused without a token, with a wrong one and without the right', async () => {
    const wrong = { headers: { authorization: 'Bearer nonsense' } }
    expect((await fetch(`${server.url}/api/v1/incidents`)).status).toBe(401)
    expect((await fetch(`${server.url}/api/v1/incidents`, wrong)).status).toBe(401)
    const confirm = action({ action: 'confirm', revision: 1 })
    expect((await server.fetch('/api/v1/incidents/I000001/actions', confirm)).status).toBe(403)
  })

  it('acts on nothing that is wrong', async () => {
    const authorization = `Bearer ${await server.token('networkDispatcher', '15')}`
    const bodies = [{}, { action: 'explode', revision: 1 }, { action: 'confirm', revision: -1 }]
    for (const body of bodies) {
      const init = { ...action(body), headers: { ...json, authorization } }
      const response = await fetch(`${server.url}/api/v1/incidents/I000001/actions`, init)
      expect(response.status).toBe(422)
    }
    const unknown = {
      ...action({ action: 'confirm', revision: 1 }),
      headers: { ...json, authorization },
    }
    const response = await fetch(`${server.url}/api/v1/incidents/I000001/actions`, unknown)
    expect(response.status).toBe(404)
  })
})

it('goes on: the next last gasp is heard, whatever its clock says', async () => {
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  const gasp = { kind: 'powerOff', at: '2099-01-01T00:00:00.000Z', meters: ['M1', 'M2'] }
  await send('C1/event', gasp)
  await until(async () => (await server.get('/api/v1/incidents?state=open')).incidents.length > 0)
  const [incident] = (await server.get('/api/v1/incidents?state=open')).incidents
  expect(Math.abs(Date.parse(incident.startedAt) - Date.now())).toBeLessThan(600_000)
  expect(server.isRunning).toBe(true)
})

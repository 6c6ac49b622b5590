/** The live channel over real sockets: snapshot, deltas, resume, gap, rights, slow readers. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AreaChange } from '../../src/engine/changes.ts'
import { tileX, tileY } from '../../src/grid/geography.ts'
import type { Stirring } from '../../src/live/stirring.ts'
import { incident, incidentChange } from '../support/changes.ts'
import { type Fixture, httpFixture, type LiveClient } from '../support/http-fixture.ts'
import { until } from '../support/until.ts'

let fixture: Fixture
beforeEach(async () => {
  fixture = await httpFixture()
})
afterEach(() => fixture.close())

const ids = (message: { items: { id: string }[] }) => message.items.map(({ id }) => id)
const inUnit1 = { unit: '1501', feeder: 'F1', device: { id: 'F1-FU', type: 'fuse', name: '支线' } }
const inUnit2 = { unit: '1502', feeder: 'F2', device: { id: 'F2-FU', type: 'fuse', name: '支线' } }
const area = (id: string, dark: string[], restored: string[] = []) =>
  ({ type: 'area', at: 0, incident: id, revision: 1, dark, restored }) as unknown as AreaChange

describe('snapshot and deltas', () => {
  test('a snapshot, then deltas that follow each other without a gap', async () => {
    fixture.follow(incidentChange(incident('I1', 1, inUnit1), 0))
    const client = await fixture.socket(await fixture.token('auditor'))
    client.subscribe('incidents')
    const snapshot = await client.next()
    expect(snapshot).toMatchObject({ type: 'snapshot', topic: 'incidents' })
    expect(ids(snapshot)).toEqual(['I1'])
    let cursor = snapshot.cursor
    for (let revision = 2; revision < 6; revision++) {
      fixture.follow(incidentChange(incident('I1', revision, inUnit1), 0))
      const delta = await client.next()
      expect(delta).toMatchObject({ type: 'delta', prev: cursor, removed: [] })
      expect(delta.items).toEqual([expect.objectContaining({ id: 'I1', revision, grade: 3 })])
      expect(Number.isNaN(Date.parse(delta.asOf))).toBe(false)
      cursor = delta.cursor
    }
  })

  test('many changes of one tick are one delta with the whole present object', async () => {
    fixture.follow(incidentChange(incident('I1', 1, inUnit1), 0))
    const client = await fixture.socket(await fixture.token('auditor'))
    client.subscribe('incident:I1')
    await client.next()
    for (let revision = 2; revision <= 50; revision++)
      fixture.follow(incidentChange(incident('I1', revision, inUnit1), 0))
    const delta = await client.next()
    expect(delta.items).toEqual([expect.objectContaining({ revision: 50 })])
  })

  test('restored ones stay for half an hour, withdrawn ones leave at once', async () => {
    const client = await fixture.socket(await fixture.token('auditor'))
    client.subscribe('incidents')
    await client.next()
    fixture.follow(
      incidentChange(incident('I1', 1, inUnit1), 0),
      incidentChange(incident('I2', 1, inUnit2), 0),
    )
    expect(ids(await client.next()).sort()).toEqual(['I1', 'I2'])
    const restoredAt = Date.now()
    const closed = { ...inUnit1, outageKind: 'closed', restoredAt }
    fixture.follow(
      incidentChange(incident('I1', 2, closed), restoredAt),
      incidentChange(incident('I2', 2, { ...inUnit2, outcome: 'withdrawn' }), 0),
    )
    expect(await client.next()).toMatchObject({ items: [{ id: 'I1' }], removed: ['I2'] })
    fixture.clock.offsetMs += 30 * 60_000 + 1
    expect(await client.next()).toMatchObject({ items: [], removed: ['I1'] })
  })

  test('an incident that moves leaves one unit and feeder and enters the other', async () => {
    const client = await fixture.socket(await fixture.token('auditor'))
    for (const topic of ['unit:1501', 'unit:1502', 'unit:15', 'feeder:F1']) {
      client.subscribe(topic)
      await client.nextOf(topic)
    }
    const gathered = new Map<string, [string[], string[]]>()
    const gather = async () => {
      const { topic, items, removed } = await client.next()
      gathered.set(topic, [items.map(({ id }) => id), removed])
    }
    fixture.follow(incidentChange(incident('I1', 1, inUnit1), 0))
    for (let i = 0; i < 3; i++) await gather()
    expect(Object.fromEntries(gathered)).toEqual({
      'unit:1501': [['I1'], []],
      'unit:15': [['I1'], []],
      'feeder:F1': [['I1'], []],
    })
    gathered.clear()
    fixture.follow(incidentChange(incident('I1', 2, inUnit2), 0))
    for (let i = 0; i < 4; i++) await gather()
    expect(Object.fromEntries(gathered)).toEqual({
      'unit:1501': [[], ['I1']],
      'unit:1502': [['I1'], []],
      'unit:15': [['I1'], []],
      'feeder:F1': [[], ['I1']],
    })
  })

  test('the figures come and change', async () => {
    const client = await fixture.socket(await fixture.token('agent'))
    client.subscribe('stats')
    const snapshot = await client.next()
    expect(snapshot.items).toEqual([
      expect.objectContaining({ id: 'stats', customers: 8, customersOut: 0 }),
    ])
    fixture.follow(incidentChange(incident('I1', 1, inUnit1), 0))
    // Sent for the first time, figures may be those of the snapshot.
    let delta = await client.next()
    const before = expect.objectContaining({ incidents: expect.objectContaining({ open: 0 }) })
    if (before.asymmetricMatch(delta.items[0])) delta = await client.next()
    expect(delta.items).toEqual([
      expect.objectContaining({ incidents: { open: 1, byGrade: { 1: 0, 2: 0, 3: 1, 4: 0 } } }),
    ])
  })
})

describe('the map', () => {
  test('transformers of a square go dark and come back', async () => {
    const [lon, lat] = [111.6 + 3 * 0.005, 40.8 + 3 * 0.002]
    const topic = `map:12/${tileX(lon, 12)}/${tileY(lat, 12)}`
    const client = await fixture.socket(await fixture.token('agent'))
    client.subscribe(topic)
    client.subscribe('map:12/0/0')
    expect((await client.nextOf(topic)).items).toEqual([])
    fixture.follow(incidentChange(incident('I1', 1, inUnit1), 0), area('I1', ['F1-T1', 'F1-T2']))
    const dark = await client.nextOf(topic)
    const states = Object.fromEntries(dark.items.map(({ id, state }) => [id, state]))
    expect(states).toEqual({ 'F1-FU': 'predicted', 'F1-T1': 'predicted', 'F1-T2': 'predicted' })
    expect(dark.items.find(({ id }) => id === 'F1-T1')).toMatchObject({
      incident: 'I1',
      grade: 3,
      kind: 'fault',
      lon: expect.closeTo(lon),
      lat: expect.closeTo(lat),
    })
    fixture.follow(
      incidentChange(incident('I1', 2, { ...inUnit1, outageKind: 'partiallyRestored' }), 0),
      area('I1', ['F1-T1'], ['F1-T2']),
    )
    const partly = await client.nextOf(topic)
    expect(Object.fromEntries(partly.items.map(({ id, state }) => [id, state]))).toEqual({
      'F1-FU': 'dark',
      'F1-T1': 'dark',
      'F1-T2': 'restored',
    })
    fixture.follow(incidentChange(incident('I1', 3, { ...inUnit1, outcome: 'falseAlarm' }), 0))
    expect((await client.nextOf(topic)).removed.sort()).toEqual(['F1-FU', 'F1-T1', 'F1-T2'])
  })
})

describe('coming back', () => {
  async function cut(client: LiveClient): Promise<void> {
    client.socket.terminate()
    await client.closed
    await until(() => fixture.hub.sockets === 0)
  }

  test('with the last cursor only what was missed is sent, in order', async () => {
    const token = await fixture.token('auditor')
    const first = await fixture.socket(token)
    first.subscribe('incidents')
    const { cursor } = await first.next()
    await cut(first)
    fixture.follow(incidentChange(incident('I1', 1, inUnit1), 0))
    const second = await fixture.socket(token)
    second.subscribe('incidents', cursor)
    const missed = await second.next()
    expect(missed).toMatchObject({ type: 'delta', prev: cursor })
    expect(ids(missed)).toEqual(['I1'])
    second.subscribe('incidents', missed.cursor)
    expect(await second.next()).toMatchObject({
      type: 'delta',
      prev: missed.cursor,
      cursor: missed.cursor,
      items: [],
    })
  })

  test('with any other cursor there is a new snapshot', async () => {
    fixture.follow(incidentChange(incident('I1', 1, inUnit1), 0))
    const client = await fixture.socket(await fixture.token('auditor'))
    client.subscribe('incidents')
    const { cursor } = await client.next()
    client.subscribe('stats')
    const other = await client.nextOf('stats')
    const ahead = cursor.replace(/\.\w+$/, '.zz')
    for (const wrong of ['', 'x', other.cursor, ahead, `${cursor}0`, cursor.replace(/^\w/, '_')]) {
      client.subscribe('incidents', wrong)
      expect(await client.nextOf('incidents')).toMatchObject({ type: 'snapshot', cursor })
    }
  })

  test("another role's cursor is not taken for one's own", async () => {
    fixture.follow(incidentChange(incident('I1', 1, inUnit1), 0))
    const auditor = await fixture.socket(await fixture.token('auditor'))
    auditor.subscribe('incidents')
    const { cursor } = await auditor.next()
    const agent = await fixture.socket(await fixture.token('agent'))
    agent.subscribe('incidents', cursor)
    expect((await agent.next()).type).toBe('snapshot')
  })
})

describe('rights', () => {
  test('units see their own; others’ topics look as if they did not exist', async () => {
    fixture.follow(
      incidentChange(incident('I1', 1, inUnit1), 0),
      incidentChange(incident('I2', 1, inUnit2), 0),
    )
    const client = await fixture.socket(await fixture.token('serviceDispatcher', ['1501']))
    client.subscribe('incidents')
    expect(ids(await client.nextOf('incidents'))).toEqual(['I1'])
    for (const topic of ['unit:1502', 'unit:15', 'unit:none', 'feeder:F2', 'incident:I2']) {
      client.subscribe(topic)
      expect(await client.nextOf(topic)).toMatchObject({ type: 'error', code: 'topic.unknown' })
    }
    for (const topic of ['unit:1501', 'feeder:F1', 'incident:I1']) {
      client.subscribe(topic)
      expect(ids(await client.nextOf(topic))).toEqual(['I1'])
    }
  })

  test('a role without the right to a topic is refused', async () => {
    const client = await fixture.socket(await fixture.token('securityAdmin'))
    for (const topic of ['incidents', 'map:12/1/1']) {
      client.subscribe(topic)
      expect(await client.nextOf(topic)).toMatchObject({ type: 'error', code: 'topic.forbidden' })
    }
  })

  test('evidence is left out for roles that may not see it', async () => {
    const evidence = [
      { position: 1, observer: 'M', observerClass: 'meter', said: 'off', at: 0, device: null },
    ]
    fixture.follow(incidentChange(incident('I1', 1, { ...inUnit1, evidence }), 0))
    const seen = async (role: 'agent' | 'auditor') => {
      const client = await fixture.socket(await fixture.token(role))
      client.subscribe('incidents')
      return (await client.next()).items[0]!.evidence
    }
    expect(await seen('agent')).toEqual([])
    expect(await seen('auditor')).toHaveLength(1)
  })

  test('what stirs is for staff of its unit, its evidence for those who may see that', async () => {
    const stirs = (id: string, unit: string, reports: number) => {
      const item = { position: 7, observer: 'M', observerClass: 'meter', said: 'powerOff', at: 0 }
      const evidence = [{ ...item, device: id }] as unknown as Stirring['evidence']
      return { id, feeder: `${id}-F`, name: id, unit, reports, since: 0, latestAt: 0, evidence }
    }
    fixture.stirring = [stirs('F1', '1501', 3), stirs('F2', '1502', 5)]
    const [all, one, agent, other] = [
      await fixture.socket(await fixture.token('auditor')),
      await fixture.socket(await fixture.token('serviceDispatcher', ['1501'])),
      await fixture.socket(await fixture.token('agent')),
      await fixture.socket(await fixture.token('securityAdmin')),
    ]
    const first = async (client: LiveClient) => {
      client.subscribe('stirring')
      let message = await client.nextOf('stirring')
      // A console may be there before the hub has looked.
      while (message.type !== 'error' && message.items.length === 0)
        message = await client.nextOf('stirring')
      return message
    }
    const seen = await first(all)
    expect(ids(seen)).toEqual(['F1', 'F2'])
    expect(seen.items[0]).toMatchObject({
      ...{ feeder: 'F1-F', reports: 3, since: '1970-01-01T00:00:00.000Z' },
      evidence: [{ position: 7, observer: 'M', at: '1970-01-01T00:00:00.000Z' }],
    })
    expect(ids(await first(one))).toEqual(['F1'])
    expect((await first(agent)).items[0]).toMatchObject({ reports: 3, evidence: [] })
    expect(await first(other)).toMatchObject({ type: 'error', code: 'topic.forbidden' })

    // Others' feeders take no room from one's own.
    const others = Array.from({ length: 100 }, (_, i) => stirs(`G${i}`, '1502', 1))
    fixture.stirring = [...others, stirs('F1', '1501', 4)]
    expect((await all.nextOf('stirring')).items).toHaveLength(64)
    expect(await one.nextOf('stirring')).toMatchObject({ items: [{ id: 'F1', reports: 4 }] })
    fixture.stirring = [stirs('F1', '1501', 5)]
    const delta = await all.nextOf('stirring')
    expect(delta).toMatchObject({ type: 'delta', items: [{ id: 'F1', reports: 5 }] })
    expect(delta.removed).toHaveLength(64)
    expect(await one.nextOf('stirring')).toMatchObject({ items: [{ id: 'F1', reports: 5 }] })
    fixture.stirring = []
    expect(await one.nextOf('stirring')).toMatchObject({ items: [], removed: ['F1'] })
  })

  test('what is no message or no topic is answered with an error, and the socket lives on', async () => {
    const client = await fixture.socket(await fixture.token('auditor'))
    for (const text of ['', '{', '[]', 'null', '{"type":"publish"}', '{"type":"subscribe"}']) {
      client.socket.send(text)
      expect(await client.next()).toMatchObject({ type: 'error', code: 'message.invalid' })
    }
    for (const topic of ['x', 'unit:', 'unit:a b', 'map:1/0/0', 'map:12/9999/1', 'map:12/01/1']) {
      client.subscribe(topic)
      expect(await client.next()).toMatchObject({ type: 'error', code: 'topic.unknown' })
    }
    client.subscribe('incidents')
    expect((await client.next()).type).toBe('snapshot')
  })
})

describe('who is cut', () => {
  const quick = async (timings: Parameters<typeof httpFixture>[0]) => {
    await fixture.close()
    fixture = await httpFixture(timings)
  }

  test('a session that ended closes its socket', async () => {
    await quick({ timings: { recheckEveryMs: 20 } })
    const account = { name: 'wang', role: 'shiftLeader', units: [] } as const
    await fixture.identity.putAccount(account, 'correct horse')
    const headers = { origin: fixture.url }
    const signIn = await fixture.post(
      '/api/v1/session',
      { name: 'wang', password: 'correct horse' },
      headers,
    )
    const cookie = signIn.headers.get('set-cookie')!.split(';')[0]!
    const { LiveClient } = await import('../support/http-fixture.ts')
    const answer = await fixture.post('/api/v1/tickets', {}, { ...headers, cookie })
    const { ticket } = (await answer.json()) as { ticket: string }
    const url = `${fixture.url.replace('http', 'ws')}/api/v1/live?ticket=${ticket}`
    const client = await LiveClient.open(url)
    client.subscribe('incidents')
    await client.next()
    await fixture.identity.putAccount({ ...account, role: 'agent' }, 'correct horse')
    expect(await client.closed).toMatchObject({ code: 1008, reason: 'rights' })
  })

  test('a peer that answers no ping is closed with 1013', async () => {
    await quick({ timings: { pingEveryMs: 20, pongTimeoutMs: 200 } })
    const { WebSocket } = await import('ws')
    const token = await fixture.token('agent')
    const answer = await fixture.post('/api/v1/tickets', {}, { authorization: `Bearer ${token}` })
    const { ticket } = (await answer.json()) as { ticket: string }
    const url = `${fixture.url.replace('http', 'ws')}/api/v1/live?ticket=${ticket}`
    const socket = new WebSocket(url, { autoPong: false })
    const code = await new Promise((resolve) => socket.on('close', resolve))
    expect(code).toBe(1013)
    await until(() => fixture.hub.sockets === 0)
  })

  test('a peer that reads nothing is cut, and the others get every change', async () => {
    await quick({ timings: { pingEveryMs: 50, pongTimeoutMs: 5_000 } })
    const token = await fixture.token('auditor')
    const stalled = await fixture.socket(token)
    const healthy = await fixture.socket(token)
    for (const client of [stalled, healthy]) {
      client.subscribe('incidents')
      await client.next()
    }
    stalled.socket.pause()
    let revision = 0
    const cause = 'x'.repeat(500_000)
    while (fixture.hub.sockets === 2) {
      revision++
      fixture.follow(incidentChange(incident('I1', revision, { ...inUnit1, cause }), 0))
      const delta = await healthy.next()
      expect(delta.items[0]!.revision).toBe(revision)
    }
    expect(fixture.hub.sockets).toBe(1)
    expect(fixture.telemetry.total('live.closed')).toBe(1)
    expect(fixture.telemetry.total('live.coalesced')).toBeGreaterThan(0)
    stalled.socket.terminate()
  })

  test('a client that talks too much is closed with 1008', async () => {
    const client = await fixture.socket(await fixture.token('agent'))
    for (let i = 0; i < 2_000; i++) client.socket.send('{}')
    expect(await client.closed).toMatchObject({ code: 1008, reason: 'rate' })
  })

  test('a message larger than any of ours is refused by the protocol', async () => {
    const client = await fixture.socket(await fixture.token('agent'))
    client.socket.send('x'.repeat(17_000))
    expect(await client.closed).toMatchObject({ code: 1009 })
  })

  test('a server that stops does not wait for its sockets', async () => {
    const client = await fixture.socket(await fixture.token('agent'))
    await fixture.server.close()
    expect((await client.closed).code).toBe(1006)
  })
})

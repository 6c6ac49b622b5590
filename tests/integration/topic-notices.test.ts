/**
 * Notices by MQTT topic: from the ledger's transaction to a service's acknowledgement, whatever stops
 * in between; nobody but a service with right hears them, and nobody but us says them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IPublishPacket, MqttClient } from 'mqtt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Informing, startInforming } from '../../src/app/informing.ts'
import { serviceAccounts, topicWay } from '../../src/app/topic-notices.ts'
import type { Change } from '../../src/engine/changes.ts'
import { noticeMessage } from '../../src/facts/wire.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch, incident, incidentChange, noticeChange } from '../support/changes.ts'
import { openSensing, type SensingFixture } from '../support/sensing-fixture.ts'

import { until } from '../support/until.ts'

/** 15 ─ 1501, and 1502. */
const units = [
  { id: '15', parent: -1 },
  { id: '1501', parent: 0 },
  { id: '1502', parent: 0 },
]
const SECRET = 'terminals'
const TERMINAL = 'T1'

let dir: string
let position: number
let aheadMs: number
let records: SqliteRecords
let informing: Informing | undefined
let sensing: SensingFixture
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-topics-'))
  position = 0
  aheadMs = 0
  await live()
  sensing = await openSensing({
    secret: SECRET,
    services: serviceAccounts(() => records.outbox.endpoints()),
  })
})
afterEach(async () => {
  await sensing.close()
  await die()
  rmSync(dir, { recursive: true, force: true })
})

const now = () => Date.now() + aheadMs

/** One life of the program, from the ledger on. */
async function live(): Promise<void> {
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  informing = await startInforming({
    ...{ records, telemetry, configDir: 'config', allowPrivate: true, now },
    grid: () => ({ units }) as unknown as CompiledGrid,
    utcOffsetMinutes: () => 480,
    bodyOf: async ({ body }) => body,
    topics: topicWay(() => sensing?.listener),
    onFailure: (error) => {
      throw error
    },
  })
  records.onCommitted((batches) => informing?.follow(batches))
}

async function die(): Promise<void> {
  await informing?.close()
  await records.close()
}

async function service(unit: string | null = null): Promise<{ id: string; password: string }> {
  const { webhook, secret } = await informing!.webhooks.add({
    ...{ name: '服务调度', url: '', form: 'mqtt', language: 'zh', by: 'op' },
    ...{ topics: ['notice'], channels: [], unit },
  })
  return { id: webhook.id, password: secret! }
}

const signIn = ({ id, password }: { id: string; password: string }) =>
  sensing.client(`service:${id}`, { password })

/** What a client hears, from now on. */
function heardBy(client: MqttClient) {
  const heard: { topic: string; qos: number; retain: boolean; message: Record<string, unknown> }[] =
    []
  client.on('message', (topic, payload, { qos, retain }: IPublishPacket) => {
    const message = JSON.parse(payload.toString())
    expect(noticeMessage.safeParse(message).error).toBeUndefined()
    heard.push({ topic, qos, retain: retain ?? false, message })
  })
  return heard
}

async function file(...changes: Change[]): Promise<void> {
  position++
  await records.commit([batch(position, ...changes)], position, `d${position}`)
}

const outage = (id: string, unit: string) =>
  incidentChange(incident(id, 1, { outageKind: 'confirmed', unit }), now(), 'confirmed')
const published = (incidentId: string, unit: string, over = {}) =>
  noticeChange({ incident: incidentId, unit, ...over }, now())

test('a notice goes to the roles it is routed to, and no further than a service may see', async () => {
  const everywhere = await signIn(await service())
  const all = heardBy(everywhere)
  await everywhere.subscribeAsync('lastgasp/v1/notices/#', { qos: 1 })
  const elsewhere = await signIn(await service('1502'))
  const others = heardBy(elsewhere)
  await elsewhere.subscribeAsync('lastgasp/v1/notices/#', { qos: 1 })
  const managers = await signIn(await service('1501'))
  const grid = heardBy(managers)
  await managers.subscribeAsync('lastgasp/v1/notices/+/gridManager', { qos: 1 })

  const importantUsers = [{ usagePoint: 'hospital-7', importance: 'first' as const }]
  await file(outage('I1', '1501'), published('I1', '1501', { importantUsers }))
  await until(() => grid.length === 1 && all.length === 2)
  expect(all.map(({ topic }) => topic).sort()).toEqual([
    'lastgasp/v1/notices/1501/gridManager',
    'lastgasp/v1/notices/1501/serviceDispatcher',
  ])
  expect(grid[0]).toMatchObject({
    topic: 'lastgasp/v1/notices/1501/gridManager',
    ...{ qos: 1, retain: false },
    message: { type: 'notice.published', data: { incident: 'I1', unit: '1501' } },
  })
  // Whose important customers are out is for our own staff.
  expect(JSON.stringify([all, grid])).not.toContain('hospital-7')

  await file(published('I1', '1501', { revision: 2, status: 'withdrawn' }))
  await until(() => grid.length === 2)
  expect(grid[1]!.message).toMatchObject({ type: 'notice.withdrawn' })
  expect(others).toEqual([])
})

test('what was filed when the program was killed, or while the service was away, is heard in order', async () => {
  const desk = await service()
  await informing!.close()
  informing = undefined
  await file(outage('I1', '1501'), published('I1', '1501'))
  await records.close()
  await live()
  await file(published('I1', '1501', { revision: 2, status: 'restored' }))

  const client = await signIn(desk)
  const heard = heardBy(client)
  await client.subscribeAsync('lastgasp/v1/notices/1501/serviceDispatcher', { qos: 1 })
  await until(() => heard.length === 2)
  const types = heard.map(({ message }) => message.type)
  expect(types).toEqual(['notice.published', 'notice.restored'])
  await until(() => informing!.webhooks.list()[0]!.waiting === 0)
})

test('what a service took and never acknowledged comes again under its id', async () => {
  const desk = await service()
  const first = await signIn(desk)
  const taken: string[] = []
  first.handleMessage = ({ payload }) => void taken.push(JSON.parse(payload.toString()).id)
  await first.subscribeAsync('lastgasp/v1/notices/#', { qos: 1 })
  await file(outage('I1', '1501'), published('I1', '1501', { routes: ['gridManager'] }))
  await until(() => taken.length === 1)
  expect(informing!.webhooks.list()[0]!.waiting).toBe(1)
  await first.endAsync(true)

  const second = await signIn(desk)
  const heard = heardBy(second)
  await second.subscribeAsync('lastgasp/v1/notices/#', { qos: 1 })
  // The wait after a failure has passed.
  aheadMs = 10_000
  await until(() => heard.length === 1)
  expect(heard[0]!.message.id).toBe(taken[0])
  await until(() => informing!.webhooks.list()[0]!.waiting === 0)
})

test('an absent service hears no stale news when it comes back, and nothing of what it never heard', async () => {
  const desk = await service()
  await file(outage('I1', '1501'), published('I1', '1501'))
  aheadMs = 31 * 60_000
  await file(published('I1', '1501', { revision: 2, status: 'restored' }))
  const client = await signIn(desk)
  const heard = heardBy(client)
  await client.subscribeAsync('lastgasp/v1/notices/#', { qos: 1 })
  await until(() => informing!.webhooks.list()[0]!.waiting === 0)
  expect(heard).toEqual([])
})

test('terminals hear no notices and say none; a service says nothing and hears nothing else', async () => {
  const desk = await service()
  const listener = await signIn(desk)
  const heard = heardBy(listener)
  const granted = async (client: MqttClient, topic: string, qos: 0 | 1) =>
    (await client.subscribeAsync(topic, { qos }).catch(() => [{ qos: 128 }]))[0]?.qos
  expect(await granted(listener, 'lastgasp/v1/notices/#', 1)).toBe(1)
  for (const topic of ['#', 'lastgasp/v1/#', `lastgasp/v1/${TERMINAL}/call`, 'lastgasp/v1/+/event'])
    expect(await granted(listener, topic, 1), topic).toBe(128)
  expect(await granted(listener, 'lastgasp/v1/notices/1501/+', 0)).toBe(128)

  const terminal = await sensing.client(TERMINAL, { password: SECRET })
  for (const topic of ['lastgasp/v1/notices/#', 'lastgasp/v1/notices/1501/gridManager'])
    expect(await granted(terminal, topic, 1), topic).toBe(128)
  // A forged notice is evidence of nothing and goes to nobody.
  const forged = JSON.stringify({ id: 'x', type: 'notice.published', data: {} })
  const facts = sensing.sink.facts.length
  await terminal.publishAsync('lastgasp/v1/notices/1501/gridManager', forged, { qos: 1 })
  expect(sensing.sink.facts.slice(facts)).toMatchObject([
    { type: 'quarantined', reason: 'wrongTopic' },
  ])
  expect(heard).toEqual([])

  listener.publish(`lastgasp/v1/${TERMINAL}/event`, '{}', { qos: 1 })
  expect(await sensing.refusals('servicePublishes')).toBe(1)
  for (const password of ['', SECRET, 'whsec_AAAA'])
    await expect(sensing.client(`service:${desk.id}`, { password })).rejects.toThrow()
  await expect(sensing.client('service:wh_unknown', { password: desk.password })).rejects.toThrow()

  await informing!.webhooks.remove(desk.id)
  await expect(signIn(desk)).rejects.toThrow()
})

/**
 * What a notice says beside the engine's word: how many asked to be told, what was pushed and what
 * became of it, photos. Counted by the ledger as it happens, and read with the notice.
 */
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openForReading } from '../../src/config/sqlite.ts'
import type { NoticeChange } from '../../src/engine/changes.ts'
import { drawnGrid } from '../../src/grid/drawing.ts'
import { openForWriting } from '../../src/records/database.ts'
import { pushReader } from '../../src/records/informing/pushes.ts'
import { LATER_MIGRATIONS } from '../../src/records/later-migrations.ts'
import type { Beside } from '../../src/records/outbox/beside.ts'
import { EngineLab } from '../support/engine-lab.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'
import { TellingStage } from '../support/telling-stage.ts'
import { until } from '../support/until.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

const NETWORK = `
B1 breaker
  F1 fuse
    X1 transformer
      m1..m4 meter
    X2 transformer
      m5..m8 meter
`
const METERS = ['o-m1', 'o-m2', 'o-m3', 'o-m4', 'o-m5', 'o-m6', 'o-m7', 'o-m8']

let stage: TellingStage
let fixture: Fixture | undefined
afterEach(async () => {
  await fixture?.close()
  fixture = undefined
  await stage.remove()
})

/** F1 is dark; three of its customers asked for short messages, one for the app. */
async function dark(): Promise<string> {
  stage = new TellingStage(new EngineLab(drawnGrid(NETWORK)))
  await stage.start()
  stage.customers()
  await stage.gateway('sms')
  await stage.gateway('app')
  for (const m of ['m1', 'm2', 'm3']) await stage.subscribe({ account: `A-${m}`, channel: 'sms' })
  await stage.subscribe({ account: 'A-m4', channel: 'app' })
  for (const meter of METERS) stage.lab.say(meter, 'powerOff')
  await stage.pass(220)
  return stage.lab.open()[0]!.id
}

const pushOf = (incident: string) => stage.records.besideNotice(incident).push

/** The same counted from the messages themselves. */
function recounted(incident: string): number {
  const { superseded = 0, expired = 0, ...rest } = stage.records.informing.messagesOf(incident)
  return Object.values(rest).reduce((sum, count) => sum + count, 0)
}

test('who asked, what went out by which text, and what the gateway says of it', async () => {
  const incident = await dark()
  expect(pushOf(incident)).toMatchObject({
    subscribers: 4,
    total: { waiting: 0, sent: 4, delivered: 0, failed: 0 },
    lines: [
      { channel: 'app', template: 'T1-verifying', sent: 1 },
      { channel: 'sms', template: 'T1-verifying', sent: 3 },
    ],
  })
  const [sms] = stage.informing.webhooks.list().filter(({ channels }) => channels[0] === 'sms')
  const [first, second] = stage.receivers[0]!.received.map(({ body }) => JSON.parse(body)).flatMap(
    ({ data }) => data.messages as { id: string }[],
  )
  const at = stage.lab.now
  await stage.informing.webhooks.receive(sms!.id, [
    { id: first!.id, state: 'delivered', at },
    { id: second!.id, state: 'failed', at },
  ])
  expect(pushOf(incident).total).toEqual({ waiting: 0, sent: 2, delivered: 1, failed: 1 })
  for (const meter of METERS) stage.lab.say(meter, 'powerOn')
  await stage.pass(400)
  const after = pushOf(incident)
  expect(after.lines.map(({ template }) => template)).toContain('T6')
  // Once it is over those who asked stay counted as they were.
  expect(after.subscribers).toBe(4)
  const { waiting, sent, delivered, failed } = after.total
  expect(waiting + sent + delivered + failed).toBe(recounted(incident))
  expect(after.lastAt).toBeGreaterThan(0)
})

test('other systems get it with the notice, and are told when it turns while the notice does not', async () => {
  stage = new TellingStage(new EngineLab(drawnGrid(NETWORK)))
  await stage.start()
  stage.customers()
  await stage.gateway('sms')
  const desk = await webhookReceiver()
  stage.receivers.push(desk)
  await stage.informing.webhooks.add({
    ...{ name: 'desk', url: desk.url, form: 'standard', language: 'zh', topics: ['notice'] },
    ...{ channels: [], unit: null, by: 'op' },
  })
  for (const m of ['m1', 'm2', 'm3']) await stage.subscribe({ account: `A-${m}`, channel: 'sms' })
  for (const meter of METERS) stage.lab.say(meter, 'powerOff')
  await stage.pass(30)
  const { id: incident, revision } = stage.lab.open()[0]!
  stage.lab.feed({
    ...{ type: 'actionRequested', receivedAt: stage.lab.now, requestId: 'r1', by: 'z' },
    ...{
      incident: incident as never,
      expectedRevision: revision,
      action: 'confirm',
      role: 'agent',
    },
  })
  await stage.pass(220)
  const told = () =>
    desk.received.map(({ body }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: Beside & { no: string } }
      return { type, ...data }
    })
  const wanted = async (what: (one: ReturnType<typeof told>[number]) => boolean) => {
    await until(() => {
      stage.informing.wake()
      return told().some(what)
    })
    return told().find(what)!
  }
  await wanted(({ type, push }) => type === 'notice.pushed' && push.total.sent === 3)
  expect(told()[0]).toMatchObject({
    ...{ type: 'notice.published', photos: { count: 0 } },
    changedAt: expect.stringMatching(/^\d{4}-.*Z$/),
  })

  const { now: at } = stage.lab
  const photo = { type: 'image/png', bytes: 9, at, by: 'm', role: 'gridManager' }
  const attach = () =>
    stage.records.changeRepair({
      do: 'attach',
      attachment: { id: 'p1', incident, digest: 'd', ...photo },
    })
  await attach()
  const pictured = await wanted(({ photos }) => photos.count === 1)
  expect(pictured).toMatchObject({
    type: 'notice.pushed',
    push: { subscribers: 3, total: { waiting: 0, sent: 3, delivered: 0, failed: 0 } },
    photos: { lastAt: new Date(at).toISOString(), attachments: ['p1'] },
  })
  // The same state is the same message.
  const before = desk.ids.length
  await attach()
  for (const meter of METERS) stage.lab.say(meter, 'powerOn')
  await stage.pass(400)
  const restored = await wanted(({ type }) => type === 'notice.restored')
  expect(restored).toMatchObject({ no: told()[0]!.no, photos: { attachments: ['p1'] } })
  const after = desk.received.filter(({ id }) => desk.ids.indexOf(id) >= before)
  expect(after.map(({ body }) => JSON.parse(body).type)[0]).not.toBe('notice.pushed')
  // Accounts, names and telephone numbers stay here.
  for (const { body } of desk.received) expect(body).not.toMatch(/A-m|王|12\d{9}/)
})

test('says where it is by addresses without their numbers, and names no place of a few', async () => {
  stage = new TellingStage(new EngineLab(drawnGrid(NETWORK)))
  await stage.start()
  await stage.gateway('sms')
  const addresses = ['新城区锦安苑3号楼2单元501室', '白音村2组14号', '翠安路12号', '翠安路口老张家']
  // Five in the estate, one each in a village, in a street and without a number.
  stage.customers((point) => {
    const number = Number(point.slice(1))
    return { address: addresses[Math.max(0, number - 5)]! }
  })
  for (const meter of METERS) stage.lab.say(meter, 'powerOff')
  await stage.pass(220)
  const incident = stage.lab.open()[0]!.id
  const places = () => stage.records.besideNotice(incident).places
  expect(places()).toEqual([{ kind: 'address', name: '新城区锦安苑', customers: 5 }])
  const db = openForReading(join(stage.dir, 'records.db'))
  const kept = JSON.stringify(db.prepare('SELECT * FROM places').all([]))
  db.close()
  expect(kept).not.toMatch(/白音村|翠安路|老张/)
})

test('names town, village and estate by the fields of the ledger, without a gateway as well; who has one later tells all', async () => {
  stage = new TellingStage(new EngineLab(drawnGrid(NETWORK)))
  await stage.start()
  stage.customers((point) => {
    const number = Number(point.slice(1))
    if (number > 6) return { address: '翠安路12号' }
    const where = number > 5 ? { village: '和平村' } : { estate: '锦安苑' }
    return { address: '翠安路12号', town: '城关镇', ...where }
  })
  await stage.subscribe({ account: 'A-m1', channel: 'app' })
  for (const meter of METERS) stage.lab.say(meter, 'powerOff')
  await stage.pass(220)
  const incident = stage.lab.open()[0]!.id
  const { places, push } = stage.records.besideNotice(incident)
  expect(places).toEqual([
    { kind: 'town', name: '城关镇', customers: 6 },
    { kind: 'estate', name: '城关镇锦安苑', customers: 5 },
  ])
  expect(push).toMatchObject({ subscribers: 1, lines: [] })
  const gateway = await stage.gateway('app')
  await until(() => gateway.heard().length > 0)
  expect(gateway.heard()).toMatchObject([{ account: 'A-m1', template: 'T1-verifying' }])
})

test('names hospitals and schools by the ledger, however few, and nobody else', async () => {
  const grid = drawnGrid(NETWORK)
  const classes: Record<string, string> = { m2: 'hospital', m5: 'school', m6: 'commercial' }
  for (const point of grid.usagePoints) {
    const of = classes[point.id]
    if (of !== undefined) point.class = of
  }
  stage = new TellingStage(new EngineLab(grid))
  await stage.start()
  stage.customers((point) => ({ name: `客户${point}`, address: '村里' }))
  for (const meter of METERS) stage.lab.say(meter, 'powerOff')
  await stage.pass(220)
  const incident = stage.lab.open()[0]!.id
  expect(stage.records.besideNotice(incident).places).toEqual([
    { kind: 'hospital', name: '客户m2', customers: 1 },
    { kind: 'school', name: '客户m5', customers: 1 },
  ])
  expect(stage.records.notice(incident)).toMatchObject({
    institutions: [
      { institution: 'hospital', count: 1 },
      { institution: 'school', count: 1 },
    ],
  })
})

test('other systems are told where places turn while nothing was pushed', async () => {
  stage = new TellingStage(new EngineLab(drawnGrid(NETWORK)))
  await stage.start()
  stage.customers()
  const desk = await webhookReceiver()
  stage.receivers.push(desk)
  await stage.informing.webhooks.add({
    ...{ name: 'desk', url: desk.url, form: 'standard', language: 'zh', topics: ['notice'] },
    ...{ channels: [], unit: null, by: 'op' },
  })
  for (const meter of METERS) stage.lab.say(meter, 'powerOff')
  await stage.pass(30)
  const { id, revision } = stage.lab.open()[0]!
  stage.lab.feed({
    ...{ type: 'actionRequested', receivedAt: stage.lab.now, requestId: 'r1', by: 'z' },
    ...{ incident: id as never, expectedRevision: revision, action: 'confirm', role: 'agent' },
  })
  const placesOf = () =>
    desk.received.flatMap(({ body }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: Beside }
      return type === 'notice.pushed' ? [data.places.map(({ customers }) => customers)] : []
    })
  const told = async (customers: number) => {
    await until(() => {
      stage.informing.wake()
      return placesOf().at(-1)?.[0] === customers
    })
  }
  await stage.pass(60)
  await told(8)
  // One lives elsewhere now: the next walk, after news of the outage, finds seven.
  stage.customers((point) => (point === 'm8' ? { address: '白音村2组14号' } : {}))
  const open = stage.lab.open()[0]!
  stage.lab.feed({
    ...{ type: 'actionRequested', receivedAt: stage.lab.now, requestId: 'r2', by: 'z' },
    ...{ incident: id as never, expectedRevision: open.revision, action: 'cause' },
    ...{ causeCode: 'A11', role: 'crew' },
  })
  await stage.pass(10)
  await told(7)
})

test('the step of the layout counts the messages of before', async () => {
  const incident = await dark()
  const before = pushOf(incident)
  await stage.stop()
  const step = LATER_MIGRATIONS.find((text) => text.includes('CREATE TABLE pushes'))!
  const db = openForWriting(join(stage.dir, 'records.db'))
  db.exec(`DROP TRIGGER customer_messages_written; DROP TRIGGER customer_messages_turned;
    DROP TABLE pushes; DROP TABLE listeners`)
  db.exec(step)
  const counted = pushReader(db)(incident)
  db.close()
  expect(counted).toEqual({ ...before, subscribers: null, countedAt: null })
  await stage.start()
})

test('is read with the notice, by whom the unit allows', async () => {
  const incident = await dark()
  await stage.records.changeRepair({
    do: 'attach',
    attachment: {
      ...{ id: 'p1', incident, digest: 'd', type: 'image/png', bytes: 9, at: 1000 },
      ...{ by: 'm', role: 'gridManager' },
    },
  })
  fixture = await httpFixture({ compiled: stage.lab.grid })
  fixture.overrides = {
    incident: (id) => stage.records.incident(id),
    notice: (id) => stage.records.notice(id),
    besideNotice: (id) => stage.records.besideNotice(id),
    notices: (query) => stage.records.notices(query),
  }
  const path = `/api/v1/incidents/${incident}/notice`
  const unit = stage.records.incident(incident)!.unit
  const token = await fixture.identity.issueToken('serviceDispatcher', [unit])
  const { notice } = (await (await fixture.get(path, token)).json()) as { notice: object }
  const turned = stage.lab.changes.findLast((one): one is NoticeChange => one.type === 'notice')
  expect(notice).toMatchObject({
    incident,
    changedAt: new Date(turned!.at).toISOString(),
    push: { subscribers: 4, total: { sent: 4 } },
    places: [{ kind: 'address', name: '翠安路', customers: 8 }],
    photos: { count: 1, lastAt: '1970-01-01T00:00:01.000Z' },
  })
  const list = (await (await fixture.get('/api/v1/notices', token)).json()) as {
    notices: object[]
  }
  expect(list.notices).toContainEqual(notice)
  const elsewhere = await fixture.identity.issueToken('serviceDispatcher', ['1502'])
  expect((await fixture.get(path, elsewhere)).status).toBe(404)
})

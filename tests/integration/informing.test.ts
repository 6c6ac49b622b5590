/**
 * From a filed change to another system: composed once with the change, carried over real HTTP,
 * whatever stops in between; nobody hears an end who never heard the beginning.
 */
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Informing, startInforming } from '../../src/app/informing.ts'
import type { Change, EscalationChange } from '../../src/engine/changes.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { parseNoticeTexts } from '../../src/records/outbox/texts.ts'
import { openRecords, type SqliteRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { batch, incident, incidentChange, noticeChange } from '../support/changes.ts'
import { until } from '../support/until.ts'
import {
  answers,
  dropsTheAnswer,
  type Manner,
  webhookReceiver,
} from '../support/webhook-receiver.ts'

/** 15 ─ 1501 ─ 150101, and 1502. */
const units = [
  { id: '15', parent: -1 },
  { id: '1501', parent: 0 },
  { id: '150101', parent: 1 },
  { id: '1502', parent: 0 },
]

let dir: string
let aheadMs: number
let position: number
let open: { records: SqliteRecords; informing: Informing | undefined } | undefined
const receivers: { close(): Promise<void> }[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-inform-'))
  aheadMs = 0
  position = 0
})
afterEach(async () => {
  await die()
  for (const receiver of receivers.splice(0)) await receiver.close()
  rmSync(dir, { recursive: true, force: true })
})

const now = () => Date.now() + aheadMs

/** One life of the program, from the ledger on. */
async function live(): Promise<Informing> {
  await die()
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  open = { records, informing: undefined }
  const informing = await startInforming({
    records,
    telemetry,
    configDir: 'config',
    allowPrivate: true,
    grid: () => ({ units }) as unknown as CompiledGrid,
    utcOffsetMinutes: () => 480,
    bodyOf: async ({ body }) => body,
    now,
    onFailure: (error) => {
      throw error
    },
  })
  records.onCommitted((batches) => open?.informing?.follow(batches))
  open.informing = informing
  return informing
}

async function die(): Promise<void> {
  await open?.informing?.close()
  await open?.records.close()
  open = undefined
}

/** Nothing is sent from here on, as if the program were killed after its next commit. */
async function deafen(): Promise<void> {
  await open!.informing!.close()
  open!.informing = undefined
}

async function file(...changes: Change[]): Promise<void> {
  position++
  await open!.records.commit([batch(position, ...changes)], position, `d${position}`)
}

async function receiverOf(manner?: Manner) {
  const receiver = await webhookReceiver(manner)
  receivers.push(receiver)
  const told = () =>
    receiver.received.map(({ body }) => JSON.parse(body) as { type: string; data: never })
  return Object.assign(receiver, { told, types: () => told().map(({ type }) => type) })
}

type Asked = Parameters<Informing['webhooks']['add']>[0]
const asked = (url: string, over: Partial<Asked> = {}): Asked => ({
  name: 'x',
  url,
  form: 'standard',
  language: 'zh',
  topics: ['notice'],
  channels: [],
  unit: null,
  by: 'op',
  ...over,
})

const outage = (over = {}) =>
  incidentChange(incident('I1', 1, { outageKind: 'confirmed', ...over }), now(), 'confirmed')
const quiet = () => until(() => open!.informing!.webhooks.list().every((one) => one.waiting === 0))

test('a notice filed just before the program was killed arrives signed, once, restart or not', async () => {
  const receiver = await receiverOf()
  const { secret } = await (await live()).webhooks.add(asked(receiver.url))
  await deafen()
  await file(outage(), noticeChange({}, now()))
  expect(receiver.received).toEqual([])

  await live()
  // Recovery regenerates the change; it is filed already.
  await open!.records.commit([batch(1, noticeChange({}, now()))], 1, 'd1')
  await quiet()
  await live()
  await open!.informing!.webhooks.test(open!.informing!.webhooks.list()[0]!.id)
  await until(() => receiver.types().includes('webhook.test'))

  expect(receiver.types()).toEqual(['notice.published', 'webhook.test'])
  const { id, headers, body } = receiver.received[0]!
  const key = Buffer.from(secret!.slice('whsec_'.length), 'base64')
  const signed = createHmac('sha256', key).update(`${id}.${headers['webhook-timestamp']}.${body}`)
  expect(headers['webhook-signature']).toBe(`v1,${signed.digest('base64')}`)
  const { timestamp, data } = JSON.parse(body)
  expect(Date.parse(timestamp)).toBeGreaterThan(Date.now() - 60_000)
  expect(data).toMatchObject({
    no: 'GZ20261122150100001',
    status: 'published',
    customers: 120,
    importantCount: 1,
    routes: ['serviceDispatcher', 'gridManager'],
  })
  // Who the important users are is not for outside.
  expect(body).not.toContain('U-77')
})

test('a message whose answer was lost comes again under the same id', async () => {
  const receiver = await receiverOf(dropsTheAnswer)
  await (await live()).webhooks.add(asked(receiver.url))
  await file(outage(), noticeChange({}, now()))
  await until(() => receiver.received.length > 0)
  receiver.manner = answers(204)
  await live()
  aheadMs += 10_000
  await quiet()
  expect(receiver.received.length).toBeGreaterThan(1)
  expect(receiver.ids).toHaveLength(1)
})

test('a receiver that was away gets the beginning, the latest news and the end, in order', async () => {
  const receiver = await receiverOf(answers(503))
  await (await live()).webhooks.add(asked(receiver.url))
  await file(outage(), noticeChange({}, now()))
  for (const revision of [2, 3, 4])
    await file(noticeChange({ revision, status: 'changed', customers: 100 + revision }, now()))
  await file(noticeChange({ revision: 5, status: 'withdrawn' }, now()))
  await until(() => receiver.received.length > 0)
  expect(new Set(receiver.types())).toEqual(new Set(['notice.published']))
  receiver.received.length = 0
  receiver.manner = answers(204)
  aheadMs += 60_000
  await quiet()
  expect(receiver.types()).toEqual(['notice.published', 'notice.changed', 'notice.withdrawn'])
  expect(receiver.told()[1]!.data).toMatchObject({ revision: 4, customers: 104 })
})

test('who never heard of an outage hears nothing of its end', async () => {
  const early = await receiverOf()
  const late = await receiverOf()
  const { webhooks } = await live()
  await webhooks.add(asked(early.url))
  await file(outage(), noticeChange({}, now()))
  await quiet()
  await webhooks.add(asked(late.url))
  await file(noticeChange({ revision: 2, status: 'withdrawn' }, now()))
  await until(() => early.received.length === 2)
  await quiet()
  expect(early.types()).toEqual(['notice.published', 'notice.withdrawn'])
  expect(late.received).toEqual([])
})

test('an end waits no longer for a beginning that became stale unsent', async () => {
  const receiver = await receiverOf()
  await (await live()).webhooks.add(asked(receiver.url))
  await deafen()
  await file(outage(), noticeChange({}, now()))
  await file(noticeChange({ revision: 2, status: 'withdrawn' }, now()))
  aheadMs += 31 * 60_000
  await live()
  await quiet()
  expect(receiver.received).toEqual([])
})

test('each is told what it asked for, of its units and those below', async () => {
  const all = await receiverOf()
  const mine = await receiverOf()
  const other = await receiverOf()
  const { webhooks } = await live()
  const topics = ['incident', 'notice', 'escalation'] as const
  await webhooks.add(asked(all.url, { topics }))
  await webhooks.add(asked(mine.url, { topics: ['incident'], unit: '1501' }))
  await webhooks.add(asked(other.url, { topics, unit: '1502' }))
  const at = now()
  const raised = { type: 'escalation', at, incident: 'I1', revision: 2, stage: 'accept' } as const
  const escalation = (level: number, sent: boolean): EscalationChange =>
    ({
      ...raised,
      ...{ id: `I1-accept-${level}`, level, sent, reason: 'late', dueAt: at, replyBy: null },
      causes: [1],
    }) as unknown as EscalationChange
  await file(
    incidentChange(incident('I0', 1), at, 'opened'),
    outage({ unit: '150101' }),
    noticeChange({ no: null, status: 'proposed', unit: '150101' }, at),
    noticeChange({ no: null, status: 'archived', incident: 'I0' }, at),
    escalation(1, false),
    escalation(2, true),
  )
  await quiet()
  expect(all.types()).toEqual(['incident.confirmed', 'escalation.raised'])
  expect(all.told()[0]!.data).toMatchObject({ id: 'I1', grade: 3, unit: '150101' })
  expect(all.told()[0]!.data).not.toHaveProperty('evidence')
  expect(mine.types()).toEqual(['incident.confirmed'])
  expect(other.received).toEqual([])
})

test('a group robot gets the notice in words, in the language of the group', async () => {
  const takes: Manner = (_, response) => response.end('{"errcode":0}')
  const zh = await receiverOf(takes)
  const en = await receiverOf(takes)
  const { webhooks } = await live()
  await webhooks.add(asked(zh.url, { form: 'wecom' }))
  await webhooks.add(asked(en.url, { form: 'wecom', language: 'en' }))
  const started = Math.floor(Date.UTC(2026, 10, 22, 6, 5))
  const at = now()
  await file(outage(), noticeChange({ startedAt: started, etr: started + 7_200_000 }, at))
  await file(noticeChange({ revision: 2, status: 'withdrawn' }, at))
  await quiet()
  const texts = (of: typeof zh) =>
    of.received.map(({ body, headers }) => {
      expect(headers['webhook-signature']).toBeUndefined()
      return JSON.parse(body).text.content as string
    })
  expect(texts(zh)).toEqual([
    '【故障感知】GZ20261122150100001：11-22 14:05城东线东支线发生停电（支线，Ⅱ级）。影响台区3个、客户120户。初步预计11-22 16:05左右恢复供电，以现场情况为准。请做好客户告知和解释。',
    '【更正】GZ20261122150100001：经核实，城东线东支线的停电信息有误，现予撤销，打扰之处敬请谅解。',
  ])
  expect(texts(en)[1]).toBe(
    '[Correction] GZ20261122150100001: The outage told of at 城东线 东支线 was a mistake and is withdrawn. We are sorry for the disturbance.',
  )
})

test('texts are checked: slots that there are, and short enough for a robot at their longest', () => {
  const shipped = readFileSync('config/texts/notices.yaml', 'utf8')
  const wrong = (from: string, to: string) => {
    expect(shipped).toContain(from)
    return () => parseNoticeTexts(shipped.replace(from, to), 'notices.yaml')
  }
  expect(wrong('客户{customers}户。', '客户{phone}户。')).toThrow('published.zh: no slot {phone}')
  expect(wrong('请做好客户告知和解释。', '请'.repeat(700))).toThrow('at most 2048')
  expect(wrong("  etr: { zh: '预计送电时间需更新'", "  xyz: { zh: '预计'")).toThrow('stages.etr')
})

test('a receiver that is gone for good is written to no more', async () => {
  const receiver = await receiverOf(answers(410))
  const { webhooks } = await live()
  await webhooks.add(asked(receiver.url))
  await file(outage(), noticeChange({}, now()))
  await until(() => webhooks.list()[0]!.disabledAt !== null)
  await file(noticeChange({ revision: 2, status: 'changed' }, now()))
  expect(webhooks.list()[0]!.waiting).toBe(0)
  expect(receiver.received).toHaveLength(1)
})

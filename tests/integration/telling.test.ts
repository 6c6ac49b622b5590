/**
 * From the engine's judgement to a customer's telephone: who is told is worked out when it is sent,
 * from the network as it hangs, and only of their own supply.
 */
import { afterEach, expect, test } from 'vitest'
import { drawnGrid } from '../../src/grid/drawing.ts'
import { EngineLab } from '../support/engine-lab.ts'
import { TellingStage } from '../support/telling-stage.ts'
import { until } from '../support/until.ts'

const NETWORK = `
B1 breaker
  F1 fuse
    X1..X3 transformer
      C concentrator
      m1..m6 meter
  F2 fuse
    X4..X6 transformer
      C concentrator
      m1..m6 meter
`
const AREAS = ['X1', 'X2', 'X3']

let stage: TellingStage | undefined
afterEach(async () => {
  await stage?.remove()
  stage = undefined
})

async function staged(rules = {}): Promise<TellingStage> {
  stage = new TellingStage(new EngineLab(drawnGrid(NETWORK)), rules)
  await stage.start()
  return stage
}

const meters = (area: string) => ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'].map((m) => `o-${area}-${m}`)

function off({ lab }: TellingStage, areas = AREAS): void {
  for (const area of areas) {
    lab.say(`${area}-C`, 'powerOff')
    lab.say(`${area}-C`, 'powerOff', { meters: meters(area) })
  }
}
function on({ lab }: TellingStage, areas = AREAS): void {
  for (const area of areas) {
    lab.say(`${area}-C`, 'powerOn')
    lab.say(`${area}-C`, 'powerOn', { meters: meters(area) })
  }
}

const templates = (heard: readonly { account: string; template: string }[], account: string) =>
  heard.filter((one) => one.account === account).map(({ template }) => template)

test('who subscribed hears after three minutes and when supply is back; others hear nothing', async () => {
  const on3 = await staged()
  on3.customers()
  const gateway = await on3.gateway('sms', 'app')
  await on3.subscribe({ account: 'A-X1-m1', channel: 'sms' })
  await on3.subscribe({ area: 'X2', channel: 'app' })
  await on3.subscribe({ account: 'A-X4-m1', channel: 'sms' })
  off(on3)
  await on3.pass(170)
  expect(gateway.heard()).toEqual([])
  await on3.pass(30)
  expect(gateway.heard()).toHaveLength(7)
  const [sms] = gateway.heard().filter(({ channel }) => channel === 'sms')
  expect(sms).toMatchObject({ account: 'A-X1-m1', to: expect.stringMatching(/^12\d{9}$/) })
  expect(sms!.text).toBe(
    '【蒙电95598】您所在的X1于11:00发生停电，我们已监测到，正在核实并安排处理，进展会及时告知您。退订回TD',
  )
  // A number goes with short messages alone.
  expect(gateway.heard().filter(({ channel, to }) => channel === 'app' && to)).toEqual([])
  on(on3)
  await on3.pass(400)
  expect(templates(gateway.heard(), 'A-X1-m1')).toEqual(['T1-verifying', 'T6'])
  expect(templates(gateway.heard(), 'A-X2-m6')).toEqual(['T1-verifying', 'T6'])
  expect(templates(gateway.heard(), 'A-X4-m1')).toEqual([])
})

test('what the ledger prefers counts without a subscription, "none" against an area’s', async () => {
  const by = await staged()
  by.customers((point) =>
    point === 'X1-m1'
      ? { preferences: ['app'], language: 'en' }
      : point === 'X1-m2'
        ? { preferences: ['none'] }
        : {},
  )
  const gateway = await by.gateway('app')
  await by.subscribe({ area: 'X1', channel: 'app' })
  off(by)
  await by.pass(200)
  const told = gateway.heard()
  expect(told.map(({ account }) => account).sort()).toEqual(
    ['m1', 'm3', 'm4', 'm5', 'm6'].map((m) => `A-X1-${m}`),
  )
  expect(told.find(({ account }) => account === 'A-X1-m1')).toMatchObject({ language: 'en' })
})

test('a mistake is corrected to those alone who heard of it', async () => {
  const wrong = await staged()
  wrong.customers(() => ({ preferences: ['app'] }))
  const gateway = await wrong.gateway('app')
  off(wrong, ['X1', 'X2', 'X3'])
  await wrong.pass(200)
  const before = gateway.heard().length
  expect(before).toBe(18)
  await wrong.subscribe({ account: 'A-X4-m1', channel: 'app' })
  const [incident] = wrong.lab.open()
  wrong.lab.feed({
    ...{ type: 'actionRequested', receivedAt: wrong.lab.now, requestId: 'r1' },
    ...{ incident: incident!.id, expectedRevision: incident!.revision, action: 'falseAlarm' },
    ...{ by: 'x', role: 'shiftLeader', reasonCode: 'misreport' },
  })
  await wrong.pass(5)
  const after = gateway.heard().slice(before)
  expect(new Set(after.map(({ template }) => template))).toEqual(new Set(['T7']))
  expect(after).toHaveLength(18)
})

test('what meters had restored and staff then call a mistake is corrected to those who heard of it', async () => {
  const wrong = await staged()
  wrong.customers(() => ({ preferences: ['app'] }))
  const gateway = await wrong.gateway('app')
  off(wrong)
  await wrong.pass(200)
  on(wrong)
  await wrong.pass(400)
  const [incident] = wrong.lab.incidents()
  expect(incident!.outageKind).toBe('restored')
  await wrong.subscribe({ account: 'A-X4-m1', channel: 'app' })
  wrong.lab.feed({
    ...{ type: 'actionRequested', receivedAt: wrong.lab.now, requestId: 'r1' },
    ...{ incident: incident!.id, expectedRevision: incident!.revision, action: 'falseAlarm' },
    ...{ by: 'x', role: 'shiftLeader', reasonCode: 'misreport' },
  })
  await wrong.pass(5)
  expect(templates(gateway.heard(), 'A-X1-m1')).toEqual(['T1-verifying', 'T6', 'T7'])
  expect(templates(gateway.heard(), 'A-X4-m1')).toEqual([])
  expect(gateway.heard().filter(({ template }) => template === 'T7')).toHaveLength(18)
  // Out again later: it is told from the beginning.
  await wrong.pass(60)
  off(wrong)
  await wrong.pass(200)
  expect(templates(gateway.heard(), 'A-X1-m1').at(-1)).toBe('T1-verifying')
})

test('part of the area is back: its customers hear "restored", the others that it goes on', async () => {
  const part = await staged()
  part.customers(() => ({ preferences: ['app'] }))
  const gateway = await part.gateway('app')
  off(part, ['X1', 'X2', 'X3', 'X4', 'X5', 'X6'])
  await part.pass(240)
  expect(gateway.heard()).toHaveLength(36)
  on(part, ['X4', 'X5', 'X6'])
  await part.pass(400)
  expect(templates(gateway.heard(), 'A-X4-m1')).toEqual(['T1-verifying', 'T6'])
  expect(templates(gateway.heard(), 'A-X1-m1')).toEqual(['T1-verifying', 'T5'])
})

test('what could not be sent while it was dark is not sent when supply is back', async () => {
  const late = await staged()
  late.customers(() => ({ preferences: ['app'] }))
  const gateway = await late.gateway('app')
  off(late)
  for (let s = 0; s < 100; s++) {
    late.lab.pass(1)
    await late.file()
  }
  // The way to customers is shut before anything was tried.
  await late.informing.close()
  for (let s = 0; s < 120; s++) {
    late.lab.pass(1)
    await late.file()
  }
  const { id } = late.lab.open()[0]!
  const { informing } = late.records
  const all = () => Object.values(informing.messagesOf(id)).reduce((sum, n) => sum + n, 0)
  await until(() => all() === 18)
  on(late)
  for (let s = 0; s < 400; s++) {
    late.lab.pass(1)
    await late.file()
  }
  await until(() => (informing.messagesOf(id).superseded ?? 0) === 18)
  expect(all()).toBe(18)
  expect(gateway.received).toEqual([])
})

test('who ends a subscription hears no more of an outage that goes on', async () => {
  const ended = await staged()
  ended.customers()
  const gateway = await ended.gateway('app')
  await ended.subscribe({ id: 'su_1', account: 'A-X1-m1' })
  off(ended)
  await ended.pass(200)
  expect(gateway.heard()).toHaveLength(1)
  await ended.records.changeInforming({ do: 'unsubscribe', id: 'su_1', at: ended.lab.now })
  on(ended)
  await ended.pass(400)
  expect(gateway.heard()).toHaveLength(1)
})

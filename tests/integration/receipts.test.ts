/**
 * What gateways say became of messages: believed only when signed, kept once, shown to agents; whom a
 * short message did not reach hears elsewhere, and no end of what they never heard.
 */
import { afterEach, expect, test } from 'vitest'
import type { Channel } from '../../src/facts/channels.ts'
import { drawnGrid } from '../../src/grid/drawing.ts'
import { signedHeaders } from '../../src/notify/signature.ts'
import { EngineLab } from '../support/engine-lab.ts'
import { httpFixture } from '../support/http-fixture.ts'
import { type Heard, TellingStage } from '../support/telling-stage.ts'

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

let stage: TellingStage | undefined
afterEach(async () => {
  await stage?.remove()
  stage = undefined
})

const meters = (area: string) => ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'].map((m) => `o-${area}-${m}`)
function say({ lab }: TellingStage, kind: 'powerOff' | 'powerOn'): void {
  for (const area of ['X1', 'X2', 'X3']) {
    lab.say(`${area}-C`, kind)
    lab.say(`${area}-C`, kind, { meters: meters(area) })
  }
}

async function dark(...channels: Channel[]) {
  stage = new TellingStage(new EngineLab(drawnGrid(NETWORK)))
  await stage.start()
  stage.customers()
  const one = stage
  const gateways = new Map<Channel, Awaited<ReturnType<TellingStage['gateway']>>>()
  for (const channel of channels) gateways.set(channel, await one.gateway(channel))
  const [sms] = one.informing.webhooks.list().filter(({ channels: [of] }) => of === 'sms')
  const heard = (channel: Channel, account: string) =>
    gateways
      .get(channel)!
      .heard()
      .filter((message) => message.account === account)
  const templates = (channel: Channel, account: string) =>
    heard(channel, account).map(({ template }) => template)
  const receipt = (message: Heard, state: 'delivered' | 'failed', endpoint = sms!.id) =>
    one.informing.webhooks.receive(endpoint, [{ id: message.id, state, at: one.lab.now }])
  const states = (account: string) =>
    one.records.informing.sentTo(account, 0, 10).map(({ channel, state }) => `${channel} ${state}`)
  return { one, sms: sms!, heard, templates, receipt, states }
}

test('whom a short message did not reach hears by the app; "restored" only where they heard "out"', async () => {
  const { one, heard, templates, receipt, states } = await dark('sms', 'app')
  for (const m of ['m1', 'm2', 'm3']) await one.subscribe({ account: `A-X1-${m}`, channel: 'sms' })
  say(one, 'powerOff')
  await one.pass(200)
  const [lost] = heard('sms', 'A-X1-m1')
  const [arrived] = heard('sms', 'A-X1-m2')
  expect(lost!.text).toMatch(/^【蒙电95598】.*退订回TD$/)
  await receipt(lost!, 'failed')
  await receipt(arrived!, 'delivered')
  expect(states('A-X1-m1')).toEqual(['sms failed'])
  expect(states('A-X1-m2')).toEqual(['sms delivered'])
  expect(states('A-X1-m3')).toEqual(['sms sent'])
  // Failures of a minute are looked at together.
  await one.pass(70)
  expect(templates('app', 'A-X1-m1')).toEqual(['T1-verifying'])
  expect(templates('app', 'A-X1-m2')).toEqual([])
  expect(states('A-X1-m1')).toEqual(['app sent', 'sms failed'])

  say(one, 'powerOn')
  await one.pass(400)
  expect(templates('sms', 'A-X1-m1')).toEqual(['T1-verifying'])
  expect(templates('app', 'A-X1-m1')).toEqual(['T1-verifying', 'T6'])
  expect(templates('sms', 'A-X1-m2')).toEqual(['T1-verifying', 'T6'])
  // No receipt is no failure.
  expect(templates('sms', 'A-X1-m3')).toEqual(['T1-verifying', 'T6'])
  expect(templates('app', 'A-X1-m3')).toEqual([])
})

test('without another channel nothing more is said; the next outage begins anew', async () => {
  const { one, heard, templates, receipt } = await dark('sms')
  await one.subscribe({ account: 'A-X1-m1', channel: 'sms' })
  say(one, 'powerOff')
  await one.pass(200)
  await receipt(heard('sms', 'A-X1-m1')[0]!, 'failed')
  await one.pass(120)
  say(one, 'powerOn')
  await one.pass(400)
  expect(templates('sms', 'A-X1-m1')).toEqual(['T1-verifying'])
  say(one, 'powerOff')
  await one.pass(200)
  expect(templates('sms', 'A-X1-m1')).toEqual(['T1-verifying', 'T1-verifying'])
})

test('the first word stands but for what arrived after all; nobody speaks of another’s messages', async () => {
  const { one, sms, heard, templates, receipt, states } = await dark('sms', 'app')
  await one.subscribe({ account: 'A-X1-m1', channel: 'sms' })
  say(one, 'powerOff')
  await one.pass(200)
  const [message] = heard('sms', 'A-X1-m1')
  const other = one.informing.webhooks.list().find(({ id }) => id !== sms.id)!
  await receipt(message!, 'failed', other.id)
  await receipt({ ...message!, id: 'cm_unknown' }, 'failed')
  expect(states('A-X1-m1')).toEqual(['sms sent'])
  await receipt(message!, 'failed')
  await receipt(message!, 'failed')
  expect(states('A-X1-m1')).toEqual(['sms failed'])
  await receipt(message!, 'delivered')
  await receipt(message!, 'failed')
  expect(states('A-X1-m1')).toEqual(['sms delivered'])
  say(one, 'powerOn')
  await one.pass(400)
  expect(templates('sms', 'A-X1-m1')).toEqual(['T1-verifying', 'T6'])
})

test('who refused a channel (退订) hears nothing there, whoever asked for it, until subscribing anew', async () => {
  const { one, templates } = await dark('sms', 'app')
  await one.subscribe({ area: 'X1', channel: 'sms' })
  await one.subscribe({ account: 'A-X1-m2', channel: 'app' })
  const refuse = (account: string, channel: Channel) =>
    one.records.changeInforming({ do: 'refuse', account, channel, at: one.lab.now })
  await refuse('A-X1-m1', 'sms')
  await refuse('A-X1-m3', 'sms')
  await one.subscribe({ account: 'A-X1-m3', channel: 'sms' })
  say(one, 'powerOff')
  await one.pass(200)
  expect(templates('sms', 'A-X1-m1')).toEqual([])
  expect(templates('sms', 'A-X1-m2')).toEqual(['T1-verifying'])
  expect(templates('sms', 'A-X1-m3')).toEqual(['T1-verifying'])
  // In the middle of an outage as well: not even its end.
  await refuse('A-X1-m2', 'sms')
  say(one, 'powerOn')
  await one.pass(400)
  expect(templates('sms', 'A-X1-m2')).toEqual(['T1-verifying'])
  expect(templates('app', 'A-X1-m2')).toEqual(['T1-verifying', 'T6'])
  expect(templates('sms', 'A-X1-m3')).toEqual(['T1-verifying', 'T6'])
})

test('the door believes a signature, of now, over the very text', async () => {
  const { one, sms, heard, states } = await dark('sms')
  await one.subscribe({ account: 'A-X1-m1', channel: 'sms' })
  say(one, 'powerOff')
  await one.pass(200)
  const secret = await one.informing.webhooks.rotate(sms.id)
  const fixture = await httpFixture({ deps: { webhooks: one.informing.webhooks } })
  const send = async (body: string, over: Record<string, string> = {}, id = sms.id) => {
    const headers = signedHeaders([secret], 'r-1', Math.floor(one.lab.now / 1000), body)
    const answer = await fetch(`${fixture.url}/api/v1/webhooks/${id}/receipts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers, ...over },
      body,
    })
    return answer.status
  }
  const at = new Date(one.lab.now).toISOString()
  const id = heard('sms', 'A-X1-m1')[0]!.id
  const body = JSON.stringify({ receipts: [{ id, state: 'delivered', at }] })
  const older = signedHeaders([secret], 'r-1', Math.floor(one.lab.now / 1000) - 600, body)
  const foreign = signedHeaders(['whsec_AAAA'], 'r-1', Math.floor(one.lab.now / 1000), body)
  for (const wrong of [older, foreign, { 'webhook-signature': '' }, { 'webhook-id': 'r-2' }])
    expect(await send(body, wrong as Record<string, string>)).toBe(401)
  expect(await send(body, {}, 'wh_unknown')).toBe(401)
  const unfit = JSON.stringify({ receipts: [{ id, state: 'read', at }] })
  expect(await send(unfit)).toBe(422)
  expect(states('A-X1-m1')).toEqual(['sms sent'])
  // White space is signed with the rest.
  expect(await send(`${body} `)).toBe(204)
  expect(await send(body)).toBe(204)
  expect(states('A-X1-m1')).toEqual(['sms delivered'])
  await fixture.close()
})

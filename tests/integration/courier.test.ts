/** Messages to receivers over real HTTP: in order, signed, again until taken, never stale. */
import { createHmac } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { isPrivate, problemOfUrl, publicLookup } from '../../src/notify/address.ts'
import { type Courier, startCourier } from '../../src/notify/courier.ts'
import type { Endpoint, Outbox, Outcome, Parcel } from '../../src/notify/port.ts'
import { post } from '../../src/notify/post.ts'
import { waitAfter } from '../../src/notify/retry.ts'
import { newSecret } from '../../src/notify/signature.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { until } from '../support/until.ts'
import {
  answers,
  dropsTheAnswer,
  hangs,
  type Manner,
  webhookReceiver,
} from '../support/webhook-receiver.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** The outbox as the ledger would keep it, in memory. */
class HeldOutbox implements Outbox {
  readonly list: (Parcel & { nextAt: number })[] = []
  readonly settled: Outcome[] = []
  readonly disabled: string[] = []
  readonly #endpoints: Endpoint[]
  constructor(...endpoints: Endpoint[]) {
    this.#endpoints = endpoints
  }
  add(parcel: Partial<Parcel> & { id: string }): void {
    const common = {
      endpoint: 'E',
      order: 'I1',
      type: 'incident.confirmed',
      body: '{}',
      attempts: 0,
    }
    this.list.push({
      ...common,
      at: Date.now(),
      // Three quarters of an hour as the tests count time: only who says so is stale.
      notAfter: Date.now() + 3e9,
      nextAt: 0,
      ...parcel,
    })
  }
  endpoints() {
    return this.#endpoints.filter(({ id }) => !this.disabled.includes(id))
  }
  #heads(endpoint: string) {
    const heads = new Map<string, Parcel & { nextAt: number }>()
    for (const parcel of this.list)
      if (parcel.endpoint === endpoint && !heads.has(parcel.order)) heads.set(parcel.order, parcel)
    return [...heads.values()]
  }
  due(endpoint: string, now: number, limit: number) {
    return this.#heads(endpoint)
      .filter(({ nextAt, notAfter }) => nextAt <= now || notAfter <= now)
      .slice(0, limit)
  }
  nextAt(endpoint: string) {
    const times = this.#heads(endpoint).map(({ nextAt }) => nextAt)
    return times.length === 0 ? undefined : Math.min(...times)
  }
  async settle(outcomes: readonly Outcome[]) {
    this.settled.push(...outcomes)
    for (const outcome of outcomes) {
      const index = this.list.findIndex(({ id }) => id === outcome.id)
      const parcel = this.list[index]!
      if (outcome.result !== 'retry') this.list.splice(index, 1)
      else Object.assign(parcel, { attempts: parcel.attempts + 1, nextAt: outcome.nextAt })
    }
  }
  async disable(endpoint: string) {
    this.disabled.push(endpoint)
  }
  async bodyOf({ body }: Parcel) {
    return body
  }
  delivered() {
    return this.settled.filter(({ result }) => result === 'delivered').map(({ id }) => id)
  }
}

const SECRET = newSecret()

/** Time runs a thousand times faster, so that half an hour of waiting is two seconds. */
const SPEED = 1000
/** An answer that comes late is not waited for where something hangs; elsewhere none is late. */
const HANGS_MS = 200
async function stage(manner?: Manner, over: Partial<Endpoint> = {}, timeoutMs = 60_000) {
  const receiver = await webhookReceiver(manner)
  closers.push(receiver.close)
  const endpoint = {
    id: 'E',
    url: receiver.url,
    form: 'standard' as const,
    secrets: [SECRET],
    ...over,
  }
  const outbox = new HeldOutbox(endpoint)
  const started = Date.now()
  const now = () => started + (Date.now() - started) * SPEED
  const start = (): Courier => {
    const courier = startCourier({
      outbox,
      telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
      now,
      allowPrivate: true,
      timeoutMs,
    })
    closers.push(() => courier.close())
    return courier
  }
  return { receiver, outbox, start, now }
}

test('a parcel is signed as Standard Webhooks say, by each secret that is being rotated', async () => {
  const older = newSecret()
  const { receiver, outbox, start } = await stage(undefined, { secrets: [SECRET, older] })
  outbox.add({ id: 'msg_1', body: '{"a":"停电"}' })
  start()
  await until(() => outbox.delivered().length === 1)
  const { headers, body } = receiver.received[0]!
  expect(body).toBe('{"a":"停电"}')
  const signed = `msg_1.${headers['webhook-timestamp']}.${body}`
  const by = (secret: string) =>
    `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
      .update(signed)
      .digest('base64')}`
  expect(headers['webhook-signature']).toBe(`${by(SECRET)} ${by(older)}`)
})

test('those of one incident arrive in order, however the receiver fails in between', async () => {
  const failures = [answers(500), hangs, dropsTheAnswer, answers(302, { location: '/' })]
  const tried = new Set<string>()
  const { receiver, outbox, start } = await stage(
    (message, response) => {
      const fails = !tried.has(message.id) && failures[tried.size % 6]
      tried.add(message.id)
      if (fails) fails(message, response)
      else response.writeHead(200).end()
    },
    {},
    HANGS_MS,
  )
  for (let n = 0; n < 4; n++)
    for (const order of ['I1', 'I2', 'I3']) outbox.add({ id: `${order}-${n}`, order })
  start()
  await until(() => outbox.list.length === 0)
  expect(outbox.delivered()).toHaveLength(12)
  for (const order of ['I1', 'I2', 'I3'])
    expect(receiver.ids.filter((id) => id.startsWith(order))).toEqual(
      Array.from({ length: 4 }, (_, n) => `${order}-${n}`),
    )
})

test('a stale message is not sent to a receiver that comes back', async () => {
  const { receiver, outbox, start, now } = await stage(answers(503))
  outbox.add({ id: 'old', notAfter: now() + 60_000 })
  outbox.add({ id: 'new', notAfter: now() + 3e9 })
  start()
  await until(() => outbox.settled.some(({ id, result }) => id === 'old' && result === 'expired'))
  receiver.manner = answers(200)
  await until(() => outbox.delivered().includes('new'))
  expect(outbox.delivered()).toEqual(['new'])
})

test('a receiver that keeps failing is left alone, and one that is gone is disabled', async () => {
  const { receiver, outbox, start } = await stage(answers(500))
  for (let n = 0; n < 40; n++) outbox.add({ id: `m${n}`, order: `I${n}` })
  const courier = start()
  await until(() => courier.resting().includes('E'))
  // Five failures open it; those under way besides, and tries since, are few.
  expect(receiver.received.length).toBeLessThan(20)
  receiver.manner = answers(410)
  await until(() => outbox.disabled.includes('E'))
})

test('the wait that a receiver asks for is kept, within reason', () => {
  expect(waitAfter(1, 0, 0)).toBe(2500)
  expect(waitAfter(1, 0, 1)).toBe(5000)
  expect(waitAfter(1, 60_000, 0.5)).toBe(60_000)
  expect(waitAfter(1, 1e12, 0.5)).toBe(3_600_000)
  expect(waitAfter(99, 0, 1)).toBe(36_000_000)
})

test('what was under way when the program stopped is sent after the next start', async () => {
  const { receiver, outbox, start } = await stage(hangs)
  outbox.add({ id: 'msg_1' })
  const courier = start()
  await until(() => receiver.received.length === 1)
  await courier.close()
  expect(outbox.settled).toEqual([])
  receiver.manner = answers(200)
  start()
  await until(() => outbox.delivered().length === 1)
  expect(receiver.received.map(({ id }) => id)).toEqual(['msg_1', 'msg_1'])
})

test('a group robot that answers 200 and refuses is tried again', async () => {
  let refusals = 0
  const says =
    (errcode: number): Manner =>
    (_, response) =>
      response.end(JSON.stringify({ errcode }))
  const { receiver, outbox, start } = await stage(
    (message, response) => {
      says(refusals++ < 2 ? 45_009 : 0)(message, response)
    },
    { form: 'wecom', secrets: [] },
  )
  const body = `停电${'情况'.repeat(500)}`
  outbox.add({ id: 'r1', body })
  start()
  await until(() => outbox.delivered().length === 1)
  expect(receiver.received).toHaveLength(3)
  const { text } = JSON.parse(receiver.received[0]!.body) as { text: { content: string } }
  expect(Buffer.byteLength(text.content)).toBeLessThanOrEqual(2048)
  expect(text.content).toMatch(/情?…$|况…$/)
  expect(text.content).not.toContain('\uFFFD')
})

test('private addresses are refused, written out or behind a name', async () => {
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    // One of our own, as a translator or a tunnel would wrap it.
    '::10.0.0.1',
    '2002:a00:1::1',
    '64:ff9b:1::a00:1',
    'fec0::1',
  ])
    expect(isPrivate(address), address).toBe(true)
  for (const address of ['8.8.8.8', '172.32.0.1', '2400:3200::1'])
    expect(isPrivate(address), address).toBe(false)
  expect(problemOfUrl('https://10.0.0.1/x', false)).toContain('private')
  expect(problemOfUrl('https://[::1]/x', false)).toContain('private')
  expect(problemOfUrl('http://example.com/', false)).toContain('https')
  expect(problemOfUrl('https://user:word@example.com/', false)).toBeDefined()
  expect(problemOfUrl('nowhere', false)).toBeDefined()
  expect(problemOfUrl('https://example.com/hook', false)).toBeUndefined()
  expect(problemOfUrl('http://10.0.0.1/x', true)).toBeUndefined()
  const refused = await new Promise<NodeJS.ErrnoException | null>((resolve) =>
    publicLookup('localhost', {}, (error) => resolve(error)),
  )
  expect(refused?.code).toBe('notify.address')
})

test('an address kept from when private ones were allowed is not written to any more', async () => {
  const { receiver, outbox } = await stage()
  outbox.add({ id: 'one' })
  const endpoint = outbox.endpoints()[0]!
  const send = (url: string) =>
    post({ ...endpoint, url }, outbox.list[0]!, { now: Date.now(), allowPrivate: false })
  const written = receiver.url.replace('http:', 'https:')
  expect(await send(written)).toMatchObject({ result: 'failed', said: 'a private address' })
  expect(await send(receiver.url)).toMatchObject({ result: 'failed' })
  expect(receiver.received).toHaveLength(0)
})

test('a redirect is a failure: nobody else is written to, at whatever address', async () => {
  const { receiver, outbox } = await stage()
  outbox.add({ id: 'one' })
  const inside = await webhookReceiver()
  closers.push(() => inside.close())
  const endpoint = outbox.endpoints()[0]!
  for (const status of [301, 302, 307, 308]) {
    receiver.manner = answers(status, { location: inside.url })
    const reply = await post(endpoint, outbox.list[0]!, { now: Date.now(), allowPrivate: true })
    expect(reply).toMatchObject({ result: 'failed', said: `status ${status}` })
  }
  expect(inside.received).toEqual([])
})

test('what a receiver answers beside its status is neither believed nor waited for', async () => {
  const { receiver, outbox } = await stage()
  outbox.add({ id: 'one' })
  const endpoint = outbox.endpoints()[0]!
  const send = () =>
    post(endpoint, outbox.list[0]!, { now: Date.now(), allowPrivate: true, timeoutMs: 60_000 })
  // 2xx and a body that says the contrary, is no JSON, or never ends.
  receiver.manner = (_, response) => response.writeHead(200).end('{"error":"refused"}')
  expect(await send()).toEqual({ result: 'delivered' })
  receiver.manner = (_, response) => response.writeHead(202).end('<html>')
  expect(await send()).toEqual({ result: 'delivered' })
  receiver.manner = (_, response) => response.writeHead(200).write('x'.repeat(1_000_000))
  expect(await send()).toEqual({ result: 'delivered' })
  // A status, and then nothing.
  receiver.manner = (_, response) => response.writeHead(503).flushHeaders()
  expect(
    await post(endpoint, outbox.list[0]!, { now: Date.now(), allowPrivate: true, timeoutMs: 300 }),
  ).toMatchObject({ result: 'failed' })
})

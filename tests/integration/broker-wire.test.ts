/** What we say to an outside broker when we connect, and that a broker which heeds nothing of it is not read. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type BrokerFixture, brokerSettings, openBrokerFixture } from '../support/broker-fixture.ts'
import { ScriptedBroker } from '../support/scripted-broker.ts'
import { until } from '../support/until.ts'

/** More than systems buffer between two sockets: some megabytes each way. */
const MESSAGES = 20_000
const BYTES_EACH = 2_000

let broker: ScriptedBroker
let fixture: BrokerFixture
beforeEach(async () => {
  broker = await ScriptedBroker.open()
  const limits = { connections: 1, receiveMaximum: 10, sessionSeconds: 7200 }
  fixture = openBrokerFixture(brokerSettings(broker.url, limits))
  await fixture.ready()
})
afterEach(async () => {
  await fixture.subscriber.close()
  await broker.close()
})

test('we ask for a session that outlives us and for no more than we take, and subscribe on every connect', async () => {
  const [said] = broker.connects
  expect(said).toMatchObject({
    ...{ cleanStart: false, sessionExpirySeconds: 7200, receiveMaximum: 10 },
  })
  // Longer than a commit may take: nothing is answered while nothing is read.
  expect(said!.keepAliveSeconds).toBeGreaterThanOrEqual(60)
  const first = broker.subscribed.length
  expect(broker.subscribed.flat()).toContainEqual(expect.stringMatching(/^\$share\/.*\/event$/))
  // The broker says that it has the session; it may have forgotten what was in it.
  broker.hangUp()
  await until(() => broker.connects.length === 2 && fixture.subscriber.problem === undefined)
  expect(broker.subscribed.slice(first)).toEqual(broker.subscribed.slice(0, first))
})

test('a broker that sends on and on is not read until what was taken is durable', async () => {
  fixture.sink.mode = 'held'
  const payloads = Array.from({ length: MESSAGES }, (_, index) =>
    JSON.stringify({ id: `m-${index}`, kind: 'powerOff', at: null }).padEnd(BYTES_EACH),
  )
  broker.publish('lastgasp/v1/T1/event', payloads)
  await until(() => fixture.sink.pending === 10)
  // As long as it takes this machine to read on, if it did.
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(fixture.sink.attempts).toBe(10)
  expect(broker.acknowledged).toBe(0)
  expect(broker.unsent).toBeGreaterThan((MESSAGES * BYTES_EACH) / 2)
  fixture.sink.release()
  await until(() => fixture.sink.facts.length === MESSAGES && broker.unsent === 0)
  await until(() => broker.acknowledged === MESSAGES)
})

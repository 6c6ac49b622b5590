/** Terminals through a real outside broker. */

import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MqttClient } from 'mqtt'
import { afterEach, describe, expect, test } from 'vitest'
import { checkBroker } from '../../src/sensing/subscriber.ts'
import { type BrokerFixture, brokerSettings, openBrokerFixture } from '../support/broker-fixture.ts'
import { openGate } from '../support/gate.ts'
import { freePort } from '../support/server-process.ts'
import { describeWith } from '../support/services.ts'
import { until } from '../support/until.ts'

const EVENT = 'lastgasp/v1/T1/event'
const CALL = { call: 'c-1', targets: ['M1'], by: '2026-11-22T03:01:30.000Z' }
const off = (id: string) => JSON.stringify({ id, kind: 'powerOff', at: null })

let open: BrokerFixture | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

const publish = (client: MqttClient, topic: string, payload: string, retain = false) =>
  client.publishAsync(topic, payload, { qos: 1, retain })

const idsOf = (fixture: BrokerFixture) =>
  fixture.sink.ofType('report').map(({ messageId }) => messageId)

/** As long as it takes this machine to hand on what would be handed on. */
const settle = () => sleep(300)

await describeWith('mqtt', 'an outside broker', (server) => {
  function start(...[other, options]: [Parameters<typeof brokerSettings>[1]?, object?]) {
    open = openBrokerFixture(brokerSettings(server.url, other), options)
    return open
  }

  test('several connections share the messages; each comes once', async () => {
    const fixture = start({ connections: 4 })
    await fixture.ready()
    expect(fixture.subscriber.connections).toBe(4)
    const terminal = await fixture.terminal()
    const ids = Array.from({ length: 200 }, (_, index) => `m-${index}`)
    await Promise.all(ids.map((id) => publish(terminal, EVENT, off(id))))
    await until(() => fixture.sink.facts.length >= ids.length)
    await settle()
    expect(idsOf(fixture).sort()).toEqual(ids.sort())
  })

  test('no more is read than may be under way, and all of it once it is durable', async () => {
    const fixture = start({ connections: 1, receiveMaximum: 10 })
    await fixture.ready()
    const terminal = await fixture.terminal()
    fixture.sink.mode = 'held'
    for (let index = 0; index < 50; index++) await publish(terminal, EVENT, off(`m-${index}`))
    await until(() => fixture.sink.pending === 10)
    await settle()
    expect(fixture.sink.attempts).toBe(10)
    fixture.sink.release()
    await until(() => fixture.sink.facts.length === 50)
    expect(idsOf(fixture)).toEqual(Array.from({ length: 50 }, (_, index) => `m-${index}`))
    expect(fixture.telemetry.total('broker.redelivered')).toBe(0)
  })

  test('what could not be kept is not acknowledged and comes again', async () => {
    const fixture = start({ connections: 1 })
    await fixture.ready()
    const terminal = await fixture.terminal()
    fixture.sink.mode = 'failing'
    for (const id of ['a', 'b', 'c']) await publish(terminal, EVENT, off(id))
    // It connects again meanwhile, and is told again.
    await until(() => fixture.subscriber.problem === 'the journal takes nothing')
    expect(fixture.telemetry.total('broker.failed')).toBeGreaterThan(0)
    fixture.sink.mode = 'durable'
    // Kept and not acknowledged by then, one comes once more before another comes at all.
    await until(() => new Set(idsOf(fixture)).size >= 3)
    expect(new Set(idsOf(fixture))).toEqual(new Set(['a', 'b', 'c']))
    expect(fixture.telemetry.total('broker.redelivered')).toBeGreaterThan(0)
  })

  test('what came while nobody was there is delivered to the next start', async () => {
    const clientId = `away-${process.hrtime.bigint()}`
    const first = start({ clientId })
    await first.ready()
    await first.subscriber.close() // its sessions stay
    const terminal = await first.terminal()
    for (const id of ['a', 'b']) await publish(terminal, EVENT, off(id))
    const second = openBrokerFixture(brokerSettings(server.url, { clientId }))
    await until(() => idsOf(second).length === 2)
    await second.close()
    expect(idsOf(first)).toEqual([])
  })

  test('poison is quarantined, acknowledged, and holds nothing up', async () => {
    const fixture = start({ connections: 1, receiveMaximum: 1 })
    await fixture.ready()
    const terminal = await fixture.terminal()
    await publish(terminal, EVENT, '{"kind":')
    await publish(terminal, EVENT, 'x'.repeat(20_000))
    await publish(terminal, 'lastgasp/v1/T404/event', off('stranger'))
    await publish(terminal, 'lastgasp/v1/no one/event', off('nobody'))
    await publish(terminal, 'lastgasp/v1/crews/event', off('reserved'))
    await publish(terminal, EVENT, off('good'))
    await until(() => idsOf(fixture).length === 1)
    expect(fixture.sink.ofType('quarantined').map(({ reason }) => reason)).toEqual([
      'malformed',
      'oversized',
      'unknownTerminal',
      'wrongTopic',
      'wrongTopic',
    ])
    expect(fixture.telemetry.total('broker.redelivered')).toBe(0)
  })

  test('links: the retained state at the start, later ones in their order', async () => {
    const fixture = start({ connections: 3 })
    const terminal = await fixture.terminal()
    const status = 'lastgasp/v1/T2/status'
    await publish(terminal, status, '{"state":"online"}', true)
    await until(() => fixture.sink.ofType('link').length >= 1)
    for (let round = 0; round < 20; round++)
      for (const state of ['offline', 'online'])
        await publish(terminal, status, JSON.stringify({ state, at: null }), true)
    await until(() => fixture.sink.ofType('link').length === 41)
    const states = fixture.sink.ofType('link').map(({ state }) => state)
    expect(states).toEqual(states.map((_, index) => (index % 2 === 0 ? 'online' : 'offline')))
    await publish(terminal, status, '', true)
  })

  test('call-reads reach the terminal that listens, and no other', async () => {
    const fixture = start()
    await fixture.ready()
    const terminal = await fixture.terminal()
    const heard: string[] = []
    terminal.on('message', (_topic, payload) => heard.push(String(payload)))
    await terminal.subscribeAsync('lastgasp/v1/T1/call', { qos: 1 })
    await fixture.subscriber.publishCall('T1', CALL)
    await until(() => heard.length === 1)
    expect(JSON.parse(heard[0]!)).toEqual(CALL)
    await expect(fixture.subscriber.publishCall('T2', CALL)).rejects.toMatchObject({
      code: 'sensing.notConnected',
    })
  })

  test('a broker that goes away is said, waited for, and subscribed to anew', async () => {
    const { hostname, port } = new URL(server.url)
    const gate = await openGate(hostname, Number(port))
    open = openBrokerFixture(brokerSettings(`mqtt://127.0.0.1:${gate.port}`))
    const fixture = open
    await fixture.ready()
    gate.shut()
    await until(() => fixture.subscriber.connections === 0)
    expect(fixture.subscriber.problem).toBeTypeOf('string')
    await expect(fixture.subscriber.publishCall('T1', CALL)).rejects.toMatchObject({
      code: 'sensing.notConnected',
    })
    gate.open()
    await fixture.ready()
    const terminal = await fixture.terminal()
    await publish(terminal, EVENT, off('after'))
    await until(() => idsOf(fixture).includes('after'))
    await fixture.close()
    open = undefined
    await gate.close()
  })
})

describe('no broker', () => {
  test('is a problem in words, not a failure to start', async () => {
    const url = `mqtt://127.0.0.1:${await freePort()}`
    open = openBrokerFixture(brokerSettings(url))
    await until(() => open!.subscriber.problem !== 'not connected yet')
    expect(open.subscriber.problem).toBe('nothing listens at mqtt.url')
    expect(await checkBroker(brokerSettings(url))).toBe('nothing listens at mqtt.url')
  })

  test('a port that does not speak TLS is told as that', async () => {
    const plain = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const { port } = plain.address() as AddressInfo
    const found = await checkBroker(brokerSettings(`mqtts://127.0.0.1:${port}`))
    expect(found).toMatch(/does it speak TLS there\? check mqtt: or mqtts: in mqtt\.url/)
    plain.close()
  })

  test('a certificate that cannot be read is told at the start', () => {
    const settings = brokerSettings('mqtts://127.0.0.1:1', { caFile: '/nowhere/ca.pem' })
    expect(() => openBrokerFixture(settings)).toThrow(/nowhere/)
  })
})

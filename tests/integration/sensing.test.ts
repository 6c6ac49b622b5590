import { setTimeout as sleep } from 'node:timers/promises'
import type { MqttClient } from 'mqtt'
import { afterEach, describe, expect, test } from 'vitest'
import { createTerminalDirectory } from '../../src/sensing/directory.ts'
import { openListener } from '../../src/sensing/listener.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import {
  connectPacket,
  DISCONNECT,
  fixedHeader,
  publishPacket,
  subscribePacket,
} from '../support/mqtt-bytes.ts'
import { ScriptedSink } from '../support/scripted-sink.ts'
import { NOW, openSensing, type SensingFixture } from '../support/sensing-fixture.ts'
import { terminalGrid } from '../support/terminal-grid.ts'
import { until } from '../support/until.ts'

const OFF = JSON.stringify({ kind: 'powerOff', at: '2026-11-22T03:00:00.000Z', boot: 1, seq: 1 })
const EVENT_TOPIC = 'lastgasp/v1/T1/event'

let open: SensingFixture | undefined
async function start(...args: Parameters<typeof openSensing>): Promise<SensingFixture> {
  open = await openSensing(...args)
  return open
}
afterEach(async () => {
  await open?.close()
  open = undefined
})

const publish = (client: MqttClient, topic: string, payload: string | Buffer) =>
  client.publishAsync(topic, payload, { qos: 1 })

/** True once `promise` is settled; asking does not wait for it. */
function settled(promise: Promise<unknown>): () => boolean {
  let done = false
  const mark = () => {
    done = true
  }
  promise.then(mark, mark)
  return () => done
}

/** As many round trips as it takes for anything sent before to have been answered. */
async function roundTrip(fixture: SensingFixture) {
  const { socket, received } = fixture.raw()
  socket.write(Buffer.concat([connectPacket('T2', 'probe'), Buffer.from([0xc0, 0])]))
  await until(() => received().includes(Buffer.from([0xd0, 0])))
  socket.destroy()
}

describe('acknowledged means durable', () => {
  test('a PUBACK leaves only after the append resolved', async () => {
    const fixture = await start()
    const client = await fixture.client('T1')
    fixture.sink.mode = 'held'
    const acknowledged = publish(client, EVENT_TOPIC, OFF)
    const isAcknowledged = settled(acknowledged)
    await until(() => fixture.sink.pending === 1)
    await roundTrip(fixture)
    expect(isAcknowledged()).toBe(false)

    fixture.sink.release()
    await acknowledged
    expect(fixture.sink.facts).toEqual([
      {
        type: 'report',
        receivedAt: NOW,
        terminal: 'T1',
        kind: 'powerOff',
        at: NOW,
        boot: 1,
        seq: 1,
      },
    ])
    expect(fixture.telemetry.total('sensing.accepted')).toBe(1)
  })

  test('a message of several facts is acknowledged after the last of them', async () => {
    const fixture = await start()
    const client = await fixture.client('T1')
    await publish(
      client,
      EVENT_TOPIC,
      JSON.stringify({ kind: 'powerOff', meters: ['M1', 'M9', 'nobody'] }),
    )
    expect(fixture.sink.facts.map((fact) => ('reason' in fact ? fact.reason : fact.type))).toEqual([
      'report',
      'foreignMeter',
      'unknownMeter',
    ])
  })

  test('a failing journal: no PUBACK, the connection ends, the listener stays', async () => {
    const fixture = await start()
    fixture.sink.mode = 'failing'
    const { socket, received, closed } = fixture.raw()
    socket.write(Buffer.concat([connectPacket('T1', 'a'), publishPacket(EVENT_TOPIC, OFF, 7)]))
    await closed
    expect(received()).toEqual(Buffer.from([0x20, 2, 0, 0])) // CONNACK alone
    expect(await fixture.refusals('notDurable')).toBe(1)

    fixture.sink.mode = 'durable'
    await publish(await fixture.client('T1'), EVENT_TOPIC, OFF)
    expect(fixture.sink.facts).toHaveLength(1)
    expect(fixture.telemetry.total('sensing.failed')).toBe(0)
  })

  test('a full journal: nothing is acknowledged or read, and all is kept once there is room', async () => {
    const fixture = await start({ limits: { fullRetryMinMs: 5, fullRetryMaxMs: 20 } })
    const clients = await Promise.all([fixture.client('T1'), fixture.client('T2')])
    fixture.sink.mode = 'full'
    const first = publish(clients[0], EVENT_TOPIC, OFF)
    const isFirst = settled(first)
    await until(() => fixture.sink.attempts >= 3)
    const attempts = fixture.sink.attempts
    const second = publish(clients[1], 'lastgasp/v1/T2/event', OFF)
    const isSecond = settled(second)
    await until(() => fixture.sink.attempts >= attempts + 3)
    expect([isFirst(), isSecond()]).toEqual([false, false])
    expect(fixture.telemetry.total('sensing.held')).toBe(1)

    fixture.sink.mode = 'durable'
    await Promise.all([first, second])
    expect(fixture.sink.ofType('report').map(({ terminal }) => terminal)).toEqual(['T1', 'T2'])
  })

  test('a message whose sender left while the journal was full is given up', async () => {
    const fixture = await start({ limits: { fullRetryMinMs: 5, fullRetryMaxMs: 5 } })
    fixture.sink.mode = 'full'
    const { socket } = fixture.raw()
    socket.write(Buffer.concat([connectPacket('T1', 'a'), publishPacket(EVENT_TOPIC, OFF, 7)]))
    await until(() => fixture.sink.attempts >= 2)
    socket.resetAndDestroy()
    await until(() => fixture.listener.connections === 0)
    // Whoever comes next is served although the one that filled the gate has gone.
    const next = fixture.client('T2')
    await next
    expect(fixture.sink.facts).toEqual([])
  })

  /** A connected raw client that counts its acknowledgements. */
  async function rawTerminal(fixture: SensingFixture, userName: string) {
    const { socket, received } = fixture.raw()
    socket.write(connectPacket(userName, 'raw'))
    await until(() => received().length === 4)
    let sent = 0
    return {
      send() {
        sent++
        socket.write(publishPacket(`lastgasp/v1/${userName}/event`, OFF, sent))
      },
      isAnswered: () => received().length === 4 + 4 * sent,
    }
  }

  test('too much waiting for the disk: no socket is read until half of it is gone', async () => {
    const fixture = await start({ limits: { maxPendingAppends: 20 } })
    const busy = await rawTerminal(fixture, 'T1')
    const other = await rawTerminal(fixture, 'T2')
    fixture.sink.mode = 'held'
    for (let sent = 0; sent < 2_000 && fixture.telemetry.total('sensing.held') === 0; sent++) {
      busy.send()
      await sleep(1)
    }
    const taken = fixture.sink.attempts
    expect(fixture.telemetry.total('sensing.held')).toBe(1)
    expect(taken).toBeGreaterThan(20)
    for (let more = 0; more < 50; more++) busy.send()
    other.send()
    await sleep(50) // long enough to be read, were it read
    expect(fixture.sink.attempts).toBe(taken)

    fixture.sink.release()
    await until(() => busy.isAnswered() && other.isAnswered())
    expect(fixture.sink.facts.length).toBeGreaterThan(taken + 50)
  })

  test('one connection has only so much under way; others are not held up by it', async () => {
    const fixture = await start({ limits: { maxInFlightPerConnection: 10 } })
    const busy = await rawTerminal(fixture, 'T1')
    const other = await rawTerminal(fixture, 'T2')
    fixture.sink.mode = 'held'
    for (let sent = 0; sent < 2_000 && fixture.sink.attempts < 10; sent++) {
      busy.send()
      await sleep(1)
    }
    const taken = fixture.sink.attempts
    for (let more = 0; more < 50; more++) busy.send()
    other.send()
    await until(() => fixture.sink.attempts > taken)
    await sleep(50)
    expect(fixture.sink.attempts).toBe(taken + 1)

    fixture.sink.release()
    await until(() => busy.isAnswered() && other.isAnswered())
    expect(fixture.telemetry.total('sensing.held')).toBe(0)
  })

  test('closing acknowledges what was under way and journals no wills', async () => {
    const fixture = await start()
    const client = await fixture.client('T1', {
      will: { topic: 'lastgasp/v1/T1/status', payload: Buffer.from('{"state":"offline"}'), qos: 1 },
    })
    fixture.sink.mode = 'held'
    const acknowledged = publish(client, EVENT_TOPIC, OFF)
    await until(() => fixture.sink.pending === 1)
    const closed = fixture.listener.close()
    fixture.sink.release()
    await Promise.all([acknowledged, closed])
    expect(fixture.sink.facts.map(({ type }) => type)).toEqual(['report'])
    expect(fixture.listener.connections).toBe(0)
  })
})

describe('bad input is quarantined and acknowledged', () => {
  test.each([
    ['wrongTopic', 'lastgasp/v1/T2/event', OFF],
    ['wrongTopic', 'lastgasp/v1/T2/call', '{}'],
    ['wrongTopic', '$SYS/x', '{}'],
    ['malformed', EVENT_TOPIC, 'not json'],
    ['malformed', EVENT_TOPIC, ''],
    ['malformed', EVENT_TOPIC, Buffer.from([0xff, 0xfe])],
    ['unreadableTime', EVENT_TOPIC, '{"kind":"powerOff","at":"noon"}'],
    ['foreignMeter', EVENT_TOPIC, '{"kind":"powerOff","meters":["M9"]}'],
    ['unknownMeter', EVENT_TOPIC, '{"kind":"powerOff","meters":["nobody"]}'],
    ['oversized', EVENT_TOPIC, 'x'.repeat(16_385)],
    ['oversized', EVENT_TOPIC, 'x'.repeat(4 * 16_384)],
  ])('%s on %s', async (reason, topic, payload) => {
    const fixture = await start()
    const client = await fixture.client('T1')
    await publish(client, topic, payload)
    expect(fixture.sink.facts).toMatchObject([{ type: 'quarantined', reason, topic }])
    await publish(client, EVENT_TOPIC, OFF) // the connection lives
    expect(fixture.sink.ofType('report')).toHaveLength(1)
    expect(fixture.telemetry.total('sensing.quarantined')).toBe(1)
  })

  test('an unknown terminal may connect; what it says is no evidence', async () => {
    const fixture = await start()
    const client = await fixture.client('T77')
    await publish(client, 'lastgasp/v1/T77/event', OFF)
    expect(fixture.sink.facts).toMatchObject([{ reason: 'unknownTerminal', terminal: 'T77' }])

    fixture.listener.useDirectory(createTerminalDirectory(terminalGrid(['T77'])))
    await publish(client, 'lastgasp/v1/T77/event', OFF)
    expect(fixture.sink.ofType('report')).toMatchObject([{ terminal: 'T77' }])
  })

  test('what one publishes reaches nobody, retained or not', async () => {
    const fixture = await start()
    const victim = await fixture.client('T1')
    const heard: string[] = []
    victim.on('message', (_topic, payload) => heard.push(payload.toString()))
    await victim.subscribeAsync('lastgasp/v1/T1/call', { qos: 1 })
    const forger = await fixture.client('T2')
    await forger.publishAsync('lastgasp/v1/T1/call', 'forged', { qos: 1, retain: true })
    const late = await fixture.client('T1')
    late.on('message', (_topic, payload) => heard.push(payload.toString()))
    await late.subscribeAsync('lastgasp/v1/T1/call', { qos: 1 })
    await fixture.listener.publishCall('T1', {
      call: 'c-1',
      targets: ['M1'],
      by: '2026-11-22T03:01:30.000Z',
    })
    await until(() => heard.length >= 2)
    expect(heard.map((text) => JSON.parse(text).call)).toEqual(['c-1', 'c-1'])
  })
})

describe('crews and readings', () => {
  test('a crew says where it is, a terminal answers a call', async () => {
    const fixture = await start()
    const crew = await fixture.client('crew:c7')
    await publish(
      crew,
      'lastgasp/v1/crews/c7/position',
      '{"at":"2026-11-22T03:00:00Z","lon":111.6,"lat":40.8}',
    )
    await publish(
      crew,
      'lastgasp/v1/crews/c8/position',
      '{"at":"2026-11-22T03:00:00Z","lon":1,"lat":1}',
    )
    const terminal = await fixture.client('T1')
    await publish(
      terminal,
      'lastgasp/v1/T1/reading',
      '{"call":"c-81","readings":[{"target":"M1","result":"energised"}]}',
    )
    expect(fixture.sink.facts).toMatchObject([
      { type: 'crewPosition', crew: 'c7' },
      { type: 'quarantined', reason: 'wrongTopic' },
      { type: 'reading', terminal: 'T1', call: 'c-81' },
    ])
  })
})

describe('subscriptions and calls', () => {
  test('only its own call topic', async () => {
    const fixture = await start()
    const { socket, received } = fixture.raw()
    socket.write(connectPacket('T1', 'a'))
    const topics = [
      '#',
      '$SYS/#',
      'lastgasp/v1/T2/call',
      'lastgasp/v1/+/call',
      'lastgasp/v1/T1/event',
    ]
    topics.forEach((topic, index) => {
      socket.write(subscribePacket(topic, index + 1))
    })
    socket.write(subscribePacket('lastgasp/v1/T1/call', 9))
    await until(() => received().length === 4 + 6 * 5)
    const granted = Array.from({ length: 6 }, (_, index) => received()[4 + index * 5 + 4])
    expect(granted).toEqual([0x80, 0x80, 0x80, 0x80, 0x80, 1])
    expect(await fixture.refusals('subscription', 5)).toBe(5)
  })

  test('a call reaches its terminal alone, and nobody is told so', async () => {
    const fixture = await start()
    const call = { call: 'c-81', targets: ['M1', 'M2'], by: '2026-11-22T03:01:30.000Z' }
    const notConnected = { code: 'sensing.notConnected' }
    await expect(fixture.listener.publishCall('T1', call)).rejects.toMatchObject(notConnected)
    const client = await fixture.client('T1')
    await expect(fixture.listener.publishCall('T1', call)).rejects.toMatchObject(notConnected)
    const other = await fixture.client('T2')
    await other.subscribeAsync('lastgasp/v1/T2/call', { qos: 1 })
    other.on('message', () => expect.unreachable('a call for another terminal'))

    await client.subscribeAsync('lastgasp/v1/T1/call', { qos: 1 })
    const heard: unknown[] = []
    client.on('message', (topic, payload) => heard.push([topic, JSON.parse(payload.toString())]))
    await fixture.listener.publishCall('T1', call)
    await until(() => heard.length > 0)
    expect(heard).toEqual([['lastgasp/v1/T1/call', call]])

    await client.unsubscribeAsync('lastgasp/v1/T1/call')
    await expect(fixture.listener.publishCall('T1', call)).rejects.toMatchObject(notConnected)
    await client.subscribeAsync('lastgasp/v1/T1/call', { qos: 1 })
    await client.endAsync()
    await until(() => fixture.listener.connections === 1)
    await expect(fixture.listener.publishCall('T1', call)).rejects.toMatchObject(notConnected)
  })
})

describe('links', () => {
  const will = {
    topic: 'lastgasp/v1/T1/status',
    payload: Buffer.from('{"state":"offline","at":"2026-11-22T02:00:00Z"}'),
    qos: 1 as const,
    retain: true,
  }

  test('a connection that breaks leaves its will, one that says goodbye does not', async () => {
    const fixture = await start()
    const polite = await fixture.client('T1', { will })
    await polite.publishAsync('lastgasp/v1/T1/status', '{"state":"online"}', {
      qos: 1,
      retain: true,
    })
    await polite.endAsync()
    await until(() => fixture.listener.connections === 0)
    const broken = await fixture.client('T1', { will })
    broken.stream.destroy()
    await until(() => fixture.sink.facts.length === 2)
    expect(fixture.sink.facts).toStrictEqual([
      { type: 'link', receivedAt: NOW, terminal: 'T1', state: 'online' },
      { type: 'link', receivedAt: NOW, terminal: 'T1', state: 'offline' },
    ])
  })

  test('a will on another’s topic is quarantined like a message', async () => {
    const fixture = await start()
    const client = await fixture.client('T2', { will })
    client.stream.destroy()
    await until(() => fixture.sink.facts.length === 1)
    expect(fixture.sink.facts).toMatchObject([{ reason: 'wrongTopic', terminal: 'T2' }])
  })

  test('a connection that ends while a full journal keeps us from reading leaves no will', async () => {
    const fixture = await start({ limits: { fullRetryMinMs: 5, fullRetryMaxMs: 5 } })
    const silent = await fixture.client('T1', { will })
    const other = await fixture.client('T2')
    fixture.sink.mode = 'full'
    const acknowledged = publish(other, 'lastgasp/v1/T2/event', OFF)
    await until(() => fixture.sink.attempts >= 2)
    silent.stream.destroy()
    await until(() => fixture.listener.connections === 1)
    fixture.sink.mode = 'durable'
    await acknowledged
    await publish(other, 'lastgasp/v1/T2/event', OFF)
    expect(fixture.sink.facts.map(({ type }) => type)).toEqual(['report', 'report'])
  })

  test('the same client id takes over, with the will; another identity’s does not', async () => {
    const fixture = await start()
    const first = await fixture.client('T1', { clientId: 'one', will })
    const gone = new Promise<void>((resolve) => first.once('close', () => resolve()))
    const stranger = await fixture.client('T2', { clientId: 'one' })
    await publish(first, EVENT_TOPIC, OFF)
    const second = await fixture.client('T1', { clientId: 'one' })
    await gone
    await until(() => fixture.sink.ofType('link').length === 1)
    await publish(second, EVENT_TOPIC, OFF)
    await publish(stranger, 'lastgasp/v1/T2/event', OFF)
    expect(fixture.sink.ofType('report').map(({ terminal }) => terminal)).toEqual([
      'T1',
      'T1',
      'T2',
    ])
    expect(fixture.listener.connections).toBe(2)
  })

  test('keep-alive: silence for one and a half times of it ends a connection', async () => {
    const fixture = await start()
    const { socket, closed } = fixture.raw()
    const connect = connectPacket('T1', 'a')
    connect.writeUInt16BE(1, 10) // keep-alive of one second
    socket.write(connect)
    await closed
    expect(await fixture.refusals('keepAliveTimeout')).toBe(1)
  })

  test('prototype-named terminals and client ids are like others', async () => {
    const fixture = await start()
    for (const clientId of ['__proto__', 'constructor', 'hasOwnProperty']) {
      const client = await fixture.client('__proto__', { clientId })
      await client.subscribeAsync('lastgasp/v1/__proto__/call', { qos: 1 })
      await publish(client, 'lastgasp/v1/__proto__/event', OFF)
    }
    expect(fixture.sink.ofType('report').map(({ terminal }) => terminal)).toEqual(
      Array(3).fill('__proto__'),
    )
  })
})

describe('who may connect', () => {
  const listen = (options: { host: string; secret?: string }) =>
    openListener({
      port: 0,
      sink: new ScriptedSink(),
      telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
      directory: createTerminalDirectory(terminalGrid()),
      now: () => NOW,
      ...options,
    })

  test('a host that others can reach needs a secret', async () => {
    await expect(listen({ host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'sensing.secretRequired',
    })
    await (await listen({ host: '0.0.0.0', secret: 's3cret' })).close()
  })

  test('a port in use is a typed error with its cause', async () => {
    const fixture = await start()
    await expect(openSensing({ port: fixture.listener.port })).rejects.toMatchObject({
      code: 'sensing.cannotListen',
      cause: { code: 'EADDRINUSE' },
    })
  })

  test('with a secret, only who knows it', async () => {
    const fixture = await start({ secret: 's3cret' })
    for (const password of [undefined, 'wrong', ''])
      await expect(fixture.client('T1', { password })).rejects.toMatchObject({ code: 4 })
    await publish(await fixture.client('T1', { password: 's3cret' }), EVENT_TOPIC, OFF)
    expect(await fixture.refusals('badPassword', 3)).toBe(3)
  })

  test.each(['', 'crews', 'a/b', '#', 'crew:a/b', 'x'.repeat(65)])(
    'user name %j is nobody',
    async (userName) => {
      const fixture = await start()
      const { socket, received, closed } = fixture.raw()
      socket.write(connectPacket(userName, 'a'))
      await closed
      expect(received()).toEqual(Buffer.from([0x20, 2, 0, 4]))
      expect(await fixture.refusals('badUserName')).toBe(1)
    },
  )

  test('MQTT 5 is refused with "unacceptable protocol version"', async () => {
    const fixture = await start()
    await expect(fixture.client('T1', { protocolVersion: 5 })).rejects.toThrow()
    expect(await fixture.refusals('protocolVersion')).toBe(1)
  })
})

describe('limits', () => {
  test('256 MB declared after CONNECT: closed by the header, nothing is buffered', async () => {
    const fixture = await start()
    const { socket, closed } = fixture.raw()
    socket.write(Buffer.concat([connectPacket('T1', 'a'), fixedHeader(0x32, 268_435_455)]))
    await closed
    expect(await fixture.refusals('oversizedPacket')).toBe(1)
  })

  test('an oversized CONNECT, and something else before it', async () => {
    const fixture = await start()
    const oversized = fixture.raw()
    oversized.socket.write(fixedHeader(0x10, 2_049))
    await oversized.closed
    expect(await fixture.refusals('oversizedPacket')).toBe(1)
    const web = fixture.raw()
    web.socket.write('GET / HTTP/1.1\r\n\r\n')
    await web.closed
    expect(await fixture.refusals('notConnect')).toBe(1)
  })

  test('a payload beyond four times the longest ends the connection', async () => {
    const fixture = await start()
    const { socket, closed } = fixture.raw()
    socket.write(connectPacket('T1', 'a'))
    socket.write(publishPacket(EVENT_TOPIC, 'x'.repeat(4 * 16_384 + 300), 1))
    await closed
    expect(await fixture.refusals('oversizedPacket')).toBe(1)
    expect(fixture.sink.facts).toEqual([])
  })

  test('who does not say CONNECT in time is closed', async () => {
    const fixture = await start({ limits: { connectTimeoutMs: 50 } })
    const { socket, closed } = fixture.raw()
    socket.write(connectPacket('T1', 'a').subarray(0, 9))
    await closed
    expect(await fixture.refusals('connectTimeout')).toBe(1)
  })

  test('QoS 2 is refused', async () => {
    const fixture = await start()
    const { socket, closed } = fixture.raw()
    socket.write(Buffer.concat([connectPacket('T1', 'a'), publishPacket(EVENT_TOPIC, OFF, 1, 2)]))
    await closed
    expect(await fixture.refusals('qos2')).toBe(1)
    expect(fixture.sink.facts).toEqual([])
  })

  test('so many new connections at once, then so many a second', async () => {
    let now = NOW
    const fixture = await start({ now: () => now, limits: { acceptBurst: 2, acceptsPerSecond: 1 } })
    await fixture.client('T1')
    await fixture.client('T2')
    const refused = fixture.raw()
    await refused.closed
    expect(await fixture.refusals('acceptRate')).toBe(1)
    now += 1_000
    await fixture.client('T2')
  })

  test('so many connections of one identity: the oldest makes room, others stay', async () => {
    const fixture = await start({ limits: { maxConnectionsPerIdentity: 2 } })
    const other = await fixture.client('T2')
    const oldest = await fixture.client('T1')
    const gone = new Promise<void>((resolve) => oldest.once('close', () => resolve()))
    const clients = [await fixture.client('T1'), await fixture.client('T1')]
    await gone
    for (const client of clients) await publish(client, EVENT_TOPIC, OFF)
    await publish(other, 'lastgasp/v1/T2/event', OFF)
    expect(await fixture.refusals('tooManyOfIdentity')).toBe(1)
    expect(fixture.listener.connections).toBe(3)
  })

  test('connections beyond the most are dropped', async () => {
    const fixture = await start({ limits: { maxConnections: 2 } })
    await fixture.client('T1')
    await fixture.client('T2')
    const refused = fixture.raw()
    await refused.closed
    expect(await fixture.refusals('tooManyConnections')).toBe(1)
    expect(fixture.listener.connections).toBe(2)
  })
})

test('2,000 messages over 50 connections, each acknowledged once durable, none lost', async () => {
  const ids = Array.from({ length: 50 }, (_, index) => `S${index}`)
  const fixture = await start({}, ids)
  const clients = await Promise.all(ids.map((id) => fixture.client(id)))
  await Promise.all(
    clients.flatMap((client, index) =>
      Array.from({ length: 40 }, (_, seq) =>
        publish(
          client,
          `lastgasp/v1/${ids[index]}/event`,
          JSON.stringify({ kind: 'powerOff', boot: 1, seq }),
        ),
      ),
    ),
  )
  const seen = new Set(
    fixture.sink.ofType('report').map(({ terminal, seq }) => `${terminal}-${seq}`),
  )
  expect(seen.size).toBe(2_000)
  expect(fixture.sink.facts).toHaveLength(2_000)
})

test.each([
  ['DISCONNECT', DISCONNECT],
  ['the end of the connection', Buffer.alloc(0)],
])('all in one breath, CONNECT, message and %s: the message is heard', async (_name, end) => {
  const fixture = await start()
  const { socket, closed } = fixture.raw()
  const messages = Array.from({ length: 100 }, (_, id) => publishPacket(EVENT_TOPIC, OFF, id + 1))
  socket.end(Buffer.concat([connectPacket('T1', 'a'), ...messages, end]))
  await closed
  await until(() => fixture.sink.ofType('report').length === 100)
})

test('nothing of who may not connect is read but the CONNECT', async () => {
  const fixture = await start({ secret: 's3cret' })
  const { socket, closed } = fixture.raw()
  socket.write(
    Buffer.concat([connectPacket('T1', 'a', 'wrong'), publishPacket(EVENT_TOPIC, OFF, 1)]),
  )
  await closed
  expect(await fixture.refusals('badPassword')).toBe(1)
  expect(fixture.sink.attempts).toBe(0)
})

/** Mutated packets over real sockets: whatever arrives, the listener serves the next terminal. */
import type { MqttClient } from 'mqtt'
import { expect, test } from 'vitest'
import {
  connectPacket,
  DISCONNECT,
  fixedHeader,
  PINGREQ,
  publishPacket,
  subscribePacket,
} from '../support/mqtt-bytes.ts'
import { openSensing } from '../support/sensing-fixture.ts'
import { until } from '../support/until.ts'

const PACKETS = 5_000
const PACKETS_PER_CONNECTION = 2
const CONNECTIONS_AT_ONCE = 20
const SEED = Number(process.env.LASTGASP_FUZZ_SEED ?? 20_261_122)

/** Mulberry32: the same seed gives the same packets on any machine. */
function randomSource(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) % below
  }
}

const random = randomSource(SEED)
const pick = <T>(list: readonly T[]): T => list[random(list.length)]!

const EVENT = '{"kind":"powerOff","at":"2026-11-22T03:00:00Z","meters":["M1","M9"]}'
const ORIGINALS = [
  connectPacket('T1', 'fuzz'),
  connectPacket('crew:c7', '', 'password'),
  publishPacket('lastgasp/v1/T1/event', EVENT, 1),
  publishPacket('lastgasp/v1/T1/event', EVENT, 2, 0),
  publishPacket('lastgasp/v1/T1/reading', '{"readings":[{"target":"M1","result":"noAnswer"}]}', 3),
  publishPacket('lastgasp/v1/T1/status', '{"state":"online"}', 4, 2),
  publishPacket(`${'a/'.repeat(120)}a`, '', 5),
  subscribePacket('lastgasp/v1/T1/call', 6),
  subscribePacket('lastgasp/+/#', 7),
  Buffer.concat([fixedHeader(0xa2, 2 + 21), Buffer.from('\0\u0001\0\u0013lastgasp/v1/T1/call')]),
  Buffer.from([0x40, 2, 0, 9]), // PUBACK of nothing
  Buffer.from([0x50, 2, 0, 9]), // PUBREC
  Buffer.from([0x62, 2, 0, 9]), // PUBREL
  Buffer.from([0x70, 2, 0, 9]), // PUBCOMP
  Buffer.from([0x20, 2, 0, 0]), // CONNACK, which only we may send
  PINGREQ,
  DISCONNECT,
]

/** Bits of the body alone, so that the packets behind it are still found. */
function flipInBody(bytes: Buffer): Buffer {
  for (let flips = 1 + random(3); flips > 0 && bytes.length > 2; flips--)
    bytes[2 + random(bytes.length - 2)]! ^= 1 << random(8)
  return bytes
}

/** Of the last bytes alone: mostly payloads. */
function flipInTail(bytes: Buffer): Buffer {
  for (let flips = 1 + random(6); flips > 0 && bytes.length > 40; flips--)
    bytes[bytes.length - 1 - random(bytes.length - 30)]! ^= 1 << random(8)
  return bytes
}

const MUTATIONS: readonly ((bytes: Buffer) => Buffer)[] = [
  flipInBody,
  flipInBody,
  flipInTail,
  flipInTail,
  flipInTail,
  (bytes) => {
    bytes[random(bytes.length)]! ^= 1 << random(8)
    return bytes
  },
  (bytes) => bytes.subarray(0, random(bytes.length + 1)),
  (bytes) => {
    const from = random(bytes.length)
    const slice = bytes.subarray(from, from + random(bytes.length - from + 1))
    return Buffer.concat([bytes.subarray(0, from), slice, bytes.subarray(from)])
  },
  (bytes) => {
    const inserted = Buffer.from(Array.from({ length: random(12) }, () => random(256)))
    const at = random(bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)])
  },
  // The right body under a wrong length, and the right length with a body of noise.
  (bytes) => Buffer.concat([fixedHeader(bytes[0]!, random(300)), bytes.subarray(2)]),
  (bytes) => {
    for (let at = 2; at < bytes.length; at++) bytes[at] = random(256)
    return bytes
  },
]

test(`${PACKETS} mutated packets end in no crash (seed ${SEED})`, async () => {
  console.log(`fuzz seed ${SEED}`)
  const fixture = await openSensing({
    limits: {
      acceptBurst: PACKETS,
      maxConnectionsPerIdentity: 2 * CONNECTIONS_AT_ONCE,
      connectTimeoutMs: 200,
    },
  })
  // Drawn before any of it is sent, so that the order of answers cannot change what is sent.
  const batches = Array.from({ length: PACKETS / PACKETS_PER_CONNECTION }, () => {
    const packets = Array.from({ length: PACKETS_PER_CONNECTION }, () =>
      pick(MUTATIONS)(Buffer.from(pick(ORIGINALS))),
    )
    if (random(5) > 0) packets.unshift(connectPacket('T1', `fuzz${random(1_000)}`))
    return { bytes: Buffer.concat(packets), chunk: pick([1, 7, 100_000, 100_000, 100_000]) }
  })

  const sendNext = async (): Promise<void> => {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      const { socket, closed } = fixture.raw()
      socket.setNoDelay(true)
      for (let at = 0; at < batch.bytes.length; at += batch.chunk)
        socket.write(batch.bytes.subarray(at, at + batch.chunk))
      socket.end()
      await closed
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, sendNext))
  await until(() => fixture.listener.connections === 0)

  // The time to say CONNECT is short here, and a busy machine may miss it: a terminal tries again.
  let client: MqttClient | undefined
  await until(async () => {
    client = await fixture.client('T2').catch(() => undefined)
    return client !== undefined
  })
  const before = fixture.sink.facts.length
  await client!.publishAsync('lastgasp/v1/T2/event', '{"kind":"powerOff"}', { qos: 1 })
  expect(fixture.sink.facts.slice(before)).toMatchObject([{ type: 'report', terminal: 'T2' }])
  expect(fixture.telemetry.total('sensing.failed')).toBe(0)
  // The mutations reached the codec, not only the guard.
  expect(before).toBeGreaterThan(200)
  expect(fixture.telemetry.total('sensing.refused')).toBeGreaterThan(500)
  await fixture.close()
})

/** Spoilt packets on raw sockets, spoilt JSON in good packets, and good reports between them. */
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { connectAsync, type MqttClient } from 'mqtt'
import { eventMessage, readingMessage, statusMessage, TOPIC_ROOT } from '../../../facts/wire.ts'
import type { Draw } from '../../../grid/generate/draw.ts'
import {
  connectPacket,
  DISCONNECT,
  fixedHeader,
  mqttText,
  PINGREQ,
  packet,
  packetId,
  publishPacket,
  subscribePacket,
} from '../mqtt-packets.ts'
import { mutateJson, mutatePacket } from './mutate.ts'
import { drawn, shapeOf } from './shapes.ts'

/** An answer that takes longer is none. */
export const ANSWER_WITHIN_MS = 20_000
/** Packets of one connection: the second meets the state that the first left. */
const PACKETS_A_CONNECTION = 4

const EVENT = '{"kind":"powerOn","at":"2026-11-22T03:00:00Z"}'

/** Good packets of a terminal, and some that only a broker may send. */
const packetsOf = (id: string): readonly Buffer[] => [
  connectPacket(id, 'fuzz'),
  connectPacket('crew:c7', '', 'password'),
  publishPacket(`${TOPIC_ROOT}/${id}/event`, EVENT, 1),
  publishPacket(`${TOPIC_ROOT}/${id}/event`, EVENT, 2, 0),
  publishPacket(`${TOPIC_ROOT}/${id}/reading`, '{"readings":[]}', 3),
  publishPacket(`${TOPIC_ROOT}/${id}/status`, '{"state":"online"}', 4, 2),
  publishPacket(`${'a/'.repeat(120)}a`, '', 5),
  subscribePacket(`${TOPIC_ROOT}/${id}/call`, 6),
  subscribePacket(`${TOPIC_ROOT}/+/#`, 7),
  packet(0xa2, packetId(8), mqttText(`${TOPIC_ROOT}/${id}/call`)),
  ...[0x40, 0x50, 0x62, 0x70, 0x20].map((first) => Buffer.from([first, 2, 0, 9])),
  fixedHeader(0x32, 200_000_000),
  PINGREQ,
  DISCONNECT,
]

const SHAPES = {
  event: shapeOf(eventMessage),
  status: shapeOf(statusMessage),
  reading: shapeOf(readingMessage),
} as const

/** One terminal at the listener, honest in all but its payloads. */
export class FuzzedTerminals {
  /** Ids of good reports that were acknowledged. */
  readonly acknowledged = new Set<string>()
  readonly #port: number
  readonly #terminal: string
  readonly #ids: readonly string[]
  readonly #client: MqttClient
  #probes = 0

  private constructor(port: number, terminal: string, ids: readonly string[], client: MqttClient) {
    this.#port = port
    this.#terminal = terminal
    this.#ids = ids
    this.#client = client
  }

  static async open(port: number, terminal: string, ids: readonly string[]) {
    const options = {
      username: terminal,
      password: 'x',
      clientId: 'fuzz-json',
      reconnectPeriod: 200,
    }
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, options)
    return new FuzzedTerminals(port, terminal, ids, client)
  }

  /** Spoilt packets on a connection of their own, until the program or we close it. */
  async packets(draw: Draw): Promise<void> {
    const originals = packetsOf(this.#terminal)
    const parts = draw.chance(0.8)
      ? [connectPacket(this.#terminal, `fuzz${draw.whole(0, 99)}`)]
      : []
    for (let packets = PACKETS_A_CONNECTION; packets > 0; packets--)
      parts.push(mutatePacket(draw.pick(originals), draw))
    const bytes = Buffer.concat(parts)
    const chunk = draw.pick([7, 100_000, 100_000, 100_000])
    const socket = connectTcp(this.#port, '127.0.0.1').on('error', () => {})
    socket.resume()
    const closed = once(socket, 'close')
    for (let at = 0; at < bytes.length; at += chunk) socket.write(bytes.subarray(at, at + chunk))
    socket.end()
    await within(closed, 'a connection with spoilt packets stayed open')
  }

  /** A spoilt message in a good packet: acknowledged whatever it says. */
  async message(draw: Draw): Promise<void> {
    const kind = draw.pick(['event', 'event', 'status', 'reading'] as const)
    const text = mutateJson(drawn(SHAPES[kind], draw, this.#ids), draw)
    const topic = `${TOPIC_ROOT}/${this.#terminal}/${kind}`
    await within(
      this.#client.publishAsync(topic, text, { qos: 1 }),
      `no acknowledgement of ${JSON.stringify(text.slice(0, 300))}`,
    )
  }

  /** A good report, which must be acknowledged and kept. */
  async probe(): Promise<void> {
    const id = `probe-${++this.#probes}`
    const report = { id, kind: 'powerOn', at: new Date().toISOString() }
    await within(
      this.#client.publishAsync(`${TOPIC_ROOT}/${this.#terminal}/event`, JSON.stringify(report), {
        qos: 1,
      }),
      `no acknowledgement of ${id}`,
    )
    this.acknowledged.add(id)
  }

  async close(): Promise<void> {
    await this.#client.endAsync(true)
  }
}

/** What `work` gives, or an error that says `what` did not happen. */
export async function within<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(what)), ANSWER_WITHIN_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

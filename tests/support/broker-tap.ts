/**
 * A relay between a subscriber and its broker that reads along: which messages were delivered, and
 * of which an acknowledgement went back. MQTT 5, quality 1.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface BrokerTap {
  readonly port: number
  /** Payloads delivered, repeats included. */
  readonly delivered: readonly string[]
  close(): Promise<void>
}

interface Frame {
  readonly type: number
  readonly qos: number
  readonly body: Buffer
}

/** Cuts a stream of MQTT bytes into packets. */
export class Framer {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const frames: Frame[] = []
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame)
    return frames
  }

  #next(): Frame | undefined {
    const length = variableByte(this.#rest, 1)
    if (!length || this.#rest.length < length.end + length.value) return undefined
    const first = this.#rest[0]!
    const body = this.#rest.subarray(length.end, length.end + length.value)
    this.#rest = this.#rest.subarray(length.end + length.value)
    return { type: first >> 4, qos: (first >> 1) & 3, body }
  }
}

export function variableByte(
  bytes: Buffer,
  at: number,
): { value: number; end: number } | undefined {
  let value = 0
  for (let index = 0; index < 4 && at + index < bytes.length; index++) {
    const byte = bytes[at + index]!
    value += (byte & 0x7f) * 128 ** index
    if (byte < 128) return { value, end: at + index + 1 }
  }
  return undefined
}

function publishOf({ body }: Frame): { identifier: number; payload: string } {
  const topicEnd = 2 + body.readUInt16BE(0)
  const properties = variableByte(body, topicEnd + 2)!
  const payload = body.subarray(properties.end + properties.value)
  return { identifier: body.readUInt16BE(topicEnd), payload: payload.toString() }
}

/** Relays to `brokerPort`; `onAcknowledged` hears the payload of each message as it is acknowledged. */
export async function openBrokerTap(
  brokerPort: number,
  onAcknowledged: (payload: string) => void,
): Promise<BrokerTap> {
  const delivered: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const broker = connect(brokerPort, '127.0.0.1')
    const payloads = new Map<number, string>()
    const [up, down] = [new Framer(), new Framer()]
    broker.on('data', (chunk) => {
      for (const frame of down.push(chunk)) {
        if (frame.type !== 3 || frame.qos !== 1) continue
        const { identifier, payload } = publishOf(frame)
        payloads.set(identifier, payload)
        delivered.push(payload)
      }
      client.write(chunk)
    })
    client.on('data', (chunk) => {
      for (const { type, body } of up.push(chunk)) {
        if (type !== 4) continue
        const payload = payloads.get(body.readUInt16BE(0))
        if (payload !== undefined) onAcknowledged(payload)
      }
      broker.write(chunk)
    })
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    delivered,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A broker of MQTT 5 on loopback that does what no real one would: for what is said on the wire, and what is read of it. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { Framer, variableByte } from './broker-tap.ts'
import { fixedHeader } from './mqtt-bytes.ts'

/** What a client says when it connects. */
export interface ConnectSaid {
  readonly cleanStart: boolean
  readonly keepAliveSeconds: number
  readonly sessionExpirySeconds: number | undefined
  readonly receiveMaximum: number | undefined
}

const [CONNECT, PUBACK, SUBSCRIBE, PINGREQ] = [1, 4, 8, 12]
/** Numbers of properties, and how many bytes their values have. */
const SESSION_EXPIRY = 0x11
const RECEIVE_MAXIMUM = 0x21
const BYTES = new Map([
  [SESSION_EXPIRY, 4],
  [RECEIVE_MAXIMUM, 2],
  [0x22, 2],
  [0x27, 4],
  [0x17, 1],
  [0x19, 1],
])

export class ScriptedBroker {
  readonly connects: ConnectSaid[] = []
  /** Topic filters, those of each SUBSCRIBE together. */
  readonly subscribed: string[][] = []
  acknowledged = 0
  readonly #server: Server
  #socket: Socket | undefined

  static async open(): Promise<ScriptedBroker> {
    const broker = new ScriptedBroker()
    broker.#server.listen(0, '127.0.0.1')
    await once(broker.#server, 'listening')
    return broker
  }

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket))
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  /** Bytes that the client has not let us send yet. */
  get unsent(): number {
    return this.#socket?.writableLength ?? 0
  }

  /** Sends with quality 1, without a look at what the client said it would take. */
  publish(topic: string, payloads: readonly string[]): void {
    const packets = payloads.map((payload, index) => {
      const body = [
        text(topic),
        short(1 + (index % 65_535)),
        Buffer.from([0]),
        Buffer.from(payload),
      ]
      return packet(0x32, ...body)
    })
    this.#socket!.write(Buffer.concat(packets))
  }

  /** Ends the connection without a word. */
  hangUp(): void {
    this.#socket!.destroy()
  }

  async close(): Promise<void> {
    this.#socket?.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(socket: Socket): void {
    this.#socket = socket
    const framer = new Framer()
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      for (const { type, body } of framer.push(chunk)) this.#hear(socket, type, body)
    })
  }

  #hear(socket: Socket, type: number, body: Buffer): void {
    if (type === CONNECT) {
      this.connects.push(connectOf(body))
      // It has kept the session, it says.
      socket.write(packet(0x20, Buffer.from([1, 0, 0])))
    } else if (type === SUBSCRIBE) {
      const topics = topicsOf(body)
      this.subscribed.push(topics)
      const granted = Buffer.from([0, ...topics.map(() => 1)])
      socket.write(packet(0x90, body.subarray(0, 2), granted))
    } else if (type === PUBACK) this.acknowledged++
    else if (type === PINGREQ) socket.write(packet(0xd0))
  }
}

function packet(first: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([fixedHeader(first, body.length), body])
}

function short(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([short(bytes.length), bytes])
}

/** Behind the protocol's name and level. */
function connectOf(body: Buffer): ConnectSaid {
  const properties = new Map<number, number>()
  const length = variableByte(body, 10)!
  for (let at = length.end; at < length.end + length.value; ) {
    const bytes = BYTES.get(body[at]!)!
    properties.set(body[at]!, body.readUIntBE(at + 1, bytes))
    at += 1 + bytes
  }
  return {
    cleanStart: (body[7]! & 2) !== 0,
    keepAliveSeconds: body.readUInt16BE(8),
    sessionExpirySeconds: properties.get(SESSION_EXPIRY),
    receiveMaximum: properties.get(RECEIVE_MAXIMUM),
  }
}

function topicsOf(body: Buffer): string[] {
  const topics: string[] = []
  const properties = variableByte(body, 2)!
  for (let at = properties.end + properties.value; at < body.length; ) {
    const end = at + 2 + body.readUInt16BE(at)
    topics.push(body.toString('utf8', at + 2, end))
    at = end + 1
  }
  return topics
}

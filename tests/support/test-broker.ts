/**
 * A small broker on loopback that keeps what it was sent and can be taken away and brought back
 * on the same port. For tests of clients; the program's own listener is in `src/sensing`.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import { until } from './until.ts'

const GONE = new Error('the broker is gone')
/** Thousands of clients on a busy machine. */
const LET_GO_WITHIN_MS = 30_000

export interface ReceivedPublish {
  readonly client: string
  readonly topic: string
  readonly payload: string
  readonly retain: boolean
}

export class TestBroker {
  readonly received: ReceivedPublish[] = []
  /** User names and passwords seen at CONNECT. */
  readonly signIns: { client: string; user: string; password: string }[] = []
  /** While false an event is neither kept nor acknowledged. */
  acknowledges = true
  /** Events that were left unanswered. */
  unanswered = 0
  #server: Server | undefined
  #broker: Aedes | undefined
  readonly #sockets = new Set<Socket>()
  #port = 0

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`
  }

  get connected(): number {
    return this.#broker?.connectedClients ?? 0
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker()
    broker.authenticate = (client, user, password, done) => {
      this.signIns.push({ client: client.id, user: user ?? '', password: String(password ?? '') })
      done(null, true)
    }
    broker.authorizePublish = (client, packet, done) => {
      const isEvent = packet.topic.endsWith('/event')
      // Never answered: the packet stays unacknowledged, as with a broker that dies.
      if (isEvent && !this.acknowledges) {
        this.unanswered += 1
        return
      }
      this.received.push({
        client: client?.id ?? '',
        topic: packet.topic,
        payload: packet.payload.toString(),
        retain: packet.retain,
      })
      done(null)
    }
    const server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      broker.handle(socket)
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
    this.#broker = broker
  }

  /** As a crash: sockets are reset, nothing is said, and no last will is heard any more. */
  async stop(): Promise<void> {
    if (this.#broker) this.#broker.authorizePublish = (_client, _packet, done) => done(GONE)
    for (const socket of this.#sockets) socket.destroy()
    const server = this.#server
    this.#server = undefined
    if (server) {
      server.close()
      await once(server, 'close')
    }
    const broker = this.#broker
    this.#broker = undefined
    // What it keeps is gone with it: whoever is still being let go would write into nothing.
    const patience = Date.now() + LET_GO_WITHIN_MS
    await until(() => (broker?.connectedClients ?? 0) === 0 || Date.now() > patience)
    if (broker) await new Promise<void>((resolve) => broker.close(() => resolve()))
  }

  /** Payloads of one kind of topic, parsed, in order of arrival. */
  events(): { terminal: string; message: Record<string, unknown> }[] {
    return this.#parsed('/event')
  }

  statuses(): { terminal: string; message: Record<string, unknown> }[] {
    return this.#parsed('/status')
  }

  #parsed(ending: string) {
    return this.received
      .filter(({ topic }) => topic.endsWith(ending))
      .map(({ topic, payload }) => ({
        terminal: topic.split('/')[2]!,
        message: JSON.parse(payload) as Record<string, unknown>,
      }))
  }
}

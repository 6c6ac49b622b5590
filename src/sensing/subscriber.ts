/**
 * Terminals through an outside broker (Mosquitto, EMQX, HiveMQ) by MQTT 5: several connections that
 * share the subscriptions, each acknowledging after the journal's commit. What the broker loses
 * before it delivers to us is beyond us (docs/brokers.md). Decides who is meant by a topic; who may
 * publish there is decided by the broker's access rules.
 */
import { readFileSync } from 'node:fs'
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt'
import { parseInstant } from '../facts/time.ts'
import type { CallMessage } from '../facts/wire.ts'
import { BrokerConnection } from './broker-connection.ts'
import { brokerProblem } from './broker-problem.ts'
import { Intake, NotDurable } from './intake.ts'
import { quarantine } from './json-codec.ts'
import {
  BROKER_CONNECT_TIMEOUT_MS,
  BROKER_KEEP_ALIVE_SECONDS,
  DEFAULT_LIMITS,
  MAX_BROKER_PACKET_BYTES,
} from './limits.ts'
import {
  type BrokerSettings,
  SensingError,
  type Subscriber,
  type SubscriberOptions,
  type TerminalDirectory,
  type TopicNotice,
} from './port.ts'
import { ReadGate } from './read-gate.ts'
import { callTopicOf, identityOfTopic, SHARED_TOPICS, STATUS_TOPIC } from './topics.ts'

/**
 * Begins to connect and keeps trying; a broker that is away is no error here but a `problem`.
 * @throws SensingError `sensing.badCertificate`
 */
export function openSubscriber(options: SubscriberOptions): Subscriber {
  // Read once now, so that a wrong path is told at the start and not as a broker that is away.
  credentialsOf(options.settings)
  return new BrokerSubscriber(options)
}

/** Signs in at the broker and out again: what is wrong, or nothing. Used by `doctor`. */
export async function checkBroker(settings: BrokerSettings): Promise<string | undefined> {
  let client: MqttClient | undefined
  try {
    const options = clientOptions(settings, 'doctor')
    // A session of its own that ends with it, so that nothing is queued for nobody.
    client = connect(settings.url, { ...options, clean: true, properties: {} })
    const connected = client
    await new Promise<void>((resolve, reject) => {
      connected.once('connect', () => resolve())
      connected.once('error', reject)
      connected.once('close', () => reject(new Error('the connection was closed')))
    })
    return undefined
  } catch (error) {
    return brokerProblem(error as Error)
  } finally {
    client?.end(true)
  }
}

class BrokerSubscriber implements Subscriber {
  readonly #options: SubscriberOptions
  readonly #gate: ReadGate
  readonly #intake: Intake
  readonly #connections: readonly BrokerConnection[]
  /** By connection: what is wrong with it. */
  readonly #problems = new Map<number, string>()
  #closing: Promise<void> | undefined

  constructor(options: SubscriberOptions) {
    const limits = { ...DEFAULT_LIMITS, ...options.limits }
    const { settings, telemetry } = options
    this.#options = options
    this.#gate = new ReadGate({
      pending: () => options.sink.pending,
      maxPending: limits.maxPendingAppends,
      onHold: (reason) => telemetry.emit('sensing.held', { reason }),
    })
    this.#intake = new Intake({ ...options, gate: this.#gate, limits })
    if (!options.sendsOnly) this.#intake.begin()
    this.#connections = Array.from({ length: settings.connections }, (_, index) => {
      this.#problems.set(index, 'not connected yet')
      return this.#connect(index)
    })
  }

  get connections(): number {
    return this.#connections.filter(({ isUp }) => isUp).length
  }

  get problem(): string | undefined {
    return this.#problems.values().next().value
  }

  useDirectory(directory: TerminalDirectory): void {
    this.#intake.useDirectory(directory)
  }

  async publishCall(terminal: string, message: CallMessage): Promise<void> {
    const notConnected = (said: string) => new SensingError('sensing.notConnected', said)
    const connection = this.#connections.find(({ isUp }) => isUp)
    if (!connection) throw notConnected(`broker: ${this.problem}`)
    // A question nobody may answer any more is not worth delivering.
    const seconds = Math.ceil((parseInstant(message.by)! - this.#options.now()) / 1000)
    const properties = { messageExpiryInterval: Math.max(1, seconds) }
    const topic = callTopicOf(terminal)
    const heard = await connection
      .publish(topic, JSON.stringify(message), { properties })
      .catch((error: Error) => {
        throw notConnected(`broker: ${error.message}`)
      })
    if (!heard) throw notConnected(`nobody listens for calls to ${terminal}`)
  }

  /** Who hears it is the broker's to say; it keeps what its sessions have not taken yet. */
  hearsNotices(): boolean {
    return this.#connections.some(({ isUp }) => isUp)
  }

  async publishNotice({ topics, payload, notAfter }: TopicNotice): Promise<void> {
    const connection = this.#connections.find(({ isUp }) => isUp)
    const seconds = Math.ceil((notAfter - this.#options.now()) / 1000)
    const properties = { messageExpiryInterval: Math.max(1, seconds) }
    for (const topic of topics)
      try {
        if (!connection) throw new Error(this.problem ?? 'not connected')
        await connection.publish(topic, payload, { properties })
      } catch (error) {
        throw new SensingError('sensing.notConnected', `broker: ${(error as Error).message}`)
      }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#gate.close()
    await this.#intake.drain()
    await Promise.all(this.#connections.map((connection) => connection.close()))
  }

  #connect(index: number): BrokerConnection {
    const { settings, telemetry, random = Math.random } = this.#options
    const connection = index + 1
    return new BrokerConnection({
      connect: () => connect(settings.url, clientOptions(settings, String(connection))),
      subscribe: async (client) => {
        if (!this.#options.sendsOnly) await subscribe(client, index === 0)
      },
      take: (packet, wanted) => this.#take(packet, wanted),
      gate: this.#gate,
      maxInFlight: settings.receiveMaximum,
      random,
      onUp: () => {
        this.#problems.delete(index)
        telemetry.emit('broker.connected', { connection })
      },
      onDown: (error) => {
        const said = brokerProblem(error)
        telemetry.emit('broker.failed')
        // Once an outage, and again where the reason is another.
        if (this.#problems.get(index) !== said)
          telemetry.emit('broker.unavailable', { connection, said })
        this.#problems.set(index, said)
      },
    })
  }

  async #take(packet: IPublishPacket, wanted: () => boolean): Promise<void> {
    const { topic, payload, dup } = packet
    if (dup) this.#options.telemetry.emit('broker.redelivered')
    const identity = identityOfTopic(topic)
    const message = {
      identity,
      topic,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      receivedAt: this.#options.now(),
      // Any status may be a last will: brokers send them like other messages.
      will: true,
    }
    if (!identity) {
      const nobody = quarantine(message, 'wrongTopic', 'topic: names no terminal or crew')
      return this.#intake.keep([nobody], wanted)
    }
    try {
      return await this.#intake.take({ ...message, identity }, wanted)
    } catch (error) {
      if (error instanceof NotDurable) throw error
      // A bug of ours; sent again it would only fail again, so it is kept for later instead.
      this.#options.telemetry.emit('sensing.failed', {}, error)
      const poison = quarantine(message, 'malformed', 'payload: could not be decoded')
      return this.#intake.keep([poison], wanted)
    }
  }
}

/** Subscribed anew on every connect, whatever the broker says of the session. */
async function subscribe(client: MqttClient, withStatus: boolean): Promise<void> {
  await client.subscribeAsync([...SHARED_TOPICS], { qos: 1 })
  // Retained states only where the subscription is new: otherwise we missed none.
  if (withStatus) await client.subscribeAsync(STATUS_TOPIC, { qos: 1, rh: 1 })
}

function clientOptions(settings: BrokerSettings, connection: string): IClientOptions {
  const { username, password, clientId, receiveMaximum, sessionSeconds } = settings
  return {
    protocolVersion: 5,
    clientId: `${clientId}-${connection}`,
    clean: false,
    keepalive: BROKER_KEEP_ALIVE_SECONDS,
    connectTimeout: BROKER_CONNECT_TIMEOUT_MS,
    reconnectPeriod: 0,
    resubscribe: false,
    properties: {
      sessionExpiryInterval: sessionSeconds,
      receiveMaximum,
      maximumPacketSize: MAX_BROKER_PACKET_BYTES,
    },
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...credentialsOf(settings),
  }
}

/** Certificates as they are on disk now, so that renewed ones serve from the next connection on. */
function credentialsOf({ caFile, certFile, keyFile }: BrokerSettings): IClientOptions {
  const read = (file: string) => {
    try {
      return readFileSync(file)
    } catch (cause) {
      throw new SensingError('sensing.badCertificate', (cause as Error).message, { cause })
    }
  }
  return {
    ...(caFile === null ? {} : { ca: read(caFile) }),
    ...(certFile === null ? {} : { cert: read(certFile) }),
    ...(keyFile === null ? {} : { key: read(keyFile) }),
  }
}

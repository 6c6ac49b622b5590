/**
 * The embedded MQTT 3.1.1 listener. A PUBACK leaves only after the message is durable: aedes waits
 * for its `authorizePublish` hook before acknowledging, and the hook waits for the journal.
 * Terminals publish and hear their own call-reads, services hear notices; nothing is passed from one
 * to another, nothing is retained, no session outlives its connection. Decides who may connect, publish and subscribe;
 * what messages mean is decided by the codec and the engine.
 */
import { type EventEmitter, once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Aedes, AuthenticateError, Client, PublishPacket } from 'aedes'
import type { CallMessage } from '../facts/wire.ts'
import { AcceptRate } from './accept-rate.ts'
import { GuardedSocket } from './guarded-socket.ts'
import {
  type Identity,
  identityOf,
  isLoopback,
  passwordCheck,
  type ServiceIdentity,
  serviceOf,
  userNameOf,
} from './identity.ts'
import { Intake, NotDurable } from './intake.ts'
import { DEFAULT_LIMITS, type ListenerLimits, TCP_KEEP_ALIVE_MS } from './limits.ts'
import { type Listener, type ListenerOptions, SensingError, type TopicNotice } from './port.ts'
import { ReadGate } from './read-gate.ts'
import { BAD_USER_NAME_OR_PASSWORD, Refusal, refusalReasonOf } from './refusal.ts'
import { ServiceSessions } from './services.ts'
import { TerminalBroker } from './terminal-broker.ts'
import { callTopicOf } from './topics.ts'

/** Opens the listener; rejects with `sensing.secretRequired` or `sensing.cannotListen`. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  if (options.secret === undefined && !isLoopback(options.host))
    throw new SensingError(
      'sensing.secretRequired',
      `a listener on ${options.host} can be reached from outside and needs a secret`,
    )
  const listener = new MqttListener(options)
  await listener.listen()
  return listener
}

interface Session {
  readonly identity: Identity | ServiceIdentity
  readonly client: Client
  readonly socket: GuardedSocket
  /** Subscribed to its call topic. */
  hearsCalls: boolean
}

class MqttListener implements Listener {
  readonly #options: ListenerOptions
  readonly #limits: ListenerLimits
  readonly #gate: ReadGate
  readonly #intake: Intake
  readonly #broker: Aedes
  readonly #server: Server
  readonly #acceptRate: AcceptRate
  readonly #accepts: (password?: Uint8Array) => boolean
  readonly #services: ServiceSessions
  readonly #sockets = new Set<GuardedSocket>()
  readonly #sessions = new WeakMap<Client, Session>()
  /** Sessions by user name. A Map: user names come from outside. */
  readonly #byUserName = new Map<string, Set<Session>>()
  /** Connections whose end has been counted as a refusal. */
  readonly #refused = new WeakSet<object>()
  #port = 0
  #namelessClients = 0
  #closing: Promise<void> | undefined

  constructor(options: ListenerOptions) {
    const limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#options = options
    this.#limits = limits
    this.#accepts = passwordCheck(options.secret)
    this.#services = new ServiceSessions(options.services)
    this.#acceptRate = new AcceptRate(limits.acceptsPerSecond, limits.acceptBurst, options.now())
    this.#gate = new ReadGate({
      pending: () => options.sink.pending,
      maxPending: limits.maxPendingAppends,
      onHold: (reason) => options.telemetry.emit('sensing.held', { reason }),
    })
    this.#intake = new Intake({ ...options, gate: this.#gate, limits })
    this.#intake.begin()
    this.#broker = this.#createBroker()
    this.#server = createServer({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
    })
    this.#server.maxConnections = limits.maxConnections
    this.#server.on('drop', () => this.#countRefusal('tooManyConnections'))
    this.#server.on('connection', (socket) => this.#accept(socket))
  }

  async listen(): Promise<void> {
    const { host, port, telemetry } = this.#options
    await this.#broker.listen()
    try {
      this.#server.listen(port, host)
      await once(this.#server, 'listening')
    } catch (error) {
      await this.close()
      throw new SensingError('sensing.cannotListen', `cannot listen on ${host}:${port}`, {
        cause: error,
      })
    }
    this.#port = (this.#server.address() as AddressInfo).port
    this.#server.on('error', (error) => telemetry.emit('sensing.failed', {}, error))
    telemetry.emit('sensing.listening', { host, port: this.#port })
  }

  get port(): number {
    return this.#port
  }

  get connections(): number {
    return this.#sockets.size
  }

  useDirectory(directory: ListenerOptions['directory']): void {
    this.#intake.useDirectory(directory)
  }

  async publishCall(terminal: string, message: CallMessage): Promise<void> {
    const sessions = [...(this.#byUserName.get(terminal) ?? [])]
    if (!sessions.some(({ hearsCalls }) => hearsCalls))
      throw new SensingError('sensing.notConnected', `nobody listens for calls to ${terminal}`)
    await new Promise<void>((resolve, reject) => {
      this.#broker.publish(
        {
          cmd: 'publish',
          topic: callTopicOf(terminal),
          payload: Buffer.from(JSON.stringify(message)),
          qos: 1,
          dup: false,
          retain: false,
        },
        (error) => (error ? reject(error) : resolve()),
      )
    })
  }

  hearsNotices(receiver: string): boolean {
    return this.#services.hears(receiver)
  }

  publishNotice(notice: TopicNotice): Promise<void> {
    return this.#services.publish(notice)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#gate.close()
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined
    this.#server.close()
    await this.#intake.drain()
    // One turn of the loop, so that the acknowledgements of what was just drained are written.
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise<void>((resolve) => this.#broker.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #createBroker(): Aedes {
    const broker = new TerminalBroker({
      connectTimeout: this.#limits.connectTimeoutMs,
      // The CONNECT packet is bounded as a whole; 3.1's 23 characters bind nobody today.
      maxClientsIdLength: Number.MAX_SAFE_INTEGER,
      preConnect: (_client, packet, done) => {
        // No session outlives its connection; the CONNACK says so by "session present" 0. What is
        // unacknowledged is the terminal's to send again.
        packet.clean = true
        packet.clientId = this.#ownClientId(packet.username, packet.clientId)
        done(null, true)
      },
      authenticate: (client, userName, password, done) => {
        const refusal = this.#signIn(client, userName, password)
        done((refusal ?? null) as AuthenticateError | null, refusal === undefined)
      },
      authorizePublish: (client, packet, done) => {
        this.#receive(client, packet)
          .then(
            () => done(null),
            (error: Error) => done(error),
          )
          // What the broker throws while it answers concerns this connection, not the program.
          .catch((error) => {
            this.#options.telemetry.emit('sensing.failed', {}, error)
            client?.conn.destroy()
          })
      },
      authorizeSubscribe: (client, subscription, done) => {
        if (this.#maySubscribe(client, subscription)) return done(null, subscription)
        this.#countRefusal('subscription')
        done(null, null) // SUBACK 0x80 [MQTT-3.9.3-2]
      },
    })
    broker.on('clientReady', (client) => this.#sessions.get(client)?.socket.signIn())
    this.#trackSubscriptions(broker)
    broker.on('ack', (_packet, client) => this.#services.acknowledged(client))
    const onEnd = (client: Client, error: Error) => this.#countEnd(client, error)
    broker.on('clientError', onEnd)
    broker.on('connectionError', onEnd)
    const emitter: EventEmitter = broker // its types leave out what it emits where all is lost
    emitter.on('error', (error) => this.#options.telemetry.emit('sensing.failed', {}, error))
    return broker
  }

  /** A terminal to its own call-reads, a service to notices with quality 1, and nobody to anything else. */
  #maySubscribe(client: Client, { topic, qos }: { topic: string; qos: number }): boolean {
    const kind = this.#sessions.get(client)?.identity.kind
    if (kind === 'service') return this.#services.maySubscribe(topic, qos)
    return kind === 'terminal' && topic === this.#callTopicOf(client)
  }

  /** Whom a call-read or a notice would reach. */
  #trackSubscriptions(broker: Aedes): void {
    const track = (client: Client, topics: readonly string[], hearsCalls: boolean) => {
      const session = this.#sessions.get(client)
      if (session?.identity.kind === 'service')
        return this.#services.subscribed(client, topics, hearsCalls)
      if (session && topics.includes(this.#callTopicOf(client)!)) session.hearsCalls = hearsCalls
    }
    broker.on('subscribe', (subscriptions, client) => {
      const topics = subscriptions.map(({ topic }) => topic)
      track(client, topics, true)
    })
    broker.on('unsubscribe', (topics, client) => track(client, topics, false))
  }

  /** Client ids are private to an identity, so that nobody takes over another's connection. */
  #ownClientId(userName: string | undefined, clientId: string): string {
    return `${userName ?? ''}/${clientId || `#${this.#namelessClients++}`}`
  }

  #callTopicOf(client: Client): string | undefined {
    const identity = this.#sessions.get(client)?.identity
    return identity?.kind === 'terminal' ? callTopicOf(identity.id) : undefined
  }

  #accept(socket: Socket): void {
    if (!this.#acceptRate.admit(this.#options.now())) {
      this.#countRefusal('acceptRate')
      socket.destroy()
      return
    }
    const guarded = new GuardedSocket(socket, {
      gate: this.#gate,
      maxInFlight: this.#limits.maxInFlightPerConnection,
      onRefused: (reason) => this.#countRefusal(reason),
    })
    this.#sockets.add(guarded)
    guarded.once('close', () => this.#sockets.delete(guarded))
    this.#broker.handle(guarded)
  }

  #signIn(client: Client, userName?: string, password?: Uint8Array): Refusal | undefined {
    const identity =
      userName === undefined ? undefined : (serviceOf(userName) ?? identityOf(userName))
    if (!identity) return new Refusal('badUserName', BAD_USER_NAME_OR_PASSWORD)
    const isRight =
      identity.kind === 'service'
        ? this.#services.accepts(identity.id, password)
        : this.#accepts(password)
    if (!isRight) return new Refusal('badPassword', BAD_USER_NAME_OR_PASSWORD)

    const name = userNameOf(identity)
    const sessions = this.#byUserName.get(name) ?? new Set<Session>()
    const others = [...sessions].filter((session) => session.client.id !== client.id)
    if (others.length >= this.#limits.maxConnectionsPerIdentity) {
      this.#countRefusal('tooManyOfIdentity')
      others[0]!.socket.destroy()
    }

    const socket = client.conn as GuardedSocket
    const session = { identity, client, socket, hearsCalls: false }
    this.#sessions.set(client, session)
    this.#byUserName.set(name, sessions.add(session))
    if (identity.kind === 'service') this.#services.add(identity.id, client, socket)
    socket.once('close', () => {
      sessions.delete(session)
      if (sessions.size === 0 && this.#byUserName.get(name) === sessions)
        this.#byUserName.delete(name)
    })
    return undefined
  }

  /** A PUBLISH, or a last will (which has no `cmd`): resolves when it may be acknowledged. */
  async #receive(client: Client | null, packet: PublishPacket): Promise<void> {
    const session = client ? this.#sessions.get(client) : undefined
    if (!session) throw new Refusal('notSignedIn')
    const { identity, socket } = session
    // Services listen; what they would say is no evidence.
    if (identity.kind === 'service') throw new Refusal('servicePublishes')
    const will = packet.cmd !== 'publish'
    // Connections that end because we stop, or read no keep-alives, say nothing about terminals.
    if (will && (this.#closing || this.#gate.lacksRoom)) return
    // QoS 2 adds nothing where repeats are harmless, and costs state for every half-done exchange.
    if (!will && packet.qos === 2) throw new Refusal('qos2')

    const payload =
      typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    socket.begin()
    try {
      await this.#intake.take(
        { identity, topic: packet.topic, payload, receivedAt: this.#options.now(), will },
        () => will || !socket.destroyed,
      )
    } catch (error) {
      // A journal that is full or failing says so itself; anything else is a bug of ours.
      if (!(error instanceof NotDurable)) this.#options.telemetry.emit('sensing.failed', {}, error)
      throw new Refusal('notDurable')
    } finally {
      socket.settle()
    }
  }

  /** The broker ended a connection: refused by us, broken by the peer's bytes, or a dead link. */
  #countEnd(client: Client, error: Error): void {
    if (this.#closing || this.#refused.has(client)) return
    this.#refused.add(client)
    const reason = refusalReasonOf(error)
    if (reason !== undefined) this.#countRefusal(reason)
  }

  #countRefusal(reason: string): void {
    this.#options.telemetry.emit('sensing.refused', { reason })
  }
}

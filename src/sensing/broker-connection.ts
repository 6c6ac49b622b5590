/**
 * One connection to an outside broker, opened again whenever it ends. A message is acknowledged
 * only after `take` has resolved, many being under way at a time, and in the order of their arrival
 * [MQTT-4.6.0-2]. What is unacknowledged when the connection ends comes again, because the session
 * outlives it. Decides when to read, acknowledge and reconnect; never what a message means.
 */
import type { IClientPublishOptions, IPublishPacket, MqttClient, Packet } from 'mqtt'
import { BROKER_FIRST_WAIT_MS, BROKER_LONGEST_WAIT_MS } from './limits.ts'
import type { ReadGate } from './read-gate.ts'

/** PUBACK: taken, but nobody subscribes. Brokers may say so; Mosquitto does. */
const NO_MATCHING_SUBSCRIBERS = 16

export interface BrokerConnectionOptions {
  /** A new client that has begun to connect; it must neither reconnect nor resubscribe by itself. */
  readonly connect: () => MqttClient
  readonly subscribe: (client: MqttClient) => Promise<unknown>
  /** Resolves when the message is durable; rejects where it cannot be. */
  readonly take: (packet: IPublishPacket, wanted: () => boolean) => Promise<void>
  readonly gate: ReadGate
  readonly maxInFlight: number
  readonly random: () => number
  readonly onUp: () => void
  /** Each time an attempt or a connection ended, with the reason. */
  readonly onDown: (error: Error) => void
}

export class BrokerConnection {
  readonly #options: BrokerConnectionOptions
  readonly #opener = () => this.#open()
  readonly #resume = () => this.#proceed()
  #client: MqttClient | undefined
  #up = false
  #closed = false
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  /** Messages not yet acknowledged. */
  #inFlight = 0
  /** Lets the client go on to the next packet. */
  #held: (() => void) | undefined
  /** Identifiers of what we published to nobody, until its answer is given. */
  readonly #unheard = new Set<number>()
  /** Why the connection ended, or will have. */
  #reason = new Error('the connection was closed')
  /** Resolves when everything received up to now is acknowledged. */
  #acknowledged: Promise<void> = Promise.resolve()

  constructor(options: BrokerConnectionOptions) {
    this.#options = options
    this.#open()
  }

  /** Connected and subscribed. */
  get isUp(): boolean {
    return this.#up
  }

  /**
   * Publishes with quality 1. Resolves when the broker has taken it, with false where it says that
   * nobody subscribes; rejects where there is no connection or it is lost before the answer.
   */
  publish(topic: string, payload: string, options: IClientPublishOptions): Promise<boolean> {
    const client = this.#client
    if (!client || !this.#up) return Promise.reject(new Error('the broker is away'))
    return new Promise((resolve, reject) => {
      const lost = () => reject(new Error('the connection was lost'))
      client.once('close', lost)
      client.publish(topic, payload, { ...options, qos: 1 }, (error) => {
        client.off('close', lost)
        if (error) reject(error)
        else resolve(!this.#unheard.delete(identifier))
      })
      const identifier = client.getLastMessageId()
    })
  }

  /** Ends in the ordinary way, after the acknowledgements of what is durable. The session stays. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#options.gate.forget(this.#opener)
    await this.#acknowledged
    const client = this.#client
    if (!client) return
    // What is still unread is let through to nowhere: a socket that is not read does not close.
    this.#held?.()
    // A broker that is away cannot be told.
    await client.endAsync(!client.connected)
  }

  #open(): void {
    if (this.#closed) return
    // While nothing can be kept there is no use in being sent more.
    if (!this.#options.gate.admits(this.#opener)) return
    this.#acknowledged = Promise.resolve()
    this.#reason = new Error('the connection was closed')
    try {
      this.#client = this.#follow(this.#options.connect())
    } catch (error) {
      this.#retry(error as Error)
    }
  }

  #follow(client: MqttClient): MqttClient {
    const identifiers = this.#takeOverAcknowledging(client)
    client.handleMessage = (packet, done) => {
      if (this.#closed) return done()
      this.#receive(client, packet as IPublishPacket, identifiers.get(packet))
      this.#held = done
      this.#proceed()
    }
    client.on('error', (error) => {
      this.#reason = error as Error
    })
    client.on('disconnect', ({ reasonCode }) => {
      this.#reason = Object.assign(new Error('the broker ended it'), { code: reasonCode })
    })
    client.on('connect', () => {
      this.#options.subscribe(client).then(
        () => this.#subscribed(client),
        (error) => this.#abandon(client, error),
      )
    })
    client.once('close', () => this.#lost(client))
    return client
  }

  #subscribed(client: MqttClient): void {
    if (!client.connected) return
    this.#up = true
    this.#failures = 0
    this.#options.onUp()
  }

  /**
   * The client handles one message of quality 1 after the other and acknowledges each before the
   * next. To it they are made messages of quality 0; the identifiers to acknowledge stay here.
   */
  #takeOverAcknowledging(client: MqttClient): WeakMap<object, number> {
    const identifiers = new WeakMap<object, number>()
    client.on('packetreceive', (packet: Packet) => {
      if (packet.cmd === 'puback' && packet.reasonCode === NO_MATCHING_SUBSCRIBERS)
        this.#unheard.add(packet.messageId!)
      if (packet.cmd !== 'publish' || packet.qos !== 1) return
      identifiers.set(packet, packet.messageId!)
      packet.qos = 0
    })
    return identifiers
  }

  #receive(client: MqttClient, packet: IPublishPacket, identifier: number | undefined): void {
    const { stream } = client
    const isCurrent = () => client === this.#client && !stream.destroyed
    this.#inFlight++
    const before = this.#acknowledged
    const kept = this.#options.take(packet, isCurrent)
    this.#acknowledged = Promise.all([kept, before])
      .then(() => {
        if (identifier !== undefined && isCurrent()) stream.write(acknowledgement(identifier))
      })
      // Unacknowledged, so it comes again; those after it as well.
      .catch((error: Error) => this.#abandon(client, error))
      .finally(() => {
        this.#inFlight--
        this.#proceed()
      })
  }

  #proceed(): void {
    if (!this.#held || this.#inFlight >= this.#options.maxInFlight) return
    if (!this.#options.gate.admits(this.#resume)) return
    const proceed = this.#held
    this.#held = undefined
    proceed()
  }

  #abandon(client: MqttClient, reason: Error): void {
    if (client === this.#client) this.#reason = reason
    client.end(true)
  }

  #lost(client: MqttClient): void {
    if (client !== this.#client) return
    this.#up = false
    this.#client = undefined
    this.#held = undefined
    this.#options.gate.forget(this.#resume)
    client.end(true)
    if (!this.#closed) this.#retry(this.#reason)
  }

  #retry(reason: Error): void {
    const longest = Math.min(BROKER_LONGEST_WAIT_MS, BROKER_FIRST_WAIT_MS * 2 ** this.#failures)
    this.#failures = Math.min(this.#failures + 1, 10)
    this.#timer = setTimeout(this.#opener, longest * (0.5 + this.#options.random() / 2))
    this.#options.onDown(reason)
  }
}

/** PUBACK, success; the same bytes in MQTT 3.1.1 and 5. */
function acknowledgement(identifier: number): Buffer {
  return Buffer.from([0x40, 2, identifier >> 8, identifier & 0xff])
}

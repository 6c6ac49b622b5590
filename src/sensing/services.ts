/**
 * Services (服务调度, 配网调度, 网格 systems) at the embedded listener: programs that hear notices by
 * topic and publish nothing. A notice is theirs once they have acknowledged it; until then whoever
 * sends it keeps it. Decides who may hear; what they hear is decided by the outbox.
 */
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Client } from 'aedes'
import { passwordCheck } from './identity.ts'
import { SensingError, type ServiceAccounts, type TopicNotice } from './port.ts'
import { isNoticeFilter, noticeFilterNames } from './topics.ts'

/** A service that has not acknowledged by then is taken to be gone; its connection is ended. */
const ACKNOWLEDGE_WITHIN_MS = 15_000

interface ServiceSession {
  readonly client: Client
  readonly socket: Duplex
  readonly filters: Set<string>
  /** What it has not acknowledged, oldest first: MQTT has it answer in order [MQTT-4.6.0-2]. */
  readonly waiting: (() => void)[]
  readonly closed: Promise<never>
}

export class ServiceSessions {
  readonly #accounts: ServiceAccounts | undefined
  readonly #sessions = new Map<string, Set<ServiceSession>>()
  readonly #byClient = new WeakMap<Client, ServiceSession>()

  constructor(accounts: ServiceAccounts | undefined) {
    this.#accounts = accounts
  }

  /** Whether the password is one of the service's. */
  accepts(id: string, password?: Uint8Array): boolean {
    const secrets = this.#accounts?.secretsOf(id) ?? []
    return secrets.filter((secret) => passwordCheck(secret)(password)).length > 0
  }

  maySubscribe(filter: string, qos: number): boolean {
    // With quality 0 nobody would know whether it arrived.
    return qos > 0 && isNoticeFilter(filter)
  }

  add(id: string, client: Client, socket: Duplex): void {
    const closed = once(socket, 'close').then(() => {
      throw lost(id)
    })
    closed.catch(() => {})
    const session: ServiceSession = { client, socket, filters: new Set(), waiting: [], closed }
    const all = this.#sessions.get(id) ?? new Set()
    this.#sessions.set(id, all.add(session))
    this.#byClient.set(client, session)
    socket.once('close', () => {
      all.delete(session)
      if (all.size === 0 && this.#sessions.get(id) === all) this.#sessions.delete(id)
    })
  }

  subscribed(client: Client, filters: readonly string[], is: boolean): void {
    const session = this.#byClient.get(client)
    for (const filter of filters)
      if (is) session?.filters.add(filter)
      else session?.filters.delete(filter)
  }

  acknowledged(client: Client): void {
    this.#byClient.get(client)?.waiting.shift()?.()
  }

  /** Whether it is connected and subscribed to anything. */
  hears(id: string): boolean {
    return this.#listening(id).length > 0
  }

  /** Resolves once one connection of the service has acknowledged all of it that it subscribed to. */
  async publish({ receiver, topics, payload }: TopicNotice): Promise<void> {
    const sessions = this.#listening(receiver)
    if (sessions.length === 0) throw lost(receiver)
    const sent = sessions.map((session) => {
      const asked = topics.filter((topic) =>
        [...session.filters].some((filter) => noticeFilterNames(filter, topic)),
      )
      return Promise.all(asked.map((topic) => send(session, topic, payload)))
    })
    await Promise.any(sent).catch(() => {
      throw lost(receiver)
    })
  }

  #listening(id: string): readonly ServiceSession[] {
    return [...(this.#sessions.get(id) ?? [])].filter(({ filters }) => filters.size > 0)
  }
}

const lost = (id: string) =>
  new SensingError('sensing.notConnected', `service ${id} is not there to take it`)

async function send(session: ServiceSession, topic: string, payload: string): Promise<void> {
  const { client, socket, waiting, closed } = session
  const taken = new Promise<void>((resolve) => waiting.push(resolve))
  client.publish(
    {
      ...{ cmd: 'publish', topic, payload: Buffer.from(payload) },
      ...{ qos: 1, dup: false, retain: false },
    },
    // A connection that broke is told of by its end.
    () => {},
  )
  const late = setTimeout(() => socket.destroy(), ACKNOWLEDGE_WITHIN_MS)
  await Promise.race([taken, closed]).finally(() => clearTimeout(late))
}

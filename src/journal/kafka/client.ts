/**
 * node-rdkafka behind promises: loads it where it is built, makes the topics, opens producers and
 * readers. An optional dependency, so nothing else imports it.
 */
import type {
  ConsumerGlobalConfig,
  KafkaConsumer,
  LibrdKafkaError,
  Message,
  Producer,
} from 'node-rdkafka'
import { type KafkaSettings, topicsOf } from '../../config/kafka.ts'
import { JournalError } from '../port.ts'
import { adviceOn } from './advice.ts'

type Rdkafka = typeof import('node-rdkafka')

/** The one command that builds the client. */
export const BUILD_COMMAND = 'npm run build:kafka'

/** A broker that has not answered within this is away. */
export const ANSWER_WITHIN_MS = 10_000

/**
 * How long a fact waits for enough brokers before its sender is told that it is not taken: longer
 * than a leader takes to be replaced (6 to 9 s), shorter than a terminal's patience.
 */
const DELIVER_WITHIN_MS = 30_000

/** Messages that arrive within this share a request; PUBACKs wait for it. */
const LINGER_MS = 2

/** How often delivery reports are fetched. */
const POLL_MS = 5

/** What one fact changes may fill megabytes: all areas of a large substation by name. */
const MESSAGE_BYTES = 8_388_608
const LARGE = { 'max.message.bytes': String(MESSAGE_BYTES) }

const DAY_MS = 86_400_000

/** Between two looks for a topic that was just made. */
const MADE_AFTER_MS = 200

/** librdkafka's numbers. */
const TOPIC_EXISTS = 36
const QUEUE_FULL = -184

/** Loads the client. @throws JournalError `journal.noClient`, naming the command that builds it */
export async function loadClient(): Promise<Rdkafka> {
  try {
    const { default: client } = (await import('node-rdkafka')) as unknown as { default: Rdkafka }
    return client
  } catch (cause) {
    throw new JournalError(
      'journal.noClient',
      `Kafka is configured and its client node-rdkafka is not built: run ${BUILD_COMMAND} once`,
      { cause },
    )
  }
}

/** What every client of the brokers is told. */
function connection(settings: KafkaSettings): Record<string, string | number | boolean> {
  const { brokers, tls, caFile, certFile, keyFile, username, password, mechanism } = settings
  const sasl = username !== null
  return {
    'bootstrap.servers': brokers,
    'security.protocol': `${sasl ? 'sasl_' : ''}${tls ? 'ssl' : 'plaintext'}`,
    ...(caFile === null ? {} : { 'ssl.ca.location': caFile }),
    ...(certFile === null ? {} : { 'ssl.certificate.location': certFile }),
    ...(keyFile === null ? {} : { 'ssl.key.location': keyFile }),
    // Older clients leave it out: any certificate of the authority would do for any broker.
    ...(tls ? { 'ssl.endpoint.identification.algorithm': 'https' } : {}),
    ...(sasl ? { 'sasl.mechanisms': mechanism, 'sasl.username': username } : {}),
    ...(sasl && password !== null ? { 'sasl.password': password } : {}),
    // Brokers that are restarted are back within seconds; the default grows to ten.
    'reconnect.backoff.max.ms': 1_000,
  }
}

/** Turns an error of the client into ours. */
export function kafkaError(error: unknown): JournalError {
  if (error instanceof JournalError) return error
  const { message, code } = error as LibrdKafkaError
  return new JournalError('journal.unreachable', `Kafka: ${message} (${code})`, { cause: error })
}

/** A call of the client with a callback, as a promise. */
export function answered<T = void>(
  call: (done: (error: LibrdKafkaError | null | undefined, value?: unknown) => void) => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(kafkaError(error))
      else resolve(value as T)
    })
  })
}

/** Three times what a call was given itself: the client has forgotten it (librdkafka #3013). */
const FORGOTTEN_AFTER_MS = 3 * ANSWER_WITHIN_MS

let held = false

/** True where a call never came back: it holds a thread that an ordinary exit of the process waits for. */
export function isHeldByClient(): boolean {
  return held
}

/** The same for a call that may never come back. @throws JournalError `journal.silent`, naming it */
export async function answeredInTime(
  what: string,
  call: Parameters<typeof answered>[0],
): Promise<void> {
  let late: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    late = setTimeout(() => {
      held = true
      reject(new JournalError('journal.silent', `Kafka: ${what} never came back`))
    }, FORGOTTEN_AFTER_MS)
  })
  try {
    await Promise.race([answered(call), silence])
  } finally {
    clearTimeout(late)
  }
}

/** Makes the topics that are missing. @throws JournalError where a topic has another number of partitions */
export async function prepareTopics(settings: KafkaSettings): Promise<void> {
  const { AdminClient } = await loadClient()
  const { facts, readings, changes, snapshots, files, inForce } = topicsOf(settings)
  const retained = {
    ...LARGE,
    'retention.ms': String(settings.retentionDays * DAY_MS),
    'cleanup.policy': 'delete',
  }
  const passing = { ...retained, 'retention.ms': String(settings.readingsDays * DAY_MS) }
  const compacted = { ...LARGE, 'cleanup.policy': 'compact' }
  const admin = AdminClient.create(connection(settings))
  try {
    for (const [topic, config] of [
      [facts, retained],
      [readings, passing],
      [changes, retained],
      [snapshots, compacted],
      [files, compacted],
      [inForce, compacted],
    ] as const) {
      // −1: as many copies as the brokers keep by default.
      const wanted = {
        ...{ topic, num_partitions: settings.partitions, replication_factor: -1 },
        config,
      }
      await new Promise<void>((resolve, reject) => {
        admin.createTopic(wanted, ANSWER_WITHIN_MS, (error: LibrdKafkaError | undefined) => {
          if (error && error.code !== TOPIC_EXISTS) reject(kafkaError(error))
          else resolve()
        })
      })
    }
  } finally {
    admin.disconnect()
  }
}

/** Rejects where a topic has another number of partitions than the settings say. */
export async function checkTopics(producer: Producer, settings: KafkaSettings): Promise<void> {
  for (const topic of Object.values(topicsOf(settings)))
    checkPartitions(topic, await partitionsOfTopic(producer, topic), settings)
}

function checkPartitions(topic: string, found: number, { partitions }: KafkaSettings): void {
  if (found === partitions) return
  throw new JournalError(
    'journal.partitions',
    `topic ${topic} has ${found} partitions and kafka.partitions says ${partitions}`,
  )
}

/** A topic that was just made is known to all brokers only a moment later. */
async function partitionsOfTopic(producer: Producer, topic: string): Promise<number> {
  for (let left = ANSWER_WITHIN_MS; ; left -= MADE_AFTER_MS) {
    const { topics } = await metadataOf(producer, topic)
    const found = topics.find(({ name }) => name === topic)?.partitions.length ?? 0
    if (found > 0 || left <= 0) return found
    await new Promise((resolve) => setTimeout(resolve, MADE_AFTER_MS))
  }
}

/** Of one topic, which brokers make by their own defaults where a producer asks for it; without one, of all there are. */
export function metadataOf(client: Producer | KafkaConsumer, topic?: string) {
  const asked = topic === undefined ? {} : { topic }
  return answered<import('node-rdkafka').Metadata>((done) =>
    client.getMetadata({ ...asked, timeout: ANSWER_WITHIN_MS }, done),
  )
}

/** Connects a producer whose messages are acknowledged by all copies in step; never repeats one. */
export async function connectProducer(
  settings: KafkaSettings,
  transactionalId?: string,
): Promise<Producer> {
  const { Producer } = await loadClient()
  const producer = new Producer(
    {
      ...connection(settings),
      'enable.idempotence': true,
      'linger.ms': LINGER_MS,
      'message.max.bytes': MESSAGE_BYTES,
      'queue.buffering.max.messages': 1_000_000,
      'compression.type': 'lz4',
      dr_cb: true,
      ...(transactionalId === undefined
        ? { 'message.timeout.ms': DELIVER_WITHIN_MS }
        : { 'transactional.id': transactionalId }),
    },
    { acks: -1 },
  )
  await connectedProducer(producer)
  producer.setPollInterval(POLL_MS)
  return producer
}

/** True where the producer's own queue has no room just now. */
export function isQueueFull(error: unknown): boolean {
  return (error as LibrdKafkaError).code === QUEUE_FULL
}

/** Connects a consumer that commits nothing by itself and sees committed transactions alone. */
export async function connectConsumer(
  settings: KafkaSettings,
  more: ConsumerGlobalConfig = {},
): Promise<KafkaConsumer> {
  const { KafkaConsumer } = await loadClient()
  const consumer = new KafkaConsumer(
    {
      ...connection(settings),
      'group.id': `${settings.prefix}.readers`,
      'enable.auto.commit': false,
      'enable.auto.offset.store': false,
      'isolation.level': 'read_committed',
      // At the end of a partition what is there is handed over, instead of waiting for more.
      'enable.partition.eof': true,
      'fetch.wait.max.ms': 100,
      'queued.max.messages.kbytes': 16_384,
      ...more,
    } as ConsumerGlobalConfig,
    // Facts that are gone must be noticed, not passed over.
    { 'auto.offset.reset': 'error' },
  )
  // Failures come back with the calls, as with producers.
  consumer.on('event.error', () => {})
  await answered((done) => consumer.connect({ timeout: ANSWER_WITHIN_MS }, done))
  return consumer
}

/**
 * Messages that have come, up to `limit`; where none has, the next one, waited for as long as `lookMs`.
 * Not in one call: the client waits as long again for each further message, so that a steady trickle
 * would be handed over by thousands. @throws JournalError
 */
export async function consumed(
  consumer: KafkaConsumer,
  limit: number,
  lookMs: number,
): Promise<readonly Message[]> {
  const taken = (most: number, waitMs: number) => {
    consumer.setDefaultConsumeTimeout(waitMs)
    return answered<Message[]>((done) => consumer.consume(most, done))
  }
  const there = await taken(limit, 0)
  return there.length > 0 ? there : taken(1, lookMs)
}

/** Connects; where that fails, says why: the call only knows that no broker answered. */
async function connectedProducer(producer: Producer): Promise<void> {
  let reason: string | undefined
  // Failures come back with the calls, without their reason; unheard they would be thrown.
  producer.on('event.error', () => {})
  producer.on('event.log', ({ message }: { readonly message: string }) => {
    reason = adviceOn(message) ?? reason
  })
  try {
    await answered((done) => producer.connect({ timeout: ANSWER_WITHIN_MS }, done))
  } catch (error) {
    throw reason === undefined ? error : new JournalError('journal.unreachable', reason)
  }
}

/** Longer than leaving a group takes, shorter than a stop may take. */
const GONE_WITHIN_MS = 6_000

/** Disconnects; a client that hangs on it (known of librdkafka) is left behind. */
export async function disconnect(client: Producer | KafkaConsumer): Promise<void> {
  if (!client.isConnected()) return
  const patience = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), GONE_WITHIN_MS).unref()
  })
  const gone = new Promise<boolean>((resolve) => {
    client.disconnect(() => resolve(true))
  })
  if (!(await Promise.race([gone, patience]))) held = true
}

const isKeptOnce = ({ replicas }: { readonly replicas: readonly number[] }) => replicas.length < 2

/** Reaches the configured Kafka: its brokers, or what is wrong. Used by `doctor`. */
export async function checkKafka(
  settings: KafkaSettings,
): Promise<{ readonly ok: boolean; readonly found: string }> {
  let producer: Producer | undefined
  try {
    producer = await connectProducer(settings)
    const { brokers, topics } = await metadataOf(producer)
    const names = new Set<string>(Object.values(topicsOf(settings)))
    const made = topics.filter(({ name }) => names.has(name))
    for (const { name, partitions } of made) checkPartitions(name, partitions.length, settings)
    const single = made.filter(({ partitions }) => partitions.some(isKeptOnce))
    if (brokers.length > 1 && single.length > 0)
      return {
        ok: false,
        found: `${brokers.length} brokers, but ${single.map(({ name }) => name).join(', ')} in one copy: the loss of one broker loses what lies there; add copies with kafka-reassign-partitions, and set default.replication.factor and min.insync.replicas at the brokers`,
      }
    return {
      ok: true,
      found: `${brokers.length} brokers, ${made.length > 0 ? 'our topics' : 'no topics yet'}`,
    }
  } catch (error) {
    return { ok: false, found: (error as Error).message }
  } finally {
    if (producer) await disconnect(producer)
  }
}

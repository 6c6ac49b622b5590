/**
 * Appends facts to partitions of the topic `facts`, periodic readings to those of `readings`: a promise
 * resolves with the offset once all copies in step have it. Says when the brokers are away.
 */
import type { DeliveryReport, LibrdKafkaError, Producer } from 'node-rdkafka'
import { type KafkaSettings, type TopicNames, topicsOf } from '../../config/kafka.ts'
import type { Fact, ReadingFact } from '../../facts/facts.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { JOURNAL_LIMITS } from '../limits.ts'
import { JournalError } from '../port.ts'
import {
  checkTopics,
  connectProducer,
  disconnect,
  isQueueFull,
  kafkaError,
  metadataOf,
  prepareTopics,
} from './client.ts'

/** How often it is looked whether the brokers are there. */
const LOOK_EVERY_MS = 2_000

interface Waiting {
  readonly topic: 'facts' | 'readings'
  readonly since: number
  readonly resolve: (offset: number) => void
  readonly reject: (error: JournalError) => void
}

export type AppenderCondition = 'writing' | 'unreachable' | 'closed'

export class FactAppender {
  readonly #producer: Producer
  readonly #topics: TopicNames
  readonly #telemetry: Telemetry
  readonly #watch: NodeJS.Timeout
  #condition: AppenderCondition = 'writing'
  #pending = 0

  /** Makes the topics where they are missing. @throws JournalError */
  static async open(settings: KafkaSettings, telemetry: Telemetry): Promise<FactAppender> {
    // First, for it says what is wrong with the way to the brokers.
    const producer = await connectProducer(settings)
    try {
      await prepareTopics(settings)
      await checkTopics(producer, settings)
    } catch (error) {
      await disconnect(producer)
      throw error
    }
    return new FactAppender(producer, topicsOf(settings), telemetry)
  }

  private constructor(producer: Producer, topics: TopicNames, telemetry: Telemetry) {
    this.#producer = producer
    this.#topics = topics
    this.#telemetry = telemetry
    producer.on('delivery-report', (error, report) => this.#delivered(error, report))
    this.#watch = setInterval(() => void this.#look(), LOOK_EVERY_MS)
    telemetry.gauge(
      'lastgasp_journal_pending_facts',
      'Facts waiting for their commit',
      () => this.#pending,
    )
  }

  /** For `/readyz`. */
  get condition(): AppenderCondition {
    return this.#condition
  }

  /** Appends asked for and not yet durable. */
  get pending(): number {
    return this.#pending
  }

  /** Resolves with the offset; rejects with `journal.unreachable` after half a minute without Kafka. */
  append(fact: Fact, partition: number): Promise<number> {
    return this.#append('facts', fact, partition)
  }

  /** The same of a periodic reading, beside the facts. */
  keep(reading: ReadingFact, partition: number): Promise<number> {
    return this.#append('readings', reading, partition)
  }

  async close(): Promise<void> {
    if (this.#condition === 'closed') return
    this.#condition = 'closed'
    clearInterval(this.#watch)
    await disconnect(this.#producer)
  }

  #append(topic: Waiting['topic'], fact: Fact, partition: number): Promise<number> {
    if (this.#condition === 'closed')
      return Promise.reject(this.#refused(new JournalError('journal.closed', 'journal is closed')))
    if (this.#pending >= JOURNAL_LIMITS.pendingFacts)
      return Promise.reject(
        this.#refused(new JournalError('journal.busy', `${this.#pending} facts wait for Kafka`)),
      )
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { topic, since: performance.now(), resolve, reject }
      try {
        const value = Buffer.from(JSON.stringify(fact))
        this.#producer.produce(this.#topics[topic], partition, value, null, null, waiting)
        this.#pending++
      } catch (error) {
        const code = isQueueFull(error) ? 'journal.busy' : kafkaError(error).code
        reject(this.#refused(new JournalError(code, (error as Error).message)))
      }
    })
  }

  #delivered(error: LibrdKafkaError | null, report: DeliveryReport): void {
    const waiting = report.opaque as Waiting
    this.#pending--
    if (error) {
      waiting.reject(this.#refused(kafkaError(error)))
      return
    }
    this.#turn('writing')
    const seconds = (performance.now() - waiting.since) / 1000
    if (waiting.topic === 'readings') this.#telemetry.emit('readings.kept')
    else this.#telemetry.emit('journal.committed', { seconds })
    waiting.resolve(report.offset)
  }

  #refused(error: JournalError): JournalError {
    this.#telemetry.emit('journal.refused', { code: error.code, count: 1 })
    return error
  }

  async #look(): Promise<void> {
    try {
      await metadataOf(this.#producer, this.#topics.facts)
      this.#turn('writing')
    } catch (error) {
      this.#turn('unreachable', error)
    }
  }

  #turn(condition: AppenderCondition, error?: unknown): void {
    if (this.#condition === condition || this.#condition === 'closed') return
    this.#condition = condition
    this.#telemetry.emit(
      condition === 'writing' ? 'journal.reachable' : 'journal.unreachable',
      {},
      error,
    )
  }
}

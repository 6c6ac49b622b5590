/** Reads partitions of a topic from given places on, batch by batch. */
import type { EofEvent, KafkaConsumer, Message } from 'node-rdkafka'
import type { KafkaSettings } from '../../config/kafka.ts'
import { JournalError } from '../port.ts'
import { ANSWER_WITHIN_MS, answered, connectConsumer, consumed, disconnect } from './client.ts'

/** A look for new messages waits this long: it holds one of Node's four threads meanwhile. */
const LOOK_MS = 100

/** Messages of one look: with reports of 300 bytes about the megabyte of a fetch. */
const BATCH = 4_096

export interface PartitionExtent {
  /** First offset still kept, and the one that comes next. */
  readonly low: number
  readonly high: number
}

export class PartitionReader {
  readonly #consumer: KafkaConsumer
  readonly #topic: string
  /** Partitions read to their end at the last look. */
  readonly #ended = new Set<number>()

  private constructor(consumer: KafkaConsumer, topic: string) {
    this.#consumer = consumer
    this.#topic = topic
    consumer.on('partition.eof', ({ partition }: EofEvent) => this.#ended.add(partition))
  }

  static async open(settings: KafkaSettings, topic: string): Promise<PartitionReader> {
    return new PartitionReader(await connectConsumer(settings), topic)
  }

  /** As the brokers say now; `topic` may be another one than that which is read. */
  extent(partition: number, topic = this.#topic): Promise<PartitionExtent> {
    return answered<{ lowOffset: number; highOffset: number }>((done) =>
      this.#consumer.queryWatermarkOffsets(topic, partition, ANSWER_WITHIN_MS, done),
    ).then(({ lowOffset, highOffset }) => ({ low: lowOffset, high: highOffset }))
  }

  /** From now on reads these partitions from these offsets. */
  from(starts: readonly { readonly partition: number; readonly offset: number }[]): void {
    this.#ended.clear()
    this.#consumer.assign(starts.map((start) => ({ topic: this.#topic, ...start })))
  }

  /**
   * Offset behind the newest of a partition that is read, as the last fetch had it; undefined before
   * one came back. Asks nobody and holds no thread.
   */
  knownEnd(partition: number): number | undefined {
    try {
      const { highOffset } = this.#consumer.getWatermarkOffsets(this.#topic, partition)
      return highOffset < 0 ? undefined : highOffset
    } catch {
      return undefined
    }
  }

  /** What has come, up to `limit`; empty where nothing came within a tenth of a second. */
  async next(limit = BATCH): Promise<readonly Message[]> {
    try {
      return await consumed(this.#consumer, limit, LOOK_MS)
    } catch (error) {
      const { code } = (error as JournalError).cause as { code?: number }
      // An offset that is gone, by retention or because the topic was made anew.
      if (code === OFFSET_OUT_OF_RANGE || code === AUTO_OFFSET_RESET)
        throw new JournalError('journal.corrupt', `${this.#topic} no longer holds what comes next`)
      throw error
    }
  }

  /** The same, while brokers that are away are waited for. */
  async nextOrNone(limit = BATCH): Promise<readonly Message[]> {
    try {
      return await this.next(limit)
    } catch (error) {
      if ((error as JournalError).code !== 'journal.unreachable') throw error
      return []
    }
  }

  /** True once this partition was read to its end; asked after `next`. */
  hasEnded(partition: number): boolean {
    return this.#ended.has(partition)
  }

  close(): Promise<void> {
    return disconnect(this.#consumer)
  }
}

/** librdkafka's numbers. */
const OFFSET_OUT_OF_RANGE = 1
const AUTO_OFFSET_RESET = -140

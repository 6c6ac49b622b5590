/**
 * Periodic readings of one partition of their topic, for those who follow them from a place of their own:
 * the series, and the engine that looks for news among them. A place is an offset plus one, so that the
 * place of the last one taken is the offset of the next.
 */
import { type KafkaSettings, topicsOf } from '../../config/kafka.ts'
import type { ReadingFact } from '../../facts/facts.ts'
import type { JournalError, KeptReading } from '../port.ts'
import { factOf } from './messages.ts'
import { PartitionReader } from './reader.ts'

/** No place: before the first look, and where what comes next is gone. */
const NOWHERE = -1

export class PartitionReadings {
  readonly #reader: PartitionReader
  readonly #settings: KafkaSettings
  readonly #partition: number
  /** The place that was asked for last or handed out last, and the offset that is read behind it. */
  #behind = NOWHERE
  #next = 0

  static async open(settings: KafkaSettings, partition: number): Promise<PartitionReadings> {
    const reader = await PartitionReader.open(settings, topicsOf(settings).readings)
    return new PartitionReadings(reader, settings, partition)
  }

  private constructor(reader: PartitionReader, settings: KafkaSettings, partition: number) {
    this.#reader = reader
    this.#settings = settings
    this.#partition = partition
  }

  /** Place of the newest, as far as is known. */
  get last(): number {
    return this.#reader.knownEnd(this.#partition) ?? this.#next
  }

  /**
   * In order, behind `place`; where that is gone (by retention, or because the topic was made anew), the
   * oldest that are kept. Empty where there is nothing, or while the brokers are away. @throws JournalError
   */
  async after(place: number, limit: number): Promise<readonly KeptReading[]> {
    if (place !== this.#behind) await this.#goTo(place)
    if (this.#reader.knownEnd(this.#partition) === this.#next) return []
    const messages = await this.#taken(limit)
    const kept = messages.map((message) => {
      return { id: message.offset + 1, reading: factOf(message).fact as ReadingFact }
    })
    this.#next = kept.at(-1)?.id ?? this.#next
    this.#behind = kept.at(-1)?.id ?? this.#behind
    return kept
  }

  /** Offset behind the newest fact of the partition. @throws JournalError */
  async factsEnd(): Promise<number> {
    const { high } = await this.#reader.extent(this.#partition, topicsOf(this.#settings).facts)
    return high
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  async #goTo(place: number): Promise<void> {
    const { low, high } = await this.#reader.extent(this.#partition)
    this.#next = place >= low && place <= high ? place : low
    this.#reader.from([{ partition: this.#partition, offset: this.#next }])
    this.#behind = place
  }

  async #taken(limit: number) {
    try {
      return await this.#reader.nextOrNone(limit)
    } catch (error) {
      if ((error as JournalError).code !== 'journal.corrupt') throw error
      // Dropped after their days before anybody came for them.
      this.#behind = NOWHERE
      return []
    }
  }
}

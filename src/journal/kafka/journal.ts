/**
 * The journal in Kafka for a process that judges alone: one partition, so one order. Positions are
 * offsets plus one; nobody writes to the topic within transactions, so they have no holes.
 */
import { type KafkaSettings, topicsOf } from '../../config/kafka.ts'
import type { Fact, JournalledFact, Position } from '../../facts/facts.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { JournalError, type JournalPort, type ReadingLog } from '../port.ts'
import { type AppenderCondition, FactAppender } from './appender.ts'
import { factOf } from './messages.ts'
import { FactPicker } from './picker.ts'
import { PartitionReader } from './reader.ts'

const PARTITION = 0

export interface KafkaJournal extends JournalPort {
  /** For `/readyz`. */
  readonly condition: AppenderCondition | 'failing'
  readonly readings: ReadingLog
}

export interface KafkaJournalOptions {
  readonly settings: KafkaSettings
  readonly telemetry: Telemetry
}

/** Opens it, making the topics where they are missing. @throws JournalError */
export async function openKafkaJournal(options: KafkaJournalOptions): Promise<KafkaJournal> {
  const { settings, telemetry } = options
  if (settings.partitions !== 1)
    throw new JournalError(
      'journal.partitions',
      `one process judges one partition, and kafka.partitions is ${settings.partitions}: use --role engine, records and sensing`,
    )
  const appender = await FactAppender.open(settings, telemetry)
  const open = () => PartitionReader.open(settings, topicsOf(settings).facts)
  const picker = await FactPicker.open(settings)
  const { low, high } = await picker.extent(PARTITION)
  return new OnePartition(appender, picker, open, telemetry, { first: low + 1, last: high })
}

/** An append that is durable, until its fact was handed to the listener. */
type Told = (position: Position) => void

class OnePartition implements KafkaJournal {
  readonly readings: ReadingLog
  readonly #appender: FactAppender
  readonly #picker: FactPicker
  readonly #open: () => Promise<PartitionReader>
  readonly #telemetry: Telemetry
  readonly #first: Position
  /** The last fact handed to the listener; before the listener came, the last one there was. */
  #last: Position
  readonly #untold = new Map<Position, Told>()
  #following: Promise<void> = Promise.resolve()
  #failure: JournalError | undefined
  #closed = false

  constructor(
    appender: FactAppender,
    picker: FactPicker,
    open: () => Promise<PartitionReader>,
    telemetry: Telemetry,
    extent: { readonly first: Position; readonly last: Position },
  ) {
    this.#appender = appender
    this.readings = {
      keep: async (reading) => (await appender.keep(reading, PARTITION)) + 1,
      // Counted with the facts; dropped by Kafka as the topic says.
      pending: 0,
      async retain() {},
    }
    this.#picker = picker
    this.#open = open
    this.#telemetry = telemetry
    this.#first = extent.first
    this.#last = extent.last
  }

  get condition(): AppenderCondition | 'failing' {
    return this.#failure && !this.#closed ? 'failing' : this.#appender.condition
  }
  get lastPosition(): Position {
    return this.#last
  }
  get firstPosition(): Position {
    return this.#first
  }
  get pending(): number {
    return this.#appender.pending + this.#untold.size
  }

  /** Resolves once all copies have it and the listener of this process has heard of it. */
  async append(fact: Fact): Promise<Position> {
    if (this.#failure) throw this.#failure
    const position = (await this.#appender.append(fact, PARTITION)) + 1
    if (position <= this.#last) return position
    return new Promise((resolve) => {
      this.#untold.set(position, resolve)
    })
  }

  onCommitted(listener: (facts: readonly JournalledFact[]) => void): void {
    this.#following = this.#follow(listener).catch((error: JournalError) => {
      this.#failure = error
      this.#telemetry.emit('journal.failed', {}, error)
    })
  }

  async *read(from: Position, until = Number.POSITIVE_INFINITY) {
    const end = Math.min(until, this.#last)
    let next = Math.max(from, this.#first)
    if (next > end) return
    if (from < this.#first)
      throw new JournalError('journal.corrupt', `facts before ${this.#first} are gone`)
    const reader = await this.#open()
    try {
      reader.from([{ partition: PARTITION, offset: next - 1 }])
      while (next <= end) {
        const facts = (await reader.next())
          .map((message) => factOf(message))
          .filter(({ position }) => position <= end)
        if (facts.length === 0) continue
        next = facts.at(-1)!.position + 1
        yield facts as readonly JournalledFact[]
      }
    } finally {
      await reader.close()
    }
  }

  at(positions: readonly Position[]): Promise<readonly JournalledFact[]> {
    return this.#picker.at(positions.filter((position) => position <= this.#last))
  }

  /** Kafka drops old facts by itself, as the topic says; see `retentionDays`. */
  async retain(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#following
    await this.#picker.close()
    await this.#appender.close()
  }

  async #follow(listener: (facts: readonly JournalledFact[]) => void): Promise<void> {
    const reader = await this.#open()
    try {
      reader.from([{ partition: PARTITION, offset: this.#last }])
      while (!this.#closed) {
        const facts = (await reader.nextOrNone()).map((message) => factOf(message))
        if (facts.length > 0) this.#tell(facts, listener)
      }
    } finally {
      await reader.close()
    }
  }

  #tell(facts: readonly JournalledFact[], listener: (facts: readonly JournalledFact[]) => void) {
    if (facts[0]!.position !== this.#last + 1)
      throw new JournalError(
        'journal.corrupt',
        `${facts[0]!.position} comes after ${this.#last} in the journal`,
      )
    this.#last = facts.at(-1)!.position
    listener(facts)
    for (const { position } of facts) {
      this.#untold.get(position)?.(position)
      this.#untold.delete(position)
    }
  }
}

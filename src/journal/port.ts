/**
 * The journal: durable order and nothing else. It never looks inside a fact. SQLite is the default,
 * Kafka (`kafka/`) the other adapter.
 */
import type { Fact, JournalledFact, Position, ReadingFact } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'

export interface JournalPort {
  /**
   * Appends a fact. The promise resolves with its position once it is committed to disk
   * (`synchronous=FULL`), and rejects with a `JournalError` where it cannot be (disk full, failing).
   * Concurrent appends share one group commit. Order of calls is order of positions, but for a fact that
   * goes `ahead` of all that still waits (a tick), where that is for this program to say.
   */
  append(fact: Fact, ahead?: 'ahead'): Promise<Position>
  /** Facts from `from` on, in order, batch by batch, up to the last committed one. */
  read(from: Position, until?: Position): AsyncIterable<readonly JournalledFact[]>
  /** Facts at these positions (missing ones left out), for timelines. */
  at(positions: readonly Position[]): Promise<readonly JournalledFact[]>
  /** Called after each group commit, in order, with what was committed. One listener. */
  onCommitted(listener: (facts: readonly JournalledFact[]) => void): void
  readonly lastPosition: Position
  /** First position still kept. */
  readonly firstPosition: Position
  /** Appends asked for and not yet committed. */
  readonly pending: number
  /** Drops facts older than `before`; the caller keeps it behind the oldest kept snapshot. */
  retain(before: Position): Promise<void>
  close(): Promise<void>
}

/** A periodic reading with its place among them: 1, 2, 3 … */
export interface KeptReading {
  readonly id: number
  readonly reading: ReadingFact
}

/** Where periodic readings are kept beside the facts. They have no position and are no evidence. */
export interface ReadingLog {
  /** Resolves with its place once it is as durable as a fact. @throws JournalError as `append` */
  keep(reading: ReadingFact): Promise<number>
  readonly pending: number
  /** Drops those received before; the newest stays, so that no place is given twice. */
  retain(before: InstantMs): Promise<void>
}

export type JournalErrorCode =
  | 'journal.full'
  | 'journal.busy'
  | 'journal.failing'
  | 'journal.closed'
  | 'journal.corrupt'
  /** Kafka does not answer; worth another try. */
  | 'journal.unreachable'
  /** Kafka is configured and its client is not built. */
  | 'journal.noClient'
  /** Another process owns the partition by now. */
  | 'journal.fenced'
  /** The client of Kafka has forgotten a call; only a new process gets it going again. */
  | 'journal.silent'
  /** The topics have another number of partitions than the settings say. */
  | 'journal.partitions'

export class JournalError extends Error {
  readonly code: JournalErrorCode
  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'JournalError'
    this.code = code
  }
}

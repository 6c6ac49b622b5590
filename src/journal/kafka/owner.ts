/**
 * The ownership of one partition: a transactional producer that fences off whoever had it before,
 * the state that was left, and turns that commit what the engine said, its state and its place in
 * the input together.
 */
import type { KafkaConsumer, LibrdKafkaError, Producer } from 'node-rdkafka'
import { type KafkaSettings, topicsOf } from '../../config/kafka.ts'
import { JournalError } from '../port.ts'
import type { SnapshotHeader } from '../snapshots.ts'
import { ANSWER_WITHIN_MS, answeredInTime, connectProducer, disconnect } from './client.ts'
import { PartitionReader } from './reader.ts'

/** Where the engine of a partition stands: committed with every turn. */
export interface OwnedState {
  readonly epoch: number
  /** Of the last fact judged. */
  readonly position: number
  /** Running digest of what was said. */
  readonly digest: string
  /** Offset of the next fact. */
  readonly next: number
  /** Place of the last periodic reading that was looked at for news; absent before any was. */
  readonly readings?: number
  /** Digests that the last start of an engine put in force; absent before any did. */
  readonly started?: StartedDigests
}

/** Digests of grid and rules; empty where there is none. */
export interface StartedDigests {
  readonly grid: string
  readonly rules: string
}

/** A page of the state that changed. */
export interface OwnedPage {
  readonly section: string
  readonly index: number
  readonly bytes: Uint8Array
}

export interface OwnedSnapshot {
  readonly header: SnapshotHeader
  readSection(name: string): Promise<Buffer>
  readHeap(): Promise<Buffer>
}

/** What is committed at once. */
export interface Turn {
  /** Encoded batches. */
  readonly changes: readonly string[]
  readonly state: OwnedState
  readonly snapshot?: {
    readonly header: SnapshotHeader
    readonly pages: readonly OwnedPage[]
    readonly heap: Buffer
  }
}

/** A commit that the brokers do not answer is asked for again at most this often. */
const MOST_ATTEMPTS = 10
const AGAIN_AFTER_MS = 500

/** Pieces of the heap: brokers take messages of a megabyte by default. */
const HEAP_PIECE_BYTES = 524_288

const STATE = 'state'
const HEADER = 'header'
const pageKey = (section: string, index: number) => `page:${section}:${index}`
const heapKey = (piece: number) => `heap:${piece}`

/** The header of a snapshot, with what is needed to put its pieces together. */
interface KeptHeader extends SnapshotHeader {
  readonly heapPieces: number
}

export class PartitionOwner {
  readonly state: OwnedState | undefined
  readonly snapshot: OwnedSnapshot | undefined
  readonly partition: number
  readonly #producer: Producer
  readonly #topics: ReturnType<typeof topicsOf>

  /** Takes the partition over; the one who had it can commit nothing from here on. */
  static async take(settings: KafkaSettings, partition: number): Promise<PartitionOwner> {
    const name = `${settings.prefix}.engine.${partition}`
    const producer = await connectProducer(settings, name)
    try {
      await answeredInTime('initTransactions', (done) =>
        producer.initTransactions(ANSWER_WITHIN_MS, done),
      )
      const left = await readLeft(settings, partition)
      return new PartitionOwner(settings, partition, producer, left)
    } catch (error) {
      await disconnect(producer)
      throw error
    }
  }

  private constructor(
    settings: KafkaSettings,
    partition: number,
    producer: Producer,
    { state, snapshot }: LeftState,
  ) {
    this.#topics = topicsOf(settings)
    this.#producer = producer
    this.partition = partition
    this.state = state
    this.snapshot = snapshot
  }

  /** @throws JournalError `journal.fenced` where another has the partition by now */
  async commit(turn: Turn, consumer: KafkaConsumer): Promise<void> {
    const { facts: topic } = this.#topics
    const input = [{ topic, partition: this.partition, offset: turn.state.next }]
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#insist('beginTransaction', (done) => this.#producer.beginTransaction(done))
        this.#produce(turn)
        await this.#insist('sendOffsetsToTransaction', (done) =>
          this.#producer.sendOffsetsToTransaction(input, consumer, ANSWER_WITHIN_MS, done),
        )
        await this.#insist('commitTransaction', (done) =>
          this.#producer.commitTransaction(ANSWER_WITHIN_MS, done),
        )
        return
      } catch (error) {
        const isWorthAnother = failureOf(error).isTxnRequiresAbort && attempt < MOST_ATTEMPTS
        const refusal = isWorthAnother ? await this.#abort() : error
        if (refusal !== undefined)
          throw new JournalError(
            'journal.fenced',
            `partition ${this.partition} is no longer ours: ${(refusal as Error).message}`,
            { cause: refusal },
          )
        await pause()
      }
    }
  }

  /** Takes back what is under way; answers why that cannot be. */
  async #abort(): Promise<unknown> {
    try {
      await this.#insist('abortTransaction', (done) =>
        this.#producer.abortTransaction(ANSWER_WITHIN_MS, done),
      )
      return undefined
    } catch (error) {
      return error
    }
  }

  close(): Promise<void> {
    return disconnect(this.#producer)
  }

  #produce({ changes, state, snapshot }: Turn): void {
    for (const batch of changes) this.#send(this.#topics.changes, null, Buffer.from(batch))
    const keep = (key: string, value: Uint8Array) =>
      this.#send(this.#topics.snapshots, key, Buffer.from(value))
    if (snapshot) {
      const { header, pages, heap } = snapshot
      for (const { section, index, bytes } of pages) keep(pageKey(section, index), bytes)
      let heapPieces = 0
      for (let at = 0; at < heap.length; at += HEAP_PIECE_BYTES)
        keep(heapKey(heapPieces++), heap.subarray(at, at + HEAP_PIECE_BYTES))
      keep(HEADER, Buffer.from(JSON.stringify({ ...header, heapPieces } satisfies KeptHeader)))
    }
    keep(STATE, Buffer.from(JSON.stringify(state)))
  }

  #send(topic: string, key: string | null, value: Buffer): void {
    this.#producer.produce(topic, this.partition, value, key)
  }

  /** Asks again while the brokers do not answer. */
  async #insist(what: string, call: Parameters<typeof answeredInTime>[1]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await answeredInTime(what, call)
      } catch (error) {
        if (!failureOf(error).isRetriable || attempt === MOST_ATTEMPTS) throw error
        await pause()
      }
    }
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS))

/** What librdkafka says of an error: whether the call, or the transaction, is worth another try. */
function failureOf(error: unknown): Partial<LibrdKafkaError> {
  return ((error as Error).cause ?? {}) as Partial<LibrdKafkaError>
}

/** What the last committed turn of a partition left. */
export interface LeftState {
  readonly state: OwnedState | undefined
  readonly snapshot: OwnedSnapshot | undefined
}

/** Reads it; whoever has the partition goes on meanwhile. */
export async function readLeft(settings: KafkaSettings, partition: number): Promise<LeftState> {
  const kept = await readKept(settings, partition)
  const state = kept.get(STATE)
  return {
    state: state && (JSON.parse(state.toString()) as OwnedState),
    snapshot: snapshotOf(kept),
  }
}

/**
 * The latest value of each key of the partition, as of the end of a transaction: what its owner commits
 * meanwhile comes in pieces, and a page of the next snapshot is no page of this one.
 */
async function readKept(
  settings: KafkaSettings,
  partition: number,
): Promise<ReadonlyMap<string, Buffer>> {
  const kept = new Map<string, Buffer>()
  const reader = await PartitionReader.open(settings, topicsOf(settings).snapshots)
  try {
    // Of committed transactions alone: the brokers name no end within one.
    const { low, high } = await reader.extent(partition)
    reader.from([{ partition, offset: low }])
    let isRead = low >= high
    while (!isRead) {
      for (const { offset, key, value } of await reader.next())
        if (offset < high) kept.set(String(key), value!)
        else isRead = true
      isRead ||= reader.hasEnded(partition)
    }
  } finally {
    await reader.close()
  }
  return kept
}

function snapshotOf(kept: ReadonlyMap<string, Buffer>): OwnedSnapshot | undefined {
  const text = kept.get(HEADER)
  if (!text) return undefined
  const { heapPieces, ...header } = JSON.parse(text.toString()) as KeptHeader
  return {
    header,
    async readSection(name) {
      const { bytes } = header.sections.find((section) => section.name === name)!
      const pages: Buffer[] = []
      for (let at = 0; at < bytes; at += pages.at(-1)!.length)
        pages.push(piece(kept, pageKey(name, pages.length)))
      return Buffer.concat(pages)
    },
    async readHeap() {
      return Buffer.concat(
        Array.from({ length: heapPieces }, (_, index) => piece(kept, heapKey(index))),
      )
    },
  }
}

function piece(kept: ReadonlyMap<string, Buffer>, key: string): Buffer {
  const bytes = kept.get(key)
  if (!bytes?.length) throw new JournalError('journal.corrupt', `the snapshot has no ${key}`)
  return bytes
}

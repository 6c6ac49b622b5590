/**
 * What is in force, told to roles that judge nothing, where the files of it are, which partition
 * judges each feeder, which grid each engine has ready, and the one that waits until feeders may move: a
 * small compacted topic that every role follows. The facts alone decide what engines judge by; an entry
 * that is asked for and not done says that facts of it may be missing in some partitions.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type KafkaSettings, topicsOf } from '../../config/kafka.ts'
import type { FeederPartitions } from '../../grid/partition.ts'
import { KEPT_IN, keep } from './kept.ts'
import { PartitionReader } from './reader.ts'

/** Grids and rules change a few times a week, and a look holds one of Node's four threads. */
const LOOK_EVERY_MS = 500

export type InForceKind = 'grid' | 'rules'

/** A grid or rules that somebody puts in force. */
export interface PutInForce {
  readonly digest: string
  readonly by: string
  /** When it was asked for. */
  readonly at: number
  /** Every partition has the fact. */
  readonly isDone: boolean
}

/** A grid that comes into force once the feeders that it moves are drained. */
export interface WaitingFor {
  readonly digest: string
  readonly by: string
  /** When it was asked for. */
  readonly at: number
}

/** Where a file is in the topic of the files. */
export interface FilePlace {
  /** Of its name, the dot included; empty for rules. */
  readonly ending: string
  readonly pieces: number
  /** Offset of the first piece. */
  readonly from: number
}

/** A grid that the engine of a partition prepares, or has prepared, before it meets its fact. */
export interface PreparedGrid {
  readonly digest: string
  readonly isReady: boolean
}

const PARTITIONS = 'partitions'
const preparedKey = (partition: number) => `prepared:${partition}`
const WAITING = 'waiting'
const fileKey = (kind: InForceKind, digest: string) => `file:${kind}:${digest}`

export class InForceTopic {
  readonly #settings: KafkaSettings
  readonly #reader: PartitionReader
  readonly #entries = new Map<string, string>()
  /** Where in the topic the latest word of each key stands: what was written here is read back later. */
  readonly #offsets = new Map<string, number>()
  /** Read from the text beside it: asked for with every fact. */
  #partitions: { readonly text: string; readonly placed: FeederPartitions } | undefined
  #onChange: () => void = () => {}
  #stopping = false
  #following: Promise<void> = Promise.resolve()

  /** Resolves when all that was there is read. @throws JournalError */
  static async open(settings: KafkaSettings): Promise<InForceTopic> {
    const reader = await PartitionReader.open(settings, topicsOf(settings).inForce)
    try {
      const topic = new InForceTopic(settings, reader)
      const { low } = await reader.extent(KEPT_IN)
      reader.from([{ partition: KEPT_IN, offset: low }])
      while (!reader.hasEnded(KEPT_IN)) await topic.#look()
      return topic
    } catch (error) {
      await reader.close()
      throw error
    }
  }

  private constructor(settings: KafkaSettings, reader: PartitionReader) {
    this.#settings = settings
    this.#reader = reader
  }

  /** Calls `onChange` after each entry that comes from now on. */
  follow(onChange: () => void, onFailure: (error: unknown) => void): void {
    this.#onChange = onChange
    this.#following = this.#follow().catch(onFailure)
  }

  /** The last grid or rules that somebody put in force; undefined before anybody did. */
  latest(kind: InForceKind): PutInForce | undefined {
    return this.#entry(kind)
  }

  /** Where feeders are judged; nothing before the first grid. */
  get partitions(): FeederPartitions {
    const text = this.#entries.get(PARTITIONS) ?? '[]'
    if (text !== this.#partitions?.text)
      this.#partitions = { text, placed: new Map(JSON.parse(text) as [string, number][]) }
    return this.#partitions.placed
  }

  /** Before the grid that it is for is put in force; once all copies have it. @throws JournalError */
  async sayPartitions(placed: FeederPartitions): Promise<void> {
    await this.#write(PARTITIONS, [...placed])
  }

  /** What the engine of a partition said of the last grid that it prepared. */
  prepared(partition: number): PreparedGrid | undefined {
    return this.#entry(preparedKey(partition))
  }

  /** Resolves once all copies have it. @throws JournalError */
  async sayPrepared(partition: number, prepared: PreparedGrid): Promise<void> {
    await this.#write(preparedKey(partition), prepared)
  }

  /** The grid that waits for feeders to be drained, if one does. */
  get waiting(): WaitingFor | undefined {
    return this.#entry<WaitingFor | null>(WAITING) ?? undefined
  }

  /** Null: none waits any more. Resolves once all copies have it. @throws JournalError */
  async sayWaiting(waiting: WaitingFor | null): Promise<void> {
    await this.#write(WAITING, waiting)
  }

  place(kind: InForceKind, digest: string): FilePlace | undefined {
    return this.#entry(fileKey(kind, digest))
  }

  /** Resolves once all copies have it. @throws JournalError */
  async say(kind: InForceKind, put: PutInForce): Promise<void> {
    await this.#write(kind, put)
  }

  /** Resolves once all copies have it. @throws JournalError */
  async addPlace(kind: InForceKind, digest: string, place: FilePlace): Promise<void> {
    await this.#write(fileKey(kind, digest), place)
  }

  async close(): Promise<void> {
    this.#stopping = true
    await this.#following
    await this.#reader.close()
  }

  #entry<T>(key: string): T | undefined {
    const text = this.#entries.get(key)
    return text === undefined ? undefined : (JSON.parse(text) as T)
  }

  async #write(key: string, entry: unknown): Promise<void> {
    const text = JSON.stringify(entry)
    const offset = await keep(this.#settings, topicsOf(this.#settings).inForce, [
      { key, value: Buffer.from(text) },
    ])
    this.#take(key, text, offset)
  }

  /** An earlier word than the one that is known changes nothing. */
  #take(key: string, text: string | undefined, offset: number): void {
    if (offset < (this.#offsets.get(key) ?? 0)) return
    this.#offsets.set(key, offset)
    if (text === undefined) this.#entries.delete(key)
    else this.#entries.set(key, text)
  }

  async #follow(): Promise<void> {
    while (!this.#stopping) {
      if (await this.#look()) this.#onChange()
      await sleep(LOOK_EVERY_MS)
    }
  }

  /** Whether anything came. @throws JournalError */
  async #look(): Promise<boolean> {
    const messages = await this.#reader.nextOrNone()
    for (const { key, value, offset } of messages)
      this.#take(String(key), value?.toString('utf8'), offset)
    return messages.length > 0
  }
}

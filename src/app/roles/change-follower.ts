/**
 * From `lastgasp.changes` into the records: each change once, because where it stood is committed
 * with it. Changes of several partitions get one order here, that of their arrival.
 */
import type { KafkaSettings } from '../../config/kafka.ts'
import { topicsOf } from '../../config/kafka.ts'
import type { ChangeBatch } from '../../engine/changes.ts'
import type { Position } from '../../facts/facts.ts'
import { batchOf, placeOf } from '../../journal/kafka/messages.ts'
import { PartitionReader } from '../../journal/kafka/reader.ts'
import type { ChangeSource, RecordsPort } from '../../records/port.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { nextDigest } from '../change-digest.ts'
import type { ChangePlaces } from './change-places.ts'

export interface ChangeFollowerOptions {
  readonly settings: KafkaSettings
  readonly records: Pick<RecordsPort, 'state' | 'commit' | 'sources'>
  /** Told where each position comes from, before it is filed. */
  readonly places: Pick<ChangePlaces, 'note'>
  readonly telemetry: Telemetry
  /**
   * Resolves once whoever answers from the engines' state has judged the fact at this position of the
   * journal: what is filed is never ahead of what is known of it.
   */
  reached(position: Position): Promise<void>
  /** Whether that one found what the engine said, by the digest of both. */
  agrees(position: Position, digest: string): boolean
  readonly onFailure: (error: unknown) => void
}

export class ChangeFollower {
  readonly #options: ChangeFollowerOptions
  readonly #reader: PartitionReader
  readonly #sources: Map<number, ChangeSource>
  /** Where the records will stand when all that was asked for is committed. */
  #position: number
  /** Position in the journal of the last fact whose changes are filed, by partition. */
  readonly #diverged = new Set<number>()
  readonly #filed = new Map<number, Position>()
  #digest: string
  #stopping = false
  #following: Promise<void> = Promise.resolve()

  static async open(options: ChangeFollowerOptions): Promise<ChangeFollower> {
    const reader = await PartitionReader.open(options.settings, topicsOf(options.settings).changes)
    return new ChangeFollower(options, reader)
  }

  private constructor(options: ChangeFollowerOptions, reader: PartitionReader) {
    const { records } = options
    this.#options = options
    this.#reader = reader
    this.#sources = new Map(records.sources().map((source) => [source.partition, source]))
    this.#position = records.state.position
    this.#digest = records.state.digest
  }

  /** Goes on behind what the records hold. */
  start(): void {
    const { partitions } = this.#options.settings
    this.#reader.from(
      Array.from({ length: partitions }, (_, partition) => {
        return { partition, offset: (this.#sources.get(partition)?.offset ?? -1) + 1 }
      }),
    )
    this.#following = this.#follow().catch(this.#options.onFailure)
  }

  /** Whether the changes of this fact, or of a later one of its partition, are filed since the start. */
  hasFiled(position: Position): boolean {
    const { partition } = placeOf(position, this.#options.settings.partitions)
    return (this.#filed.get(partition) ?? 0) >= position
  }

  /** Partitions of which something else is known here than their engines say: to be started anew. */
  get diverged(): readonly number[] {
    return [...this.#diverged]
  }

  /** Waits for what is being committed. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#following
    await this.#reader.close()
  }

  async #follow(): Promise<void> {
    while (!this.#stopping) {
      const messages = await this.#reader.nextOrNone()
      const commits: Promise<void>[] = []
      for (const message of messages) {
        const { partition, offset } = message
        const { epoch, at, changes, position: of, digest } = batchOf(message)
        if (epoch < (this.#sources.get(partition)?.epoch ?? 0)) {
          // Kafka fences a former owner; should it fail to, this does not.
          this.#options.telemetry.emit('records.fenced', { partition, epoch })
          continue
        }
        await this.#options.reached(of)
        if (digest !== undefined) this.#compare(partition, of, digest)
        const source = { partition, offset, epoch }
        this.#sources.set(partition, source)
        this.#options.places.note(this.#position + 1, source)
        const commit = this.#commit({ position: ++this.#position, at, changes }, source)
        commits.push(commit.then(() => void this.#filed.set(partition, of)))
      }
      await Promise.all(commits)
    }
  }

  #compare(partition: number, position: Position, digest: string): void {
    const { agrees, telemetry } = this.#options
    if (this.#diverged.has(partition) || agrees(position, digest)) return
    this.#diverged.add(partition)
    telemetry.emit('worlds.diverged', { partition, position })
  }

  #commit(batch: ChangeBatch, source: ChangeSource): Promise<void> {
    const { position } = batch
    const json = JSON.stringify(batch.changes)
    this.#digest = nextDigest(this.#digest, position, json)
    return this.#options.records.commit([{ ...batch, json }], position, this.#digest, source)
  }
}

/**
 * What a gateway shows, straight from the engines: behind the picture it began with it follows
 * `lastgasp.changes` itself, so that consoles go on while the process that files them restarts.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type KafkaSettings, topicsOf } from '../../config/kafka.ts'
import { batchOf } from '../../journal/kafka/messages.ts'
import { PartitionReader } from '../../journal/kafka/reader.ts'
import { isMirrored, type MirroredChange } from '../../live/mirror.ts'
import type { ChangeSource } from '../../records/port.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

/** Between two tries where Kafka, or a grid that came into force, is not to be had. */
const AGAIN_AFTER_MS = 1_000

export interface LiveChangesOptions {
  readonly settings: KafkaSettings
  readonly telemetry: Telemetry
  /** The last change of each partition that the picture has. */
  readonly places: readonly ChangeSource[]
  /** Revisions of the incidents in the picture, which may be ahead of the places. */
  readonly revisions: ReadonlyMap<string, number>
  /** Tried again where it fails. */
  readonly onChanges: (changes: readonly MirroredChange[]) => Promise<void>
}

export class LiveChanges {
  readonly #options: LiveChangesOptions
  readonly #next = new Map<number, number>()
  readonly #epochs = new Map<number, number>()
  readonly #revisions: Map<string, number>
  readonly #running: Promise<void>
  #problem: string | undefined
  #closed = false

  constructor(options: LiveChangesOptions) {
    this.#options = options
    for (const { partition, offset, epoch } of options.places) {
      this.#next.set(partition, offset + 1)
      this.#epochs.set(partition, epoch)
    }
    this.#revisions = new Map(options.revisions)
    this.#running = this.#run()
  }

  /** For `/readyz`: why what is shown may be old. */
  get problem(): string | undefined {
    return this.#problem
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#closed)
      try {
        await this.#follow()
      } catch (error) {
        const said = (error as Error).message
        if (said !== this.#problem) this.#options.telemetry.emit('live.unfollowed', { said })
        this.#problem = said
        await sleep(AGAIN_AFTER_MS, undefined, { ref: false })
      }
  }

  async #follow(): Promise<void> {
    const { settings } = this.#options
    const reader = await PartitionReader.open(settings, topicsOf(settings).changes)
    try {
      reader.from(await this.#starts(reader))
      while (!this.#closed) {
        for (const message of await reader.nextOrNone()) {
          const { partition, offset } = message
          const { epoch, changes } = batchOf(message)
          // What a former owner of the partition says does not count.
          if (epoch >= (this.#epochs.get(partition) ?? 0)) {
            const news = changes.filter(isMirrored).filter((change) => this.#isNews(change))
            if (news.length > 0) await this.#options.onChanges(news)
            this.#epochs.set(partition, epoch)
          }
          this.#next.set(partition, offset + 1)
        }
        this.#problem = undefined
      }
    } finally {
      await reader.close()
    }
  }

  /** Behind what is known; where that is gone, or of topics made anew, all that is kept. */
  #starts(reader: PartitionReader) {
    const partitions = [...Array(this.#options.settings.partitions).keys()]
    return Promise.all(
      partitions.map(async (partition) => {
        const { low, high } = await reader.extent(partition)
        const next = this.#next.get(partition) ?? low
        if (next >= low && next <= high) return { partition, offset: next }
        this.#epochs.delete(partition)
        return { partition, offset: low }
      }),
    )
  }

  /** False for what the picture already had. */
  #isNews(change: MirroredChange): boolean {
    if (change.type === 'applied') return true
    const [id, revision] =
      change.type === 'area'
        ? [change.incident, change.revision]
        : [change.incident.id, change.incident.revision]
    const known = this.#revisions.get(id) ?? 0
    if (change.type === 'incident' && revision > known) this.#revisions.delete(id)
    return change.type === 'area' ? revision >= known : revision > known
  }
}

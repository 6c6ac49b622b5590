/**
 * The grids of a gateway, through Kafka: one that the picture names is fetched where the folder lacks it,
 * and one that somebody is putting in force is made ready before the picture names it. Kafka may be away:
 * a gateway shows what there is without it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaSettings } from '../../config/kafka.ts'
import { InForceTopic } from '../../journal/kafka/in-force.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { type Library, MissingError } from '../library.ts'
import { GridAhead } from './grid-ahead.ts'
import { SharedLibrary } from './shared-library.ts'

/** Between two tries where Kafka is away. */
const AGAIN_AFTER_MS = 1_000

export interface FetchedGridsParts {
  readonly settings: KafkaSettings
  readonly library: Library
  readonly telemetry: Telemetry
  readonly dataDir: string
}

interface Opened {
  readonly topic: InForceTopic
  readonly shared: SharedLibrary
  readonly ahead: GridAhead
}

export class FetchedGrids {
  readonly #parts: FetchedGridsParts
  #opened: Opened | undefined
  #opening: Promise<Opened> | undefined
  #closed = false

  constructor(parts: FetchedGridsParts) {
    this.#parts = parts
    void this.#begin()
  }

  /** Resolves once the library has it loaded. @throws JournalError, GridError; MissingError where no role has given it */
  async load(digest: string): Promise<void> {
    const { library, dataDir } = this.#parts
    const has = library.has('grid', digest)
    // What is there needs no Kafka, unless it is being compiled at this moment.
    if (has && !this.#opened) return library.load('grid', digest)
    const { topic, shared } = this.#opened ?? (await this.#open())
    if (!has && !topic.place('grid', digest)) throw new MissingError('grid', digest, dataDir)
    await shared.load('grid', digest)
  }

  async close(): Promise<void> {
    this.#closed = true
    const opened = await this.#opening?.catch(() => undefined)
    opened?.ahead.stop()
    opened?.shared.close()
    await opened?.topic.close()
  }

  async #begin(): Promise<void> {
    while (!this.#closed)
      try {
        await this.#open()
        return
      } catch {
        await sleep(AGAIN_AFTER_MS, undefined, { ref: false })
      }
  }

  #open(): Promise<Opened> {
    this.#opening ??= this.#follow().catch((error) => {
      this.#opening = undefined
      throw error
    })
    return this.#opening
  }

  async #follow(): Promise<Opened> {
    const topic = await InForceTopic.open(this.#parts.settings)
    const shared = new SharedLibrary({ ...this.#parts, topic })
    // What cannot be made ready now is tried again when the picture names it, and told then.
    const ahead = new GridAhead({ topic, shared, owned: () => [], onFailure: () => {} })
    topic.follow(
      () => ahead.look(),
      () => {},
    )
    this.#opened = { topic, shared, ahead }
    return this.#opened
  }
}

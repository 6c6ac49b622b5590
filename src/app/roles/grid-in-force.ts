/**
 * The grid in force for a role that reads no facts: the one it was started with, until it hears of
 * another and has it. Facts go the same way under both, for no feeder moves between partitions.
 */
import type { KafkaSettings } from '../../config/kafka.ts'
import type { Settings } from '../../config/schema.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { InForceTopic } from '../../journal/kafka/in-force.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Library } from '../library.ts'
import type { Partitions } from './routing.ts'
import { SharedLibrary } from './shared-library.ts'

export interface GridInForceParts {
  readonly settings: Settings
  readonly kafka: KafkaSettings
  readonly library: Library
  readonly telemetry: Telemetry
  /** At the start of this role. */
  readonly given: CompiledGrid
  readonly onFailure: (error: unknown) => void
}

export class GridInForce {
  #grid: CompiledGrid
  readonly #count: number
  readonly #topic: InForceTopic
  readonly #shared: SharedLibrary
  #taking: Promise<void> = Promise.resolve()
  #stopping = false

  /** Resolves with the grid at hand; another one that is in force follows. @throws JournalError */
  static async open(parts: GridInForceParts): Promise<GridInForce> {
    const topic = await InForceTopic.open(parts.kafka)
    const grids = new GridInForce(parts, topic)
    const take = () => grids.#follow(parts.onFailure)
    take()
    topic.follow(take, parts.onFailure)
    return grids
  }

  private constructor(parts: GridInForceParts, topic: InForceTopic) {
    const { settings, kafka, library, telemetry, given } = parts
    this.#grid = given
    this.#count = kafka.partitions
    this.#topic = topic
    this.#shared = new SharedLibrary({
      ...{ settings: kafka, library, topic, telemetry },
      dataDir: settings.data.dir,
    })
  }

  get grid(): CompiledGrid {
    return this.#grid
  }

  /** Where facts go, under the grid at hand. */
  get partitions(): Partitions {
    return { count: this.#count, placed: this.#topic.partitions }
  }

  /** For `/readyz`. */
  get waitingFor(): readonly string[] {
    return this.#shared.waitingFor
  }

  async close(): Promise<void> {
    this.#stopping = true
    this.#shared.close()
    await this.#topic.close()
    await this.#taking
  }

  #follow(onFailure: (error: unknown) => void): void {
    this.#taking = this.#taking
      .then(() => this.#take())
      .catch((error) => {
        if (!this.#stopping) onFailure(error)
      })
  }

  async #take(): Promise<void> {
    const latest = this.#topic.latest('grid')
    if (!latest || latest.digest === this.#grid.digest) return
    const { digest, isDone } = latest
    // One that is on its way is made ready, and taken when it is there.
    if (!isDone) return this.#shared.prepare('grid', digest)
    await this.#shared.load('grid', digest)
    this.#grid = this.#shared.grid(digest)
  }
}

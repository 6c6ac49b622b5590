/**
 * The engines' worlds beside the engines: whoever must answer what an engine knows judges the same
 * facts again, silently. The engine is deterministic, so what it finds is what the engines find; it
 * appends nothing, says nothing, and the loss of an engine does not concern it.
 */
import { type KafkaSettings, topicsOf } from '../../config/kafka.ts'
import type { World } from '../../engine/world.ts'
import type { Fact, Position } from '../../facts/facts.ts'
import type { FeederPartitions } from '../../grid/partition.ts'
import type { InForceKind } from '../../journal/kafka/in-force.ts'
import { factOf, placeOf } from '../../journal/kafka/messages.ts'
import { readLeft } from '../../journal/kafka/owner.ts'
import { PartitionReader } from '../../journal/kafka/reader.ts'
import type { Shelf } from '../judge.ts'
import { newestBeginning } from '../snapshotting.ts'
import type { Worlds } from '../worlds.ts'
import { PartitionJudge } from './partition-judge.ts'
import { partitionOfDevice, partitionOfIncident } from './routing.ts'

/** Facts judged before others get their turn: a few milliseconds. */
const TURN_FACTS = 1_024
/** A snapshot is kept under one name. */
const SLOT = 0

export interface FollowedWorldsOptions {
  readonly settings: KafkaSettings
  readonly library: Shelf
  /** Where feeders are judged. */
  readonly placed: () => FeederPartitions
  /** Each fact once it is judged. */
  readonly onFact: (fact: Fact) => void
  readonly onFailure: (error: unknown) => void
}

interface Waiting {
  readonly partition: number
  readonly next: number
  resolve(): void
}

export class FollowedWorlds implements Worlds {
  readonly #options: FollowedWorldsOptions
  readonly #judges: readonly PartitionJudge[]
  /** Offset of the next fact, by partition. */
  readonly #next: number[]
  readonly #reader: PartitionReader
  /** What was judged before this began, by partition. */
  readonly #began: readonly Position[]
  /** Digests of what was found, by partition and position, until they are compared. */
  readonly #found: readonly Map<Position, string>[]
  #waiting: Waiting[] = []
  #stopping = false
  #following: Promise<void> = Promise.resolve()

  /** Resolves when it has caught up with what Kafka held when it began. */
  static async open(options: FollowedWorldsOptions): Promise<FollowedWorlds> {
    const { settings, library } = options
    const partitions = [...Array(settings.partitions).keys()]
    const judges: PartitionJudge[] = []
    for (const partition of partitions) {
      const { state, snapshot } = await readLeft(settings, partition)
      const lived = { position: state?.position ?? 0, digest: state?.digest ?? '' }
      const latest = { latest: async () => snapshot && { slot: SLOT, ...snapshot } }
      const beginning = await newestBeginning(latest, library, lived)
      judges.push(new PartitionJudge(library, beginning, partition))
    }
    const reader = await PartitionReader.open(settings, topicsOf(settings).facts)
    const worlds = new FollowedWorlds(options, judges, reader)
    try {
      await worlds.#catchUp()
    } catch (error) {
      await reader.close()
      throw error
    }
    worlds.#following = worlds.#follow().catch((error) => {
      // Who is stopped while a grid is awaited has nothing to complain of.
      if (!worlds.#stopping) worlds.#fail(error)
    })
    return worlds
  }

  private constructor(
    options: FollowedWorldsOptions,
    judges: readonly PartitionJudge[],
    reader: PartitionReader,
  ) {
    const { partitions } = options.settings
    this.#options = options
    this.#judges = judges
    this.#reader = reader
    this.#began = judges.map(({ position }) => position)
    this.#found = judges.map(() => new Map())
    this.#next = judges.map(({ position }) =>
      position === 0 ? 0 : placeOf(position, partitions).offset + 1,
    )
  }

  all(): readonly World[] {
    return this.#judges.map(({ engine }) => engine.world).filter((world) => world !== undefined)
  }

  /** None for a moment while another grid comes into force: the number means another device there. */
  ofDevice(device: number): World | undefined {
    const grid = this.#judges[0]!.engine.world?.grid
    if (!grid) return undefined
    const { settings, placed } = this.#options
    const partitions = { count: settings.partitions, placed: placed() }
    const partition = partitionOfDevice(grid, device, partitions)
    const world = this.#judges[partition]!.engine.world
    return world?.grid === grid ? world : undefined
  }

  ofIncident(number: number): World | undefined {
    return this.#judges[partitionOfIncident(number, this.#options.settings.partitions)]?.engine
      .world
  }

  /** That of a partition; undefined before an engine had anything to judge there. */
  of(partition: number): World | undefined {
    return this.#judges[partition]?.engine.world
  }

  /** Digests of what is in force; empty until an engine has put it there. */
  get inForce(): { readonly grid: string; readonly rules: string } {
    return { grid: this.digests('grid')[0]!, rules: this.digests('rules')[0]! }
  }

  /** Digests of what each partition is judged by, in their order. */
  digests(what: InForceKind): readonly string[] {
    return this.#judges.map((judge) => (what === 'grid' ? judge.gridDigest : judge.rulesDigest))
  }

  /**
   * Whether what was found of the fact at this position, and of all before, is what its engine said.
   * Asked once for each, in their order; true of what was judged before this began.
   */
  agrees(position: Position, digest: string): boolean {
    const { partition } = placeOf(position, this.#options.settings.partitions)
    if (position <= this.#began[partition]!) return true
    const digests = this.#found[partition]!
    const found = digests.get(position)
    for (const passed of digests.keys()) {
      if (passed > position) break
      digests.delete(passed)
    }
    return found === digest
  }

  /** Resolves once the fact at this position is judged here too. */
  reached(position: Position): Promise<void> {
    const { partition, offset } = placeOf(position, this.#options.settings.partitions)
    if (this.#stopping || this.#next[partition]! > offset) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ partition, next: offset + 1, resolve }))
  }

  /** What it waits for of its library must be given up first. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#following
    this.#release()
    await this.#reader.close()
  }

  /** Nobody waits for what will not come. */
  #fail(error: unknown): void {
    this.#stopping = true
    this.#release()
    this.#options.onFailure(error)
  }

  #release(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  async #catchUp(): Promise<void> {
    const { settings } = this.#options
    const highs: number[] = []
    for (const partition of this.#next.keys()) {
      const { low, high } = await this.#reader.extent(partition)
      highs.push(high)
      // Without a snapshot what is kept is all there is.
      if (this.#next[partition] === 0) this.#next[partition] = low
    }
    this.#reader.from(this.#next.map((offset, partition) => ({ partition, offset })))
    while (highs.some((high, partition) => this.#next[partition]! < high) && !this.#stopping)
      await this.#take(settings.partitions)
  }

  async #follow(): Promise<void> {
    while (!this.#stopping) await this.#take(this.#options.settings.partitions)
  }

  async #take(partitions: number): Promise<void> {
    for (const message of await this.#reader.nextOrNone(TURN_FACTS)) {
      const judge = this.#judges[message.partition]!
      const fact = factOf(message, partitions)
      await judge.prepare(fact)
      if (judge.apply(fact)) this.#found[message.partition]!.set(fact.position, judge.digest)
      this.#next[message.partition] = message.offset + 1
      this.#options.onFact(fact.fact)
    }
    const has = ({ partition, next }: Waiting) => this.#next[partition]! >= next
    const met = this.#waiting.filter(has)
    if (met.length === 0) return
    this.#waiting = this.#waiting.filter((one) => !has(one))
    for (const { resolve } of met) resolve()
  }
}

/**
 * One partition of the journal and the engine that judges it: takes up what the owner before left,
 * judges facts as they come, and commits each turn with its place in the input.
 */
import type { KafkaConsumer, Message } from 'node-rdkafka'
import type { KafkaSettings } from '../../config/kafka.ts'
import { topicsOf } from '../../config/kafka.ts'
import type { ChangeBatch } from '../../engine/changes.ts'
import { ENGINE_VERSION } from '../../engine/engine.ts'
import { writeHeap } from '../../engine/state/heap.ts'
import { StatePages } from '../../engine/state/pages.ts'
import { askedOf } from '../../engine/storm/storm.ts'
import type { World } from '../../engine/world.ts'
import type { Fact } from '../../facts/facts.ts'
import { factOf, type PublishedBatch, placeOf, positionOf } from '../../journal/kafka/messages.ts'
import {
  type OwnedPage,
  PartitionOwner,
  type StartedDigests,
  type Turn,
} from '../../journal/kafka/owner.ts'
import { PartitionReader } from '../../journal/kafka/reader.ts'
import { SNAPSHOT_PAGE_BYTES } from '../../journal/snapshots.ts'
import { createTicker, type Ticker } from '../../journal/ticks.ts'
import type { Shelf } from '../judge.ts'
import { DivergedError } from '../pipeline.ts'
import { newestBeginning } from '../snapshotting.ts'
import { PartWords } from './part-words.ts'
import { PartitionJudge } from './partition-judge.ts'
import { ReadingScreen } from './reading-screen.ts'

/** Pages are copied between two turns, in one go: the state must be of one moment. */
const ALL_PAGES = Number.MAX_SAFE_INTEGER
const SLOT = 0
/** Who puts in force what an engine was started with. */
export const BY_START = 'start'

export interface OwnedPartitionParts {
  readonly settings: KafkaSettings
  readonly library: Shelf
  readonly partition: number
  readonly snapshotEveryMs: number
  append(fact: Fact, partition: number): Promise<number>
  now(): number
  readonly onFailure: (error: unknown) => void
}

export class OwnedPartition {
  readonly judge: PartitionJudge
  readonly #parts: OwnedPartitionParts
  readonly #owner: PartitionOwner
  readonly #epoch: number
  readonly #ticker: Ticker
  readonly #words: PartWords
  readonly #screen: ReadingScreen
  #next: number
  #started: StartedDigests
  #pages: StatePages | undefined
  #of: World | undefined
  #snapshotAt: number
  #working: Promise<void> = Promise.resolve()

  /** Takes it over: resolves when the state is what the last committed turn left. */
  static async take(parts: OwnedPartitionParts): Promise<OwnedPartition> {
    const { settings, partition, library } = parts
    const owner = await PartitionOwner.take(settings, partition)
    try {
      const { state, snapshot } = owner
      const lived = { position: state?.position ?? 0, digest: state?.digest ?? '' }
      const latest = { latest: async () => snapshot && { slot: SLOT, ...snapshot } }
      const beginning = await newestBeginning(latest, library, lived)
      const judge = new PartitionJudge(library, beginning, partition)
      if (state) await replay(judge, owner, parts)
      return new OwnedPartition(judge, owner, parts)
    } catch (error) {
      await owner.close()
      throw error
    }
  }

  /** Offset of the latest tick. */
  #ticked = Number.NEGATIVE_INFINITY

  private constructor(judge: PartitionJudge, owner: PartitionOwner, parts: OwnedPartitionParts) {
    this.judge = judge
    this.#owner = owner
    this.#parts = parts
    this.#epoch = (owner.state?.epoch ?? 0) + 1
    this.#next = owner.state?.next ?? 0
    this.#started = owner.state?.started ?? { grid: '', rules: '' }
    this.#snapshotAt = parts.now() + parts.snapshotEveryMs
    this.#ticker = createTicker({
      append: async (fact) => {
        this.#ticked = await parts.append(fact, parts.partition)
        return this.#ticked
      },
      nextDeadline: () => judge.engine.nextDeadline(),
      // A tick that waits behind facts has left nothing undone so far.
      isBehind: () => judge.engine.isBehind && this.#next > this.#ticked,
      asked: () => askedOf(judge.engine.world),
      last: judge.engine.world?.now ?? 0,
      now: parts.now,
    })
    this.#words = new PartWords({
      partition: parts.partition,
      partitions: parts.settings.partitions,
      judged: () => ({ world: judge.engine.world, position: judge.position }),
      append: parts.append,
      now: parts.now,
    })
    this.#screen = new ReadingScreen({
      ...{ settings: parts.settings, partition: parts.partition, onFailure: parts.onFailure },
      from: owner.state?.readings ?? 0,
      world: () => judge.engine.world,
      nextFact: () => this.#next,
      append: (fact) => parts.append(fact, parts.partition),
    })
  }

  get epoch(): number {
    return this.#epoch
  }

  /** Offset of the next fact. */
  get next(): number {
    return this.#next
  }

  /** What the last start of an engine put in force; somebody may have put in force other things since. */
  get started(): StartedDigests {
    return this.#started
  }

  /** Time moves from here on, and what is news among readings is heard. */
  start(): void {
    this.#ticker.start()
    this.#words.start()
    this.#screen.start()
  }

  /** Judges these facts and commits what follows from them, after what is under way. */
  take(messages: readonly Message[], consumer: KafkaConsumer): Promise<void> {
    this.#working = this.#working.then(() => this.#turn(messages, consumer))
    return this.#working
  }

  /** Gives it up: the next owner goes on from the last committed turn. */
  async release(): Promise<void> {
    await this.#ticker.stop()
    await this.#words.stop()
    await this.#screen.stop()
    await this.#working.catch(() => {})
    await this.#owner.close()
  }

  async #turn(messages: readonly Message[], consumer: KafkaConsumer): Promise<void> {
    const { partition, settings, append, now, snapshotEveryMs } = this.#parts
    const changes: string[] = []
    const passedOn: { readonly fact: Fact; readonly to: number }[] = []
    for (const message of messages) {
      if (message.offset < this.#next) continue
      const fact = factOf(message, settings.partitions)
      await this.judge.prepare(fact)
      const to = this.judge.passesTo(fact.fact)
      if (to !== undefined) passedOn.push({ fact: fact.fact, to })
      const batch = this.judge.apply(fact)
      this.#noteStart(fact.fact)
      if (batch) changes.push(this.#encoded(batch))
      this.#next = message.offset + 1
    }
    const position = positionOf(this.#next - 1, partition, settings.partitions)
    const [epoch, next, started] = [this.#epoch, this.#next, this.#started]
    const readings = this.#screen.place
    const state = { epoch, position, digest: this.judge.digest, next, readings, started }
    // Before the commit: twice where a crash comes in between, never not at all.
    await Promise.all(passedOn.map(({ fact, to }) => append(fact, to)))
    const due = now() >= this.#snapshotAt
    const snapshot = due ? this.#snapshot() : undefined
    if (snapshot) this.#snapshotAt = now() + snapshotEveryMs
    await this.#owner.commit({ changes, state, ...(snapshot ? { snapshot } : {}) }, consumer)
  }

  #noteStart(fact: Fact): void {
    if (fact.type !== 'gridApplied' && fact.type !== 'rulesApplied') return
    if (fact.by !== BY_START) return
    const what = fact.type === 'gridApplied' ? 'grid' : 'rules'
    this.#started = { ...this.#started, [what]: fact.digest }
  }

  #encoded({ position, at, changes }: ChangeBatch): string {
    const { digest } = this.judge
    const said = { epoch: this.#epoch, digest, position, at, changes } satisfies PublishedBatch
    return JSON.stringify(said)
  }

  /** The state of this moment, its pages as far as they changed since the last one. */
  #snapshot(): Turn['snapshot'] {
    const { position, digest, gridDigest, rulesDigest, engine } = this.judge
    const { world } = engine
    if (!world) return undefined
    const fresh = world !== this.#of
    if (fresh) this.#pages = new StatePages(world.registers, SNAPSHOT_PAGE_BYTES, 1)
    this.#of = world
    const statePages = this.#pages!
    statePages.begin(SLOT, fresh)
    const pages: readonly OwnedPage[] = statePages.take(ALL_PAGES)
    statePages.take(1)
    return {
      pages,
      heap: Buffer.from(writeHeap(world)),
      header: {
        position,
        changesDigest: digest,
        engineVersion: String(ENGINE_VERSION),
        gridDigest,
        rulesDigest,
        at: world.now,
        sections: statePages.layout,
      },
    }
  }
}

/** Judges again what was committed after the snapshot; it was said, and is not said again. */
async function replay(
  judge: PartitionJudge,
  { state, partition }: PartitionOwner,
  { settings }: OwnedPartitionParts,
): Promise<void> {
  const { next, position, digest } = state!
  const from = judge.position === 0 ? 0 : placeOf(judge.position, settings.partitions).offset + 1
  const reader = await PartitionReader.open(settings, topicsOf(settings).facts)
  try {
    if (from < next) reader.from([{ partition, offset: from }])
    for (let offset = from; offset < next; )
      for (const message of await reader.next()) {
        if (message.offset >= next) break
        const fact = factOf(message, settings.partitions)
        await judge.prepare(fact)
        judge.apply(fact)
        offset = message.offset + 1
      }
  } finally {
    await reader.close()
  }
  if (judge.digest !== digest) throw new DivergedError(position, digest, judge.digest)
}

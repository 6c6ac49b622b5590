/**
 * What is news among the periodic readings of a partition, told by the engine that has it: it alone knows
 * the open outages. `sensing` puts every such reading into `lastgasp.readings`; the engine looks at each
 * once it has judged all that was in the journal when the reading came, and appends the news to its facts,
 * where they are judged like all else. All other readings end here; the series follows the topic itself.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaSettings } from '../../config/kafka.ts'
import type { World } from '../../engine/world.ts'
import type { Fact } from '../../facts/facts.ts'
import { PartitionReadings } from '../../journal/kafka/readings.ts'
import type { JournalError, KeptReading } from '../../journal/port.ts'
import { PeriodicReadings } from '../periodic-readings.ts'

/** Readings looked at in one go: a message of many meters takes a tenth of a millisecond. */
const PAGE = 128

/** Between two looks where nothing came, and while the engine has facts to judge first. */
const LOOK_EVERY_MS = 100
/** Between two tries where the brokers are away. */
const AGAIN_AFTER_MS = 500

export interface ReadingScreenParts {
  readonly settings: KafkaSettings
  readonly partition: number
  /** Place of the last reading that was looked at. */
  readonly from: number
  /** The engine's state, and the offset of the fact that it judges next. */
  world(): World | undefined
  nextFact(): number
  /** Into the journal of the partition; resolves when it is durable. */
  append(fact: Fact): Promise<unknown>
  readonly onFailure: (error: unknown) => void
}

export class ReadingScreen {
  readonly #parts: ReadingScreenParts
  readonly #periodic: PeriodicReadings
  #place: number
  #stopping = false
  #following: Promise<void> = Promise.resolve()

  constructor(parts: ReadingScreenParts) {
    this.#parts = parts
    this.#periodic = new PeriodicReadings(parts.world)
    this.#place = parts.from
  }

  /** Place of the last reading that was looked at; what was news until there is in the journal. */
  get place(): number {
    return this.#place
  }

  start(): void {
    this.#following = this.#follow().catch((error) => {
      // Who is stopped in the middle of it leaves the rest to the next owner.
      if (!this.#stopping) this.#parts.onFailure(error)
    })
  }

  /** Resolves when nothing of it is under way. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#following
  }

  async #follow(): Promise<void> {
    const { settings, partition } = this.#parts
    const readings = await this.#patiently(() => PartitionReadings.open(settings, partition))
    try {
      while (!this.#stopping) {
        const some = await this.#patiently(() => readings.after(this.#place, PAGE))
        if (some.length === 0) await sleep(LOOK_EVERY_MS)
        else await this.#screen(some, await this.#patiently(() => readings.factsEnd()))
      }
    } finally {
      await readings.close()
    }
  }

  /** An off that was durable before the reading came is judged before it is asked whether one is open. */
  async #screen(some: readonly KeptReading[], factsEnd: number): Promise<void> {
    const { nextFact, append } = this.#parts
    while (nextFact() < factsEnd && !this.#stopping) await sleep(LOOK_EVERY_MS)
    if (this.#stopping) return
    const news = some.filter(({ reading }) => this.#periodic.isNews(reading))
    await Promise.all(news.map(({ reading }) => this.#patiently(() => append(reading))))
    this.#place = some.at(-1)!.id
  }

  /** While the brokers are away, or busy, it is tried again; what is appended twice is judged once. */
  async #patiently<T>(what: () => Promise<T>): Promise<T> {
    for (;;)
      try {
        return await what()
      } catch (error) {
        const { code } = error as JournalError
        const isAway = code === 'journal.unreachable' || code === 'journal.busy'
        if (!isAway || this.#stopping) throw error
        await sleep(AGAIN_AFTER_MS)
      }
  }
}

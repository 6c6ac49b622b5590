/**
 * What the engine of a partition tells the engines of others (engine/summary/across.ts): facts of their
 * partitions, which they judge in order like all else. An engine that lost its partition in the meantime
 * does no harm: what rests on less of the journal than is known does not count.
 */

import { SUMMING } from '../../engine/summary/across.ts'
import { wordOf } from '../../engine/summary/part-figures.ts'
import type { World } from '../../engine/world.ts'
import type { Fact, Position } from '../../facts/facts.ts'

/** Shares of a city and storms are a matter of minutes; each word is a fact that is kept. */
const LOOK_EVERY_MS = 1_000

export interface PartWordsParts {
  readonly partition: number
  readonly partitions: number
  /** What was judged, and up to where; of one moment. */
  judged(): { readonly world: World | undefined; readonly position: Position }
  append(fact: Fact, partition: number): Promise<unknown>
  now(): number
}

export class PartWords {
  readonly #parts: PartWordsParts
  /** Who was told what; a new owner tells once whatever it finds. */
  #told = ''
  #timer: NodeJS.Timeout | undefined
  #telling: Promise<void> | undefined

  constructor(parts: PartWordsParts) {
    this.#parts = parts
  }

  /** Looks every second from now on. */
  start(): void {
    if (this.#hearers.length > 0) this.#timer ??= setInterval(() => this.look(), LOOK_EVERY_MS)
  }

  /** Tells what has changed, where nothing is being told. */
  look(): void {
    const { world, position } = this.#parts.judged()
    if (this.#telling || !world) return
    const word = wordOf(world)
    const text = JSON.stringify(word)
    if (text === this.#told) return
    const fact: Fact = { ...word, receivedAt: this.#parts.now(), upTo: position }
    const appends = this.#hearers.map((partition) => this.#parts.append(fact, partition))
    this.#telling = Promise.all(appends).then(
      () => {
        this.#told = text
        this.#telling = undefined
      },
      () => {
        // The journal says why; told again at the next look.
        this.#telling = undefined
      },
    )
  }

  /** Resolves when what is being told is settled. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#telling
  }

  get #hearers(): readonly number[] {
    const { partition, partitions } = this.#parts
    if (partition !== SUMMING) return [SUMMING]
    return Array.from({ length: partitions - 1 }, (_, other) => other + 1)
  }
}

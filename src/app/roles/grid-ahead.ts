/**
 * An engine prepares a grid that somebody is putting in force before it meets the fact: fetched, and
 * compiled in a thread of its own, while the engine judges on under the one before. Whoever puts it in
 * force waits for that (putting-in-force.ts), so that no engine stops at the fact for the minutes that
 * nine million customers take.
 */
import type { InForceTopic } from '../../journal/kafka/in-force.ts'
import { patiently } from '../../journal/kafka/patience.ts'
import type { SharedLibrary } from './shared-library.ts'

export interface GridAheadParts {
  readonly topic: InForceTopic
  readonly shared: Pick<SharedLibrary, 'prepare'>
  /** Partitions that are judged here. */
  owned(): Iterable<number>
  readonly onFailure: (error: unknown) => void
}

export class GridAhead {
  readonly #parts: GridAheadParts
  #working: Promise<void> = Promise.resolve()
  #stopping = false

  constructor(parts: GridAheadParts) {
    this.#parts = parts
  }

  /** To be called after each word of the topic, and when a partition is gained. */
  look(): void {
    this.#working = this.#working
      .then(() => this.#prepare())
      .catch((error) => {
        if (!this.#stopping) this.#parts.onFailure(error)
      })
  }

  /** What is being compiled is left behind: it takes minutes, and the process ends before. */
  stop(): void {
    this.#stopping = true
  }

  async #prepare(): Promise<void> {
    const { topic, shared } = this.#parts
    const asked = topic.latest('grid')
    if (this.#stopping || !asked || asked.isDone) return
    const { digest } = asked
    await this.#say(digest, false)
    await shared.prepare('grid', digest)
    if (!this.#stopping) await this.#say(digest, true)
  }

  /** Of each partition that is judged here and of which nobody said as much. */
  async #say(digest: string, isReady: boolean): Promise<void> {
    const { topic, owned } = this.#parts
    for (const partition of owned()) {
      const said = topic.prepared(partition)
      if (said?.digest === digest && (said.isReady || !isReady)) continue
      await patiently(() => topic.sayPrepared(partition, { digest, isReady }))
    }
  }
}

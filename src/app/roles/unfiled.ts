/**
 * Incidents that a gateway shows and the ledger has not filed yet: engines tell both, and who clicks on
 * what has just appeared must not hear that nobody knows it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { MirroredChange } from '../../live/mirror.ts'

/** The ledger is some tenths of a second behind; who waits longer hears what it says then, ms. */
const PATIENCE_MS = 2_000
const LOOK_EVERY_MS = 20
/** A ledger that is away for longer has nobody wait for it, ms. */
const FORGOTTEN_AFTER_MS = 30_000

/** Latest revisions of an incident; either may come first. */
interface Told {
  readonly shown: number
  readonly filed: number
  readonly at: number
}

export class Unfiled {
  readonly #now: () => number
  /** What was told lately, by incident; the oldest first. */
  readonly #told = new Map<string, Told>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** These come from the engines and are shown. */
  show(changes: readonly MirroredChange[]): void {
    this.#tell(changes, 'shown')
  }

  /** These are in the ledger. */
  file(changes: readonly MirroredChange[]): void {
    this.#tell(changes, 'filed')
  }

  /** Resolves when the ledger has what is shown of an incident, or after two seconds. */
  async filed(incident: string): Promise<void> {
    const until = this.#now() + PATIENCE_MS
    const shown = this.#told.get(incident)?.shown ?? 0
    while ((this.#told.get(incident)?.filed ?? shown) < shown && this.#now() < until)
      await sleep(LOOK_EVERY_MS)
  }

  #tell(changes: readonly MirroredChange[], what: 'shown' | 'filed'): void {
    const at = this.#now()
    for (const change of changes)
      if (change.type === 'incident') {
        const { id, revision } = change.incident
        const before = this.#told.get(id) ?? { shown: 0, filed: 0 }
        this.#told.delete(id)
        this.#told.set(id, { ...before, [what]: revision, at })
      }
    for (const [id, told] of this.#told) {
      if (at - told.at < FORGOTTEN_AFTER_MS) break
      this.#told.delete(id)
    }
  }
}

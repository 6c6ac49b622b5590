/** What goes wrong around a change of the grid or of the rules: the program dies right before, behind or after it. */
import type { Random } from '../../../../simulators/random.ts'
import type { Story } from '../../../../simulators/seeded/story.ts'
import type { Fact } from '../../../facts/facts.ts'
import type { InstantMs } from '../../../facts/time.ts'

/** Before the commit of the change, behind it, or some seconds later. */
const WHEN = ['before', 'behind', 'later', 'never'] as const
type When = (typeof WHEN)[number]

const LATER_MS = 20_000

export class Upheaval {
  readonly #random: Random
  readonly #crashes: boolean
  readonly #takesSnapshots: boolean
  #when: When = 'never'
  #from: InstantMs = 0
  #snapshot = false

  constructor({ random, troubles }: Story) {
    this.#random = random.fork('upheaval')
    this.#crashes = troubles.crashes
    this.#takesSnapshots = troubles.snapshots
  }

  /** The change arrives, for the first time. */
  meet({ type }: Fact, now: InstantMs): void {
    if (type !== 'gridApplied' && type !== 'rulesApplied') return
    const when = WHEN[this.#random.below(WHEN.length)]!
    const waits = when === 'later' ? this.#random.below(LATER_MS) : 0
    const snapshot = this.#random.chance(0.5)
    if (this.#crashes) this.#when = when
    this.#from = now + waits
    this.#snapshot = snapshot && this.#takesSnapshots
  }

  /** True once, where the program dies at this moment. */
  kills(when: Exclude<When, 'never'>, now: InstantMs): boolean {
    if (this.#when !== when || now < this.#from) return false
    this.#when = 'never'
    return true
  }

  /** True once: a snapshot is begun in the same moment. */
  snapshots(): boolean {
    const due = this.#snapshot
    this.#snapshot = false
    return due
  }
}

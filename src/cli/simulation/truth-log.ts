/** What really happened in a run, as far as it is kept: of a run without end the latest faults. */
import type { TruthLine } from '../../../simulators/truth.ts'

/** Faults kept: more than any shipped scenario has in one round. */
const MAX_FAULTS = 120

export class TruthLog {
  #lines: TruthLine[] = []
  #faults: string[] = []
  /** When the oldest fault kept began; what was said before is not compared. */
  since: number

  constructor(startedAt: number) {
    this.since = startedAt
  }

  get lines(): readonly TruthLine[] {
    return this.#lines
  }

  take(line: TruthLine): void {
    this.#lines.push(line)
    if (line.event !== 'fault' && line.event !== 'momentary') return
    this.#faults.push(line.fault)
    if (this.#faults.length > MAX_FAULTS) this.#forgetOldest()
  }

  #forgetOldest(): void {
    this.#faults.shift()
    const kept = new Set(this.#faults)
    this.#lines = this.#lines.filter((line) => 'fault' in line && kept.has(line.fault))
    const [first] = this.#lines
    if (first) this.since = Date.parse(first.at)
  }
}

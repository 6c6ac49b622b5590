/** Normally open switches that were reported closed: the network must hang by them. */
import type { Change } from '../../../engine/changes.ts'
import type { Fact } from '../../../facts/facts.ts'
import type { InstantMs } from '../../../facts/time.ts'
import type { Grid } from '../../../grid/model.ts'

export class Ties {
  readonly #normallyOpen: ReadonlySet<string>
  /** Ties of which nothing but "closed" was heard, and when first. */
  readonly #closedAt = new Map<string, InstantMs>()
  readonly #openAgain = new Set<string>()
  #operated: ReadonlySet<string> = new Set()

  constructor(grid: Grid) {
    const ties = grid.devices.filter(({ normallyOpen }) => normallyOpen)
    this.#normallyOpen = new Set(ties.map(({ id }) => id))
  }

  take(fact: Fact, changes: readonly Change[], now: InstantMs): void {
    for (const change of changes)
      if (change.type === 'topology')
        this.#operated = new Set(change.operated.map(({ device }) => device))
    if (fact.type !== 'report' || !fact.device || !this.#normallyOpen.has(fact.device)) return
    if (fact.kind === 'switchOpen') this.#openAgain.add(fact.device)
    else if (fact.kind === 'switchClosed' && !this.#closedAt.has(fact.device))
      this.#closedAt.set(fact.device, now)
  }

  /** Ties closed by all that was heard up to `until`, and not followed. */
  ignored(until: InstantMs): string[] {
    return [...this.#closedAt]
      .filter(([tie, at]) => at <= until && !this.#openAgain.has(tie) && !this.#operated.has(tie))
      .map(([tie]) => tie)
  }
}

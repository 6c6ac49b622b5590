/**
 * Switches that were said to be away from their normal position, by their terminals or by the control
 * room: the network must hang by them.
 */
import type { Change } from '../../../engine/changes.ts'
import type { Fact } from '../../../facts/facts.ts'
import type { InstantMs } from '../../../facts/time.ts'
import type { Grid } from '../../../grid/model.ts'

export class Ties {
  readonly #normallyOpen: ReadonlySet<string>
  /** Switches opened to hang a part elsewhere, and when they were closed again. */
  readonly #switched: ReadonlyMap<string, InstantMs>
  /** Of which nothing but their leaving it was heard, and when first. */
  readonly #awayAt = new Map<string, InstantMs>()
  readonly #backAgain = new Set<string>()
  #operated: ReadonlySet<string> = new Set()
  readonly #followed = new Set<string>()

  constructor(grid: Grid, switched: ReadonlyMap<string, InstantMs>) {
    const ties = grid.devices.filter(({ normallyOpen }) => normallyOpen)
    this.#normallyOpen = new Set(ties.map(({ id }) => id))
    this.#switched = switched
  }

  take(fact: Fact, changes: readonly Change[], now: InstantMs): void {
    for (const change of changes)
      if (change.type === 'topology') {
        this.#operated = new Set(change.operated.map(({ device }) => device))
        for (const device of this.#operated) this.#followed.add(device)
      }
    if (fact.type === 'switching') this.#hear(fact.device, fact.position, Math.max(now, fact.at))
    if (fact.type !== 'report' || !fact.device) return
    if (fact.kind === 'switchOpen') this.#hear(fact.device, 'open', now)
    else if (fact.kind === 'switchClosed') this.#hear(fact.device, 'closed', now)
  }

  /**
   * Away by all that was heard up to `until`, and not followed. That a switch is closed again may be
   * known by those who have supply, before anybody says so.
   */
  ignored(until: InstantMs): string[] {
    return [...this.#awayAt]
      .filter(([id, at]) => at <= until && !this.#backAgain.has(id) && !this.#operated.has(id))
      .filter(([id]) => this.#normallyOpen.has(id) || this.#isMissed(id, until))
      .map(([id]) => id)
  }

  /** Supply below it proves a switch closed; where it came from elsewhere, wrongly so. */
  #isMissed(id: string, until: InstantMs): boolean {
    return until < this.#switched.get(id)! && !this.#followed.has(id)
  }

  #hear(device: string, position: 'open' | 'closed', at: InstantMs): void {
    const isTie = this.#normallyOpen.has(device)
    if (!isTie && !this.#switched.has(device)) return
    if ((position === 'open') === isTie) this.#backAgain.add(device)
    else if (!this.#awayAt.has(device)) this.#awayAt.set(device, at)
  }
}

/**
 * Customers out of each outage as everyone was told last. Figures are told at most every few seconds, so the
 * engine's own are ahead of the list; a sum that is ahead of its parts looks like a mistake.
 */
import type { ChangeBatch, Incident } from '../engine/changes.ts'
import { customersOut } from '../engine/incidents/case.ts'

/** By id of the incident; undefined of one that nobody was told of yet. */
export type ToldOf = (incident: string) => number | undefined

export class ToldOutages {
  readonly #out = new Map<string, number>()

  /** Begins with what was told before this start. */
  constructor(open: readonly Incident[]) {
    for (const incident of open) this.#take(incident)
  }

  /** Something was filed, and so is being told. */
  follow(batches: readonly ChangeBatch[]): void {
    for (const { changes } of batches)
      for (const change of changes) if (change.type === 'incident') this.#take(change.incident)
  }

  readonly of: ToldOf = (incident) => this.#out.get(incident)

  #take(incident: Incident): void {
    const { id, outageKind, metersAffected, originalMetersAffected, customersRestored } = incident
    if (outageKind === 'closed') {
      this.#out.delete(id)
      return
    }
    const originalCustomers = Math.max(originalMetersAffected, metersAffected)
    const out = customersOut({ customers: metersAffected, originalCustomers, customersRestored })
    this.#out.set(id, out)
  }
}

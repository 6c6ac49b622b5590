/** How long an outage lasted, beside what had been said of that: what estimates are measured by. */
import type { IncidentId, UnitId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { Zone } from '../../grid/model.ts'
import type { Level } from '../vocabulary.ts'
import type { Estimate } from './estimate.ts'

export interface EtrOutcomeChange {
  readonly type: 'etrOutcome'
  readonly at: InstantMs
  readonly incident: IncidentId
  readonly unit: UnitId
  readonly level: Level
  readonly zone: Zone
  readonly startedAt: InstantMs
  readonly restoredAt: InstantMs
  /** The first estimate that the program made by itself; null where a crew spoke before. */
  readonly estimate: Estimate | null
  /** The field's last word, and when it was given. */
  readonly field: { readonly etr: InstantMs; readonly at: InstantMs } | null
}

/** A visit to a customer whose life hangs on supply, or another important one, as it is told and as it is kept. */
import type { Position } from '../../facts/facts.ts'
import type { DeviceId, IncidentId, UnitId, UsagePointId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { VisitOutcome } from '../../facts/visits.ts'

/** Why a visit that nobody made is not needed any more. */
export const VISIT_ENDS = ['restored', 'withdrawn', 'notSensitive'] as const
export type VisitEnd = (typeof VISIT_ENDS)[number]

/** Life support (走访), or importance by GB/T 29328 alone (联系). */
export const VISIT_REASONS = ['lifeSupport', 'important'] as const
export type VisitReason = (typeof VISIT_REASONS)[number]

/** What was promised to the customer (T10): the grid manager gets in touch, within the time of the rules. */
export interface VisitChange {
  readonly type: 'visit'
  readonly at: InstantMs
  /** One for each customer and outage, for ever. */
  readonly id: string
  /** The incident that keeps the customer without supply now: another one after a merge or split. */
  readonly incident: IncidentId
  readonly usagePoint: UsagePointId
  /** The area (台区), whose grid manager goes; null where none is above. */
  readonly transformer: DeviceId | null
  readonly unit: UnitId
  readonly reason: VisitReason
  readonly state: 'open' | 'settled' | 'ended'
  /** What was found, or why nobody needs to go; null while it waits. */
  readonly outcome: VisitOutcome | VisitEnd | null
  readonly openedAt: InstantMs
  readonly dueAt: InstantMs
  /** Account of who settled it; null otherwise. */
  readonly by: string | null
  readonly causes: readonly Position[]
}

/** A visit while its customer is dark; plain data, places by id so that a new grid changes nothing. */
export interface VisitState {
  readonly id: string
  /** Number of the incident. */
  readonly incident: number
  readonly usagePoint: UsagePointId
  readonly reason: VisitReason
  readonly openedAt: InstantMs
  readonly dueAt: InstantMs
  readonly settledAt: InstantMs | null
}

/** The visits of one incident as a clock: the first that waits, or when none did any more. */
export interface VisitClock {
  readonly startedAt: InstantMs
  readonly dueAt: InstantMs
  readonly doneAt: InstantMs | null
}

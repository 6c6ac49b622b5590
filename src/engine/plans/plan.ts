/** An announced outage as the engine keeps it: by ids, so that a new grid changes nothing of it. */
import type { PlanAnnouncedFact, PlanKind } from '../../facts/plans.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { IncidentKind } from '../changes.ts'

export interface Plan extends Omit<PlanAnnouncedFact, 'type' | 'plan' | 'receivedAt' | 'role'> {
  readonly id: string
  readonly announcedAt: InstantMs
  /** Of the fact that announced it last. */
  readonly position: number
}

/** Result of `domain.md` §1.8: what an outage is called that a plan of this kind explains. */
export const KIND_OF_PLAN: Readonly<Record<PlanKind, IncidentKind>> = {
  planned: 'planned',
  rationing: 'rationing',
  arrears: 'arrears',
  suspension: 'customerRequested',
  customerRequested: 'customerRequested',
  meterExchange: 'metering',
}

/**
 * True of plans that open nothing themselves: below the devices they name usage points are disconnected
 * one by one. They explain such a one where it is found, make none likelier, and explain nothing above.
 */
export const isPointByPoint = ({ kind }: Pick<Plan, 'kind'>): boolean => kind === 'meterExchange'

/** Visits to customers whose life hangs on supply, and contacts with important ones, as the routes ask for them. */
import type { VisitReason } from '../engine/service/visit-change.ts'
import type { InstantMs } from '../facts/time.ts'
import type { AuditEntry } from './audit-port.ts'

export const VISIT_STATES = ['open', 'taken', 'settled', 'ended'] as const
export const VISIT_LISTS = ['waiting', 'overdue', 'settled', 'all'] as const

/** One customer to be seen or called in one outage, by place. */
export interface Visit {
  readonly number: number
  /** As the engine named it. */
  readonly id: string
  readonly incident: string
  readonly usagePoint: string
  readonly transformer: string | null
  readonly unit: string
  readonly reason: VisitReason
  readonly openedAt: InstantMs
  readonly dueAt: InstantMs
  readonly state: (typeof VISIT_STATES)[number]
  readonly takenBy: string | null
  readonly takenAt: InstantMs | null
  readonly outcome: string | null
  readonly settledBy: string | null
  readonly settledAt: InstantMs | null
}

export interface Visits {
  one(number: number): Visit | undefined
  /** The one that waits at a usage point. */
  waitingAt(usagePoint: string): Visit | undefined
  /** Oldest first. */
  page(query: {
    readonly state: (typeof VISIT_LISTS)[number]
    readonly units?: readonly string[]
    readonly incident?: string
    readonly now: InstantMs
    readonly limit: number
    readonly cursor?: string
  }): { readonly visits: readonly Visit[]; readonly cursor: string | null }
  counts(
    units: readonly string[] | undefined,
    now: InstantMs,
  ): { readonly waiting: number; readonly overdue: number }
  /** Resolves once it is on disk; what does not fit the state changes nothing. */
  take(
    number: number,
    by: string,
    at: InstantMs,
    othersUpTo: InstantMs,
    audit: AuditEntry,
  ): Promise<void>
}

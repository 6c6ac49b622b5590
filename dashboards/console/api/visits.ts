/** Visits to life support (走访), contacts with important customers (联系): who is to be seen, by when, and what was found. */
import type { VisitEnd, VisitReason } from '../../../src/engine/service/visit-change.ts'
import type { VisitOutcome } from '../../../src/facts/visits.ts'
import { getJson, postJson } from './client.ts'
import type { CustomerPayload } from './customers.ts'
import type { Instant } from './payloads.ts'

export interface VisitPayload {
  readonly id: string
  readonly incident: string
  readonly usagePoint: string
  readonly transformer: string | null
  /** The customer's grid manager, by the ledger. */
  readonly owner: string | null
  /** Absent from an earlier server. */
  readonly reason?: VisitReason
  readonly dueAt: Instant
  readonly overdue: boolean
  readonly state: 'open' | 'taken' | 'settled' | 'ended'
  readonly takenBy: string | null
  readonly outcome: VisitOutcome | VisitEnd | null
  readonly settledBy: string | null
  readonly settledAt: Instant | null
}

export interface VisitDetail extends VisitPayload {
  readonly customer: CustomerPayload | null
}

export interface VisitList {
  readonly waiting: number
  readonly overdue: number
  readonly visits: readonly VisitPayload[]
}

/** Those that wait, of the units that may be seen. */
export const waitingVisits = (signal?: AbortSignal): Promise<VisitList> =>
  getJson('/api/v1/visits?limit=100', signal)

/** All of one outage. */
export const visitsOf = (incident: string, signal?: AbortSignal): Promise<VisitList> =>
  getJson(`/api/v1/visits?state=all&limit=100&incident=${encodeURIComponent(incident)}`, signal)

const path = (id: string) => `/api/v1/visits/${encodeURIComponent(id)}`

/** With the customer, masked. */
export const visit = (id: string): Promise<VisitDetail> => getJson(path(id))

export async function takeVisit(id: string): Promise<void> {
  await postJson(`${path(id)}/take`, {})
}

export async function settleVisit(
  id: string,
  outcome: VisitOutcome,
  note: string,
  requestId: string,
): Promise<void> {
  await postJson(
    `${path(id)}/settle`,
    { outcome, ...(note === '' ? {} : { note }) },
    { 'idempotency-key': requestId },
  )
}

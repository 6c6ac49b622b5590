/** Complaints until they are answered, as the routes ask for them. */
import type { CallChannel } from '../facts/calls.ts'
import type { InstantMs } from '../facts/time.ts'
import type { AuditEntry } from './audit-port.ts'

export const COMPLAINT_LISTS = ['waiting', 'overdue', 'answered', 'all'] as const

export interface FiledComplaint {
  readonly number: number
  readonly account: string
  readonly unit: string
  readonly incident: string | null
  readonly reason: string
  readonly channel: CallChannel
  readonly by: string
  readonly receivedAt: InstantMs
  readonly dueAt: InstantMs
  /** Highest level of the ladder told: −1 none, 0 a reminder. */
  readonly level: number
  readonly answeredAt: InstantMs | null
  readonly answeredBy: string | null
  readonly resolution: string | null
}

export interface Complaints {
  /** The same request is the same complaint; until when it is to be answered. On disk when it resolves. */
  file(
    complaint: { readonly request: string } & Pick<
      FiledComplaint,
      'account' | 'unit' | 'incident' | 'reason' | 'channel' | 'by' | 'receivedAt'
    >,
  ): Promise<InstantMs>
  one(number: number): FiledComplaint | undefined
  /** Oldest first. */
  page(query: {
    readonly state: (typeof COMPLAINT_LISTS)[number]
    readonly units?: readonly string[]
    readonly now: InstantMs
    readonly limit: number
    readonly cursor?: string
  }): { readonly complaints: readonly FiledComplaint[]; readonly cursor: string | null }
  counts(
    units: readonly string[] | undefined,
    now: InstantMs,
  ): { readonly waiting: number; readonly overdue: number }
  answer(
    number: number,
    resolution: string,
    by: string,
    at: InstantMs,
    audit: AuditEntry,
  ): Promise<void>
}

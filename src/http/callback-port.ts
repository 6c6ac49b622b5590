/** Call-backs (回访), as the routes ask for them. */
import type { CallChannel } from '../facts/calls.ts'
import type { InstantMs } from '../facts/time.ts'
import type { AuditEntry } from './audit-port.ts'

export const CALL_BACK_STATES = ['open', 'taken', 'answered', 'skipped'] as const
export const CALL_BACK_LISTS = ['waiting', 'overdue', 'settled', 'all'] as const

/** One customer to be called about one outage or complaint. */
export interface CallBack {
  readonly number: number
  readonly incident: string | null
  readonly account: string
  readonly unit: string
  readonly owner: string | null
  readonly channel: CallChannel
  readonly complained: boolean
  readonly openedAt: InstantMs
  readonly state: (typeof CALL_BACK_STATES)[number]
  readonly takenBy: string | null
  readonly takenAt: InstantMs | null
  readonly attempts: number
  readonly satisfaction: number | null
  readonly reason: string | null
  readonly settledBy: string | null
  readonly settledAt: InstantMs | null
}

export interface CallBacks {
  /** Of the rules in force: how long one may wait, and calls in vain after which it ends. */
  rules(): { readonly dueMs: number; readonly attempts: number }
  one(number: number): CallBack | undefined
  /** Oldest first. */
  page(query: {
    readonly state: (typeof CALL_BACK_LISTS)[number]
    readonly units?: readonly string[]
    readonly of?: string
    readonly overdueUpTo: InstantMs
    readonly limit: number
    readonly cursor?: string
  }): { readonly callBacks: readonly CallBack[]; readonly cursor: string | null }
  counts(
    units: readonly string[] | undefined,
    overdueUpTo: InstantMs,
  ): { readonly waiting: number; readonly overdue: number }
  /** What is done resolves once it is on disk; what does not fit the state changes nothing. */
  take(
    number: number,
    by: string,
    at: InstantMs,
    othersUpTo: InstantMs,
    audit: AuditEntry,
  ): Promise<void>
  missed(number: number, by: string): Promise<void>
  settle(
    settled: Pick<CallBack, 'number' | 'satisfaction' | 'reason'> & {
      readonly as: 'answered' | 'skipped'
      readonly by: string
      readonly at: InstantMs
    },
  ): Promise<void>
  /** The same request is the same complaint. */
  complain(
    complaint: Pick<CallBack, 'account' | 'unit' | 'channel' | 'incident'> & {
      readonly request: string
      readonly owner: string
      readonly at: InstantMs
    },
  ): Promise<void>
  /** What to say, by language, the customer's first. */
  script(
    about: Pick<CallBack, 'incident' | 'complained'> & {
      readonly usagePoint: string
      readonly language: 'zh' | 'en'
    },
  ): readonly { readonly language: string; readonly text: string }[]
}

/** What the ledger knows of a notice beside what the engine said: pushes to customers, and photos. */
import type { Channel } from '../facts/channels.ts'
import type { InstantMs } from '../facts/time.ts'

/** Messages as they stand; what was replaced or became stale unheard is counted nowhere. */
export interface PushCounts {
  readonly waiting: number
  /** A gateway has them and has not said what became of them. */
  readonly sent: number
  readonly delivered: number
  readonly failed: number
}

/** By the fields of the customer ledger, or as its addresses name it. */
export const NOTICE_PLACE_KINDS = ['town', 'village', 'estate', 'address'] as const
export type NoticePlaceKind = (typeof NOTICE_PLACE_KINDS)[number]

export interface BesideNotice {
  /** When what it says changed last (停送电变更时间). */
  readonly changedAt: InstantMs | null
  readonly push: {
    /** Customers without supply who asked to be told; null until they were counted. */
    readonly subscribers: number | null
    readonly countedAt: InstantMs | null
    readonly total: PushCounts
    readonly lastAt: InstantMs | null
    readonly lines: readonly (PushCounts & {
      readonly channel: Channel
      readonly template: string
    })[]
  }
  /** Where those without supply are; empty where that is not known. */
  readonly places: readonly {
    readonly kind: NoticePlaceKind
    readonly name: string
    readonly customers: number
  }[]
  readonly photos: { readonly count: number; readonly lastAt: InstantMs | null }
}

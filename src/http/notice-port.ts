/** What the ledger knows of a notice beside what the engine said: pushes to customers, and photos. */
import type { Channel } from '../facts/channels.ts'
import type { InstantMs } from '../facts/time.ts'
import { INSTITUTIONS } from '../grid/model.ts'

/** Messages as they stand; what was replaced or became stale unheard is counted nowhere. */
export interface PushCounts {
  readonly waiting: number
  /** A gateway has them and has not said what became of them. */
  readonly sent: number
  readonly delivered: number
  readonly failed: number
}

/** By the fields of the customer ledger, or as its addresses name it; then institutions by their names. */
export const NOTICE_PLACE_KINDS = ['town', 'village', 'estate', 'address', ...INSTITUTIONS] as const
export type NoticePlaceKind = (typeof NOTICE_PLACE_KINDS)[number]

/** What was done on site and what it took, in the field's words. */
export interface Measures {
  /** Of the action that they came with. */
  readonly request: string
  readonly at: InstantMs
  readonly measure: string | null
  readonly materials: string | null
}

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
  /** 处理措施, 材料, as the field entered them, oldest first. */
  readonly measures: readonly Measures[]
  readonly photos: { readonly count: number; readonly lastAt: InstantMs | null }
}

/** Notices of faults (故障感知信息), as they stand, with what was pushed and how many photos there are. */
import type { Notice } from '../../../src/engine/changes.ts'
import type { NoticeStatus } from '../../../src/engine/service/notice-state.ts'
import type { Channel } from '../../../src/facts/channels.ts'
import type { Institution } from '../../../src/grid/model.ts'
import { getJson } from './client.ts'
import type { Instant } from './payloads.ts'

type Times =
  | 'startedAt'
  | 'sensedAt'
  | 'proposedAt'
  | 'publishedAt'
  | 'arrivedAt'
  | 'firstRestoredAt'
  | 'restoredAt'
  | 'etr'
  | 'trip'
  | 'plannedPeriod'
  | 'etrRevisions'
  // Absent of one kept by an earlier console.
  | 'institutions'
  | 'causeBy'

/** Every field is there; of what is not known the value is null. */
type Whole = Required<Omit<Notice, Times | 'verification'>>

/** Messages to customers as they stand. */
export interface PushCounts {
  readonly waiting: number
  /** A gateway has them and has not said what became of them. */
  readonly sent: number
  readonly delivered: number
  readonly failed: number
}

/** By the fields of the customer ledger, or as its addresses name it; the widest first. */
export const PLACE_KINDS = ['town', 'village', 'estate', 'address'] as const
/** Institutions (医院, 学校 …) stand among the places by their names. */
export type PlaceKind = (typeof PLACE_KINDS)[number] | Institution

export interface NoticePayload extends Whole {
  readonly verification: NonNullable<Notice['verification']> | null
  readonly startedAt: Instant
  readonly sensedAt: Instant
  readonly proposedAt: Instant
  readonly publishedAt: Instant | null
  readonly arrivedAt: Instant | null
  readonly firstRestoredAt: Instant | null
  readonly restoredAt: Instant | null
  readonly etr: Instant | null
  readonly trip: (Omit<NonNullable<Notice['trip']>, 'at'> & { readonly at: Instant }) | null
  readonly plannedPeriod: {
    readonly start: Instant
    readonly end: Instant
    readonly temporary?: boolean
  } | null
  readonly institutions?: NonNullable<Notice['institutions']>
  readonly causeBy?: Notice['causeBy']
  /** 处理措施, 材料, oldest first. */
  readonly measures?: readonly {
    readonly at: Instant
    readonly measure: string | null
    readonly materials: string | null
  }[]
  readonly etrRevisions: readonly {
    readonly etr: Instant
    readonly at: Instant
    readonly reasonCode: string | null
  }[]
  readonly push: {
    /** Customers without supply who asked to be told; null until they were counted. */
    readonly subscribers: number | null
    readonly countedAt: Instant | null
    readonly total: PushCounts
    readonly lastAt: Instant | null
    readonly lines: readonly (PushCounts & {
      readonly channel: Channel
      readonly template: string
    })[]
  }
  /** When what it says changed last; absent of one kept by an earlier console. */
  readonly changedAt?: Instant | null
  /** Where those without supply are, by kind, the largest first. */
  readonly places: readonly {
    readonly kind: PlaceKind
    readonly name: string
    readonly customers: number
  }[]
  readonly photos: { readonly count: number; readonly lastAt: Instant | null }
}

export async function notices(
  status: NoticeStatus | null,
  signal?: AbortSignal,
): Promise<readonly NoticePayload[]> {
  const asked = status === null ? '' : `&status=${status}`
  return (await getJson<{ notices: NoticePayload[] }>(`/api/v1/notices?limit=100${asked}`, signal))
    .notices
}

/** The notice of one incident; null where nobody is told of it. */
export async function noticeOf(
  incident: string,
  signal?: AbortSignal,
): Promise<NoticePayload | null> {
  const path = `/api/v1/incidents/${encodeURIComponent(incident)}/notice`
  return (await getJson<{ notice: NoticePayload | null }>(path, signal)).notice
}

/** Sensitive and important customers of an outage, by reference. */
export interface AttentivePayload {
  readonly count: number
  readonly customers: readonly {
    readonly usagePoint: string
    readonly care: 'lifeSupport' | 'important' | 'sensitive'
    readonly importance: string | null
  }[]
}

export const attentive = (incident: string, signal?: AbortSignal): Promise<AttentivePayload> =>
  getJson(`/api/v1/incidents/${encodeURIComponent(incident)}/attentive`, signal)

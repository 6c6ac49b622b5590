/** A notice as it is kept with its case. */
import type { InstantMs } from '../../facts/time.ts'

/** The life of a notice: 待确认, 已发布, 已变更, 已送电, 已归档, 误报撤销 (`domain.md` §4.1). */
export const NOTICE_STATUSES = [
  'proposed',
  'published',
  'changed',
  'restored',
  'archived',
  'withdrawn',
] as const
export type NoticeStatus = (typeof NOTICE_STATUSES)[number]

/** 重合闸: 成功, 不成功, 未动作; 未投 where SCADA or a dispatcher had said that it is out of service. */
export const RECLOSINGS = ['succeeded', 'failed', 'notOperated', 'off'] as const
export type Reclosing = (typeof RECLOSINGS)[number]

/** What automation (配电自动化) told of the device that opened. */
export interface Trip {
  /** When it first opened. */
  readonly at: InstantMs
  /** Its protection said that it operated, and did not merely open (保护动作). */
  readonly protection: boolean
  readonly reclosing: Reclosing
}

/** Plain data, kept with its case. */
export interface NoticeState {
  /** `GZ` + local date + four characters of the unit + five digits; null until it is published. */
  no: string | null
  revision: number
  status: NoticeStatus
  readonly proposedAt: InstantMs
  publishedAt: InstantMs | null
  /** The revision that was published first. */
  publishedRevision: number | null
  publishedBy: 'staff' | 'rule' | null
  /** What it last said, to tell news from noise. */
  said: string
  /** What automation told of it, once it has; absent in notices of earlier programs. */
  trip?: Trip | null
  /** When a part of it was first seen to be back while the rest stayed dark. */
  partBackAt?: InstantMs
  /** Number of the notice that it was split off from (母单), kept when that is filed. */
  parentNo?: string
}

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
}

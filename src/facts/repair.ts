/** What the field tells of a repair, and what a unit answers to a supervision order: codes alone. */
import type { InstantMs } from './time.ts'

/** 断线, 倒杆, 设备烧损, 跳闸可试送, 用户侧, 无故障, 其他 (`domain.md` §5.2). */
export const SITE_SITUATIONS = [
  'brokenWire',
  'fallenPole',
  'burntDevice',
  'trippedMayRetry',
  'customerSide',
  'noFault',
  'other',
] as const
export type SiteSituation = (typeof SITE_SITUATIONS)[number]

/** 轻微, 一般, 严重. */
export const DAMAGE_LEVELS = ['slight', 'considerable', 'severe'] as const
export type DamageLevel = (typeof DAMAGE_LEVELS)[number]

/** 现场情况: what a crew finds. Its words (situation, measure, materials) are a remark. */
export interface SiteReport {
  readonly situation: SiteSituation
  readonly damage?: DamageLevel
  /** The outage is as large as was said. */
  readonly scopeConfirmed?: boolean
  /** The repair needs a further part switched off. */
  readonly needsOutage?: boolean
  /** Somebody is in danger: a broken wire within reach, a leaning pole. */
  readonly safetyRisk?: boolean
}

/** A unit's answer to a supervision order (督办回复). */
export interface EscalationRepliedFact {
  readonly type: 'escalationReplied'
  readonly receivedAt: InstantMs
  /** The `Idempotency-Key`; a second fact with the same id changes nothing. */
  readonly requestId: string
  /** `I000007-arrive-2`. */
  readonly escalation: string
  readonly by: string
  readonly role: string
  /** Reference to the words, kept in `records`. */
  readonly remark?: string
}

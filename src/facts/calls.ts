/** What customers report of their own supply, by whatever channel. References only, no free text. */
import type { UsagePointId } from './ids.ts'
import type { InstantMs } from './time.ts'

/** CONTRACT §5; `grid` is a grid manager who was told on site. */
export const CALL_CHANNELS = ['phone', 'app', 'wechat', 'web', 'ivr', 'grid'] as const
export type CallChannel = (typeof CALL_CHANNELS)[number]

/** No light, some of it, flickering, or light again. */
export const CALLER_WORDS = ['dark', 'partial', 'flicker', 'live'] as const
export type CallerWord = (typeof CALLER_WORDS)[number]

/** A caller's word about the usage point that supplies them. */
export interface CallerReportFact {
  readonly type: 'callerReport'
  readonly receivedAt: InstantMs
  /** The `Idempotency-Key`; a second fact with the same id changes nothing. */
  readonly requestId: string
  readonly channel: CallChannel
  readonly usagePoint: UsagePointId
  readonly says: CallerWord
  /** Reference of the account (户号) that called; absent where the caller did not say. */
  readonly account?: string
  /** Account name of who entered it, and the role used. */
  readonly by: string
  readonly role: string
}

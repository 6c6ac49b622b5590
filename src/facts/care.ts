/**
 * What staff and the ledger note of a customer or an area beside the network: why it is to be served more
 * attentively (服务等级). Ids and codes alone, and until when it holds, so that a replay ends the same.
 */
import type { DeviceId, UsagePointId } from './ids.ts'
import type { InstantMs } from './time.ts'

/** 舆情, 投诉, 频繁停电, 停电预警, 生命支持 where the customer ledger alone knows of it (`domain.md` §1.9, §2.1, §3.4). */
export const CARE_REASONS = [
  'publicOpinion',
  'complaint',
  'frequentOutage',
  'outageWarning',
  'lifeSupport',
] as const
export type CareReason = (typeof CARE_REASONS)[number]

/** One reason at one place: a usage point's customer, or all of a transformer's area (台区). */
export interface CareNote {
  readonly usagePoint?: UsagePointId
  readonly transformer?: DeviceId
  /** Reference of the account (户号) that it is about, where it is one. */
  readonly account?: string
  readonly reason: CareReason
  /** It holds until then; at or before the fact's receipt it is taken back. */
  readonly until: InstantMs
}

export interface CareNotedFact {
  readonly type: 'careNoted'
  readonly receivedAt: InstantMs
  /** The `Idempotency-Key`; said again it says the same. */
  readonly requestId: string
  readonly notes: readonly CareNote[]
  /** Account name of who noted it, and the role used. */
  readonly by: string
  readonly role: string
}

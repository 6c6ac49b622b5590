/** What a grid manager (网格经理) tells of a visit to a customer whose life hangs on supply: codes alone. */
import type { UsagePointId } from './ids.ts'
import type { InstantMs } from './time.ts'

/** 已上门, 已电话联系, 已送发电机, 已送医, 另有电源, 家中无人, 客户谢绝, 其他. */
export const VISIT_OUTCOMES = [
  'seen',
  'phoned',
  'generatorBrought',
  'movedToHospital',
  'ownSupply',
  'notAtHome',
  'refused',
  'other',
] as const
export type VisitOutcome = (typeof VISIT_OUTCOMES)[number]

/** A visit that was due was made, or somebody says why not. Its words are a remark of `records`. */
export interface VisitSettledFact {
  readonly type: 'visitSettled'
  readonly receivedAt: InstantMs
  /** The `Idempotency-Key`; a second fact with the same id changes nothing. */
  readonly requestId: string
  /** Of the visit, as the engine named it. */
  readonly visit: string
  /** Where it was due: it finds whoever judges that part of the network. */
  readonly usagePoint: UsagePointId
  readonly outcome: VisitOutcome
  readonly by: string
  readonly role: string
}

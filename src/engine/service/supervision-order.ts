/** A supervision order (督办单) as it is kept with its case: plain data. */
import type { Position } from '../../facts/facts.ts'
import type { IncidentId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { EscalationStage } from '../vocabulary.ts'

/** 督办单 beyond its issue: it was replied to, or what it asked for is done. */
export interface SupervisionChange {
  readonly type: 'supervision'
  readonly at: InstantMs
  /** Of the escalation. */
  readonly id: string
  readonly incident: IncidentId
  readonly what: 'replied' | 'closed'
  /** False where a reply came after its deadline, or nobody replied until the end. */
  readonly inTime: boolean
  /** Account and role of who replied; null where it closed by itself. */
  readonly by: string | null
  readonly role: string | null
  /** Reference to the words of a reply. */
  readonly remark: string | null
  readonly causes: readonly Position[]
}

export interface SupervisionOrder {
  /** `I000007-arrive-2`. */
  readonly id: string
  readonly stage: EscalationStage
  readonly level: number
  readonly replyBy: InstantMs
  readonly repliedAt: InstantMs | null
  readonly closedAt: InstantMs | null
}

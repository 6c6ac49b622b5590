/** An escalation (提级督办) as it is told. */
import type { Position } from '../../facts/facts.ts'
import type { IncidentId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { EscalationStage } from '../vocabulary.ts'

/** 督办: something runs late, or is grave, and a higher level is told. */
export interface EscalationChange {
  readonly type: 'escalation'
  readonly at: InstantMs
  /** One for each incident, stage and level, for ever. */
  readonly id: string
  readonly incident: IncidentId
  readonly revision: number
  readonly stage: EscalationStage
  /** 0 a reminder, 1 班组, 2 旗县供电分公司, 3 盟市供电公司, 4 集团. */
  readonly level: number
  readonly reason: 'late' | 'grade' | 'cityShare' | 'lifeSupport'
  /** Whether the level below, where it was told, has replied by now. */
  readonly below: 'none' | 'replied' | 'unanswered'
  readonly dueAt: InstantMs
  /** False where a higher level of the same stage was passed at the same time. */
  readonly sent: boolean
  readonly replyBy: InstantMs | null
  readonly causes: readonly Position[]
}

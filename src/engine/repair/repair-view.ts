/** The repair of an incident as everyone outside sees it, and each entry of its log (抢修过程). */
import type { ActionName, Position } from '../../facts/facts.ts'
import type { DeviceId, IncidentId } from '../../facts/ids.ts'
import type { SiteReport } from '../../facts/repair.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { CrewSpell, EtrRevision, SiteState } from './state.ts'

/** Addition to the incident of CONTRACT §5. */
export interface RepairView {
  /** Since when its crew was seen standing near; confirmed by `arrive`, whose time is a clock's. */
  readonly arrivedInferredAt: InstantMs | null
  readonly site: SiteState | null
  /** What the field said of the restoration, oldest first. */
  readonly etrRevisions: readonly EtrRevision[]
  /** Who was on the order, oldest first. */
  readonly crews: readonly CrewSpell[]
  /** Transformers that have supply again by the field's word. */
  readonly restoredTransformers: readonly DeviceId[]
  /** A person set the grade lower than the rules propose. */
  readonly gradeHeld: boolean
  /** Supervision orders (督办单) that wait: how many, how many past their time, the highest level. */
  readonly supervision: {
    readonly open: number
    readonly unanswered: number
    readonly level: number | null
  }
}

/** One accepted action, or what the program inferred, as the log of the order keeps it. */
export interface RepairEntryChange {
  readonly type: 'repairEntry'
  readonly at: InstantMs
  /** Of the request. */
  readonly id: string
  readonly incident: IncidentId
  readonly revision: number
  readonly action: ActionName | 'arrivalInferred'
  /** Account and role; null where the program inferred it. */
  readonly by: string | null
  readonly role: string | null
  readonly occurredAt: InstantMs
  readonly enteredAt: InstantMs
  readonly crew: string | null
  readonly etr: InstantMs | null
  readonly causeCode: string | null
  readonly reasonCode: string | null
  readonly transformers: readonly DeviceId[]
  readonly site: SiteReport | null
  readonly grade: 1 | 2 | 3 | 4 | null
  readonly remark: string | null
  readonly causes: readonly Position[]
}

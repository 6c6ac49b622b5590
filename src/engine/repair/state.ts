/** What a case remembers of its repair: plain data, kept with the case. Devices by id, so that a new grid changes nothing. */
import type { Position } from '../../facts/facts.ts'
import type { DeviceId } from '../../facts/ids.ts'
import type { SiteReport } from '../../facts/repair.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { ServiceTimes, StepName, UrgeHeard, UrgeState } from '../service/clock.ts'
import type { SupervisionOrder } from '../service/supervision-order.ts'
import type { VisitClock } from '../service/visit-change.ts'
import type { Estimate } from './estimate.ts'

/** What was found on site, when it was so and when it was entered. */
export interface SiteState extends SiteReport {
  readonly at: InstantMs
  readonly enteredAt: InstantMs
  /** Reference to its words. */
  readonly remark: string | null
}

/** One word of the field on when supply will be back. */
export interface EtrRevision {
  readonly etr: InstantMs
  readonly at: InstantMs
  readonly enteredAt: InstantMs
  readonly reasonCode: string | null
}

/** A crew on the order, from when to when. */
export interface CrewSpell {
  readonly crew: string
  readonly from: InstantMs
  readonly to: InstantMs | null
}

/** A transformer (台区) that has supply again by somebody's word, or as a tie is supposed to feed it. */
export interface BackByWord {
  readonly transformer: DeviceId
  readonly at: InstantMs
  readonly supposed?: true
}

/** Who named the cause in force. */
export interface CauseSaid {
  /** Account. */
  readonly by: string
  readonly role: string
  /** When it was so; absent where an earlier program kept it. */
  readonly at?: InstantMs
}

/** A grade that a person set: it rises again only where the rules come to propose more than then. */
export interface GradeHeld {
  readonly proposed: 1 | 2 | 3 | 4
  readonly reasonCode: string | null
}

export interface RepairState {
  /** When each step was entered; when it was done stands in the case. */
  entered: ServiceTimes
  /** Steps that are done by what was said of a later one alone. */
  supposed: StepName[]
  crews: CrewSpell[]
  /** Since when the crew stands near, and when it was last seen there. */
  near: { readonly since: InstantMs; readonly last: InstantMs } | null
  arrivedInferredAt: InstantMs | null
  /** When the latest word was said that led to a stage; null before the first. */
  stageAt: InstantMs | null
  site: SiteState | null
  etrs: EtrRevision[]
  back: BackByWord[]
  /** Visits to customers whose life hangs on supply; null where none was due. */
  visit: VisitClock | null
  /** Contacts with other important customers (GB/T 29328); null where none was due. */
  contact: VisitClock | null
  urge: UrgeState | null
  /** Of the last minutes, to tell one call from two. */
  urgesHeard: UrgeHeard[]
  orders: SupervisionOrder[]
  gradeHeld: GradeHeld | null
  /** The latest calls about it, for the grade. */
  calls: (readonly [position: Position, at: InstantMs])[]
  estimate: Estimate | null
  /** Whether the cause in force was found on site, or supposed from afar. */
  causeBy: 'field' | 'staff' | null
  /** Whose word it is. */
  causeSaid: CauseSaid | null
  /** The first one, which is measured by. */
  firstEstimate: Estimate | null
}

export function noRepairYet(): RepairState {
  return {
    entered: {},
    supposed: [],
    crews: [],
    near: null,
    arrivedInferredAt: null,
    stageAt: null,
    site: null,
    etrs: [],
    back: [],
    visit: null,
    contact: null,
    urge: null,
    urgesHeard: [],
    orders: [],
    gradeHeld: null,
    calls: [],
    estimate: null,
    causeBy: null,
    causeSaid: null,
    firstEstimate: null,
  }
}

/** What the rules say of repairs, as the engine uses it. Units stand in the names, reasons in the file. */
import type { Zone } from '../../grid/model.ts'
import type { ServiceReason } from '../vocabulary.ts'

export interface RepairRules {
  /** 集团 is told of a restoration that takes so long after arrival. */
  readonly groupRestoreHours: number
  /** Urges (催办): how many of one customer are usual, and from how many of all the ladder tells one level higher. */
  readonly urges: { readonly mostOfACustomer: number; readonly raiseFrom: number }
  /** When levels 1, 2, 3 are told of an estimate that has passed. */
  readonly etrPassedMinutes: readonly [number, number, number]
  /** When a crew counts as arrived by where it is. */
  readonly arrival: {
    readonly metres: number
    readonly standMinutes: number
    /** Not heard for so long, it may have been elsewhere. */
    readonly gapMinutes: number
    /** Between two positions of a crew that stands near. */
    readonly everySeconds: number
  }
  readonly serviceLevel: ServiceLevelRules
  readonly etr: EtrRules
}

/** 服务等级: how attentively customers and areas are served, and from where on that raises the ladder. */
export interface ServiceLevelRules {
  /** Levels up to this one raise the ladder by a level. */
  readonly raisesFrom: 1 | 2 | 3 | 4
  /** The level that each reason asks for: 1 the most attentive, 4 as everybody. */
  readonly levels: Readonly<Record<ServiceReason, 1 | 2 | 3 | 4>>
  /** From so many urges of one incident on they are a reason. */
  readonly urgesFrom: number
  /** How long a flag of public opinion holds where nobody says until when. */
  readonly publicOpinionDays: number
}

/** Restoration estimated without a crew's word. */
export interface EtrRules {
  /** Shares of outages like it that are over by the start, middle and end of what is said. */
  readonly quantiles: { readonly start: number; readonly middle: number; readonly end: number }
  /** Third quartile before anything was learned, hours. */
  readonly usualHours: {
    readonly high: Readonly<Record<Zone, number>>
    readonly transformer: number
    readonly low: number
  }
  /** Shares that are over, by multiples of that quartile: both rise. */
  readonly curve: readonly (readonly [share: number, multiple: number])[]
  /** Outages that a group's parent counts for. */
  readonly priorWeight: number
  /** Outages counted of a group before the older half fades. */
  readonly mostCounted: number
}

/** What the rules say of repairs, as the engine uses it. Units stand in the names, reasons in the file. */

export interface RepairRules {
  /** 集团 is told of a restoration that takes so long after arrival. */
  readonly groupRestoreHours: number
  /** When a crew counts as arrived by where it is. */
  readonly arrival: {
    readonly metres: number
    readonly standMinutes: number
    /** Not heard for so long, it may have been elsewhere. */
    readonly gapMinutes: number
    /** Between two positions of a crew that stands near. */
    readonly everySeconds: number
  }
  readonly serviceLevel: {
    /** Levels up to this one raise the ladder by a level. */
    readonly raisesFrom: 1 | 2 | 3 | 4
  }
}

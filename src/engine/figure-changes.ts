/** What followers show of feeders, facts and links: figures that concern no single incident. */
import type { FeederId, ObserverId, UnitId } from '../facts/ids.ts'
import type { InstantMs } from '../facts/time.ts'

/** State of a feeder, on change, for the consoles and the series. */
export interface FeederChange {
  readonly type: 'feeder'
  readonly at: InstantMs
  readonly feeder: FeederId
  readonly unit: UnitId
  readonly incidents: number
  readonly transformersOut: number
  readonly customersOut: number
}

/** Counts of one minute of facts, for the series and the status page. */
export interface ReportsChange {
  readonly type: 'reports'
  readonly at: InstantMs
  /** By report kind, link state or quarantine reason. */
  readonly counts: Readonly<Record<string, number>>
  /** Which of several engines counted them, each those of its part; absent of the first. */
  readonly part?: number
}

/** A terminal's link state changed, or it was heard for the first time. */
export interface TerminalChange {
  readonly type: 'terminal'
  readonly at: InstantMs
  readonly terminal: ObserverId
  readonly link: 'online' | 'offline'
}

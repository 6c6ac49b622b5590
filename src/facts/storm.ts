/**
 * Storm mode (大面积模式) comes and goes by facts alone: a person's word, or what the rule found. The rule's
 * are asked for by the engine and appended by whoever gives it its ticks.
 */
import type { InstantMs } from './time.ts'

export const STORM_MODES = ['on', 'off', 'rule'] as const

/** A person's word on storm mode; `rule` gives it back to the rule. */
export interface StormModeFact {
  readonly type: 'stormMode'
  readonly receivedAt: InstantMs
  readonly mode: (typeof STORM_MODES)[number]
  readonly by: string
  readonly role: string
  readonly reasonCode?: string
}

/** What is measured of a storm. */
export interface StormMeasures {
  readonly openIncidents: number
  /** Observers that said "off" within a minute. */
  readonly offsPerMinute: number
  /** With an outage. */
  readonly feeders: number
}

/** The rule's thresholds are met: storm mode begins, or ends, with this fact. */
export interface StormTurnedFact {
  readonly type: 'stormTurned'
  readonly receivedAt: InstantMs
  readonly on: boolean
  readonly by: 'rule'
  /** The tick that found it, by its time: which question of the engine this answers. */
  readonly noticedAt: InstantMs
  /** The measure that was passed, as `openIncidents=214`, or `calm=30min`. */
  readonly reason: string
  /** Of the rules whose thresholds these are. */
  readonly ruleVersion: string
  /** What was measured then. */
  readonly measured: StormMeasures
  /** Reached by any of it, it begins; below all of them for long enough, it ends. */
  readonly thresholds: StormMeasures
}

/** What an engine asks its journal to record. */
export type AskedFact = Omit<StormTurnedFact, 'receivedAt'>

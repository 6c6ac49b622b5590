/** What is under way to the program, and what the judge of a run may know of it. */
import type { Fact, ReportFact } from '../../src/facts/facts.ts'
import type { InstantMs } from '../../src/facts/time.ts'
import type { Temper } from './temper.ts'

/** What a report says, before its terminal has dated and counted it. */
export type Said = Pick<ReportFact, 'kind' | 'meters' | 'phases' | 'device' | 'volts'>

/** A fact on its way; the program gets it at `arrivesAt`, unless it is down. */
export interface Arrival {
  readonly arrivesAt: InstantMs
  readonly fact: Fact & { readonly receivedAt: InstantMs }
}

/** A word about one observer's supply, as it was said and when it arrives. */
export interface Word {
  readonly observer: number
  readonly off: boolean
  readonly saidAt: InstantMs
  readonly arrivesAt: InstantMs
  /** It was so. */
  readonly true: boolean
  /** Some of its phases only. */
  readonly part: boolean
}

/** Fault current seen at a device, or imagined. */
export interface Indication {
  readonly device: number
  readonly at: InstantMs
  readonly arrivesAt: InstantMs
  /** It passed there. */
  readonly true: boolean
  /** The time given with it is right. */
  readonly dated: boolean
}

export interface Messages {
  /** In order of arrival. */
  readonly arrivals: readonly Arrival[]
  readonly words: readonly Word[]
  readonly indications: readonly Indication[]
  /** How a terminal counts, keeps time and loses things. */
  readonly temperOf: (terminal: number) => Temper
  /** Last arrival. */
  readonly over: InstantMs
}

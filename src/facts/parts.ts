/**
 * What engines that judge parts of one network tell each other: figures and what was summed from
 * them, never evidence. Facts like all others, so that a replay meets them where the engine did.
 */
import type { ObserverId } from './ids.ts'
import type { InstantMs } from './time.ts'

/** Figures of one unit (供电单位) in one part. */
export interface UnitFigures {
  readonly unit: string
  readonly customersOut: number
  /** Rating of transformers without supply, in VA; absent where an earlier version counted. */
  readonly ratedVaOut?: number
  /** Customers of its largest open incident, of which the group was not told yet. */
  readonly largest: number
}

/** Links lost together, as many seconds as a part tells as one from `at` on. */
export interface LostLinks {
  readonly at: InstantMs
  readonly terminals: number
  /** Each counted once: where its last link was lost. */
  readonly feeders: number
}

/** A terminal without link. */
export interface LostTerminal {
  readonly terminal: ObserverId
  readonly at: InstantMs
  /** Of the fact that said so, in the journal of its part. */
  readonly position: number
}

/** What one part knows of the terminals of a unit: its share of a dead cell, if there is one. */
export interface CellShare {
  readonly unit: string
  /** Terminals whose link was ever heard of. */
  readonly heard: number
  /** Those without link whom nothing there explains; oldest first. */
  readonly lost: readonly LostLinks[]
  /** Some of them, those lost latest first. */
  readonly latest: readonly LostTerminal[]
}

/** A part says how things stand there, to the part that sums. */
export interface PartCountedFact {
  readonly type: 'partCounted'
  readonly receivedAt: InstantMs
  readonly part: number
  /** Position in its own journal: what it tells rests on all up to here, and what was told of less is old. */
  readonly upTo: number
  readonly units: readonly UnitFigures[]
  readonly openIncidents: number
  /** With an outage. */
  readonly feeders: number
  /** Observers that said "off", in a minute and in the one before. */
  readonly offs: { readonly minute: number; readonly now: number; readonly before: number }
  /** By unit; an earlier engine told none. */
  readonly cells?: readonly CellShare[]
}

/** The part that sums says what holds in all of them. */
export interface WholeJudgedFact {
  readonly type: 'wholeJudged'
  readonly receivedAt: InstantMs
  /** Position in the journal of the part that sums. */
  readonly upTo: number
  /** Holds where no person ordered otherwise: an order is a fact of its own in every part. */
  readonly storm: { readonly on: boolean; readonly reason: string | null }
  /** Cities whose share reached a level, and the part that tells the group. */
  readonly cities: readonly { readonly city: string; readonly part: number }[]
  /** Units with a dead cell, and since when; an earlier engine told none. */
  readonly cells?: readonly { readonly unit: string; readonly since: InstantMs }[]
}

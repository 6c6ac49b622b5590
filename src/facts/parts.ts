/**
 * What engines that judge parts of one network tell each other: figures and what was summed from
 * them, never evidence. Facts like all others, so that a replay meets them where the engine did.
 */
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
}

/**
 * The likelihoods inference runs on, as costs: one row a reliability class, the hidden state of
 * concentrators, and how priors of "left dark after restoration" differ from those of a new fault.
 */
import type { ClassCosts } from '../cost/likelihood.ts'
import { areaSilence, DEAREST_SILENCE } from '../cost/likelihood.ts'

export interface EvidenceModel {
  readonly classes: readonly ClassCosts[]
  /** Class of each observer. */
  classOf: Uint8Array
  /** The same before anything was learned of it. */
  readonly startClassOf: Uint8Array
  /** P(the concentrator's channel is lost | its area is dark); 0 switches joint loss off. */
  readonly areaLost: number
  /** P(nothing has come through a dark area's concentrator), by seconds of age. */
  readonly areaUnheard: Float64Array
  /** The same for the ons of an area whose supply came back. */
  readonly areaUnreturned: Float64Array
  /** Class of the meters behind concentrators, for the silence of whole areas. */
  readonly areaMeterClass: number
  /** Callers: by how much one speaks for "dead", and how long after the loss the first one calls. */
  readonly calls: { readonly favour: number; readonly afterMs: number }
  /** Cost of an off of the terminal's or meter's own supply alone, where its area has supply. */
  readonly ownSupplyOnly: number
  /** Cost of "all that one identity forwards is false"; `NEVER` leaves it out of account. */
  readonly identityFalse: number
  /** Cost of "left dark when what lies above came back": the faulted part stays isolated. */
  readonly leftDark: number
  /**
   * True where the window of a case is over and silence everywhere has its final meaning (the
   * benchmark); false in operation, where what nobody spoke of says nothing yet.
   */
  readonly windowClosed: boolean
}

/**
 * Areas are counted by size: the joint silence of one needs its size, and beyond 64 meters the
 * exact number no longer changes the cost.
 */
const AREA_SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 16, 64] as const

export const AREA_BUCKETS = AREA_SIZES.length

/** Largest listed size that is not above `meters`. */
export function areaBucket(meters: number): number {
  let bucket = 0
  while (bucket + 1 < AREA_BUCKETS && AREA_SIZES[bucket + 1]! <= meters) bucket++
  return bucket
}

/** Costs of silence by class and by area size, for each second of age. */
export function silenceTables(model: EvidenceModel): readonly Int32Array[] {
  const tables: Int32Array[] = model.classes.map((c) => c.silentDead)
  const meter = model.classes[model.areaMeterClass]!
  for (const size of AREA_SIZES)
    tables.push(
      meter.silentDead.map((silent, s) =>
        Math.min(
          DEAREST_SILENCE,
          areaSilence(model.areaUnheard[s]!, size, silent, meter.silentLive),
        ),
      ),
    )
  return tables
}

/**
 * The likelihoods inference runs on, as costs: one row a reliability class, the hidden state of
 * concentrators, and how priors of "left dark after restoration" differ from those of a new fault.
 */
import type { CompiledGrid } from '../../grid/compiled.ts'
import type { ClassCosts } from '../cost/likelihood.ts'
import { areaSilence } from '../cost/likelihood.ts'

export interface EvidenceModel {
  readonly classes: readonly ClassCosts[]
  /** Class of each observer. */
  readonly classOf: Uint8Array
  /** P(the concentrator's channel is lost | its area is dark); 0 switches joint loss off. */
  readonly areaLost: number
  /** P(nothing has come through a dark area's concentrator), by seconds of age. */
  readonly areaUnheard: Float64Array
  /** The same for the ons of an area whose supply came back. */
  readonly areaUnreturned: Float64Array
  /** Class of the meters behind concentrators, for the silence of whole areas. */
  readonly areaMeterClass: number
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
        areaSilence(model.areaUnheard[s]!, size, silent, meter.silentLive),
      ),
    )
  return tables
}

/** Where terminals forward for meters: the area's seat, its members and how many were heard. */
export interface Areas {
  /** Area of each device, −1 where none. */
  readonly ofDevice: Int32Array
  /** Area of each observer, −1 where none. */
  readonly ofObserver: Int32Array
  readonly members: Int32Array
}

/**
 * One area for each transformer with a terminal that meters report through. Without such terminals
 * (`byTransformer`), one for each transformer with two or more meters.
 */
export function findAreas(
  grid: CompiledGrid,
  headOf: (observer: number) => number,
  byTransformer: boolean,
): Areas {
  const { observers, devices } = grid
  const count = observers.via.length
  const ofDevice = new Int32Array(devices.ids.count).fill(-1)
  const ofObserver = new Int32Array(count).fill(-1)
  const members: number[] = []
  const join = (observer: number, seat: number) => {
    if (ofDevice[seat] === -1) {
      ofDevice[seat] = members.length
      members.push(0)
    }
    ofObserver[observer] = ofDevice[seat]!
    members[ofDevice[seat]!]!++
  }
  if (byTransformer) {
    for (let o = 0; o < count; o++) {
      const head = headOf(o)
      if (head >= 0) join(o, head)
    }
  } else {
    const forwards = new Uint8Array(count)
    for (let o = 0; o < count; o++) if (observers.via[o]! >= 0) forwards[observers.via[o]!] = 1
    for (let o = 0; o < count; o++) {
      const terminal = observers.via[o]! >= 0 ? observers.via[o]! : forwards[o] === 1 ? o : -1
      const seat = terminal < 0 ? -1 : headOf(terminal)
      if (seat >= 0) join(o, seat)
    }
  }
  return { ofDevice, ofObserver, members: Int32Array.from(members) }
}

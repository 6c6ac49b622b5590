/** Where each observer sits in the forest, and who is silent there before anything was heard. */
import { TARGET_USAGE_POINT } from '../../grid/compiled.ts'
import type { Areas } from './areas.ts'
import { areaBucket, type EvidenceModel } from './evidence-model.ts'
import { type Network, NONE } from './network.ts'
import { type Silence, SilenceKinds } from './silence.ts'

/** Head above each observer, `NONE` where it is not energised. */
export function locateObservers(network: Network): Int32Array {
  const { target, targetKind } = network.grid.observers
  const { device } = network.grid.usagePoints
  const heads = new Int32Array(target.length)
  for (let o = 0; o < heads.length; o++) {
    const seat = targetKind[o] === TARGET_USAGE_POINT ? device[target[o]!]! : network.seatOf(o)
    heads[o] = seat === NONE ? NONE : network.head[seat]!
  }
  return heads
}

interface Seating {
  readonly network: Network
  readonly headOf: Int32Array
  readonly areas: Areas
  readonly model: EvidenceModel
}

/** Which kinds of silence can occur below each head. */
export function kindsOfSilence(seating: Seating): SilenceKinds {
  const { network, headOf, areas } = seating
  const kinds = new SilenceKinds(network)
  for (let o = 0; o < headOf.length; o++) observerOccurs(seating, kinds, o)
  for (let area = 0; area < areas.seats.length; area++) areaOccurs(seating, kinds, area)
  return kinds
}

export function observerOccurs(
  { headOf, areas, model }: Seating,
  kinds: SilenceKinds,
  o: number,
): void {
  kinds.occurs(headOf[o]!, model.classOf[o]!)
  const area = areas.of(o)
  if (area !== NONE) kinds.occurs(areas.seats[area]!, model.classOf[o]!)
}

export function areaOccurs({ areas, model }: Seating, kinds: SilenceKinds, area: number): void {
  kinds.occurs(areas.seats[area]!, model.classes.length + areaBucket(areas.members[area]!))
}

interface CountedSeating extends Seating {
  readonly silence: Silence
}

/** Counts everybody as silent, up to the seat of their area, which is silent as one. */
export function countSilence(seating: CountedSeating): void {
  for (let o = 0; o < seating.headOf.length; o++) countSilent(seating, o)
}

export function countSilent(
  { network, headOf, areas, model, silence }: CountedSeating,
  o: number,
): void {
  const area = areas.of(o)
  const seat = area === NONE ? NONE : areas.seats[area]!
  for (let a = headOf[o]!; a !== NONE && a !== seat; a = network.above[a]!)
    silence.add(a, model.classOf[o]!, 1)
}

/** Where the run of equal classes at the end begins. */
export function lastOfOneClass(classOf: Uint8Array): number {
  let first = classOf.length
  while (first > 0 && classOf[first - 1] === classOf.at(-1)) first--
  return first
}

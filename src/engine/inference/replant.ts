/**
 * After switching: the sums of the trees that hang otherwise now are made anew, all others stay as
 * they are. The outcome is that of a belief built from nothing under the new positions.
 */
import type { InstantMs } from '../../facts/time.ts'
import { ON, QUIET, type Registers } from '../evidence/registers.ts'
import type { AreaSilence } from './area-silence.ts'
import type { Areas } from './areas.ts'
import type { EvidenceModel } from './evidence-model.ts'
import { type Network, NONE } from './network.ts'
import { areaOccurs, countSilent, observerOccurs } from './seating.ts'
import { type Silence, SilenceKinds } from './silence.ts'
import type { Sums } from './sums.ts'

/** What is made anew: a `Belief`. */
interface Replanted {
  readonly network: Network
  readonly registers: Registers
  readonly model: EvidenceModel
  readonly areas: Areas
  readonly headOf: Int32Array
  readonly sums: Sums
  readonly silence: Silence
  readonly awaited: Map<number, number>
  readonly unanswered: Map<number, number>
  leaveUnanswered(observer: number, cost: number): void
}

/** Trees that hang otherwise: their roots now, and all their devices, now and before. */
export interface Rehung {
  readonly roots: readonly number[]
  readonly devices: readonly number[]
}

/** `putIn` adds what an observer said, heard at a time, to sums that do not hold it yet. */
export function replant(
  belief: Replanted,
  areaSilence: AreaSilence,
  { roots, devices }: Rehung,
  putIn: (observer: number, heardAt: InstantMs) => void,
): void {
  const { network, registers, areas, sums, headOf } = belief
  const inside = new Set(devices)
  const seats = seatDevices(belief, inside)
  const before = new Map(devices.map((device) => [device, sums.heardFrom(device)]))
  const moved = network.rehang(roots, devices)
  const observers = observersOf(belief, devices, moved)
  const speaking = observers.filter((o) => registers.state[o] !== QUIET)
  const heardAt = new Map(
    speaking.map((o) => [o, Math.max(registers.atOf(o), heardBefore(before, headOf[o]!))]),
  )
  const unanswered = [...belief.unanswered].filter(([o]) => inside.has(headOf[o]!))
  for (const [observer] of unanswered) belief.unanswered.delete(observer)
  for (const o of speaking) if (headOf[o] !== NONE) areaSilence.forget(o)
  for (const o of observers) {
    const seat = network.seatOf(o)
    headOf[o] = seat === NONE ? NONE : network.head[seat]!
  }
  // An area goes where its terminal goes, should that itself be fed from elsewhere.
  const terminals = moved.map((o) => [areas.of(o), headOf[o]!] as const)
  areas.reseat([
    ...seats.map(({ area, device }) => [area, network.head[device]!] as const),
    ...terminals.filter(([area]) => area !== NONE && seats.some((seat) => seat.area === area)),
  ])
  countAnew(
    belief,
    devices,
    observers,
    seats.map(({ area }) => area),
  )
  for (const { area } of seats) areaSilence.countAgain(area)
  for (const o of offsFirst(registers, speaking)) if (headOf[o] !== NONE) putIn(o, heardAt.get(o)!)
  for (const [observer, cost] of unanswered) belief.leaveUnanswered(observer, cost)
}

/** Who says something, in this order: what an "on" means depends on when the outage began. */
export function* offsFirst({ state }: Registers, observers: Iterable<number>): Generator<number> {
  const ons: number[] = []
  for (const o of observers)
    if (state[o] === ON) ons.push(o)
    else if (state[o] !== QUIET) yield o
  yield* ons
}

/** Receipt is not in the registers; nobody below a head was heard before its first. */
function heardBefore(before: ReadonlyMap<number, InstantMs>, head: number): InstantMs {
  const at = before.get(head) ?? 0
  return at === Number.POSITIVE_INFINITY ? 0 : at
}

/** Areas of these trees, each with the device it sits at. */
function seatDevices({ areas, network }: Replanted, inside: ReadonlySet<number>) {
  const seats: { area: number; device: number }[] = []
  for (let area = 0; area < areas.seats.length; area++) {
    const head = areas.seats[area]!
    if (head !== NONE && inside.has(head)) seats.push({ area, device: network.bottom[head]! })
  }
  return seats
}

/** Everybody seated at these devices, and terminals that moved, in index order. */
function observersOf(
  { network }: Replanted,
  devices: readonly number[],
  moved: readonly number[],
): readonly number[] {
  const terminals = new Set(moved)
  const meters: number[] = []
  const { firstMeter } = network.grid.observers
  for (const device of devices) {
    for (let o = firstMeter[device]!; o < firstMeter[device + 1]!; o++) meters.push(o)
    for (let i = network.firstTerminal(device); network.terminalSeats[i] === device; i++)
      terminals.add(network.terminals[i]!)
  }
  // Terminals are numbered before meters, meters by their device.
  return [...[...terminals].sort((a, b) => a - b), ...meters]
}

/** Sums as if nobody had said anything, and everybody silent. */
function countAnew(
  belief: Replanted,
  devices: readonly number[],
  observers: readonly number[],
  areas: readonly number[],
): void {
  const { network, sums, silence } = belief
  const kinds = new SilenceKinds(network)
  for (const o of observers) observerOccurs(belief, kinds, o)
  for (const area of areas) areaOccurs(belief, kinds, area)
  for (const device of devices) {
    const own = network.head[device] === device
    const prior = own ? network.headPrior(device) : Number.POSITIVE_INFINITY
    sums.reset(device, prior, network.above[device]!)
    silence.relist(device, kinds.masks[device]!)
    belief.awaited.delete(device)
  }
  for (const o of observers) countSilent(belief, o)
}

/**
 * The network changes while faults stand: customers are joined to another device, a device is built in,
 * another one taken out (open or not), a tie added. The true network holds all of them from beginning
 * to end, closed or (a tie) open while they are not there; what the program is given before and after
 * lacks them.
 */

import type { InstantMs } from '../../src/facts/time.ts'
import type { Grid, GridDevice } from '../../src/grid/model.ts'
import { maskOf, type Network } from '../network.ts'
import type { Random } from '../random.ts'
import { type Happening, type Happenings, inOrder, START } from './happenings.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const MOST_MOVED = 3

export interface GridChange {
  readonly at: InstantMs
  /** The grid files from the start and from then on. */
  readonly before: Grid
  readonly after: Grid
  readonly happenings: Happenings
}

export function drawGridChange(network: Network, was: Happenings, random: Random): GridChange {
  const { grid } = network
  const at = momentIn(was, random)
  const fresh = spliceable(network).filter((device) => !happensBefore(was, device, at))
  const added = random.chance(0.6) ? fresh[random.below(fresh.length)] : undefined
  const old = spliceable(network).filter((d) => d !== added && !happensAfter(was, d, at))
  const removed = random.chance(0.6) ? pickRemoved(was, old, at, random) : undefined
  const ties = grid.devices.flatMap(({ normallyOpen }, device) =>
    normallyOpen && !happensBefore(was, device, at) ? [device] : [],
  )
  const tie = random.chance(0.6) ? ties[random.below(ties.length)] : undefined
  const moves = drawMoves(network, at, random)
  const without = (from: Grid, device: number | undefined) =>
    device === undefined ? from : splice(from, grid.devices[device]!, parentOf(network, device))
  const before = without(withoutTie(grid, tie), added)
  const after = without(moved(grid, moves), removed)
  return { at, before, after, happenings: inOrder(takenOut(was, removed, at, moves)) }
}

/** Soon after something opened, most of the time. */
function momentIn({ faults, over }: Happenings, random: Random): InstantMs {
  const fault = faults[random.below(Math.max(1, faults.length))]
  const lasts = Math.max(MINUTE, (fault?.to ?? over) - (fault?.from ?? START))
  return (fault?.from ?? START) + 20 * SECOND + random.below(Math.min(5 * MINUTE, lasts))
}

/** Devices below a feeder's head that customers hang below, and that a wire could stand for. */
function spliceable({ grid, order, usagePointsBelow, parent }: Network): number[] {
  const heads = new Set(grid.feeders.map(({ source }) => source))
  return order.filter((device) => {
    const { id, type } = grid.devices[device]!
    return (
      type !== 'transformer' &&
      !heads.has(id) &&
      parent[device]! >= 0 &&
      usagePointsBelow[device]! > 0
    )
  })
}

const isOf = ({ target }: Happening, device: number) =>
  target.kind === 'device' && target.index === device
const happensBefore = ({ all }: Happenings, device: number, at: InstantMs) =>
  all.some((happening) => isOf(happening, device) && happening.at <= at)

/** But for being closed again, which taking it out does as well. */
function happensAfter({ all, faults, ties }: Happenings, device: number, at: InstantMs): boolean {
  const stands = faults.filter(
    ({ target, from, to }) =>
      target.kind === 'device' && target.index === device && from <= at && (to ?? at + 1) > at,
  )
  if (ties.some((tie) => tie.device === device)) return true
  const later = all.filter((happening) => isOf(happening, device) && happening.at > at)
  return later.length > stands.filter(({ to }) => to !== null).length
}

function pickRemoved(was: Happenings, old: readonly number[], at: InstantMs, random: Random) {
  const open = old.filter((device) => happensBefore(was, device, at))
  const from = random.chance(0.7) && open.length > 0 ? open : old
  return from[random.below(from.length)]
}

/** What was open and is taken out is bridged by a wire from then on. */
function takenOut(
  { faults, ties, all }: Happenings,
  removed: number | undefined,
  at: InstantMs,
  moves: readonly Happening[],
): Omit<Happenings, 'over'> {
  if (removed === undefined) return { faults, ties, all: [...all, ...moves] }
  const ends = (device: number, to: InstantMs | null) =>
    device === removed && (to === null || to > at)
  const bridged: Happening[] = []
  const shorter = faults.map((fault) => {
    const { target, phases } = fault
    if (target.kind !== 'device' || !ends(target.index, fault.to)) return fault
    bridged.push({ at, what: 'close', target, phases, told: false })
    return { ...fault, to: at }
  })
  const kept = all.filter((happening) => !isOf(happening, removed) || happening.at <= at)
  return { faults: shorter, ties, all: [...kept, ...bridged, ...moves] }
}

/** Customers joined to another device: of the same area, or of any where they speak for themselves. */
function drawMoves(network: Network, at: InstantMs, random: Random): Happening[] {
  const { grid, usagePointDevice, devicePhases, transformer, order } = network
  const meterOf = new Map(grid.observers.map((observer) => [observer.usagePoint, observer]))
  const places = order.filter((device) => transformer[device]! >= 0)
  const moves: Happening[] = []
  const points = random.sample([...grid.usagePoints.keys()], random.below(MOST_MOVED + 1))
  for (const point of points) {
    const { id, phases } = grid.usagePoints[point]!
    const from = usagePointDevice[point]!
    const area = transformer[from]!
    const own = maskOf(phases) & devicePhases[from]!
    const free = meterOf.get(id)?.via === undefined
    const others = places.filter(
      (to) =>
        to !== from &&
        (own & ~devicePhases[to]!) === 0 &&
        (transformer[to] === area || (free && speaksForNobody(network, to))),
    )
    const to = others[random.below(Math.max(1, others.length))]
    if (to === undefined) continue
    const target = { kind: 'usagePoint', index: point } as const
    moves.push({ at, what: 'move', target, phases: own, told: false, to })
  }
  return moves
}

/** No concentrator stands at its transformer. */
function speaksForNobody({ grid, transformer }: Network, device: number): boolean {
  const { id } = grid.devices[transformer[device]!]!
  return !grid.observers.some((o) => o.class === 'concentrator' && o.device === id)
}

function moved(grid: Grid, moves: readonly Happening[]): Grid {
  const usagePoints = [...grid.usagePoints]
  for (const { target, to } of moves)
    usagePoints[target.index] = {
      ...usagePoints[target.index]!,
      device: grid.devices[to!]!.id,
    }
  return { ...grid, usagePoints }
}

function parentOf({ grid, parent }: Network, device: number): string {
  return grid.devices[parent[device]!]!.id
}

/** A wire in its place; what hung at it hangs at the one above. */
function splice(grid: Grid, { id, from, to, phases }: GridDevice, parent: string): Grid {
  const some = phases === undefined ? {} : { phases }
  return {
    ...grid,
    devices: grid.devices.filter((device) => device.id !== id),
    lines: [...grid.lines, { id: `l-for-${id}`, from, to, ...some }],
    usagePoints: grid.usagePoints.map((point) =>
      point.device === id ? { ...point, device: parent } : point,
    ),
    observers: grid.observers.filter(({ device }) => device !== id),
  }
}

function withoutTie(grid: Grid, tie: number | undefined): Grid {
  if (tie === undefined) return grid
  const { id } = grid.devices[tie]!
  return {
    ...grid,
    devices: grid.devices.filter((device) => device.id !== id),
    observers: grid.observers.filter(({ device }) => device !== id),
  }
}

/**
 * What hangs below a device otherwise than in the normal state, told by the few devices at which that
 * begins: everything else goes with what it normally hangs below. Devices are numbered depth first in
 * the normal state, so what hangs below a device is one stretch of numbers, or a few after switching.
 */
import type { CompiledGrid } from './compiled.ts'
import { customersBelow } from './geography.ts'
import type { Topology } from './topology.ts'

export interface Refed {
  /** From these devices on it hangs below as well. */
  readonly won: readonly number[]
  /** From these on it hangs elsewhere. */
  readonly lost: readonly number[]
}

/** A stretch of device numbers, the end left out. */
export type Stretch = readonly [from: number, to: number]

/** What hangs below a device now: the devices, and those whose lines normally are its own. */
export interface BelowNow {
  readonly devices: readonly Stretch[]
  readonly lines: readonly Stretch[]
}

const NORMAL: Refed = { won: [], lost: [] }

/** Where what hangs below `device` under the present positions differs from the normal state. */
export function refedBelow(topology: Topology, device: number): Refed {
  if (topology.normal) return NORMAL
  const { normalParent } = topology.grid.devices
  const won: number[] = []
  const lost: number[] = []
  for (const moved of topology.moved) {
    if (moved === device) continue
    const now = hangsBelow(topology, moved, device)
    if (now === hangsBelow(topology, normalParent[moved]!, device)) continue
    if (now) won.push(moved)
    else lost.push(moved)
  }
  return { won, lost }
}

function hangsBelow({ parent }: Topology, index: number, device: number): boolean {
  for (let at = index; at >= 0; at = parent[at]!) if (at === device) return true
  return false
}

/** What hangs below `device` under the present positions. */
export function belowNow(topology: Topology, device: number): BelowNow {
  const devices = stretchesBelow(topology.grid, device, refedBelow(topology, device))
  // A part fed from its other end keeps its devices in their order, but their lines hang otherwise.
  const own = new Map<number, boolean>()
  for (const [zone, normally] of topology.refedZones)
    if (normally >= 0) own.set(normally, hangsBelow(topology, topology.zoneFedBy[zone]!, device))
  const kept = devices.flatMap(([from, to]) => {
    const edges = [...own.keys()].filter((at) => at >= from && at < to).sort((a, b) => a - b)
    const starts = [from, ...edges.map((at) => at + 1)]
    return starts.map((start, i): Stretch => [start, edges[i] ?? to])
  })
  const lines = [...kept, ...[...own].flatMap(([at, is]): Stretch[] => (is ? [[at, at + 1]] : []))]
  return {
    devices,
    lines: lines.filter(([from, to]) => from < to).sort(([a], [b]) => a - b),
  }
}

/** Devices below `device`, itself included, in index order. */
export function stretchesBelow(
  { devices }: CompiledGrid,
  device: number,
  { won, lost }: Refed = NORMAL,
): readonly Stretch[] {
  const endOf = (at: number) => at + Math.max(1, devices.subtreeSize[at]!)
  if (won.length + lost.length === 0) return [[device, endOf(device)]]
  const marks = [device, ...won, ...lost].sort((a, b) => a - b)
  const edges = [...new Set(marks.flatMap((at) => [at, endOf(at)]))].sort((a, b) => a - b)
  const stretches: [number, number][] = []
  for (const [i, from] of edges.slice(0, -1).entries()) {
    // The innermost mark around it decides.
    const mark = marks.findLast((at) => at <= from && from < endOf(at))
    if (mark === undefined || lost.includes(mark)) continue
    const last = stretches.at(-1)
    if (last?.[1] === from) last[1] = edges[i + 1]!
    else stretches.push([from, edges[i + 1]!])
  }
  return stretches
}

/** Customers below `device`, itself included. */
export function customersIn({ usagePoints }: CompiledGrid, stretches: readonly Stretch[]): number {
  return stretches.reduce(
    (sum, [from, to]) => sum + usagePoints.first[to]! - usagePoints.first[from]!,
    0,
  )
}

/**
 * Customers below each device, itself included, under the present positions. Only what lies above a
 * device that hangs otherwise can differ from the normal state, so these few are counted anew.
 */
export interface CustomersNow {
  of(device: number): number
  /** Those whose number is not that of the normal state, by device in index order. */
  readonly differing: ReadonlyMap<number, number>
}

export function customersNow(topology: Topology): CustomersNow {
  const { grid, parent, moved } = topology
  const { normalParent } = grid.devices
  const above = new Set<number>()
  const climb = (from: number) => {
    for (let at = from; at >= 0 && !above.has(at); at = parent[at]!) above.add(at)
  }
  for (const device of moved) {
    climb(device)
    climb(normalParent[device]!)
  }
  const differing = new Map<number, number>()
  for (const device of [...above].sort((a, b) => a - b)) {
    const now = customersIn(grid, stretchesBelow(grid, device, refedBelow(topology, device)))
    if (now !== customersBelow(grid, device)) differing.set(device, now)
  }
  return { of: (device) => differing.get(device) ?? customersBelow(grid, device), differing }
}

/** The same for a network in its normal state. */
export function customersNormally(grid: CompiledGrid): CustomersNow {
  return { of: (device) => customersBelow(grid, device), differing: new Map() }
}

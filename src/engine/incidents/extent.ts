/** What lies below a device under the present switch positions: counts for notices and grades. */
import type { CompiledGrid } from '../../grid/compiled.ts'
import { DEVICE_TYPES, IMPORTANCES, LIFE_SUPPORT } from '../../grid/model.ts'
import type { Topology } from '../../grid/topology.ts'
import { NONE } from '../inference/network.ts'
import { backBelow } from '../repair/back.ts'
import type { World } from '../world.ts'
import type { Case } from './case.ts'

const TRANSFORMER = DEVICE_TYPES.indexOf('transformer')

export interface Extent {
  readonly customers: number
  /** The device and all below it. */
  readonly devices: readonly number[]
  readonly transformers: readonly number[]
  /** Customers by feeder index. */
  readonly feeders: ReadonlyMap<number, FeederExtent>
  /** Rating of the transformers, as `ratedVaOf` counts it. */
  readonly ratedVa: number
  /** Most important user below: index into `IMPORTANCES`, −1 for none. */
  readonly mostImportant: number
  readonly important: number
  readonly sensitive: number
  /** Of them those whose life hangs on supply. */
  readonly lifeSupport: number
  /** Mean of the transformers' (or the device's own) coordinates; null where unknown. */
  readonly centroid: readonly [number, number] | null
}

/** What of a feeder lies below. */
export interface FeederExtent {
  customers: number
  transformers: number
  ratedVa: number
}

const NOTHING: ReadonlySet<number> = new Set()

/** Rating of a transformer in whole VA, so that sums come out the same in any order; 0 where none is known. */
export function ratedVaOf({ devices }: CompiledGrid, device: number): number {
  if (devices.type[device] !== TRANSFORMER) return 0
  const kva = devices.kva[device]!
  return Number.isFinite(kva) ? Math.round(kva * 1000) : 0
}

/** Measures what hangs below `device` but `without`; a single usage point where `point` ≥ 0. */
export function measure(
  topology: Topology,
  device: number,
  point: number,
  without: ReadonlySet<number> = NOTHING,
): Extent {
  const { grid } = topology
  const all = point >= 0 ? [device] : subtree(topology, device)
  const devices = without.size === 0 ? all : all.filter((d) => !without.has(d))
  const feeders = new Map<number, FeederExtent>()
  const transformers: number[] = []
  const none: number = IMPORTANCES.length
  const counts = {
    ...{ customers: 0, ratedVa: 0, important: 0, sensitive: 0, lifeSupport: 0 },
    mostImportant: none,
  }
  for (const d of devices) {
    const feeder = tally(feeders, grid.devices.feeder[d]!)
    if (point < 0 && grid.devices.type[d] === TRANSFORMER) {
      transformers.push(d)
      feeder.transformers++
      const ratedVa = ratedVaOf(grid, d)
      feeder.ratedVa += ratedVa
      counts.ratedVa += ratedVa
    }
    const from = point >= 0 ? point : grid.usagePoints.first[d]!
    const to = point >= 0 ? point + 1 : grid.usagePoints.first[d + 1]!
    feeder.customers += to - from
    counts.customers += to - from
    for (let u = from; u < to; u++) {
      const importance = grid.usagePoints.important[u]!
      if (importance > 0) {
        counts.important++
        counts.mostImportant = Math.min(counts.mostImportant, importance - 1)
      }
      const sensitive = grid.usagePoints.sensitive[u]!
      if (sensitive > 0) counts.sensitive++
      if (sensitive === LIFE_SUPPORT) counts.lifeSupport++
    }
  }
  return {
    ...counts,
    devices,
    mostImportant: counts.mostImportant === none ? -1 : counts.mostImportant,
    transformers,
    feeders,
    centroid: centroidOf(grid, transformers.length > 0 ? transformers : [device]),
  }
}

function tally(feeders: Map<number, FeederExtent>, feeder: number) {
  let entry = feeders.get(feeder)
  if (!entry) {
    entry = { customers: 0, transformers: 0, ratedVa: 0 }
    feeders.set(feeder, entry)
  }
  return entry
}

/** The device and all below it, in index order. */
export function subtree(topology: Topology, device: number): number[] {
  const { subtreeSize } = topology.grid.devices
  if (topology.normal)
    return Array.from({ length: Math.max(1, subtreeSize[device]!) }, (_, i) => device + i)
  return [...topology.subtree(device)].sort((a, b) => a - b)
}

function centroidOf(grid: CompiledGrid, devices: readonly number[]): [number, number] | null {
  let lon = 0
  let lat = 0
  let count = 0
  for (const d of devices) {
    const node = grid.devices.to[d]!
    if (Number.isNaN(grid.nodes.lon[node]!)) continue
    lon += grid.nodes.lon[node]!
    lat += grid.nodes.lat[node]!
    count++
  }
  // Six decimals are a tenth of a metre.
  const round = (sum: number) => Math.round((sum / count) * 1e6) / 1e6
  return count === 0 ? null : [round(lon), round(lat)]
}

/** What was measured last for a case, and of which place in which network. */
interface Measured {
  readonly topology: Topology
  readonly arrangement: number
  readonly device: number
  readonly point: number
  readonly back: string
  readonly extent: Extent
}

const lastMeasured = new WeakMap<Case, Measured>()

/**
 * What the case covers, at the device it stands for now: without what is back by somebody's word.
 * Measured anew only where the place or the network has changed: many tell of it with each tick.
 */
export function extentOf(world: World, incident: Case): Extent {
  const { topology } = world
  const { arrangement } = topology
  const point = incident.observer === NONE ? NONE : world.grid.observers.target[incident.observer]!
  const device = point === NONE ? incident.head : world.grid.usagePoints.device[point]!
  const back = incident.repair.back.map(({ transformer }) => transformer).join()
  const last = lastMeasured.get(incident)
  if (
    last?.topology === topology &&
    last.arrangement === arrangement &&
    last.device === device &&
    last.point === point &&
    last.back === back
  )
    return last.extent
  const extent = measure(topology, device, point, backBelow(world, incident))
  lastMeasured.set(incident, { topology, arrangement, device, point, back, extent })
  return extent
}

/** Counts and depths of a grid, for people and for tests: what is there, and how deep it hangs. */
import { type NormalState, normalState } from './energise.ts'
import { gridLinesOf } from './lines.ts'
import { DEVICE_TYPES, type Grid, type GridLineObject } from './model.ts'
import { Network, type Tally } from './network.ts'
import { groupFeeders } from './partition.ts'
import { Problems } from './problems.ts'

export interface GridStats {
  readonly name: string
  readonly units: number
  readonly substations: number
  readonly feeders: number
  readonly nodes: number
  readonly nodesWithPlace: number
  readonly energisedNodes: number
  readonly lines: number
  readonly devices: number
  /** By type. */
  readonly deviceTypes: Tally
  /** Devices that carry a service promise, by zone. */
  readonly zones: Tally
  readonly normallyOpen: number
  /** Normally open devices with supply on both sides. */
  readonly ties: number
  /** Transformers by ownership. */
  readonly transformers: Tally
  readonly usagePoints: number
  readonly threePhaseUsagePoints: number
  readonly important: Tally
  readonly sensitive: Tally
  readonly observers: number
  readonly observerClasses: Tally
  /** Most lines and devices between a source and a node. */
  readonly maxDepth: number
  /** Most devices in series. */
  readonly deviceDepth: number
  /** Usage points below each transformer that has any. */
  readonly perTransformer: { readonly mean: number; readonly max: number }
  /** Usage points of each feeder. */
  readonly perFeeder: { readonly mean: number; readonly min: number; readonly max: number }
  /** Groups of feeders that ties or a substation join, and the usage points of the largest. */
  readonly partitions: { readonly count: number; readonly largest: number }
}

export function gridStats(grid: Grid): GridStats {
  const stats = new GridStatistics()
  for (const line of gridLinesOf(grid)) stats.add(line)
  return stats.finish()
}

/** The same for a grid of any size. Objects that do not fit are left out: `check` names them. */
export class GridStatistics {
  readonly #network = new Network(new Problems())

  add(line: GridLineObject): void {
    this.#network.add(line)
  }

  finish(): GridStats {
    const network = this.#network
    const state = normalState(network)
    const open = countWhere(network.devices.count, (d) => network.deviceOpen.at(d) === 1)
    const feeders = feederCounts(network, state)
    return {
      name: network.name,
      units: network.units.size,
      substations: network.substations.size,
      feeders: network.feeders.size,
      nodes: network.nodes.count,
      nodesWithPlace: network.nodesWithPlace,
      energisedNodes: countWhere(state.depth.length, (node) => state.depth[node]! >= 0),
      lines: network.lineFrom.length,
      devices: network.devices.count,
      deviceTypes: network.deviceTypes,
      zones: network.zonesOfPromise,
      normallyOpen: open,
      ties: countTies(network, state),
      transformers: network.ownerships,
      usagePoints: network.points.count,
      threePhaseUsagePoints: network.threePhasePoints,
      important: network.importances,
      sensitive: network.sensitivities,
      observers: network.observers.count,
      observerClasses: network.observerClasses,
      maxDepth: largest(state.depth),
      deviceDepth: deviceDepth(state),
      perTransformer: perTransformer(network, state),
      perFeeder: summary(feeders.points),
      partitions: partitionSummary(feeders),
    }
  }
}

function countWhere(count: number, holds: (index: number) => boolean): number {
  let found = 0
  for (let i = 0; i < count; i++) if (holds(i)) found++
  return found
}

function largest(values: Iterable<number>): number {
  let max = 0
  for (const value of values) if (value > max) max = value
  return max
}

function summary(values: readonly number[]): { mean: number; min: number; max: number } {
  if (values.length === 0) return { mean: 0, min: 0, max: 0 }
  let sum = 0
  let min = values[0]!
  for (const value of values) {
    sum += value
    min = Math.min(min, value)
  }
  return { mean: Math.round((100 * sum) / values.length) / 100, min, max: largest(values) }
}

function countTies(network: Network, { depth }: NormalState): number {
  return countWhere(
    network.devices.count,
    (d) =>
      network.deviceOpen.at(d) === 1 &&
      depth[network.deviceFrom.at(d)]! >= 0 &&
      depth[network.deviceTo.at(d)]! >= 0,
  )
}

function deviceDepth({ forest }: NormalState): number {
  const depth = new Int32Array(forest.parent.length)
  for (const device of forest.order) {
    const parent = forest.parent[device]!
    depth[device] = parent < 0 ? 1 : depth[parent]! + 1
  }
  return largest(depth)
}

function perTransformer(network: Network, { forest }: NormalState): { mean: number; max: number } {
  const transformer = DEVICE_TYPES.indexOf('transformer')
  const counts = new Map<number, number>()
  for (let d = 0; d < network.devices.count; d++) {
    const points = network.devicePoints.at(d)
    if (points === 0) continue
    let at = d
    while (at >= 0 && network.deviceType.at(at) !== transformer) at = forest.parent[at]!
    if (at >= 0) counts.set(at, (counts.get(at) ?? 0) + points)
  }
  const { mean, max } = summary([...counts.values()])
  return { mean, max }
}

interface FeederCounts {
  readonly points: number[]
  readonly group: Int32Array
}

function feederCounts(network: Network, { forest, zones }: NormalState): FeederCounts {
  const substations = new Map([...network.substations.keys()].map((id, index) => [id, index]))
  const heads = new Map<number, number>()
  const feeders = [...network.feeders.values()].map(({ source, substation }, index) => {
    const head = network.devices.indexOf(source)
    heads.set(head, index)
    return { source: head, substation: substations.get(substation) ?? -1 - index }
  })
  const feeder = new Int32Array(network.devices.count).fill(-1)
  const points = feeders.map(() => 0)
  for (const device of forest.order) {
    const parent = forest.parent[device]!
    const own = heads.get(device) ?? (parent < 0 ? -1 : feeder[parent]!)
    feeder[device] = own
    if (own >= 0) points[own]! += network.devicePoints.at(device)
  }
  const ends = { feeder, from: network.deviceFrom.done(), to: network.deviceTo.done() }
  return { points, group: groupFeeders(feeders, ends, zones.zone) }
}

function partitionSummary({ points, group }: FeederCounts): { count: number; largest: number } {
  const sizes = new Map<number, number>()
  for (const [index, own] of points.entries())
    sizes.set(group[index]!, (sizes.get(group[index]!) ?? 0) + own)
  return { count: sizes.size, largest: largest(sizes.values()) }
}

/**
 * The order of a compiled grid: devices depth first under the normal switch positions, usage points
 * by their device, meters by their usage point. What is asked about together then lies together.
 */

import type { Collector } from './collector.ts'
import { type CompileNote, TARGET_USAGE_POINT } from './compiled.ts'
import { type Forest, indexZones, NOT_ENERGISED, sourceZoneOf, traceForest } from './forest.ts'
import { reference } from './grid-error.ts'
import type { Zones } from './zones.ts'

/** Old index by new, and new by old. */
export interface Order {
  readonly order: Int32Array
  readonly newIndex: Int32Array
}

export interface DeviceOrder extends Order {
  /** By old indices. */
  readonly forest: Forest
  readonly subtreeSize: Int32Array
  readonly notes: CompileNote[]
}

/** Traces the network and numbers energised devices depth first, the others after them. */
export function orderDevices(collected: Collector, { zone, count }: Zones): DeviceOrder {
  const { devices, normallyOpen } = collected
  const fromZone = collected.from.done().map((node) => zone[node]!)
  const toZone = collected.to.done().map((node) => zone[node]!)
  const zoneIndex = indexZones(count, fromZone, toZone)
  const isOpen = (device: number) => normallyOpen.at(device) === 1
  const sources = new Set<number>()
  for (const { id, source } of collected.feederList) {
    const head = reference(devices, source, `feeder ${id}`, 'source', 'device')
    sources.add(sourceZoneOf(fromZone[head]!, zoneIndex, fromZone, toZone, isOpen))
  }
  const forest = traceForest(sources, zoneIndex, fromZone, toZone, isOpen)
  const loops = new Set(forest.loops)
  const { order, newIndex } = forestOrder(forest)
  const notes: CompileNote[] = []
  for (const device of loops) notes.push({ code: 'loop', device: devices.pool.textOf(device) })
  for (let i = forest.order.length; i < order.length; i++) {
    const device = order[i]!
    if (!isOpen(device) && !loops.has(device))
      notes.push({ code: 'notEnergised', device: devices.pool.textOf(device) })
  }
  return { forest, order, newIndex, subtreeSize: subtreeSizes(forest, newIndex), notes }
}

function forestOrder(forest: Forest): Order {
  const count = forest.parent.length
  const order = new Int32Array(count)
  const newIndex = new Int32Array(count)
  order.set(forest.order)
  for (let i = 0; i < forest.order.length; i++) newIndex[forest.order[i]!] = i
  let next = forest.order.length
  for (let device = 0; device < count; device++) {
    if (forest.parent[device] !== NOT_ENERGISED) continue
    newIndex[device] = next
    order[next++] = device
  }
  return { order, newIndex }
}

/** By new indices; 0 where not energised. */
function subtreeSizes({ order, parent }: Forest, newIndex: Int32Array): Int32Array {
  const sizes = new Int32Array(parent.length)
  for (let i = order.length - 1; i >= 0; i--) {
    sizes[i]! += 1
    const above = parent[order[i]!]!
    if (above >= 0) sizes[newIndex[above]!]! += sizes[i]!
  }
  return sizes
}

/** Usage points by their device; `first[d]` … `first[d + 1]` are those of `d`, by new indices. */
export function orderPoints(
  { points, pointDevice }: Collector,
  devices: Order,
): Order & { first: Int32Array } {
  const keys = new Int32Array(points.count)
  for (let i = 0; i < keys.length; i++) keys[i] = devices.newIndex[pointDevice.at(i)]!
  return orderByKey(keys, devices.order.length)
}

/**
 * Terminals in the order of the file, then meters by their usage point; `first[d]` … `first[d + 1]`
 * are the meters at the usage points of device `d`.
 */
export function orderObservers(
  { observers, targetKind, target }: Collector,
  points: Order & { first: Int32Array },
): Order & { first: Int32Array } {
  const keys = new Int32Array(observers.count)
  for (let i = 0; i < keys.length; i++)
    keys[i] = targetKind.at(i) === TARGET_USAGE_POINT ? 1 + points.newIndex[target.at(i)]! : 0
  const sorted = orderByKey(keys, points.order.length + 1)
  return { ...sorted, first: points.first.map((point) => sorted.first[point + 1]!) }
}

/** Stable counting sort. */
function orderByKey(keys: Int32Array, size: number): Order & { first: Int32Array } {
  const first = new Int32Array(size + 1)
  for (let i = 0; i < keys.length; i++) first[keys[i]! + 1]!++
  for (let key = 0; key < size; key++) first[key + 1]! += first[key]!
  const next = first.slice(0, size)
  const order = new Int32Array(keys.length)
  const newIndex = new Int32Array(keys.length)
  for (let i = 0; i < keys.length; i++) {
    const place = next[keys[i]!]!++
    order[place] = i
    newIndex[i] = place
  }
  return { order, newIndex, first }
}

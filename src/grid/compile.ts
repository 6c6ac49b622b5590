/**
 * Grid file → compiled grid. Reads objects one by one in the order of the JSON-lines form. Refuses
 * what `check` calls an error; what it settles by itself (a loop opened, a device not energised)
 * stands in `notes`.
 */
import type { PhaseMask } from '../facts/phases.ts'
import { Collector } from './collector.ts'
import {
  type CompiledFeeder,
  type CompiledGrid,
  type CompiledSubstation,
  type CompiledUnit,
  type DeviceColumns,
  type InstitutionColumns,
  type LineColumns,
  type ObserverColumns,
  TARGET_DEVICE,
  TARGET_USAGE_POINT,
  type UsagePointColumns,
} from './compiled.ts'
import { bytesOf } from './compiled-bytes.ts'
import { NOT_ENERGISED } from './forest.ts'
import { fail, GridError } from './grid-error.ts'
import { PooledIds } from './id-table.ts'
import { gridLinesOf } from './lines.ts'
import type { Grid, GridLineObject } from './model.ts'
import {
  type DeviceOrder,
  type Order,
  orderDevices,
  orderObservers,
  orderPoints,
} from './numbering.ts'
import { groupFeeders, PARTITIONS, packPartitions } from './partition.ts'
import { PackedTexts } from './texts.ts'
import { joinZones } from './zones.ts'

/** Compiles a grid in memory. `digest` is the SHA-256 of its file. */
export function compileGrid(grid: Grid, digest: string): CompiledGrid {
  const compiler = new GridCompiler()
  for (const line of gridLinesOf(grid)) compiler.add(line)
  return compiler.finish(digest)
}

/** Takes a grid file object by object. */
export class GridCompiler {
  readonly #collected = new Collector()

  /** @throws GridError naming the object */
  add(line: GridLineObject): void {
    this.#collected.add(line)
  }

  /** Traces the network, numbers everything in its order, groups the feeders. @throws GridError */
  finish(digest: string): CompiledGrid {
    const collected = this.#collected
    collected.settleVia()
    const zones = joinZones(
      collected.nodes.count,
      collected.lineFrom.done(),
      collected.lineTo.done(),
    )
    const order = orderDevices(collected, zones)
    const points = orderPoints(collected, order)
    const devices = deviceColumns(collected, order)
    const usagePoints = pointColumns(collected, order, devices, points)
    const grid = {
      digest,
      name: collected.name,
      units: unitsOf(collected),
      substations: substationsOf(collected),
      feeders: feedersOf(collected, order, devices, zones.zone),
      nodes: {
        lon: collected.lon.done(),
        lat: collected.lat.done(),
        zone: zones.zone,
        zones: zones.count,
      },
      devices,
      usagePoints,
      institutions: institutionColumns(collected, points),
      observers: observerColumns(collected, order, points, devices, usagePoints),
      lines: lineColumns(collected, order, zones.zone),
      notes: order.notes,
    }
    return { ...grid, bytes: bytesOf(grid) }
  }
}

function deviceColumns(
  collected: Collector,
  { order, forest, newIndex, subtreeSize }: DeviceOrder,
) {
  const normalParent = new Int32Array(order.length).fill(NOT_ENERGISED)
  for (let i = 0; i < order.length; i++) {
    const parent = forest.parent[order[i]!]!
    normalParent[i] = parent < 0 ? parent : newIndex[parent]!
  }
  const names = PackedTexts.of(collected.deviceNames, order)
  return {
    ids: PooledIds.of(collected.devices.pool, order),
    names,
    nameOf: (index: number) => names.textOf(index),
    type: collected.type.permuted(order),
    from: collected.from.permuted(order),
    to: collected.to.permuted(order),
    phases: collected.phases.permuted(order),
    normallyOpen: collected.normallyOpen.permuted(order),
    ganged: collected.ganged.permuted(order),
    zone: collected.zone.permuted(order),
    ownership: collected.ownership.permuted(order),
    kva: collected.kva.permuted(order),
    connection: collected.connection.permuted(order),
    feeder: new Int32Array(order.length).fill(-1),
    normalParent,
    subtreeSize,
  } satisfies DeviceColumns
}

/** The feeders, and in `devices.feeder` the home feeder of every device. */
function feedersOf(
  collected: Collector,
  { newIndex }: Order,
  devices: DeviceColumns,
  zone: Int32Array,
): CompiledFeeder[] {
  const heads = new Map<number, number>()
  const feeders = collected.feederList.map((feeder, index) => {
    const place = `feeder ${feeder.id}`
    const source = newIndex[collected.devices.indexOf(feeder.source)]!
    heads.set(source, index)
    return {
      id: feeder.id,
      name: feeder.name,
      unit: nameIndex(collected.units, feeder.unit, place, 'unit'),
      substation: nameIndex(collected.substations, feeder.substation, place, 'substation'),
      source,
    }
  })
  // Parents come before children.
  for (let d = 0; d < devices.feeder.length; d++) {
    const own = heads.get(d)
    if (own !== undefined) devices.feeder[d] = own
    else if (devices.normalParent[d]! >= 0)
      devices.feeder[d] = devices.feeder[devices.normalParent[d]!]!
  }
  const group = groupFeeders(feeders, devices, zone)
  const sizes = new Array<number>(1 + Math.max(-1, ...group)).fill(0)
  for (const feeder of devices.feeder) if (feeder >= 0) sizes[group[feeder]!]! += 1
  const partition = packPartitions(sizes, PARTITIONS)
  return feeders.map((feeder, index) => ({ ...feeder, partition: partition[group[index]!]! }))
}

function pointColumns(
  collected: Collector,
  devices: Order,
  { phases: devicePhases }: DeviceColumns,
  { order, first }: Order & { first: Int32Array },
): UsagePointColumns {
  const device = collected.pointDevice.permuted(order)
  const phases = collected.pointPhases.permuted(order)
  for (let i = 0; i < device.length; i++) {
    device[i] = devices.newIndex[device[i]!]!
    phases[i] = suppliedPhases(phases[i]!, devicePhases[device[i]!]!)
  }
  return {
    ids: PooledIds.of(collected.points.pool, order),
    device,
    phases,
    important: collected.pointImportant.permuted(order),
    sensitive: collected.pointSensitive.permuted(order),
    first,
  }
}

/** In the order of the usage points they are. */
function institutionColumns(
  { institutionPoint, institutionKind }: Collector,
  { newIndex }: Order,
): InstitutionColumns {
  const point = institutionPoint.done().map((old) => newIndex[old]!)
  const order = Int32Array.from(point.keys()).sort((a, b) => point[a]! - point[b]!)
  return { point: point.sort(), kind: institutionKind.permuted(order) }
}

/**
 * The phases that the place has, of those that were said; left out they are all three, and mean
 * whatever supplies the place. Where it has none of them they stay as said: `check` names that.
 */
function suppliedPhases(own: PhaseMask, place: PhaseMask): PhaseMask {
  return own & place || own
}

function observerColumns(
  collected: Collector,
  devices: Order,
  points: Order & { first: Int32Array },
  { phases: devicePhases }: DeviceColumns,
  { phases: pointPhases }: UsagePointColumns,
): ObserverColumns {
  const { order, newIndex, first } = orderObservers(collected, points)
  const phases = collected.observerPhases.permuted(order)
  const targetKind = collected.targetKind.permuted(order)
  const target = collected.target.permuted(order)
  const via = collected.via.permuted(order)
  for (let i = 0; i < target.length; i++) {
    if (targetKind[i] === TARGET_DEVICE) {
      target[i] = devices.newIndex[target[i]!]!
      phases[i] = suppliedPhases(phases[i]!, devicePhases[target[i]!]!)
    } else if (targetKind[i] === TARGET_USAGE_POINT) {
      target[i] = points.newIndex[target[i]!]!
      phases[i] = suppliedPhases(phases[i]!, pointPhases[target[i]!]!)
    }
    if (via[i]! >= 0) via[i] = newIndex[via[i]!]!
  }
  return {
    ids: PooledIds.of(collected.observers.pool, order),
    class: collected.class.permuted(order),
    targetKind,
    target,
    phases,
    via,
    firstMeter: first,
  }
}

function lineColumns(
  collected: Collector,
  { forest, newIndex }: DeviceOrder,
  zone: Int32Array,
): LineColumns {
  const from = collected.lineFrom.done()
  const fedBy = new Int32Array(from.length)
  for (let i = 0; i < from.length; i++) {
    const device = forest.zoneFedBy[zone[from[i]!]!]!
    fedBy[i] = device < 0 ? -1 : newIndex[device]!
  }
  const pathFirst = new Int32Array(from.length + 1)
  pathFirst.set(collected.pathFirst.done())
  pathFirst[from.length] = collected.path.length >> 1
  return {
    count: from.length,
    from,
    to: collected.lineTo.done(),
    phases: collected.linePhases.done(),
    fedBy,
    path: collected.path.done(),
    pathFirst,
  }
}

function unitsOf({ unitList, units }: Collector): CompiledUnit[] {
  return unitList.map(({ id, name, parent }) => ({
    id,
    name,
    parent: parent ? nameIndex(units, parent, `unit ${id}`, 'parent') : -1,
  }))
}

function substationsOf({ substationList, units }: Collector): CompiledSubstation[] {
  return substationList.map(({ id, name, unit }) => ({
    id,
    name,
    unit: nameIndex(units, unit, `substation ${id}`, 'unit'),
  }))
}

function nameIndex(index: Map<string, number>, id: string, place: string, field: string): number {
  return index.get(id) ?? fail('grid.unknownReference', place, `${field}: unknown "${id}"`)
}

export { GridError }

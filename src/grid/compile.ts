/**
 * Grid file → compiled grid. Reads objects one by one in the order of the JSON-lines form, so that
 * nine million usage points never exist as objects. Refuses what `check` calls an error; what it
 * settles by itself (a loop opened, a device not energised) stands in `notes`.
 */
import { ALL_PHASES, parsePhases } from '../facts/phases.ts'
import { type Column, float32, float64, int32, uint8 } from './columns.ts'
import {
  type CompiledFeeder,
  type CompiledGrid,
  type CompiledSubstation,
  type CompiledUnit,
  type CompileNote,
  type DeviceColumns,
  TARGET_DEVICE,
  TARGET_NODE,
  TARGET_USAGE_POINT,
} from './compiled.ts'
import { type Forest, indexZones, NOT_ENERGISED, sourceZoneOf, traceForest } from './forest.ts'
import { GrowingIds, PooledIds, TextPool } from './id-table.ts'
import { gridLinesOf } from './lines.ts'
import {
  DEVICE_TYPES,
  GRID_VERSION,
  type Grid,
  type GridDevice,
  type GridFeeder,
  type GridLine,
  type GridLineObject,
  type GridNode,
  type GridObserver,
  type GridSubstation,
  type GridUnit,
  type GridUsagePoint,
  IMPORTANCES,
  OBSERVER_CLASSES,
  ZONES,
} from './model.ts'
import { groupFeeders } from './partition.ts'

const UNKNOWN = 255
const CONNECTIONS = ['Dyn11', 'Yyn0', 'single']

/** The grid file cannot be compiled; `place` names the object. */
export class GridError extends Error {
  readonly code: string
  readonly place: string
  constructor(code: string, place: string, message: string) {
    super(`${place}: ${message}`)
    this.name = 'GridError'
    this.code = code
    this.place = place
  }
}

function fail(code: string, place: string, message: string): never {
  throw new GridError(code, place, message)
}

/** Compiles a grid in memory. `digest` is the SHA-256 of its file. */
export function compileGrid(grid: Grid, digest: string): CompiledGrid {
  const compiler = new GridCompiler()
  for (const line of gridLinesOf(grid)) compiler.add(line)
  return compiler.finish(digest)
}

const defaultGanged = (type: GridDevice['type']) =>
  type === 'breaker' || type === 'recloser' || type === 'sectionaliser' || type === 'switch'

/** Takes a grid file object by object. */
export class GridCompiler {
  #name = ''
  readonly #units = new Map<string, number>()
  readonly #unitList: GridUnit[] = []
  readonly #substations = new Map<string, number>()
  readonly #substationList: GridSubstation[] = []
  readonly #feederList: GridFeeder[] = []

  readonly #nodes = new GrowingIds()
  readonly #lon = float64()
  readonly #lat = float64()

  readonly #devices = new GrowingIds()
  readonly #deviceNames = new TextPool()
  readonly #type = uint8()
  readonly #from = int32()
  readonly #to = int32()
  readonly #phases = uint8()
  readonly #normallyOpen = uint8()
  readonly #ganged = uint8()
  readonly #zone = uint8()
  readonly #ownership = uint8()
  readonly #kva = float32()
  readonly #connection = uint8()

  readonly #lineFrom = int32()
  readonly #lineTo = int32()
  readonly #linePhases = uint8()
  readonly #path = float64()
  readonly #pathFirst = int32()

  readonly #points = new GrowingIds()
  readonly #pointDevice = int32()
  readonly #pointPhases = uint8()
  readonly #pointImportant = uint8()
  readonly #pointSensitive = uint8()

  readonly #observers = new GrowingIds()
  readonly #class = uint8()
  readonly #targetKind = uint8()
  readonly #target = int32()
  readonly #observerPhases = uint8()
  readonly #via = int32()
  /** `via` naming an observer that stands further down the file. */
  readonly #laterVia: [observer: number, via: string][] = []

  add(line: GridLineObject): void {
    switch (line.$) {
      case 'grid':
        if (line.version !== GRID_VERSION)
          fail('grid.version', 'grid', `version ${line.version} is not ${GRID_VERSION}`)
        this.#name = line.name ?? ''
        return
      case 'unit':
        this.#addNamed('unit', this.#units, this.#unitList, line)
        return
      case 'substation':
        this.#addNamed('substation', this.#substations, this.#substationList, line)
        return
      case 'feeder':
        this.#feederList.push(line)
        return
      case 'node':
        this.#addNode(line)
        return
      case 'device':
        this.#addDevice(line)
        return
      case 'line':
        this.#addLine(line)
        return
      case 'usagePoint':
        this.#addUsagePoint(line)
        return
      case 'observer':
        this.#addObserver(line)
        return
    }
  }

  #addNamed<T extends { id: string }>(
    kind: string,
    index: Map<string, number>,
    list: T[],
    item: T,
  ) {
    if (index.has(item.id)) fail('grid.duplicateId', `${kind} ${item.id}`, 'id used twice')
    index.set(item.id, list.length)
    list.push(item)
  }

  #addNode(node: GridNode): void {
    if (this.#nodes.add(node.id) < 0) fail('grid.duplicateId', `node ${node.id}`, 'id used twice')
    this.#lon.push(node.lon ?? Number.NaN)
    this.#lat.push(node.lat ?? Number.NaN)
  }

  #addDevice(device: GridDevice): void {
    const place = `device ${device.id}`
    if (this.#devices.add(device.id) < 0) fail('grid.duplicateId', place, 'id used twice')
    this.#deviceNames.add(device.name)
    this.#type.push(DEVICE_TYPES.indexOf(device.type))
    this.#from.push(reference(this.#nodes, device.from, place, 'from', 'node'))
    this.#to.push(reference(this.#nodes, device.to, place, 'to', 'node'))
    this.#phases.push(phasesOf(device.phases, place))
    this.#normallyOpen.push(device.normallyOpen ? 1 : 0)
    this.#ganged.push((device.ganged ?? defaultGanged(device.type)) ? 1 : 0)
    this.#zone.push(device.zone ? ZONES.indexOf(device.zone) : UNKNOWN)
    this.#ownership.push(device.ownership ? (device.ownership === 'dedicated' ? 1 : 0) : UNKNOWN)
    this.#kva.push(device.kva ?? 0)
    this.#connection.push(device.connection ? CONNECTIONS.indexOf(device.connection) : UNKNOWN)
  }

  #addLine(line: GridLine): void {
    const place = `line ${line.id}`
    this.#lineFrom.push(reference(this.#nodes, line.from, place, 'from', 'node'))
    this.#lineTo.push(reference(this.#nodes, line.to, place, 'to', 'node'))
    this.#linePhases.push(phasesOf(line.phases, place))
    this.#pathFirst.push(this.#path.length >> 1)
    for (const [lon, lat] of line.path ?? []) {
      this.#path.push(lon)
      this.#path.push(lat)
    }
  }

  #addUsagePoint(point: GridUsagePoint): void {
    const place = `usagePoint ${point.id}`
    if (this.#points.add(point.id) < 0) fail('grid.duplicateId', place, 'id used twice')
    this.#pointDevice.push(reference(this.#devices, point.device, place, 'device', 'device'))
    this.#pointPhases.push(phasesOf(point.phases, place))
    this.#pointImportant.push(point.important ? 1 + IMPORTANCES.indexOf(point.important) : 0)
    this.#pointSensitive.push(point.sensitive && point.sensitive.length > 0 ? 1 : 0)
  }

  #addObserver(observer: GridObserver): void {
    const place = `observer ${observer.id}`
    const index = this.#observers.add(observer.id)
    if (index < 0) fail('grid.duplicateId', place, 'id used twice')
    this.#class.push(OBSERVER_CLASSES.indexOf(observer.class))
    this.#observerPhases.push(phasesOf(observer.phases, place))
    if (observer.usagePoint !== undefined) {
      this.#targetKind.push(TARGET_USAGE_POINT)
      this.#target.push(
        reference(this.#points, observer.usagePoint, place, 'usagePoint', 'usage point'),
      )
    } else if (observer.device !== undefined) {
      this.#targetKind.push(TARGET_DEVICE)
      this.#target.push(reference(this.#devices, observer.device, place, 'device', 'device'))
    } else if (observer.node !== undefined) {
      this.#targetKind.push(TARGET_NODE)
      this.#target.push(reference(this.#nodes, observer.node, place, 'node', 'node'))
    } else fail('grid.unknownReference', place, 'names no device, node or usage point')
    const via = observer.via === undefined ? -1 : this.#observers.indexOf(observer.via)
    if (via < 0 && observer.via !== undefined) this.#laterVia.push([index, observer.via])
    this.#via.push(via)
  }

  /** Traces the network, numbers devices and usage points in its order, groups the feeders. */
  finish(digest: string): CompiledGrid {
    for (const [observer, via] of this.#laterVia)
      this.#via.set(
        observer,
        reference(
          this.#observers,
          via,
          `observer ${this.#observers.pool.textOf(observer)}`,
          'via',
          'observer',
        ),
      )
    const { zone, zones } = this.#zones()
    const trace = this.#trace(zone, zones)
    const { order, newIndex, subtreeSize } = trace
    const devices = this.#deviceColumns(trace)
    const feeders = this.#feederColumns(trace, devices, zone)
    const points = this.#usagePointColumns(order, newIndex)
    const observerIds = new PooledIds(this.#observers.pool.trim())
    const observerTarget = this.#target.done()
    const targetKind = this.#targetKind.done()
    for (let i = 0; i < observerTarget.length; i++) {
      if (targetKind[i] === TARGET_DEVICE) observerTarget[i] = newIndex[observerTarget[i]!]!
      else if (targetKind[i] === TARGET_USAGE_POINT)
        observerTarget[i] = points.newIndex[observerTarget[i]!]!
    }
    const nodeIds = new PooledIds(this.#nodes.pool.trim())
    const grid = {
      digest,
      name: this.#name,
      units: this.#unitColumns(),
      substations: this.#substationColumns(),
      feeders,
      nodes: { ids: nodeIds, lon: this.#lon.done(), lat: this.#lat.done(), zone, zones },
      devices: { ...devices, subtreeSize },
      usagePoints: points.columns,
      observers: {
        ids: observerIds,
        class: this.#class.done(),
        targetKind,
        target: observerTarget,
        phases: this.#observerPhases.done(),
        via: this.#via.done(),
      },
      lines: this.#lineColumns(trace, zone),
      notes: trace.notes,
    }
    return { ...grid, bytes: bytesOf(grid) }
  }

  /** Zones: nodes joined by lines, by union-find with path halving. */
  #zones(): { zone: Int32Array; zones: number } {
    const count = this.#nodes.count
    const root = Int32Array.from({ length: count }, (_, i) => i)
    const find = (node: number) => {
      let at = node
      while (root[at] !== at) {
        root[at] = root[root[at]!]!
        at = root[at]!
      }
      return at
    }
    for (let i = 0; i < this.#lineFrom.length; i++) {
      const a = find(this.#lineFrom.at(i))
      const b = find(this.#lineTo.at(i))
      if (a !== b) root[Math.max(a, b)] = Math.min(a, b)
    }
    const zone = new Int32Array(count)
    let zones = 0
    for (let i = 0; i < count; i++) zone[i] = find(i) === i ? zones++ : zone[find(i)]!
    return { zone, zones }
  }

  #trace(zone: Int32Array, zones: number): Trace {
    const fromZone = this.#from.done().map((node) => zone[node]!)
    const toZone = this.#to.done().map((node) => zone[node]!)
    const zoneIndex = indexZones(zones, fromZone, toZone)
    const isOpen = (device: number) => this.#normallyOpen.at(device) === 1
    const sources = new Set<number>()
    for (const feeder of this.#feederList) {
      const place = `feeder ${feeder.id}`
      const head = reference(this.#devices, feeder.source, place, 'source', 'device')
      sources.add(sourceZoneOf(fromZone[head]!, zoneIndex, fromZone, toZone, isOpen))
    }
    const forest = traceForest(sources, zoneIndex, fromZone, toZone, isOpen)
    const notes: CompileNote[] = forest.loops.map((device) => ({
      code: 'loop',
      device: this.#devices.pool.textOf(device),
    }))
    return numberDevices(forest, notes, (device) => {
      if (!isOpen(device) && !forest.loops.includes(device))
        notes.push({ code: 'notEnergised', device: this.#devices.pool.textOf(device) })
    })
  }

  #deviceColumns({ order, forest, newIndex }: Trace): Omit<
    DeviceColumns,
    'feeder' | 'subtreeSize'
  > & {
    feeder: Int32Array
  } {
    const normalParent = new Int32Array(order.length).fill(NOT_ENERGISED)
    for (let i = 0; i < order.length; i++) {
      const parent = forest.parent[order[i]!]!
      normalParent[i] = parent < 0 ? parent : newIndex[parent]!
    }
    const names = this.#deviceNames.permuted(order)
    return {
      ids: new PooledIds(this.#devices.pool.permuted(order)),
      nameOf: (index) => names.textOf(index),
      type: this.#type.permuted(order),
      from: this.#from.permuted(order),
      to: this.#to.permuted(order),
      phases: this.#phases.permuted(order),
      normallyOpen: this.#normallyOpen.permuted(order),
      ganged: this.#ganged.permuted(order),
      zone: this.#zone.permuted(order),
      ownership: this.#ownership.permuted(order),
      kva: this.#kva.permuted(order),
      connection: this.#connection.permuted(order),
      feeder: new Int32Array(order.length).fill(-1),
      normalParent,
    }
  }

  #feederColumns(
    { newIndex }: Trace,
    devices: { feeder: Int32Array; normalParent: Int32Array; from: Int32Array; to: Int32Array },
    zone: Int32Array,
  ): CompiledFeeder[] {
    const heads = new Map<number, number>()
    const feeders = this.#feederList.map((feeder, index) => {
      const place = `feeder ${feeder.id}`
      const source = newIndex[this.#devices.indexOf(feeder.source)]!
      heads.set(source, index)
      return {
        id: feeder.id,
        name: feeder.name,
        unit: nameIndex(this.#units, feeder.unit, place, 'unit'),
        substation: nameIndex(this.#substations, feeder.substation, place, 'substation'),
        source,
      }
    })
    for (let d = 0; d < devices.feeder.length; d++) {
      const own = heads.get(d)
      if (own !== undefined) devices.feeder[d] = own
      else if (devices.normalParent[d]! >= 0)
        devices.feeder[d] = devices.feeder[devices.normalParent[d]!]!
    }
    const partition = groupFeeders(feeders, devices, zone)
    return feeders.map((feeder, index) => ({ ...feeder, partition: partition[index]! }))
  }

  #usagePointColumns(order: Int32Array, newIndex: Int32Array) {
    const count = this.#points.count
    const first = new Int32Array(order.length + 1)
    for (let i = 0; i < count; i++) first[newIndex[this.#pointDevice.at(i)]! + 1]!++
    for (let d = 0; d < order.length; d++) first[d + 1]! += first[d]!
    const next = first.slice(0, order.length)
    const pointOrder = new Int32Array(count)
    const pointIndex = new Int32Array(count)
    for (let i = 0; i < count; i++) {
      const place = next[newIndex[this.#pointDevice.at(i)]!]!++
      pointOrder[place] = i
      pointIndex[i] = place
    }
    const device = this.#pointDevice.permuted(pointOrder)
    for (let i = 0; i < count; i++) device[i] = newIndex[device[i]!]!
    return {
      newIndex: pointIndex,
      columns: {
        ids: new PooledIds(this.#points.pool.permuted(pointOrder)),
        device,
        phases: this.#pointPhases.permuted(pointOrder),
        important: this.#pointImportant.permuted(pointOrder),
        sensitive: this.#pointSensitive.permuted(pointOrder),
        first,
      },
    }
  }

  #lineColumns({ forest, newIndex }: Trace, zone: Int32Array) {
    const from = this.#lineFrom.done()
    const fedBy = new Int32Array(from.length)
    for (let i = 0; i < from.length; i++) {
      const device = forest.zoneFedBy[zone[from[i]!]!]!
      fedBy[i] = device < 0 ? -1 : newIndex[device]!
    }
    this.#pathFirst.push(this.#path.length >> 1)
    return {
      count: from.length,
      from,
      to: this.#lineTo.done(),
      phases: this.#linePhases.done(),
      fedBy,
      path: this.#path.done(),
      pathFirst: this.#pathFirst.done(),
    }
  }

  #unitColumns(): CompiledUnit[] {
    return this.#unitList.map(({ id, name, parent }) => ({
      id,
      name,
      parent: parent ? nameIndex(this.#units, parent, `unit ${id}`, 'parent') : -1,
    }))
  }

  #substationColumns(): CompiledSubstation[] {
    return this.#substationList.map(({ id, name, unit }) => ({
      id,
      name,
      unit: nameIndex(this.#units, unit, `substation ${id}`, 'unit'),
    }))
  }
}

interface Trace {
  readonly forest: Forest
  /** Old device index by new index, energised first in depth-first order. */
  readonly order: Int32Array
  readonly newIndex: Int32Array
  readonly subtreeSize: Int32Array
  readonly notes: CompileNote[]
}

/** Numbers energised devices depth first, the others after them. */
function numberDevices(
  forest: Forest,
  notes: CompileNote[],
  onNotEnergised: (device: number) => void,
): Trace {
  const count = forest.parent.length
  const order = new Int32Array(count)
  const newIndex = new Int32Array(count).fill(-1)
  const subtreeSize = new Int32Array(count)
  order.set(forest.order)
  for (let i = 0; i < forest.order.length; i++) newIndex[forest.order[i]!] = i
  let next = forest.order.length
  for (let d = 0; d < count; d++) {
    if (newIndex[d] !== -1) continue
    newIndex[d] = next
    order[next++] = d
    onNotEnergised(d)
  }
  for (let i = forest.order.length - 1; i >= 0; i--) {
    subtreeSize[i]! += 1
    const parent = forest.parent[order[i]!]!
    if (parent >= 0) subtreeSize[newIndex[parent]!]! += subtreeSize[i]!
  }
  return { forest, order, newIndex, subtreeSize, notes }
}

function reference(
  ids: GrowingIds,
  id: string,
  place: string,
  field: string,
  kind: string,
): number {
  const index = ids.indexOf(id)
  if (index < 0) fail('grid.unknownReference', place, `${field}: unknown ${kind} "${id}"`)
  return index
}

function nameIndex(index: Map<string, number>, id: string, place: string, field: string): number {
  return index.get(id) ?? fail('grid.unknownReference', place, `${field}: unknown "${id}"`)
}

function phasesOf(text: string | undefined, place: string): number {
  if (text === undefined) return ALL_PHASES
  return (
    parsePhases(text) ?? fail('grid.badPhases', place, `phases: "${text}" is not a set of A, B, C`)
  )
}

/** Bytes of all typed arrays and pools below `value`, lines left out (they are drawn, not held hot). */
function bytesOf(value: object): number {
  let bytes = 0
  for (const [key, item] of Object.entries(value)) {
    if (ArrayBuffer.isView(item)) bytes += item.byteLength
    else if (item instanceof PooledIds) bytes += item.byteLength
    else if (item && typeof item === 'object' && key !== 'lines') bytes += bytesOf(item)
  }
  return bytes
}

export type { Column }

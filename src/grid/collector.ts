/**
 * The objects of a grid file as growing columns, in the order of the file, so that nine million
 * usage points never exist as objects. Refuses a duplicate id, an unknown reference and phases that
 * are none; asks nothing about the network.
 */
import { ALL_PHASES, parsePhases } from '../facts/phases.ts'
import { float32, float64, int32, uint8 } from './columns.ts'
import { TARGET_DEVICE, TARGET_NODE, TARGET_USAGE_POINT } from './compiled.ts'
import { fail, reference } from './grid-error.ts'
import { GrowingIds } from './id-table.ts'
import {
  DEVICE_TYPES,
  GRID_VERSION,
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
  INSTITUTIONS,
  type Institution,
  LIFE_SUPPORT,
  OBSERVER_CLASSES,
  SENSITIVE,
  ZONES,
} from './model.ts'
import { TextPool } from './texts.ts'

const UNKNOWN = 255
const CONNECTIONS = ['Dyn11', 'Yyn0', 'single']

const defaultGanged = (type: GridDevice['type']) =>
  type === 'breaker' || type === 'recloser' || type === 'sectionaliser' || type === 'switch'

/** Takes a grid file object by object; every reference is an index of this file's own order. */
export class Collector {
  name = ''
  readonly units = new Map<string, number>()
  readonly unitList: GridUnit[] = []
  readonly substations = new Map<string, number>()
  readonly substationList: GridSubstation[] = []
  readonly feederList: GridFeeder[] = []

  readonly nodes = new GrowingIds()
  readonly lon = float64()
  readonly lat = float64()

  readonly devices = new GrowingIds()
  readonly deviceNames = new TextPool()
  readonly type = uint8()
  readonly from = int32()
  readonly to = int32()
  readonly phases = uint8()
  readonly normallyOpen = uint8()
  readonly ganged = uint8()
  readonly zone = uint8()
  readonly ownership = uint8()
  readonly kva = float32()
  readonly connection = uint8()

  readonly lineFrom = int32()
  readonly lineTo = int32()
  readonly linePhases = uint8()
  readonly path = float64()
  readonly pathFirst = int32()

  readonly points = new GrowingIds()
  readonly pointDevice = int32()
  readonly pointPhases = uint8()
  readonly pointImportant = uint8()
  readonly pointSensitive = uint8()
  /** Usage points of the public's houses, and which each is. */
  readonly institutionPoint = int32()
  readonly institutionKind = uint8()

  readonly observers = new GrowingIds()
  readonly class = uint8()
  readonly targetKind = uint8()
  readonly target = int32()
  readonly observerPhases = uint8()
  readonly via = int32()
  /** `via` naming an observer that stands further down the file. */
  readonly laterVia: [observer: number, via: string][] = []

  add(line: GridLineObject): void {
    switch (line.$) {
      case 'grid':
        if (line.version !== GRID_VERSION)
          fail('grid.version', 'grid', `version ${line.version} is not ${GRID_VERSION}`)
        this.name = line.name ?? ''
        return
      case 'unit':
        this.#addNamed('unit', this.units, this.unitList, line)
        return
      case 'substation':
        this.#addNamed('substation', this.substations, this.substationList, line)
        return
      case 'feeder':
        this.feederList.push(line)
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
    if (this.nodes.add(node.id) < 0) fail('grid.duplicateId', `node ${node.id}`, 'id used twice')
    this.lon.push(node.lon ?? Number.NaN)
    this.lat.push(node.lat ?? Number.NaN)
  }

  #addDevice(device: GridDevice): void {
    const place = `device ${device.id}`
    if (this.devices.add(device.id) < 0) fail('grid.duplicateId', place, 'id used twice')
    this.deviceNames.add(device.name)
    this.type.push(DEVICE_TYPES.indexOf(device.type))
    this.from.push(reference(this.nodes, device.from, place, 'from', 'node'))
    this.to.push(reference(this.nodes, device.to, place, 'to', 'node'))
    this.phases.push(phasesOf(device.phases, place))
    this.normallyOpen.push(device.normallyOpen ? 1 : 0)
    this.ganged.push((device.ganged ?? defaultGanged(device.type)) ? 1 : 0)
    this.zone.push(device.zone ? ZONES.indexOf(device.zone) : UNKNOWN)
    this.ownership.push(device.ownership ? (device.ownership === 'dedicated' ? 1 : 0) : UNKNOWN)
    this.kva.push(device.kva ?? 0)
    this.connection.push(device.connection ? CONNECTIONS.indexOf(device.connection) : UNKNOWN)
  }

  #addLine(line: GridLine): void {
    const place = `line ${line.id}`
    this.lineFrom.push(reference(this.nodes, line.from, place, 'from', 'node'))
    this.lineTo.push(reference(this.nodes, line.to, place, 'to', 'node'))
    this.linePhases.push(phasesOf(line.phases, place))
    this.pathFirst.push(this.path.length >> 1)
    for (const [lon, lat] of line.path ?? []) {
      this.path.push(lon)
      this.path.push(lat)
    }
  }

  #addUsagePoint(point: GridUsagePoint): void {
    const place = `usagePoint ${point.id}`
    const index = this.points.add(point.id)
    if (index < 0) fail('grid.duplicateId', place, 'id used twice')
    this.pointDevice.push(reference(this.devices, point.device, place, 'device', 'device'))
    this.pointPhases.push(phasesOf(point.phases, place))
    this.pointImportant.push(point.important ? 1 + IMPORTANCES.indexOf(point.important) : 0)
    this.pointSensitive.push(sensitivityOf(point))
    const institution = INSTITUTIONS.indexOf(point.class as Institution)
    if (institution < 0) return
    this.institutionPoint.push(index)
    this.institutionKind.push(institution)
  }

  #addObserver(observer: GridObserver): void {
    const place = `observer ${observer.id}`
    const index = this.observers.add(observer.id)
    if (index < 0) fail('grid.duplicateId', place, 'id used twice')
    this.class.push(OBSERVER_CLASSES.indexOf(observer.class))
    this.observerPhases.push(phasesOf(observer.phases, place))
    if (observer.usagePoint !== undefined) {
      this.targetKind.push(TARGET_USAGE_POINT)
      this.target.push(
        reference(this.points, observer.usagePoint, place, 'usagePoint', 'usage point'),
      )
    } else if (observer.device !== undefined) {
      this.targetKind.push(TARGET_DEVICE)
      this.target.push(reference(this.devices, observer.device, place, 'device', 'device'))
    } else if (observer.node !== undefined) {
      this.targetKind.push(TARGET_NODE)
      this.target.push(reference(this.nodes, observer.node, place, 'node', 'node'))
    } else fail('grid.unknownReference', place, 'names no device, node or usage point')
    const via = observer.via === undefined ? -1 : this.observers.indexOf(observer.via)
    if (via < 0 && observer.via !== undefined) this.laterVia.push([index, observer.via])
    this.via.push(via)
  }

  /** Settles each `via` that names an observer further down. Called once, at the end of the file. */
  settleVia(): void {
    for (const [observer, via] of this.laterVia) {
      const place = `observer ${this.observers.pool.textOf(observer)}`
      this.via.set(observer, reference(this.observers, via, place, 'via', 'observer'))
    }
    this.laterVia.length = 0
  }
}

function phasesOf(text: string | undefined, place: string): number {
  if (text === undefined) return ALL_PHASES
  return (
    parsePhases(text) ?? fail('grid.badPhases', place, `phases: "${text}" is not a set of A, B, C`)
  )
}

function sensitivityOf({ sensitive = [] }: GridUsagePoint): number {
  if (sensitive.includes('lifeSupport')) return LIFE_SUPPORT
  return sensitive.length > 0 ? SENSITIVE : 0
}

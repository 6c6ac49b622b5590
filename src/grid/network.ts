/**
 * A grid as columns, collected object by object, for `check` and `stats`. Reports what names
 * nothing or is named twice, leaves such objects out, and goes on, so that one run finds all
 * faults. Holds ids as bytes and everything else as numbers: nine million customers take about a
 * gigabyte.
 */
import { ALL_PHASES, parsePhases } from '../facts/phases.ts'
import { int32, uint8 } from './columns.ts'
import { GrowingIds } from './id-table.ts'
import {
  DEVICE_TYPES,
  type GridDevice,
  type GridFeeder,
  type GridLine,
  type GridLineObject,
  type GridNode,
  type GridObserver,
  type GridSubstation,
  type GridUnit,
  type GridUsagePoint,
  OBSERVER_CLASSES,
} from './model.ts'
import type { Problems } from './problems.ts'

/** Counts of a word list, such as classes of observers. */
export type Tally = Record<string, number>

const count = (tally: Tally, word: string) => {
  tally[word] = (tally[word] ?? 0) + 1
}

const maskOf = (phases: string | undefined) =>
  phases === undefined ? ALL_PHASES : (parsePhases(phases) ?? ALL_PHASES)

export class Network {
  readonly problems: Problems
  name = ''
  readonly units = new Map<string, GridUnit>()
  readonly substations = new Map<string, GridSubstation>()
  readonly feeders = new Map<string, GridFeeder>()
  readonly nodes = new GrowingIds()
  readonly devices = new GrowingIds()
  readonly deviceFrom = int32()
  readonly deviceTo = int32()
  readonly devicePhases = uint8()
  readonly deviceOpen = uint8()
  /** Index into `DEVICE_TYPES`. */
  readonly deviceType = uint8()
  /** Usage points straight on each device. */
  readonly devicePoints = int32()
  readonly lineFrom = int32()
  readonly lineTo = int32()
  readonly linePhases = uint8()
  readonly points = new GrowingIds()
  readonly pointPhases = uint8()
  readonly observers = new GrowingIds()
  readonly deviceTypes: Tally = {}
  readonly ownerships: Tally = {}
  readonly zonesOfPromise: Tally = {}
  readonly observerClasses: Tally = {}
  readonly importances: Tally = {}
  // The words are free: `constructor` is one like any other.
  readonly sensitivities: Tally = Object.create(null)
  nodesWithPlace = 0
  threePhasePoints = 0
  readonly #lines = new GrowingIds()
  /** `via` naming an observer that stands further down. */
  readonly #laterVia: [observer: string, via: string][] = []

  constructor(problems: Problems) {
    this.problems = problems
  }

  add(line: GridLineObject): void {
    if (line.$ === 'observer') this.#addObserver(line)
    else if (line.$ === 'usagePoint') this.#addUsagePoint(line)
    else if (line.$ === 'device') this.#addDevice(line)
    else if (line.$ === 'line') this.#addLine(line)
    else if (line.$ === 'node') this.#addNode(line)
    else if (line.$ === 'feeder') this.#addNamed(this.feeders, 'feeder', line)
    else if (line.$ === 'substation') this.#addNamed(this.substations, 'substation', line)
    else if (line.$ === 'unit') this.#addNamed(this.units, 'unit', line)
    else this.name = line.name ?? ''
  }

  /** Resolves what could only be resolved at the end of the file. */
  end(): void {
    for (const [observer, via] of this.#laterVia)
      this.#find(this.observers, `observer ${observer}`, 'via', 'observer', via)
    for (const { id, parent } of this.units.values())
      if (parent) this.#named(this.units, `unit ${id}`, 'parent', parent)
    for (const { id, unit } of this.substations.values())
      this.#named(this.units, `substation ${id}`, 'unit', unit)
    for (const { id, unit, substation } of this.feeders.values()) {
      this.#named(this.units, `feeder ${id}`, 'unit', unit)
      this.#named(this.substations, `feeder ${id}`, 'substation', substation)
    }
  }

  deviceId(index: number): string {
    return this.devices.pool.textOf(index)
  }

  nodeId(index: number): string {
    return this.nodes.pool.textOf(index)
  }

  #addNode({ id, lon, lat }: GridNode): void {
    if (this.#taken(this.nodes, 'node', id)) return
    if (lon !== undefined && lat !== undefined) this.nodesWithPlace++
  }

  #addDevice(device: GridDevice): void {
    const place = `device ${device.id}`
    const from = this.#find(this.nodes, place, 'from', 'node', device.from)
    const to = this.#find(this.nodes, place, 'to', 'node', device.to)
    if (from < 0 || to < 0) return
    if (from === to)
      this.problems.error('grid.selfLoop', place, `from and to are both "${device.from}"`)
    else if (!this.#taken(this.devices, 'device', device.id)) {
      this.deviceFrom.push(from)
      this.deviceTo.push(to)
      this.devicePhases.push(maskOf(device.phases))
      this.deviceOpen.push(device.normallyOpen ? 1 : 0)
      this.deviceType.push(DEVICE_TYPES.indexOf(device.type))
      this.devicePoints.push(0)
      count(this.deviceTypes, device.type)
      if (device.type === 'transformer') count(this.ownerships, device.ownership ?? 'unknown')
      if (device.zone) count(this.zonesOfPromise, device.zone)
    }
  }

  #addLine(line: GridLine): void {
    const place = `line ${line.id}`
    const from = this.#find(this.nodes, place, 'from', 'node', line.from)
    const to = this.#find(this.nodes, place, 'to', 'node', line.to)
    if (from < 0 || to < 0 || this.#taken(this.#lines, 'line', line.id)) return
    this.lineFrom.push(from)
    this.lineTo.push(to)
    this.linePhases.push(maskOf(line.phases))
  }

  #addUsagePoint(point: GridUsagePoint): void {
    const place = `usagePoint ${point.id}`
    const device = this.#find(this.devices, place, 'device', 'device', point.device)
    if (device < 0 || this.#taken(this.points, 'usagePoint', point.id)) return
    const phases = maskOf(point.phases)
    this.pointPhases.push(phases)
    this.devicePoints.set(device, this.devicePoints.at(device) + 1)
    if (phases === ALL_PHASES) this.threePhasePoints++
    if (point.important) count(this.importances, point.important)
    for (const sensitivity of point.sensitive ?? []) count(this.sensitivities, sensitivity)
    // Phases left out mean "whatever supplies it"; only what is said can be wrong.
    if (point.phases !== undefined && phases & ~this.devicePhases.at(device))
      this.problems.error(
        'grid.phases',
        place,
        `phases ${point.phases}, which device ${point.device} does not have`,
      )
  }

  #addObserver(observer: GridObserver): void {
    const place = `observer ${observer.id}`
    if (this.#taken(this.observers, 'observer', observer.id)) return
    if (OBSERVER_CLASSES.includes(observer.class)) count(this.observerClasses, observer.class)
    this.#target(observer, place)
    if (observer.via === undefined) return
    if (observer.via === observer.id)
      this.problems.error('grid.observerVia', place, 'via: names itself')
    else if (this.observers.indexOf(observer.via) < 0)
      this.#laterVia.push([observer.id, observer.via])
  }

  #target({ device, node, usagePoint, phases }: GridObserver, place: string): void {
    const targets = [device, node, usagePoint].filter((target) => target !== undefined).length
    if (targets !== 1) {
      const said = `names ${targets} of device, node and usagePoint; it must be one`
      this.problems.error('grid.observerTarget', place, said)
      return
    }
    if (node !== undefined) this.#find(this.nodes, place, 'node', 'node', node)
    let allowed = ALL_PHASES
    if (device !== undefined) {
      const index = this.#find(this.devices, place, 'device', 'device', device)
      if (index >= 0) allowed = this.devicePhases.at(index)
    }
    if (usagePoint !== undefined) {
      const index = this.#find(this.points, place, 'usagePoint', 'usage point', usagePoint)
      if (index >= 0) allowed = this.pointPhases.at(index)
    }
    if (phases !== undefined && maskOf(phases) & ~allowed)
      this.problems.error('grid.phases', place, `phases ${phases}, which its target does not have`)
  }

  /** Adds an id; true, and a problem, where it is there already. */
  #taken(ids: GrowingIds, kind: string, id: string): boolean {
    if (ids.add(id) >= 0) return false
    this.problems.error('grid.duplicateId', `${kind} ${id}`, 'id used twice')
    return true
  }

  #addNamed<T extends { id: string }>(items: Map<string, T>, kind: string, item: T): void {
    if (items.has(item.id))
      this.problems.error('grid.duplicateId', `${kind} ${item.id}`, 'id used twice')
    else items.set(item.id, item)
  }

  #find(ids: GrowingIds, place: string, field: string, kind: string, id: string): number {
    const index = ids.indexOf(id)
    if (index < 0) this.#unknown(place, field, kind, id)
    return index
  }

  #named(items: Map<string, unknown>, place: string, field: string, id: string): void {
    if (!items.has(id)) this.#unknown(place, field, field === 'parent' ? 'unit' : field, id)
  }

  #unknown(place: string, field: string, kind: string, id: string): void {
    this.problems.error('grid.unknownReference', place, `${field}: unknown ${kind} "${id}"`)
  }
}

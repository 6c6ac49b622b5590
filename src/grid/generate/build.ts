/**
 * Turns the sketch of a feeder into grid objects with ids. Laying out the same feeder twice with
 * the same numbering gives the same objects, so nothing needs to be kept between two passes.
 */
import type { DeviceType, GridDevice, GridLine, GridNode, GridObserver } from '../model.ts'
import { drawCountry } from './country.ts'
import { Draw } from './draw.ts'
import type { Firm } from './firms.ts'
import { KINDS, type KindNumbers } from './kinds.ts'
import { drawLowVoltage } from './low-voltage.ts'
import { type Point, partWay, shortOf, toDegrees } from './place.ts'
import type { PlannedFeeder } from './plan.ts'
import type { Site, Spur, Stop } from './sketch.ts'
import { drawStreets } from './streets.ts'
import { busOf } from './substation.ts'

/** How many ids of each series are given so far; runs through all feeders of a pass. */
export class Numbering {
  node = 0
  switching = 0
  transformer = 0
  lvBranch = 0
  meterBox = 0
  line = 0
  usagePoint = 0
}

/** Customers on one device. */
export interface Supply {
  readonly device: string
  /** The concentrator, or the terminal of a dedicated transformer. */
  readonly via: string
  readonly count: number
  /** Set where the box has one phase. */
  readonly phases?: string
  readonly firm?: Firm
  /** Number of its first usage point, from 1. */
  readonly first: number
}

/** A place of a main line where a tie may end. */
export interface MainNode {
  readonly id: string
  readonly at: Point
}

export interface FeederParts {
  readonly nodes: GridNode[]
  readonly devices: GridDevice[]
  readonly lines: GridLine[]
  readonly supplies: Supply[]
  /** Observers other than meters. */
  readonly terminals: GridObserver[]
  readonly main: MainNode[]
}

/** Zero-padded id of a series; series that outgrow the width go on with more digits. */
export const seriesId = (letter: string, number: number, width: number) =>
  letter + String(number).padStart(width, '0')

const KVA = [30, 50, 100, 160, 200, 315, 400, 500, 630, 800, 1_000, 1_250]

/** Metres between the two sides of a switch, and of the drop from line to transformer. */
const SWITCH_METRES = 6

export function buildFeeder(
  feeder: PlannedFeeder,
  seed: number,
  numbering: Numbering,
): FeederParts {
  const numbers = KINDS[feeder.kind]
  const draw = new Draw(seed, 2, feeder.number)
  const sketch = numbers.streets
    ? drawStreets(feeder, numbers, draw)
    : drawCountry(feeder, numbers, draw)
  return new FeederBuilder(feeder, numbers, draw, numbering).build(sketch)
}

/** A node with its place in metres. */
type Built = MainNode

class FeederBuilder {
  readonly #feeder: PlannedFeeder
  readonly #numbers: KindNumbers
  readonly #draw: Draw
  readonly #ids: Numbering
  readonly #parts: FeederParts = {
    nodes: [],
    devices: [],
    lines: [],
    supplies: [],
    terminals: [],
    main: [],
  }

  constructor(feeder: PlannedFeeder, numbers: KindNumbers, draw: Draw, ids: Numbering) {
    this.#feeder = feeder
    this.#numbers = numbers
    this.#draw = draw
    this.#ids = ids
  }

  build(stops: readonly Stop[]): FeederParts {
    const { substation, bay, name } = this.#feeder
    const bus = busOf(this.#feeder)
    const head = this.#node(partWay(bus.at, stops[0]!.bends[0] ?? stops[0]!.at, 0.05))
    const headId = `${substation.id}.${bay}`
    this.#device('breaker', headId, `${name}出线开关`, bus.id, head.id)
    this.#parts.terminals.push({ id: `SCADA.${headId}`, class: 'scada', device: headId })
    this.#mainLine(head, stops)
    return this.#parts
  }

  #mainLine(head: Built, stops: readonly Stop[]): void {
    const sections = Math.min(stops.length, this.#draw.whole(...this.#numbers.sections))
    let before = head
    let section = 0
    for (const [index, stop] of stops.entries()) {
      const opens = Math.floor(((index + 0.5) * (sections + 1)) / (stops.length + 1)) > section
      if (opens && index > 0) before = this.#sectionSwitch(before, stop, ++section)
      else before = this.#span(before, stop.at, stop.bends)
      this.#parts.main.push(before)
      this.#hang(before, stop)
    }
  }

  /** The line to `stop` with a section switch just before it. */
  #sectionSwitch(before: Built, stop: Stop, section: number): Built {
    const from = this.#span(
      before,
      shortOf(stop.bends.at(-1) ?? before.at, stop.at, 12),
      stop.bends,
    )
    const { line } = this.#feeder
    const { streets } = this.#numbers
    const type: DeviceType = streets || section > 1 ? 'switch' : 'recloser'
    const place = streets ? `${section}#环网柜` : `${section * 20 + 3}#杆`
    const to = this.#node(stop.at)
    const id = this.#switching(type, `${line}${place}分段开关`, from, to)
    this.#terminalAt(id, streets ? 'dtu' : 'ftu')
    return to
  }

  #hang(node: Built, stop: Stop): void {
    for (const site of stop.sites) this.#transformer(node, site)
    for (const spur of stop.spurs) this.#spur(node, spur)
  }

  #spur(node: Built, spur: Spur): void {
    let before = node
    if (spur.guard !== 'none') {
      const toward = spur.stops[0]!.bends[0] ?? spur.stops[0]!.at
      const far = this.#node(shortOf(toward, node.at, SWITCH_METRES))
      const what = spur.guard === 'breaker' ? '支线分支开关' : '支线跌落式熔断器'
      const id = this.#switching(spur.guard, `${this.#feeder.line}${spur.name}${what}`, node, far)
      if (spur.guard === 'breaker' && this.#draw.chance(this.#numbers.branchFtuShare))
        this.#terminalAt(id, 'ftu')
      before = far
    }
    for (const stop of spur.stops) {
      before = this.#span(before, stop.at, stop.bends)
      this.#hang(before, stop)
    }
  }

  #transformer(node: Built, site: Site): void {
    const { firm } = site
    let supply = node
    if (firm && this.#draw.chance(firm.boundaryChance)) {
      const far = this.#node(partWay(node.at, site.frame.origin, 0.3))
      const id = this.#switching('breaker', `${site.name}分界开关`, node, far)
      this.#terminalAt(id, 'ftu')
      supply = far
    }
    const high = this.#span(supply, site.frame.origin, [])
    const low = this.#node(site.frame.at(3, 0))
    const number = ++this.#ids.transformer
    const id = seriesId('T', number, 6)
    const loadKva = firm ? this.#draw.between(40, 900) : site.meters * 1.6 + 15
    this.#parts.devices.push({
      id,
      type: 'transformer',
      name: firm ? `${site.name}专变` : `${site.name}公变`,
      from: high.id,
      to: low.id,
      zone: this.#numbers.zone,
      ownership: firm ? 'dedicated' : 'public',
      kva: KVA.find((size) => size >= loadKva) ?? KVA.at(-1)!,
      connection: this.#draw.chance(this.#numbers.streets ? 0.9 : 0.55) ? 'Dyn11' : 'Yyn0',
    })
    if (firm) this.#dedicated(id, number, firm)
    else this.#public(id, number, low, site)
  }

  #dedicated(device: string, number: number, firm: Firm): void {
    const terminal = seriesId('Z', number, 6)
    this.#parts.terminals.push({ id: terminal, class: 'ttu', device })
    this.#supply({ device, via: terminal, count: 1, firm })
  }

  #public(device: string, number: number, low: Built, site: Site): void {
    const via = seriesId('C', number, 6)
    this.#parts.terminals.push({ id: via, class: 'concentrator', device })
    if (this.#draw.chance(this.#numbers.ttuShare))
      this.#parts.terminals.push({ id: seriesId('E', number, 6), class: 'ttu', device })
    const branches = drawLowVoltage(site, this.#feeder.kind, this.#numbers, this.#draw)
    let place = 0
    for (const [index, branch] of branches.entries()) {
      let before = this.#node(site.frame.at(5, index * 2 - 3))
      const id = seriesId('L', ++this.#ids.lvBranch, 6)
      this.#device('lvBranch', id, `${site.name}低压${index + 1}#分支`, low.id, before.id)
      for (const tap of branch) {
        before = this.#span(before, tap.at, tap.bends)
        this.#boxes(before, tap.boxes, site, via, ++place)
      }
    }
  }

  #boxes(tap: Built, boxes: readonly number[], site: Site, via: string, place: number): void {
    for (const [index, count] of boxes.entries()) {
      const node = this.#node({ x: tap.at.x + 2 + index * 4, y: tap.at.y + 3 })
      const id = seriesId('X', ++this.#ids.meterBox, 7)
      const { streets } = this.#numbers
      const name = streets
        ? `${site.name}${place}号楼${index + 1}单元表箱`
        : `${site.name}${place}#表箱`
      // In villages many boxes are fed by one phase; in towns each has all three.
      const phases =
        !streets && this.#draw.chance(0.4) ? this.#draw.pick(['A', 'B', 'C']) : undefined
      this.#device('meterBox', id, name, tap.id, node.id, phases)
      this.#supply({ device: id, via, count, ...(phases ? { phases } : {}) })
    }
  }

  #supply(supply: Omit<Supply, 'first'>): void {
    this.#parts.supplies.push({ ...supply, first: this.#ids.usagePoint + 1 })
    this.#ids.usagePoint += supply.count
  }

  #terminalAt(device: string, of: 'ftu' | 'dtu'): void {
    this.#parts.terminals.push({ id: `R${device.slice(1)}`, class: of, device })
  }

  #switching(type: DeviceType, name: string, from: Built, to: Built): string {
    const id = seriesId('K', ++this.#ids.switching, 6)
    this.#device(type, id, name, from.id, to.id)
    return id
  }

  #device(
    type: DeviceType,
    id: string,
    name: string,
    from: string,
    to: string,
    phases?: string,
  ): void {
    const { zone } = this.#numbers
    this.#parts.devices.push({ id, type, name, from, to, ...(phases ? { phases } : {}), zone })
  }

  /** A node at `at` and the line that leads there. */
  #span(from: Built, at: Point, bends: readonly Point[]): Built {
    const to = this.#node(at)
    const id = seriesId('W', ++this.#ids.line, 7)
    const { centre } = this.#feeder.substation
    const path = bends.map((bend) => toDegrees(centre, bend))
    this.#parts.lines.push({
      id,
      from: from.id,
      to: to.id,
      ...(path.length > 0 ? { path } : {}),
    })
    return to
  }

  #node(at: Point): Built {
    const id = seriesId('N', ++this.#ids.node, 7)
    const [lon, lat] = toDegrees(this.#feeder.substation.centre, at)
    this.#parts.nodes.push({ id, lon, lat })
    return { id, at }
  }
}

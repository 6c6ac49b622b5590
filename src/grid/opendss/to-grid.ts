/**
 * A walked network → a grid file: which banks are devices, which are lines, who hangs on what, who
 * reports. Reads nothing and warns of everything it adds or leaves out.
 */
import { formatPhases, type PhaseMask } from '../../facts/phases.ts'
import { emptyGrid } from '../lines.ts'
import type { Grid, GridDevice, GridObserver } from '../model.ts'
import { beside, type CoordinateFile, type LonLat, placeBuses } from './coordinates.ts'
import type { Elements, LoadPoint } from './elements.ts'
import type { ImportWarning } from './errors.ts'
import type { Head } from './heads.ts'
import { Ids } from './ids.ts'
import { type Bank, type Network, phaseCount } from './network.ts'
import { applyUnits, type UnitsMapping } from './units.ts'

export interface GridOptions {
  /** A fuse at each place where a lateral leaves the three-phase line. */
  readonly lateralFuses: boolean
  /** Transformers that supply somebody get invented meters up to this many. */
  readonly metersPerTransformer: number
  /** Concentrators at transformers and FTUs at switches, besides the meters. */
  readonly terminals: boolean
  readonly units?: UnitsMapping
}

export interface GridTotals {
  /** Buses whose place was taken from the bus above them. */
  inheritedPlaces: number
  placedBuses: number
  syntheticMeters: number
  changedIds: number
}

/** Most invented meters a transformer may be given: a large residential area's worth. */
export const MOST_METERS_PER_TRANSFORMER = 1000

/** Makes the grid. `warnings` grows by what it left out. */
export function toGrid(
  name: string,
  elements: Elements,
  network: Network,
  heads: readonly Head[],
  coordinates: readonly CoordinateFile[],
  options: GridOptions,
  warnings: ImportWarning[],
): { grid: Grid; totals: GridTotals } {
  return new GridMaker(elements, network, heads, options, warnings).make(name, coordinates)
}

class GridMaker {
  readonly #elements: Elements
  readonly #network: Network
  readonly #heads: readonly Head[]
  readonly #options: GridOptions
  readonly #warnings: ImportWarning[]
  readonly #ids = {
    node: new Ids(),
    device: new Ids(),
    line: new Ids(),
    usagePoint: new Ids(),
    observer: new Ids(),
  }
  readonly #totals: GridTotals = {
    inheritedPlaces: 0,
    placedBuses: 0,
    syntheticMeters: 0,
    changedIds: 0,
  }
  readonly #grid = emptyGrid()
  readonly #nodeOf = new Map<string, string>()
  readonly #deviceOf = new Map<Bank, GridDevice>()
  /** Where a breaker was put before a busbar: what feeds the bus ends at this node instead. */
  readonly #nodeBefore = new Map<string, string>()
  /** Buses at or above a substation busbar. */
  readonly #above = new Set<string>()
  readonly #addedBreaker = new Map<string, string>()
  readonly #concentratorOf = new Map<string, string>()

  constructor(
    elements: Elements,
    network: Network,
    heads: readonly Head[],
    options: GridOptions,
    warnings: ImportWarning[],
  ) {
    this.#elements = elements
    this.#network = network
    this.#heads = heads
    this.#options = options
    this.#warnings = warnings
  }

  make(name: string, coordinates: readonly CoordinateFile[]): { grid: Grid; totals: GridTotals } {
    this.#grid.name = name
    this.#nodes(coordinates)
    this.#feeders(name)
    for (const bank of this.#network.banks) this.#bank(bank)
    if (this.#options.terminals) this.#terminals()
    this.#usagePoints()
    for (const ids of Object.values(this.#ids)) this.#totals.changedIds += ids.changed
    return { grid: this.#grid, totals: this.#totals }
  }

  #nodes(coordinates: readonly CoordinateFile[]): void {
    const { buses } = this.#elements
    const places = placeBuses(coordinates, (bus) => buses.has(bus))
    this.#totals.placedBuses = places.size
    this.#inheritPlaces(places)
    for (const [key, written] of buses) {
      const id = this.#ids.node.claim(written)
      this.#nodeOf.set(key, id)
      this.#grid.nodes.push({ id, ...places.get(key) })
    }
  }

  /** Down the tree first (low-voltage buses), then up it (a source that is on no map). */
  #inheritPlaces(places: Map<string, LonLat>): void {
    const beneath = new Map<string, number>()
    const generations = new Map<string, number>()
    const inherit = (bus: string, from: string) => {
      const at = places.get(from)
      if (!at || places.has(bus)) return
      const index = beneath.get(from) ?? 0
      const generation = generations.get(from) ?? 0
      beneath.set(from, index + 1)
      generations.set(bus, generation + 1)
      places.set(bus, beside(at, index, generation))
      this.#totals.inheritedPlaces++
    }
    const { order } = this.#network
    for (const { key, feeding } of order) if (feeding) inherit(key, feeding.from)
    for (let index = order.length - 1; index >= 0; index--) {
      const { key, feeding } = order[index]!
      if (feeding) inherit(feeding.from, key)
    }
    for (const { key, feeding } of order) if (feeding) inherit(key, feeding.from)
  }

  #feeders(name: string): void {
    const [unitIds, substationIds, feederIds] = [new Ids(), new Ids(), new Ids()]
    const unit = unitIds.claim(name)
    this.#grid.units.push({ id: unit, name })
    const substations = new Map<string, string>()
    for (const head of this.#heads) {
      let substation = substations.get(head.substation)
      if (substation === undefined) {
        substation = substationIds.claim(head.substation)
        substations.set(head.substation, substation)
        this.#grid.substations.push({ id: substation, name: `${head.substation}变电站`, unit })
      }
      const feederName = this.#heads.length === 1 ? name : head.substation
      const id = feederIds.claim(feederName)
      const source = this.#headDevice(head, id, feederName)
      this.#grid.feeders.push({ id, name: `${feederName}线`, unit, substation, source })
      for (let bus: string | undefined = head.bus; bus !== undefined; ) {
        this.#above.add(bus)
        bus = this.#network.states.get(bus)?.feeding?.from
      }
    }
    const { units } = this.#options
    if (!units) return
    const applied = applyUnits(units, this.#grid.substations, this.#grid.feeders)
    this.#grid.units = applied.units
    for (const id of applied.unknown) {
      this.#warnings.push({ text: `the units file names ${id}, which the source does not have` })
    }
  }

  /** The feeder's breaker: of the source, or in the place of its first switch or line, or new. */
  #headDevice(head: Head, feeder: string, feederName: string): string {
    const { bank, by } = head
    if (bank && by === 'breaker') {
      const id = this.#ids.device.claim(bankName(bank))
      this.#addDevice(bank, { id, type: 'breaker', name: deviceName(bank) })
      return id
    }
    const id = this.#ids.device.claim(`FB-${feeder}`)
    const device = { id, type: 'breaker' as const, name: `${feederName}线出线开关` }
    const none = `feeder ${feeder} has no breaker or relay at its head`
    if (bank) {
      const { name, place } = bank.edges[0]!.object
      this.#warnings.push({
        place,
        text: `${none}; its first ${by}, ${name}, is taken for it (${id})`,
      })
      this.#addDevice(bank, { ...device, name: `${device.name} ${name}` })
      return id
    }
    const written = this.#elements.buses.get(head.bus)!
    this.#warnings.push({ text: `${none}; ${id} is put before bus ${written}` })
    const before = this.#ids.node.claim(`${written}-FB`)
    const to = this.#nodeOf.get(head.bus)!
    const at = this.#grid.nodes.find((node) => node.id === to)!
    this.#grid.nodes.push({ ...at, id: before })
    this.#grid.devices.push({ ...device, from: before, to, phases: 'ABC', ganged: true })
    this.#nodeBefore.set(head.bus, before)
    this.#addedBreaker.set(head.bus, id)
    return id
  }

  #bank(bank: Bank): void {
    if (this.#deviceOf.has(bank)) return
    const { object } = bank.edges[0]!
    const type = this.#typeOf(bank)
    if (type !== undefined) {
      const lateral = type === 'fuse' && bank.protection === undefined
      const id = this.#ids.device.claim(lateral ? `LF-${object.name}` : bankName(bank))
      const name = lateral ? `${object.name} 支线熔断器` : deviceName(bank)
      this.#addDevice(bank, { id, type, name })
    } else {
      const id = this.#ids.line.claim(bankName(bank))
      this.#grid.lines.push({
        id,
        ...this.#ends(bank),
        phases: formatPhases(bank.live || bank.phases),
      })
    }
  }

  /** What kind of device a bank is; `undefined` for a mere line. */
  #typeOf(bank: Bank): GridDevice['type'] | undefined {
    if (bank.kind === 'service') return 'transformer'
    if (bank.protection) return bank.protection.type
    if (bank.open) return 'switch'
    if (bank.tap && this.#options.lateralFuses) return 'fuse'
    if (bank.kind !== 'switch') return undefined
    return bank.tap || phaseCount(bank.live || bank.phases) === 3 ? 'switch' : undefined
  }

  #addDevice(bank: Bank, device: Pick<GridDevice, 'id' | 'type' | 'name'>): void {
    const ganged = device.type !== 'fuse' && device.type !== 'transformer'
    const made: GridDevice = {
      ...device,
      ...this.#ends(bank),
      phases: formatPhases(bank.live || bank.phases),
      ganged,
    }
    if (bank.open) made.normallyOpen = true
    if (device.type === 'transformer') Object.assign(made, transformerFields(bank))
    this.#deviceOf.set(bank, made)
    this.#grid.devices.push(made)
  }

  #ends(bank: Bank): { from: string; to: string } {
    const feeds = this.#network.states.get(bank.to)?.feeding === bank
    const before = feeds ? this.#nodeBefore.get(bank.to) : undefined
    return { from: this.#nodeOf.get(bank.from)!, to: before ?? this.#nodeOf.get(bank.to)! }
  }

  /** The lowest device above a bus; `undefined` above all devices. */
  #deviceAbove(bus: string): string | undefined {
    for (let at: string | undefined = bus; at !== undefined; ) {
      const added = this.#addedBreaker.get(at)
      if (added !== undefined) return added
      const feeding: Bank | undefined = this.#network.states.get(at)?.feeding
      const device = feeding && this.#deviceOf.get(feeding)
      if (device) return device.id
      at = feeding?.from
    }
    return undefined
  }

  #usagePoints(): void {
    const meters = new Map<string, number>()
    for (const load of this.#elements.loads) {
      const device = this.#deviceAbove(load.bus)
      const why = this.#whyLeftOut(load, device)
      if (why !== undefined || device === undefined) {
        const text = `load ${load.object.name} is left out: ${why}`
        this.#warnings.push({ place: load.object.place, text })
        continue
      }
      const { name } = load.object
      for (let index = 1; index <= load.customers; index++) {
        this.#usagePoint(index === 1 ? name : `${name}.${index}`, device, this.#livePhases(load))
      }
      meters.set(device, (meters.get(device) ?? 0) + load.customers)
    }
    for (const { id, type, phases } of this.#grid.devices) {
      const present = meters.get(id)
      if (type !== 'transformer' || present === undefined) continue
      for (let index = present + 1; index <= this.#options.metersPerTransformer; index++) {
        this.#usagePoint(`${id}.S${index}`, id, phases!)
        this.#totals.syntheticMeters++
      }
    }
  }

  /** Why a load is no customer of this grid; `undefined` where it is one. */
  #whyLeftOut({ bus }: LoadPoint, device: string | undefined): string | undefined {
    if (!this.#network.states.get(bus)?.energised) return 'nothing normally supplies it'
    if (device === undefined || this.#above.has(bus)) return "it stands at or above a feeder's head"
    return undefined
  }

  #usagePoint(name: string, device: string, phases: string): void {
    const id = this.#ids.usagePoint.claim(`UP-${name}`)
    this.#grid.usagePoints.push({ id, device, phases })
    const meter: GridObserver = {
      id: this.#ids.observer.claim(`M-${name}`),
      class: 'meter',
      phases,
      usagePoint: id,
    }
    const via = this.#concentratorOf.get(device)
    if (via !== undefined) meter.via = via
    this.#grid.observers.push(meter)
  }

  #livePhases({ bus, phases }: LoadPoint): string {
    const state = this.#network.states.get(bus)!
    const live: PhaseMask = state.legs ? state.phases : phases & state.phases || state.phases
    return formatPhases(live)
  }

  /** A concentrator at each transformer and an FTU at each switch and recloser. */
  #terminals(): void {
    for (const { id, type, phases } of this.#grid.devices) {
      if (type === 'transformer') {
        const concentrator = this.#ids.observer.claim(`C-${id}`)
        this.#concentratorOf.set(id, concentrator)
        this.#grid.observers.push({ id: concentrator, class: 'concentrator', device: id, phases })
      } else if (type === 'switch' || type === 'recloser' || type === 'breaker') {
        const ftu = this.#ids.observer.claim(`FTU-${id}`)
        this.#grid.observers.push({ id: ftu, class: 'ftu', device: id, phases })
      }
    }
  }
}

/** The `bank=` of single-phase transformers, else the first element's name. */
function bankName({ edges }: Bank): string {
  const own = edges[0]!.object.name
  if (edges.length === 1) return own
  for (const { object } of edges) {
    const bank = object.values.get('bank')
    if (bank) return bank.text
  }
  return own
}

function deviceName(bank: Bank): string {
  const name = bankName(bank)
  const guard = bank.protection?.name
  return guard === undefined || guard.toLowerCase() === name.toLowerCase()
    ? name
    : `${name} ${guard}`
}

/**
 * Rating and connection. A delta-wye unit is given as Dyn11 and a wye-wye one as Yyn0: a lost phase
 * shows the same pattern in every clock position, which OpenDSS does not always say.
 */
function transformerFields({ edges, live }: Bank): Pick<GridDevice, 'kva' | 'connection'> {
  let kva: number | undefined
  for (const { object } of edges) {
    const own = object.windings[0]!.kva
    if (own !== undefined) kva = (kva ?? 0) + own
  }
  const [high, low] = edges[0]!.object.windings
  const fields: Pick<GridDevice, 'kva' | 'connection'> = {}
  if (kva !== undefined) fields.kva = kva
  if (phaseCount(live) < 3) fields.connection = 'single'
  else if (!low!.delta) fields.connection = high!.delta ? 'Dyn11' : 'Yyn0'
  return fields
}

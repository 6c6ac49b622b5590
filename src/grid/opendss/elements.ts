/**
 * Objects → the electrical elements a grid is made of: two-ended edges with phases and a state,
 * and loads. Decides what a transformer is for, which lines are switches, and what guards them.
 */
import { ALL_PHASES, type PhaseMask } from '../../facts/phases.ts'
import { ImportError, type ImportWarning } from './errors.ts'
import { type Circuit, type DssObject, isEnabled, number, wholeNumber, yesNo } from './objects.ts'

export type EdgeKind =
  | 'line'
  | 'switch'
  /** 1:1 transformer that only trims the voltage. */
  | 'regulator'
  /** From transmission or subtransmission: heads feeders. */
  | 'substation'
  /** Between two medium voltages. */
  | 'step'
  /** Distribution transformer (台区). */
  | 'service'

export type Protection = 'breaker' | 'recloser' | 'fuse'

export interface Edge {
  readonly object: DssObject
  readonly kind: EdgeKind
  /** Bus keys (lower case); `bus1` as written first, usually upstream. */
  readonly bus1: string
  readonly bus2: string
  readonly phases: PhaseMask
  readonly open: boolean
  readonly protection?: { readonly type: Protection; readonly name: string }
}

export interface LoadPoint {
  readonly object: DssObject
  readonly bus: string
  readonly phases: PhaseMask
  /** `NumCust`; 1 where not said. */
  readonly customers: number
}

export interface Elements {
  readonly edges: Edge[]
  readonly loads: LoadPoint[]
  readonly sources: ReadonlyArray<{ bus: string; object: DssObject }>
  /** Key → as first written. Buses of disabled elements are buses all the same. */
  readonly buses: Map<string, string>
  /** Names of line codes that lines refer to and nothing defines. */
  readonly undefinedCodes: Set<string>
  /** Objects read and left out: `why` → how many. */
  readonly leftOut: Map<string, number>
}

/** No distribution feeder is above this nominal voltage, kV (GB/T 156: 35; ANSI C84.1: 34.5). */
const HIGHEST_FEEDER_KV = 38
/** What customers are supplied at, kV: GB/T 156 and ANSI C84.1 both end low voltage here. */
const HIGHEST_SERVICE_KV = 1
/** Two windings within this share of each other only regulate. */
const SAME_VOLTAGE = 0.02
const OPEN_SUFFIX = '_open'

/** Where a line that does not say its phases has them from. */
const CODES = [
  ['linecode', 'linecode'],
  ['geometry', 'linegeometry'],
] as const

const PROTECTION: ReadonlyArray<readonly ['relay' | 'recloser' | 'fuse', Protection]> = [
  // Where several guard one line the first here names it.
  ['relay', 'breaker'],
  ['recloser', 'recloser'],
  ['fuse', 'fuse'],
]

/** Reads every network object of `circuit`. Throws `ImportError` where one makes no sense. */
export function readElements(circuit: Circuit, warnings: ImportWarning[]): Elements {
  return new ElementReader(circuit, warnings).read()
}

class ElementReader {
  readonly #circuit: Circuit
  readonly #warnings: ImportWarning[]
  readonly #buses = new Map<string, string>()
  readonly #undefinedCodes = new Set<string>()
  readonly #leftOut = new Map<string, number>()
  readonly #edges: Edge[] = []

  constructor(circuit: Circuit, warnings: ImportWarning[]) {
    this.#circuit = circuit
    this.#warnings = warnings
  }

  read(): Elements {
    const sources = [...this.#circuit.all('vsource')].map((object) => ({
      bus: this.#bus(object.values.get('bus1')?.text ?? 'SourceBus'),
      object,
    }))
    const switched = this.#switchedOpen()
    const guards = this.#guards()
    for (const line of this.#circuit.all('line')) {
      this.#line(line, switched.has(line), guards.get(line))
    }
    for (const cls of ['reactor', 'capacitor'] as const) {
      for (const object of this.#circuit.all(cls)) this.#series(object)
    }
    for (const cls of ['transformer', 'autotrans'] as const) {
      for (const object of this.#circuit.all(cls)) this.#transformer(object)
    }
    return {
      edges: this.#edges,
      loads: [...this.#circuit.all('load')].flatMap((object) => this.#load(object)),
      sources,
      buses: this.#buses,
      undefinedCodes: this.#undefinedCodes,
      leftOut: this.#leftOut,
    }
  }

  /** Registers a bus and gives its key. */
  #bus(written: string): string {
    const name = written.split('.', 1)[0]!
    const key = name.toLowerCase()
    if (!this.#buses.has(key)) this.#buses.set(key, name)
    return key
  }

  #leaveOut(why: string): void {
    this.#leftOut.set(why, (this.#leftOut.get(why) ?? 0) + 1)
  }

  #line(object: DssObject, switchedOpen: boolean, protection: Edge['protection']): void {
    const [first, second] = [required(object, 'bus1'), required(object, 'bus2')]
    const isSwitch = yesNo(object.values.get('switch'), 'switch', false)
    const enabled = isEnabled(object)
    const bus1 = this.#bus(first)
    const standsFor = openEnd(second, (key) => this.#isDefinedBus(key))
    const bus2 = this.#bus(standsFor ?? second)
    if (!enabled && !isSwitch) {
      this.#leaveOut('disabled line')
      return
    }
    const phases = phasesOf(object, first, second, this.#lineConductors(object))
    if (phases === 0) {
      this.#leaveOut('line with neutral conductors only')
      return
    }
    const open = !enabled || object.opened || switchedOpen || standsFor !== undefined
    const kind = isSwitch ? 'switch' : 'line'
    this.#edges.push({ object, kind, bus1, bus2, phases, open, protection })
  }

  /** A bus that some line, transformer or source names without `_OPEN`. */
  #isDefinedBus(key: string): boolean {
    this.#known ??= definedBuses(this.#circuit)
    return this.#known.has(key)
  }
  #known: Set<string> | undefined

  /** Its own `phases`, else those of its line code or geometry, else OpenDSS's three. */
  #lineConductors(object: DssObject): number {
    const own = object.values.get('phases')
    let conductors = own ? wholeNumber(own, 'phases') : undefined
    for (const [property, cls] of CODES) {
      const name = object.values.get(property)
      if (!name) continue
      const code = this.#circuit.find(cls, name.text)
      const stated = own !== undefined || object.values.get('bus1')!.text.includes('.')
      if (!code && !stated) {
        const what = `line.${object.name}: ${cls}.${name.text} is not defined, and the line does not say its phases`
        throw new ImportError('opendss.unknownObject', name.place, what)
      }
      if (!code) this.#undefinedCodes.add(name.text)
      const given = code?.values.get('nphases')
      if (given) conductors ??= wholeNumber(given, 'nphases')
    }
    return conductors ?? 3
  }

  /** Reactors and capacitors count where they stand between two buses; to ground they feed nobody. */
  #series(object: DssObject): void {
    const first = required(object, 'bus1')
    const bus1 = this.#bus(first)
    const second = object.values.get('bus2')?.text
    const shunt = second === undefined || this.#bus(second) === bus1
    if (shunt) this.#leaveOut(`shunt ${object.cls}`)
    else if (!isEnabled(object)) this.#leaveOut(`disabled ${object.cls}`)
    else {
      const own = object.values.get('phases')
      const phases = phasesOf(object, first, second, own ? wholeNumber(own, 'phases') : 3)
      const bus2 = this.#bus(second)
      this.#edges.push({ object, kind: 'line', bus1, bus2, phases, open: object.opened })
    }
  }

  #transformer(object: DssObject): void {
    const own = object.values.get('phases')
    const conductors = own ? wholeNumber(own, 'phases') : 3
    const first = object.windings[0]!
    if (first.bus === undefined || object.windings[1]?.bus === undefined) {
      throw missingBus(object, 'a winding')
    }
    const phases = phasesOf(object, first.bus, undefined, conductors)
    const kind = transformerKind(object, conductors)
    const bus1 = this.#bus(first.bus)
    const others = object.windings.slice(1).flatMap(({ bus }) => (bus ? [this.#bus(bus)] : []))
    if (!isEnabled(object)) {
      this.#leaveOut('disabled transformer')
      return
    }
    const [bus2, ...more] = [...new Set(others)].filter((bus) => bus !== bus1)
    if (bus2 === undefined) {
      this.#leaveOut('transformer with both ends at one bus')
      return
    }
    this.#edges.push({ object, kind, bus1, bus2, phases, open: object.opened })
    // Further windings are fed by the same core: they hang on the first one's low side.
    for (const bus of more) {
      this.#edges.push({ object, kind: 'line', bus1: bus2, bus2: bus, phases, open: object.opened })
    }
  }

  #load(object: DssObject): LoadPoint[] {
    const written = required(object, 'bus1')
    const bus = this.#bus(written)
    if (!isEnabled(object)) {
      this.#leaveOut('disabled load')
      return []
    }
    const own = object.values.get('phases')
    const suffix = suffixPhases(object, written)
    const phases = suffix ?? firstPhases(own ? wholeNumber(own, 'phases') : 3)
    const numcust = object.values.get('numcust')
    const customers = numcust ? number(numcust, 'numcust') : 1
    if (customers === undefined || customers < 1 || phases === 0) {
      this.#leaveOut('load without customers')
      return []
    }
    return [{ object, bus, phases, customers: Math.floor(customers) }]
  }

  /** Lines that a SwtControl holds open. `Normal` decides, else what it was last told. */
  #switchedOpen(): Set<DssObject> {
    const open = new Set<DssObject>()
    for (const control of this.#circuit.all('swtcontrol')) {
      const line = this.#lineOf(control, control.values.get('switchedobj')?.text)
      if (!line || !isEnabled(control)) continue
      const { values } = control
      const state = values.get('normal') ?? values.get('state') ?? values.get('action')
      if (state && /^o/i.test(state.text)) open.add(line)
    }
    return open
  }

  /** What guards which line. */
  #guards(): Map<DssObject, NonNullable<Edge['protection']>> {
    const guards = new Map<DssObject, NonNullable<Edge['protection']>>()
    for (const [cls, type] of PROTECTION) {
      for (const guard of this.#circuit.all(cls)) {
        const { values } = guard
        const target = values.get('switchedobj') ?? values.get('monitoredobj')
        const line = this.#lineOf(guard, target?.text)
        if (line && isEnabled(guard) && !guards.has(line)) {
          guards.set(line, { type, name: guard.name })
        }
      }
    }
    return guards
  }

  #lineOf(control: DssObject, target: string | undefined): DssObject | undefined {
    const label = `${control.cls}.${control.name}`
    if (target === undefined || target === '') {
      throw new ImportError('opendss.badValue', control.place, `${label} names no element`)
    }
    const [cls, name = ''] = target.split(/\.(.*)/s)
    if (cls!.toLowerCase() !== 'line') {
      this.#warnings.push({
        place: control.place,
        text: `${label} on ${target} is left out: no line`,
      })
      return undefined
    }
    const line = this.#circuit.find('line', name)
    if (line) return line
    throw new ImportError(
      'opendss.unknownObject',
      control.place,
      `${label}: ${target} is not defined`,
    )
  }
}

function required(object: DssObject, property: string): string {
  const text = object.values.get(property)?.text
  if (text === undefined || text === '' || text.startsWith('.')) throw missingBus(object, property)
  return text
}

function missingBus(object: DssObject, what: string): ImportError {
  const text = `${object.cls}.${object.name} has no bus at ${what}`
  return new ImportError('opendss.missingBus', object.place, text)
}

/** Nodes of `bus.1.2.3.0` as phases; `undefined` where none are written. */
function suffixPhases(object: DssObject, bus: string, most = 3): PhaseMask | undefined {
  const nodes = bus.split('.').slice(1)
  if (nodes.length === 0) return undefined
  let mask = 0
  let taken = 0
  for (const node of nodes) {
    if (!/^\d+$/.test(node)) {
      const what = `${object.cls}.${object.name}: node "${node}" of bus ${bus} is not a number`
      throw new ImportError('opendss.badValue', object.place, what)
    }
    const phase = Number(node)
    if (phase >= 1 && phase <= 3 && taken < most) {
      mask |= 1 << (phase - 1)
      taken++
    }
  }
  return mask
}

const firstPhases = (count: number): PhaseMask =>
  count >= 3 ? ALL_PHASES : ((1 << count) - 1) & ALL_PHASES

function phasesOf(
  object: DssObject,
  bus1: string,
  bus2: string | undefined,
  conductors: number,
): PhaseMask {
  // A single-phase winding between two phases names both.
  const most = object.windings.length > 0 ? Math.max(conductors, 2) : conductors
  return (
    suffixPhases(object, bus1, most) ??
    (bus2 === undefined ? undefined : suffixPhases(object, bus2, most)) ??
    firstPhases(conductors)
  )
}

function transformerKind(object: DssObject, conductors: number): EdgeKind {
  const voltages = object.windings.map(({ kv }) => kv)
  const [highest, lowest] = [Math.max(...voltages), Math.min(...voltages)]
  if (highest - lowest <= SAME_VOLTAGE * highest) return 'regulator'
  if (yesNo(object.values.get('sub'), 'sub', false)) return 'substation'
  if (highest > HIGHEST_FEEDER_KV && conductors >= 3) return 'substation'
  return lowest <= HIGHEST_SERVICE_KV ? 'service' : 'step'
}

/** True where a substation transformer's low side is a feeder's own voltage. */
export function feedsFeeders(object: DssObject): boolean {
  return Math.min(...object.windings.map(({ kv }) => kv)) <= HIGHEST_FEEDER_KV
}

/** The bus a dummy `X_OPEN` stands for; `undefined` where the bus is no such dummy. */
function openEnd(bus: string, isDefined: (key: string) => boolean): string | undefined {
  const name = bus.split('.', 1)[0]!
  if (!name.toLowerCase().endsWith(OPEN_SUFFIX)) return undefined
  const real = name.slice(0, -OPEN_SUFFIX.length)
  return isDefined(real.toLowerCase()) ? real : undefined
}

function definedBuses(circuit: Circuit): Set<string> {
  const known = new Set<string>()
  const add = (bus: string | undefined) => {
    if (bus) known.add(bus.split('.', 1)[0]!.toLowerCase())
  }
  for (const line of circuit.all('line')) {
    add(line.values.get('bus1')?.text)
    add(line.values.get('bus2')?.text)
  }
  for (const { windings } of circuit.all('transformer')) for (const { bus } of windings) add(bus)
  return known
}

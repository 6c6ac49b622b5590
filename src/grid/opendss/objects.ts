/**
 * The objects a script defines, as OpenDSS would hold them after the last command: properties in
 * the order they were set, transformer windings, `like` and `XfmrCode`. Decides nothing about the
 * network they make.
 */
import { type NetworkClass, propertiesOf, resolveProperty } from './classes.ts'
import { ImportError, type ImportWarning, type Place } from './errors.ts'
import { listOf, type Parameter } from './lexer.ts'

export interface Winding {
  bus?: string
  delta: boolean
  kv: number
  kva?: number
}

export interface Value {
  readonly text: string
  readonly place: Place
}

export interface DssObject {
  readonly cls: NetworkClass
  /** As first written; names differ in more than case. */
  readonly name: string
  readonly place: Place
  readonly values: Map<string, Value>
  /** Transformers and their codes only. */
  windings: Winding[]
  activeWinding: number
  /** An `Open` command was the last word on it. */
  opened: boolean
}

/** OpenDSS's default winding voltage, kV. */
const DEFAULT_KV = 12.47
const YES = new Set(['y', 'yes', 't', 'true'])
const NO = new Set(['n', 'no', 'f', 'false'])

/** Everything defined so far, by class and lower-case name, in order of definition. */
export class Circuit {
  /** Empty until `New Circuit.NAME`. */
  name = ''
  readonly warnings: ImportWarning[] = []
  readonly #classes = new Map<NetworkClass, Map<string, DssObject>>()

  all(cls: NetworkClass): Iterable<DssObject> {
    return this.#classes.get(cls)?.values() ?? []
  }

  find(cls: NetworkClass, name: string): DssObject | undefined {
    return this.#classes.get(cls)?.get(name.toLowerCase())
  }

  /** A new object; one that exists already is edited on, as OpenDSS does, and warned of. */
  define(cls: NetworkClass, name: string, place: Place): DssObject {
    const existing = this.find(cls, name)
    if (existing) {
      this.warnings.push({
        place,
        text: `${cls}.${name} is defined twice; the second changes the first`,
      })
      return existing
    }
    const windings = cls === 'transformer' || cls === 'xfmrcode' || cls === 'autotrans' ? 2 : 0
    const object: DssObject = {
      cls,
      name,
      place,
      values: new Map(),
      windings: Array.from({ length: windings }, emptyWinding),
      activeWinding: 0,
      opened: false,
    }
    const ofClass = this.#classes.get(cls) ?? new Map<string, DssObject>()
    this.#classes.set(cls, ofClass.set(name.toLowerCase(), object))
    return object
  }

  /** Sets the properties of one statement, named or by position. */
  set(object: DssObject, given: readonly Parameter[], place: Place): void {
    const order = propertiesOf(object.cls)
    let next = 0
    for (const { name, value } of given) {
      const property = name === undefined ? order[next] : resolveProperty(object.cls, name)
      if (property === undefined) {
        const text = `${object.cls}.${object.name}: unknown property ${name ?? value}`
        if (!isLibrary(object.cls)) this.warnings.push({ place, text })
        continue
      }
      next = order.indexOf(property) + 1
      this.#apply(object, property, { text: value, place })
    }
  }

  #apply(object: DssObject, property: string, value: Value): void {
    if (property === 'like') this.#copy(object, value, true)
    else if (property === 'xfmrcode') this.#copyCode(object, value)
    else if (object.windings.length === 0 || !setWinding(object, property, value)) {
      object.values.set(property, value)
    }
  }

  #copy(object: DssObject, value: Value, withName: boolean): void {
    const cls = withName ? object.cls : 'xfmrcode'
    const model = this.find(cls, value.text)
    if (!model) {
      const what = `${object.cls}.${object.name}: ${cls}.${value.text} is not defined`
      throw new ImportError('opendss.unknownObject', value.place, what)
    }
    for (const [key, copied] of model.values) if (key !== 'enabled') object.values.set(key, copied)
    object.windings = model.windings.map((winding, index) => ({
      ...winding,
      bus: winding.bus ?? object.windings[index]?.bus,
    }))
  }

  #copyCode(object: DssObject, value: Value): void {
    this.#copy(object, value, false)
    object.values.set('xfmrcode', value)
  }
}

/** Of line codes and geometries only the number of phases matters here. */
const isLibrary = (cls: NetworkClass) => cls === 'linecode' || cls === 'linegeometry'

const emptyWinding = (): Winding => ({ delta: false, kv: DEFAULT_KV })

/** Applies a property that belongs to windings; false where it is not one. */
function setWinding(object: DssObject, property: string, value: Value): boolean {
  const active = object.windings[object.activeWinding]!
  switch (property) {
    case 'windings': {
      const count = wholeNumber(value, 'windings')
      while (object.windings.length < count) object.windings.push(emptyWinding())
      object.windings.length = count
      return true
    }
    case 'wdg': {
      const index = wholeNumber(value, 'wdg') - 1
      if (index >= object.windings.length) {
        const what = `winding ${index + 1} of ${object.cls}.${object.name}, which has ${object.windings.length}`
        throw new ImportError('opendss.badValue', value.place, what)
      }
      object.activeWinding = index
      return true
    }
    case 'bus':
      active.bus = value.text
      return true
    case 'conn':
      active.delta = isDelta(value.text)
      return true
    case 'kv':
      active.kv = number(value, 'kv') ?? active.kv
      return true
    case 'kva':
      active.kva = number(value, 'kva')
      return true
    case 'buses':
    case 'conns':
    case 'kvs':
    case 'kvas':
      listOf(value.text).forEach((text, index) => {
        const winding = object.windings[index]
        if (!winding) return
        const item = { text, place: value.place }
        if (property === 'buses') winding.bus = text
        else if (property === 'conns') winding.delta = isDelta(text)
        else if (property === 'kvs') winding.kv = number(item, 'kvs') ?? winding.kv
        else winding.kva = number(item, 'kvas')
      })
      return true
    default:
      return false
  }
}

const isDelta = (text: string) => /^(d|ll)/i.test(text)

/** A number; `undefined` for an RPN expression, which is not evaluated. */
export function number(value: Value, what: string): number | undefined {
  const parsed = Number(value.text)
  if (value.text.trim() !== '' && Number.isFinite(parsed)) return parsed
  if (/\s/.test(value.text.trim())) return undefined
  throw new ImportError('opendss.badValue', value.place, `${what}=${value.text} is not a number`)
}

/** A count of at least one. */
export function wholeNumber(value: Value, what: string): number {
  const parsed = Number(value.text)
  if (Number.isInteger(parsed) && parsed >= 1 && parsed <= 1000) return parsed
  throw new ImportError('opendss.badValue', value.place, `${what}=${value.text} is not a count`)
}

/** Yes or no; `otherwise` where not given. */
export function yesNo(value: Value | undefined, what: string, otherwise: boolean): boolean {
  if (!value) return otherwise
  const text = value.text.toLowerCase()
  if (YES.has(text)) return true
  if (NO.has(text)) return false
  throw new ImportError(
    'opendss.badValue',
    value.place,
    `${what}=${value.text} is neither yes nor no`,
  )
}

/** False where `enabled=no`, by property, command or assignment. */
export function isEnabled(object: DssObject): boolean {
  return yesNo(object.values.get('enabled'), 'enabled', true)
}

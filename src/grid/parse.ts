/**
 * Reads grid objects out of unknown JSON, field by field, and names the place of every fault. Says
 * nothing about how objects fit together: that is `check.ts`. By hand and not by zod, because a
 * utility's file has 23 million lines.
 */
import { isId } from '../facts/ids.ts'
import { parsePhases } from '../facts/phases.ts'
import { addLine, emptyGrid, LISTS } from './lines.ts'
import {
  DEVICE_TYPES,
  GRID_VERSION,
  type Grid,
  type GridLineObject,
  IMPORTANCES,
  LINE_KINDS,
  type LineKind,
  OBSERVER_CLASSES,
  ZONES,
} from './model.ts'
import type { Problems } from './problems.ts'

/** Longest name: far above any real one, and short enough to draw. */
export const MAX_NAME_LENGTH = 200
/** Most bends of one line: the longest real feeder section has some hundred poles. */
export const MAX_PATH_POINTS = 10_000
/** Most sensitivities of one usage point. */
export const MAX_SENSITIVITIES = 16

/** What is wrong with a value; `undefined` where nothing is. */
type Check = (value: unknown) => string | undefined

/** Values are shown shortened: a bad one may be a megabyte long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

const id: Check = (value) =>
  isId(value) ? undefined : `${shown(value)} is not an id (1 to 64 of A-Z a-z 0-9 . _ -)`

const text: Check = (value) => {
  if (typeof value !== 'string') return `${shown(value)} is not a text`
  return value.length > MAX_NAME_LENGTH ? `longer than ${MAX_NAME_LENGTH} characters` : undefined
}

const flag: Check = (value) =>
  typeof value === 'boolean' ? undefined : `${shown(value)} is not true or false`

const phases: Check = (value) =>
  typeof value === 'string' && parsePhases(value) !== undefined
    ? undefined
    : `${shown(value)} is not a set of phases such as "A" or "BC"`

const oneOf =
  (choices: readonly string[]): Check =>
  (value) =>
    choices.includes(value as string) ? undefined : `${shown(value)} is not ${choices.join(', ')}`

const numberBetween =
  (low: number, high: number): Check =>
  (value) =>
    typeof value === 'number' && value >= low && value <= high
      ? undefined
      : `${shown(value)} is not a number from ${low} to ${high}`

const longitude = numberBetween(-180, 180)
const latitude = numberBetween(-90, 90)

const path: Check = (value) => {
  if (!Array.isArray(value)) return `${shown(value)} is not a list of [lon, lat]`
  if (value.length > MAX_PATH_POINTS) return `more than ${MAX_PATH_POINTS} points`
  for (const [index, point] of value.entries()) {
    if (!Array.isArray(point) || point.length !== 2) return `[${index}]: not [lon, lat]`
    const wrong = longitude(point[0]) ?? latitude(point[1])
    if (wrong) return `[${index}]: ${wrong}`
  }
  return undefined
}

const sensitivities: Check = (value) => {
  if (!Array.isArray(value)) return `${shown(value)} is not a list of texts`
  if (value.length > MAX_SENSITIVITIES) return `more than ${MAX_SENSITIVITIES} entries`
  for (const item of value) {
    const wrong = text(item)
    if (wrong) return wrong
  }
  return undefined
}

const orNull =
  (check: Check): Check =>
  (value) =>
    value === null ? undefined : check(value)

const version: Check = (value) =>
  value === GRID_VERSION ? undefined : `${shown(value)} is not ${GRID_VERSION}`

interface Fields {
  readonly checks: ReadonlyMap<string, Check>
  readonly required: readonly string[]
}

/** `name` is required, `name?` is not. */
function fields(checks: Readonly<Record<string, Check>>): Fields {
  const names = Object.keys(checks)
  return {
    checks: new Map(Object.entries(checks).map(([name, check]) => [name.replace('?', ''), check])),
    required: names.filter((name) => !name.endsWith('?')),
  }
}

const FIELDS: Readonly<Record<LineKind, Fields>> = {
  grid: fields({ version, 'name?': text }),
  unit: fields({ id, name: text, 'parent?': orNull(id) }),
  substation: fields({ id, name: text, unit: id }),
  feeder: fields({ id, name: text, unit: id, substation: id, source: id }),
  node: fields({ id, 'lon?': longitude, 'lat?': latitude }),
  device: fields({
    id,
    type: oneOf(DEVICE_TYPES),
    name: text,
    from: id,
    to: id,
    'normallyOpen?': flag,
    'phases?': phases,
    'ganged?': flag,
    'zone?': oneOf(ZONES),
    'ownership?': oneOf(['public', 'dedicated']),
    // A gigavolt-ampere is above any transformer there is.
    'kva?': numberBetween(0, 1_000_000),
    'connection?': oneOf(['Dyn11', 'Yyn0', 'single']),
  }),
  line: fields({ id, from: id, to: id, 'phases?': phases, 'path?': path }),
  usagePoint: fields({
    id,
    device: id,
    'phases?': phases,
    'class?': text,
    'important?': oneOf(IMPORTANCES),
    'sensitive?': sensitivities,
  }),
  observer: fields({
    id,
    class: oneOf(OBSERVER_CLASSES),
    'device?': id,
    'node?': id,
    'phases?': phases,
    'usagePoint?': id,
    'via?': id,
  }),
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where an object stands: a line number, an index such as `nodes[3]`, or nothing known. */
type Where = number | string

const whereText = (where: Where) => (typeof where === 'number' ? `line ${where}` : where)

/** `device D17 (line 42)`, `device (line 42)` where the id cannot be used. */
function placeOf(kind: LineKind, value: Record<string, unknown>, where: Where): string {
  const named = isId(value.id) ? `${kind} ${value.id}` : kind
  return where ? `${named} (${whereText(where)})` : named
}

/**
 * One object of the given kind; `undefined` where it has an error. A field that this version does
 * not know is a warning: it may be a slip of the pen, or an addition of a later version.
 */
export function parseObject(
  kind: LineKind,
  value: unknown,
  where: Where,
  problems: Problems,
): GridLineObject | undefined {
  if (!isObject(value)) {
    problems.error('grid.malformed', whereText(where) || kind, `${shown(value)} is not an object`)
    return undefined
  }
  const { checks, required } = FIELDS[kind]
  let usable = true
  for (const name in value) {
    if (name === '$') continue
    const check = checks.get(name)
    if (!check) {
      problems.warning('grid.unknownField', placeOf(kind, value, where), `${name}: not known`)
      continue
    }
    const item = value[name]
    const wrong = item === undefined ? undefined : check(item)
    if (wrong !== undefined) {
      usable = false
      const code = name === 'id' ? 'grid.badId' : 'grid.badValue'
      problems.error(code, placeOf(kind, value, where), `${name}: ${wrong}`)
    }
  }
  for (const name of required) {
    if (value[name] !== undefined) continue
    usable = false
    problems.error('grid.missingField', placeOf(kind, value, where), `${name}: missing`)
  }
  if (!usable) return undefined
  return (value.$ === kind ? value : { $: kind, ...value }) as GridLineObject
}

/** Reads a JSON-lines file line by line; knows which kinds may still come. */
export class LineParser {
  readonly #problems: Problems
  #line = 0
  #reached = -1

  constructor(problems: Problems) {
    this.#problems = problems
  }

  /** The object of the next line; `undefined` for an empty line or one with an error. */
  parse(line: string): GridLineObject | undefined {
    const where = ++this.#line
    if (line.trim() === '') return undefined
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      this.#problems.error(
        'grid.malformed',
        whereText(where),
        `not JSON: ${(error as Error).message}`,
      )
      return undefined
    }
    const kind = isObject(value) ? value.$ : undefined
    const order = LINE_KINDS.indexOf(kind as LineKind)
    if (order < 0) {
      const said = `"$": ${shown(kind)} is not ${LINE_KINDS.join(', ')}`
      this.#problems.error('grid.malformed', whereText(where), said)
      return undefined
    }
    return this.#inOrder(order, where)
      ? parseObject(kind as LineKind, value, where, this.#problems)
      : undefined
  }

  #inOrder(order: number, where: number): boolean {
    const kind = LINE_KINDS[order]!
    const reached = LINE_KINDS[this.#reached]
    if (reached === undefined && order !== 0) {
      const said = 'the first line is not {"$":"grid","version":1}'
      this.#problems.error('grid.wrongOrder', whereText(where), said)
      this.#reached = order
      return true
    }
    if (order < this.#reached || (order === 0 && reached === 'grid')) {
      this.#problems.error('grid.wrongOrder', whereText(where), `${kind} after ${reached}`)
      return false
    }
    this.#reached = order
    return true
  }

  /** Says so where nothing was there at all. */
  end(): void {
    if (this.#reached < 0) this.#problems.error('grid.malformed', 'grid', 'the file is empty')
  }
}

/** A whole grid from the JSON form. Objects with an error are left out of it. */
export function parseGrid(value: unknown, problems: Problems): Grid {
  const grid = emptyGrid()
  if (!isObject(value)) {
    problems.error('grid.malformed', 'grid', `${shown(value)} is not an object`)
    return grid
  }
  const lists = new Map<string, LineKind>(LISTS.map(([kind, list]) => [list, kind]))
  const header = Object.fromEntries(
    Object.entries(value).filter(([name]) => !lists.has(name) && name !== '__proto__'),
  )
  const parsed = parseObject('grid', header, '', problems)
  if (parsed) addLine(grid, parsed)
  for (const [list, kind] of lists) {
    const items = value[list]
    if (!Array.isArray(items)) {
      problems.error('grid.missingField', 'grid', `${list}: missing, or not a list`)
      continue
    }
    for (const [index, item] of items.entries()) {
      const object = parseObject(kind, item, `${list}[${index}]`, problems)
      if (object) addLine(grid, object)
    }
  }
  return grid
}

/**
 * Runs a script as far as it defines a network: New, Edit, `~`, assignments, Redirect and Compile,
 * Open and Close, coordinates. Solving, plotting and settings are passed over; what it cannot
 * understand stops the import with file and line.
 */
import { commandOf, isEquipment, isNetworkClass, isOtherClass } from './classes.ts'
import { type CoordinateFile, looksLikeCoordinates, readCoordinates } from './coordinates.ts'
import { ImportError, type ImportWarning, type Place } from './errors.ts'
import { type Parameter, parameters, type Statement, statements } from './lexer.ts'
import { Circuit, type DssObject } from './objects.ts'
import { folderOf, locate, type SourceFile, type SourceFiles } from './paths.ts'

/**
 * Files of definitions only, by the names everybody gives them. Such a one may be missing: what of it
 * is needed (phases, transformer codes) is missed, with file and line, where it is used.
 */
const LIBRARY_FILE = /(line_?codes?|line_?geometr|wire_?data|cable_?data|load_?shapes?)[^/\\]*$/i

/** What was read, before it is made a network. */
export interface Source {
  readonly circuit: Circuit
  readonly coordinates: CoordinateFile[]
  /** Objects passed over, by class as written. */
  readonly passedOver: ReadonlyMap<string, number>
  readonly warnings: readonly ImportWarning[]
}

/**
 * Reads `path` and then each of `also` on top of it: a script, coordinates, or a whole case of its
 * own, of which only what it says besides its circuit is taken. Throws `ImportError`.
 */
export function readSource(
  path: string,
  also: readonly string[],
  files: SourceFiles,
  skipMissing: boolean,
): Source {
  const reader = new Reader(files, skipMissing)
  for (const [index, file] of [path, ...also].entries()) {
    const place = { file, line: 1 }
    const found = locate(files, '.', file)
    if (found === undefined) throw new ImportError('opendss.missingFile', place, 'no such file')
    if (index === 0) reader.run(found)
    else if (looksLikeCoordinates(found.path, found.text)) reader.coordinates(found)
    else reader.overlay(found)
  }
  return reader.source()
}

/** `Clear`, `Compile` or `New Circuit`: what follows is a case of its own. */
function beginsCircuit(statement: Statement): boolean {
  const kind = commandOf(statement.verb)
  if (kind === 'clear') return true
  if (kind === 'include') return statement.verb.startsWith('c')
  return kind === 'new' && /circuit\./i.test(parameters(statement)[1]?.value ?? '')
}

class Reader {
  readonly #files: SourceFiles
  readonly #skipMissing: boolean
  #circuit = new Circuit()
  #coordinates: CoordinateFile[] = []
  #passedOver = new Map<string, number>()
  readonly #warnings: ImportWarning[] = []
  readonly #open: string[] = []
  #passesOverCircuit = false
  /** What `~` continues; `null` an object that is passed over, `undefined` nothing yet. */
  #active: DssObject | null | undefined

  constructor(files: SourceFiles, skipMissing: boolean) {
    this.#files = files
    this.#skipMissing = skipMissing
  }

  source(): Source {
    return {
      circuit: this.#circuit,
      coordinates: this.#coordinates,
      passedOver: this.#passedOver,
      warnings: [...this.#warnings, ...this.#circuit.warnings],
    }
  }

  coordinates({ path, text }: SourceFile, latLong = /latlon/i.test(path)): void {
    this.#coordinates.push(readCoordinates(path, text, latLong))
  }

  /** Runs a further file. One that begins a circuit must not replace the one already read. */
  overlay(file: SourceFile): void {
    const { path, text } = file
    this.#passesOverCircuit = [...statements(path, text)].some(beginsCircuit)
    if (this.#passesOverCircuit) {
      const said = `${path} is a case of its own: its circuit and the files it includes are passed over`
      this.#warnings.push({ place: { file: path, line: 1 }, text: said })
    }
    this.run(file)
    this.#passesOverCircuit = false
  }

  /** Runs one file; returns the folder that paths are relative to afterwards. */
  run({ path, text }: SourceFile): string {
    this.#open.push(path)
    let folder = folderOf(path)
    for (const statement of statements(path, text)) {
      folder = this.#execute(statement, folder)
    }
    this.#open.pop()
    return folder
  }

  #execute(statement: Statement, folder: string): string {
    const kind = commandOf(statement.verb)
    switch (kind) {
      case 'ignored':
        return folder
      case 'unfollowed': {
        const text = `${statement.verb} is not followed; the network stays as it was defined`
        this.#warnings.push({ place: statement, text })
        return folder
      }
      case 'new':
        this.#define(statement)
        return folder
      case 'more':
        this.#continue(statement)
        return folder
      case 'include':
        return this.#passesOverCircuit ? folder : this.#include(statement, folder)
      case 'coordinates':
      case 'latLong': {
        const found = this.#locate(statement, folder)
        if (found !== undefined) this.coordinates(found, kind === 'latLong')
        return folder
      }
      case 'clear':
        if (this.#passesOverCircuit) return folder
        this.#circuit = new Circuit()
        this.#coordinates = []
        this.#passedOver = new Map()
        this.#active = undefined
        return folder
      case undefined:
        this.#assign(statement)
        return folder
      default: {
        const [, target, ...rest] = parameters(statement)
        const object = this.#existing(target?.value ?? '', statement)
        this.#active = object
        if (object) this.#change(kind, object, rest, statement)
        return folder
      }
    }
  }

  #change(
    kind: 'edit' | 'open' | 'close' | 'enable' | 'disable',
    object: DssObject,
    rest: readonly Parameter[],
    place: Statement,
  ): void {
    if (kind === 'edit') this.#circuit.set(object, rest, place)
    else if (kind === 'enable' || kind === 'disable') {
      object.values.set('enabled', { text: kind === 'enable' ? 'yes' : 'no', place })
    } else {
      const conductor = rest.find(({ name }) => name?.startsWith('cond')) ?? rest[1]
      if (conductor !== undefined && conductor.value !== '0') {
        const text = `${kind} of one conductor of ${object.cls}.${object.name} is not followed`
        this.#warnings.push({ place, text })
      } else object.opened = kind === 'open'
    }
  }

  #define(statement: Statement): void {
    const [, target, ...rest] = parameters(statement)
    const { cls, name } = this.#split(target?.value ?? '', statement)
    if (cls === 'circuit' && this.#passesOverCircuit) {
      this.#active = null
      return
    }
    if (cls === 'circuit') {
      if (this.#circuit.name !== '') {
        const what = `a second circuit; ${this.#circuit.name} was not cleared`
        throw new ImportError('opendss.secondCircuit', statement, what)
      }
      this.#circuit.name = name
      this.#active = this.#circuit.define('vsource', 'source', statement)
    } else if (isNetworkClass(cls)) this.#active = this.#circuit.define(cls, name, statement)
    else {
      this.#active = null
      if (isEquipment(cls)) this.#passedOver.set(cls, (this.#passedOver.get(cls) ?? 0) + 1)
      return
    }
    this.#circuit.set(this.#active, rest, statement)
  }

  #continue(statement: Statement): void {
    if (this.#active === undefined) {
      throw new ImportError('opendss.nothingToContinue', statement, 'nothing to continue')
    }
    if (this.#active === null) return
    const given = parameters(statement)
    this.#circuit.set(this.#active, statement.verb === '~' ? given : given.slice(1), statement)
  }

  /** `Class.Name.property = value`, with more properties of the same object after it. */
  #assign(statement: Statement): void {
    const target = statement.verb
    const first = target.indexOf('.')
    const last = target.lastIndexOf('.')
    const [assigned, ...rest] = parameters(statement)
    if (first < 1 || last === first || assigned?.name === undefined) {
      throw new ImportError('opendss.unknownCommand', statement, `unknown command ${target}`)
    }
    const object = this.#existing(target.slice(0, last), statement)
    this.#active = object
    if (!object) return
    const { value } = assigned
    this.#circuit.set(object, [{ name: target.slice(last + 1), value }, ...rest], statement)
  }

  /** The object `Class.Name`; `null` where its class is passed over. */
  #existing(target: string, place: Place): DssObject | null {
    const { cls, name } = this.#split(target, place)
    if (cls === 'circuit') return this.#circuit.find('vsource', 'source') ?? null
    if (!isNetworkClass(cls)) return null
    const object = this.#circuit.find(cls, name)
    if (object) return object
    throw new ImportError('opendss.unknownObject', place, `${target} is not defined`)
  }

  #split(target: string, place: Place): { cls: string; name: string } {
    const dot = target.indexOf('.')
    const cls = target.slice(0, dot).toLowerCase()
    const name = target.slice(dot + 1)
    if (dot < 1 || name === '') {
      throw new ImportError('opendss.badValue', place, `expected Class.Name, found "${target}"`)
    }
    if (cls !== 'circuit' && !isNetworkClass(cls) && !isOtherClass(cls)) {
      throw new ImportError('opendss.unknownClass', place, `unknown class ${target.slice(0, dot)}`)
    }
    return { cls, name }
  }

  #include(statement: Statement, folder: string): string {
    const found = this.#locate(statement, folder)
    if (found === undefined) return folder
    if (this.#open.includes(found.path)) {
      throw new ImportError('opendss.includeLoop', statement, `${found.path} includes itself`)
    }
    const after = this.run(found)
    // Compile leaves the current folder at the compiled file; Redirect comes back.
    return statement.verb.startsWith('c') ? after : folder
  }

  #locate(statement: Statement, folder: string): SourceFile | undefined {
    const written = parameters(statement)[1]?.value ?? ''
    if (written === '') {
      throw new ImportError('opendss.missingFile', statement, `${statement.verb} names no file`)
    }
    const found = locate(this.#files, folder, written)
    if (found !== undefined) return found
    if (!this.#skipMissing && !LIBRARY_FILE.test(written)) {
      throw new ImportError('opendss.missingFile', statement, `cannot find ${written}`)
    }
    this.#warnings.push({ place: statement, text: `cannot find ${written}; read on without it` })
    return undefined
  }
}

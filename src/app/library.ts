/**
 * Grids and rules by digest, in the data folder: what a fact applied once can be applied again on
 * every replay. `keep…` copies a file in; the engine reads what was loaded beside its fact.
 */
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { RulesError, type RuleText } from '../config/rule-file.ts'
import { RULE_FILES, type RuleFileName, readRules } from '../config/rules.ts'
import type { Loaded } from '../engine/engine.ts'
import type { Rules } from '../engine/rules.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { assertUsableGrid, loadCompiledGridCached } from './grids.ts'
import { INSTALLED } from './installed.ts'
import { place } from './placed.ts'

/** Between the texts of the two files where they are one content: no YAML has it. */
const BETWEEN_RULES = '\0'

/** A file as other roles get it. */
export interface Content {
  /** Of its name, the dot included; empty for rules. */
  readonly ending: string
  readonly bytes: AsyncIterable<Uint8Array>
}

/** Ending of an image that was given in place of a grid file; those made here name their version. */
const IMAGE_ENDING = '.image'
const isGivenImage = (name: string) => /^[0-9a-f]+\.image$/.test(name)

/** A grid or rules that a fact names are not in the data folder any more. */
export class MissingError extends Error {
  readonly code = 'data.missing'
  constructor(what: string, digest: string, dir: string) {
    super(`${what} ${digest} is not in ${dir}: restore it from a backup`)
    this.name = 'MissingError'
  }
}

export interface KeptRules {
  readonly version: string
  readonly digest: string
  readonly files: readonly { readonly name: RuleFileName; readonly text: string }[]
  /** The same as values. */
  readonly values: Rules
}

const SHIPPED_RULES = join(INSTALLED, 'config', 'rules')

function ruleTextsOf(dir: string): readonly [judgement: RuleText, grading: RuleText] {
  const textOf = (name: RuleFileName) => {
    const file = join(dir, name)
    return { file, text: readFileSync(file, 'utf8') }
  }
  return [textOf(RULE_FILES[0]), textOf(RULE_FILES[1])]
}

export class Library implements Loaded {
  readonly #grids: string
  readonly #rules: string
  readonly #loadedGrids = new Map<string, CompiledGrid>()
  readonly #loadedRules = new Map<string, Rules>()

  constructor(dataDir: string) {
    this.#grids = join(dataDir, 'grids')
    this.#rules = join(dataDir, 'rules')
    mkdirSync(this.#grids, { recursive: true })
    mkdirSync(this.#rules, { recursive: true })
  }

  /**
   * Compiles the file and keeps a copy under its digest; of a compiled image, the image.
   * @throws GridFileError, GridError, ImageError
   */
  async keepGrid(path: string): Promise<CompiledGrid> {
    const grid = await loadCompiledGridCached(path, this.#grids)
    this.#loadedGrids.set(grid.digest, grid)
    const ending = /\.jsonl?(\.gz)?$/.exec(path)?.[0] ?? IMAGE_ENDING
    if (!this.#gridFile(grid.digest)) {
      await assertUsableGrid(path)
      place(join(this.#grids, grid.digest + ending), (partial) => copyFileSync(path, partial))
    }
    return grid
  }

  /** Whether the folder has what a fact names. */
  has(what: 'grid' | 'rules', digest: string): boolean {
    if (what === 'rules') return existsSync(join(this.#rules, digest))
    return this.#loadedGrids.has(digest) || this.#gridFile(digest) !== undefined
  }

  /** Takes over a grid file, or both rule texts in one, whose content is what the digest says. */
  adopt(what: 'grid' | 'rules', digest: string, ending: string, path: string): void {
    if (this.has(what, digest)) return
    if (what === 'grid')
      place(join(this.#grids, digest + ending), (partial) => renameSync(path, partial))
    else this.#placeRules(digest, readFileSync(path, 'utf8').split(BETWEEN_RULES))
  }

  /**
   * What `adopt` takes at another place; undefined for a compiled image, whose content is not what
   * its digest says.
   */
  content(what: 'grid' | 'rules', digest: string): Content | undefined {
    if (what === 'rules') {
      const texts = this.rulesText(digest).files.map(({ text }) => text)
      return { ending: '', bytes: Readable.from([Buffer.from(texts.join(BETWEEN_RULES))]) }
    }
    const name = this.#gridFile(digest)
    if (name === undefined || isGivenImage(name)) return undefined
    const file = createReadStream(join(this.#grids, name))
    return {
      ending: name.slice(digest.length).replace(/\.gz$/, ''),
      // Who reads it meets its errors.
      bytes: name.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file,
    }
  }

  /** The file kept for a digest, for the simulators of the demonstration. */
  gridPath(digest: string): string {
    const name = this.#gridFile(digest)
    if (!name) throw new MissingError('grid', digest, this.#grids)
    return join(this.#grids, name)
  }

  /** Keeps the two rule files of a folder. @throws RulesError */
  keepRules(dir: string): string {
    return this.keepRuleTexts(
      RULE_FILES.map((name) => ({ file: join(dir, name), text: readRuleFile(join(dir, name)) })),
    )
  }

  /**
   * Keeps the texts of the two rule files, in the order of `RULE_FILES`, under the digest of both;
   * the engine finds them from then on. @throws RulesError
   */
  keepRuleTexts(files: readonly RuleText[]): string {
    const texts = files.map(({ text }) => text)
    const digest = createHash('sha256').update(texts.join(BETWEEN_RULES)).digest('hex')
    this.#loadedRules.set(digest, readRules(files[0]!, files[1]!))
    if (!this.has('rules', digest)) this.#placeRules(digest, texts)
    return digest
  }

  /** Loads what a fact names, so that the engine finds it. */
  async load(what: 'grid' | 'rules', digest: string): Promise<void> {
    if (what === 'grid' && !this.#loadedGrids.has(digest))
      this.#loadedGrids.set(
        digest,
        await loadCompiledGridCached(this.gridPath(digest), this.#grids, digest),
      )
    if (what === 'rules' && !this.#loadedRules.has(digest)) {
      const dir = join(this.#rules, digest)
      if (!existsSync(dir)) throw new MissingError('rules', digest, this.#rules)
      const [judgement, grading] = ruleTextsOf(dir)
      // Kept by an earlier program, they may not know all rules of this one.
      this.#loadedRules.set(digest, readRules(judgement, grading, ruleTextsOf(SHIPPED_RULES)))
    }
  }

  grid(digest: string): CompiledGrid {
    const grid = this.#loadedGrids.get(digest)
    if (!grid) throw new MissingError('grid', digest, this.#grids)
    return grid
  }

  rules(digest: string): Rules {
    const rules = this.#loadedRules.get(digest)
    if (!rules) throw new MissingError('rules', digest, this.#rules)
    return rules
  }

  /** The texts in force, as people read them. */
  rulesText(digest: string): KeptRules {
    const files = RULE_FILES.map((name) => ({
      name,
      text: readFileSync(join(this.#rules, digest, name), 'utf8'),
    }))
    return { version: this.rules(digest).version, digest, files, values: this.rules(digest) }
  }

  #placeRules(digest: string, texts: readonly string[]): void {
    place(join(this.#rules, digest), (partial) => {
      mkdirSync(partial)
      for (const [i, name] of RULE_FILES.entries()) writeFileSync(join(partial, name), texts[i]!)
    })
  }

  #gridFile(digest: string): string | undefined {
    const names = readdirSync(this.#grids).filter((name) => name.startsWith(`${digest}.`))
    return names.find((name) => name.startsWith(`${digest}.json`)) ?? names.find(isGivenImage)
  }
}

/** @throws RulesError where there is none */
export function readRuleFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new RulesError([`${path}: ${(error as Error).message}`])
  }
}

/** Spoilt grid files and rule files: read, or refused with an error that has a code. */
import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { assertUsableGrid, compileGridFile } from '../../../app/grids.ts'
import { INSTALLED } from '../../../app/installed.ts'
import { RULE_FILES, type RuleFileName, readRules } from '../../../config/rules.ts'
import type { Draw } from '../../../grid/generate/draw.ts'
import { gridLinesOf } from '../../../grid/lines.ts'
import type { Grid } from '../../../grid/model.ts'
import { mutateBytes, mutateJson, mutateValue } from './mutate.ts'

/** An error that says what is wrong, and where; anything else is a mistake of ours. */
const isRefusal = (error: unknown) =>
  error instanceof Error && typeof (error as { code?: unknown }).code === 'string'

async function readOrRefuse(read: () => unknown, what: string): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!isRefusal(error)) throw new Error(`${what}: ${(error as Error).stack}`)
  }
}

export class FuzzedFiles {
  readonly #grid: Grid
  readonly #dir: string
  #written = 0
  readonly #rules: readonly { readonly name: RuleFileName; readonly text: string }[]

  /** `grid` is what is spoilt; files are written into `dir`. */
  constructor(grid: Grid, dir: string) {
    this.#grid = grid
    this.#dir = dir
    this.#rules = RULE_FILES.map((name) => ({
      name,
      text: readFileSync(join(INSTALLED, 'config', 'rules', name), 'utf8'),
    }))
  }

  /** A grid file with one object or some bytes spoilt, checked and compiled. */
  async grid(draw: Draw): Promise<void> {
    const path = join(this.#dir, `${++this.#written}.${draw.pick(['json', 'jsonl'])}`)
    await writeFile(path, path.endsWith('l') ? this.#lines(draw) : this.#document(draw))
    await readOrRefuse(() => assertUsableGrid(path), 'checking a grid')
    await readOrRefuse(() => compileGridFile(path), 'compiling a grid')
    await rm(path)
  }

  #lines(draw: Draw): Buffer {
    const lines = [...gridLinesOf(this.#grid)].map((line) => JSON.stringify(line))
    const at = draw.whole(0, lines.length - 1)
    const what = draw.real()
    if (what < 0.1) lines.splice(at, 1)
    else if (what < 0.2) lines.push(lines[at]!)
    else lines[at] = mutateJson(JSON.parse(lines[at]!), draw)
    const bytes = Buffer.from(lines.join('\n'))
    return draw.chance(0.1) ? mutateBytes(bytes, draw) : bytes
  }

  #document(draw: Draw): Buffer {
    return Buffer.from(mutateJson(this.#grid, draw))
  }

  /** One of the two rule files with a value or some bytes spoilt. */
  async rules(draw: Draw): Promise<void> {
    const spoilt = draw.pick(RULE_FILES)
    const [judgement, grading] = this.#rules.map(({ name, text }) => ({
      file: name,
      text: name === spoilt ? spoiltYaml(text, draw) : text,
    }))
    await readOrRefuse(() => readRules(judgement!, grading!), `reading ${spoilt}`)
  }
}

function spoiltYaml(text: string, draw: Draw): string {
  if (draw.chance(0.5)) return mutateBytes(Buffer.from(text), draw).toString()
  return stringify(mutateValue(parse(text), draw)) ?? ''
}

/** `grid import`: a network model of another program becomes a grid file, and what was left out is said. */
import { readdirSync, readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { parse as parseYaml } from 'yaml'
import { GridFileError, writeGridFile } from '../app/grid-files.ts'
import { ConfigError, UsageError } from '../config/errors.ts'
import { gridLinesOf } from '../grid/lines.ts'
import { ImportError, type ImportWarning } from '../grid/opendss/errors.ts'
import { type ImportReport, importOpenDss } from '../grid/opendss/importer.ts'
import { MOST_METERS_PER_TRANSFORMER } from '../grid/opendss/to-grid.ts'
import { parseUnits, type UnitsMapping } from '../grid/opendss/units.ts'

const DIALECTS = ['opendss', 'cim', 'geojson', 'csv']
/** What can be read today. */
const SUPPORTED = 'opendss'
/** Warnings printed in full; `--all-warnings` prints the rest. */
const MAX_WARNINGS_SHOWN = 20

interface ImportCommandOptions {
  readonly from: string
  readonly also: readonly string[]
  readonly out: string
  readonly metersPerTransformer: number
  readonly lateralFuses?: boolean
  readonly terminals?: boolean
  readonly units?: string
  readonly skipMissing?: boolean
  readonly allWarnings?: boolean
  readonly json?: boolean
}

/** Adds `import` to the `grid` verb. */
export function registerGridImport(grid: Command): void {
  grid
    .command('import <path>')
    .description('Make a grid file from a network model of another program.')
    .addOption(
      new Option('--from <dialect>', 'what PATH is written in')
        .choices(DIALECTS)
        .makeOptionMandatory(),
    )
    .option(
      '--also <file>',
      'read a further script or coordinate file after PATH; repeatable',
      collect,
      [],
    )
    .requiredOption('--out <file>', '.json, .jsonl, each also with .gz')
    .option(
      '--meters-per-transformer <n>',
      'invent meters up to this many at transformers that supply somebody',
      meters,
      0,
    )
    .option('--lateral-fuses', 'a fuse where one or two phases leave a three-phase line')
    .option('--terminals', 'a concentrator at each transformer and an FTU at each switch')
    .option('--units <file>', 'YAML or JSON: units, and who runs which substation and feeder')
    .option('--skip-missing', 'read on without included files that are not there')
    .option('--all-warnings', `print every warning, not the first ${MAX_WARNINGS_SHOWN}`)
    .option('--json', 'print one JSON object with counts, what was skipped and every warning')
    .action(importGrid)
}

const collect = (file: string, before: readonly string[]) => [...before, file]

function meters(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= MOST_METERS_PER_TRANSFORMER) return value
  throw new InvalidArgumentError(`It must be 0 to ${MOST_METERS_PER_TRANSFORMER}.`)
}

async function importGrid(path: string, options: ImportCommandOptions): Promise<void> {
  if (options.from !== SUPPORTED)
    throw new UsageError(`--from ${options.from} cannot be read yet; supported: ${SUPPORTED}`)
  try {
    const { grid, report } = importOpenDss({
      path,
      also: options.also,
      readText,
      list,
      lateralFuses: options.lateralFuses ?? false,
      metersPerTransformer: options.metersPerTransformer,
      terminals: options.terminals ?? false,
      skipMissing: options.skipMissing ?? false,
      units: options.units === undefined ? undefined : readUnits(options.units),
    })
    const { digest } = await writeGridFile(options.out, gridLinesOf(grid))
    if (options.json) console.log(JSON.stringify({ file: options.out, digest, ...report }))
    else print(report, options)
  } catch (error) {
    if (error instanceof ImportError || error instanceof GridFileError)
      throw new ConfigError([error.message], { cause: error })
    throw error
  }
}

/** UTF-8, or Latin-1 where the bytes are none: old models have degree signs and no-break spaces. */
function readText(path: string): string | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined
    throw new ConfigError([`${path}: ${(error as Error).message}`], { cause: error })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readUnits(file: string): UnitsMapping {
  const text = readText(file)
  if (text === undefined) throw new ConfigError([`${file}: no such file`])
  let content: unknown
  try {
    content = parseYaml(text)
  } catch (error) {
    throw new ConfigError([`${file}: ${(error as Error).message}`], { cause: error })
  }
  return parseUnits(file, content)
}

function print({ counts, skipped, warnings }: ImportReport, options: ImportCommandOptions): void {
  const shown = options.allWarnings ? warnings : warnings.slice(0, MAX_WARNINGS_SHOWN)
  for (const warning of shown) console.error(`warning: ${warningText(warning)}`)
  const hidden = warnings.length - shown.length
  if (hidden > 0) console.error(`warning: ${hidden} more; --all-warnings prints them`)
  const rows: [string, number][] = Object.entries(counts)
  for (const { what, count } of skipped) rows.push([`skipped: ${what}`, count])
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, count] of rows) console.log(`${name.padEnd(width)}  ${count}`)
  console.log(`written to ${options.out}`)
}

const warningText = ({ place, text }: ImportWarning) =>
  place ? `${place.file}:${place.line}: ${text}` : text

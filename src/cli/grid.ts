/** `grid …`: make, check, describe and compare grid files. */
import { SingleBar } from 'cli-progress'
import { type Command, InvalidArgumentError } from 'commander'
import { GridFileError, readGridFile, readGridLines, writeGridFile } from '../app/grid-files.ts'
import { ConfigError, UsageError } from '../config/errors.ts'
import { GridCheck } from '../grid/check.ts'
import { diffGrids, type GridDiff, isEmptyDiff } from '../grid/diff.ts'
import { FEWEST_CUSTOMERS, generateGridLines, MOST_CUSTOMERS } from '../grid/generate/generate.ts'
import { formatProblem, Problems } from '../grid/problems.ts'
import { GridStatistics, type GridStats } from '../grid/stats.ts'
import { registerGridApply } from './grid-apply.ts'
import { registerGridCompile } from './grid-compile.ts'
import { registerGridDraw } from './grid-draw.ts'
import { registerGridImport } from './grid-import.ts'

/** Ids of one kind of change that `grid diff` prints; `--json` has them all. */
const MAX_IDS_SHOWN = 10

export function registerGrid(program: Command): void {
  const grid = program.command('grid').description('Make, check and compare grid files.')
  registerGridImport(grid)
  registerGenerate(grid)
  registerCheck(grid)
  registerStats(grid)
  registerGridCompile(grid)
  registerGridDraw(grid)
  registerDiff(grid)
  registerGridApply(grid)
}

const BAR = {
  format: 'writing {bar} {percentage} % · {value} customers · {eta_formatted}',
  stream: process.stderr,
  clearOnComplete: true,
}

const wholeNumber = (low: number, high: number) => (text: string) => {
  const value = Number(text)
  if (/^-?\d+$/.test(text) && value >= low && value <= high) return value
  throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`)
}

interface GenerateOptions {
  readonly customers: number
  readonly seed: number
  readonly out: string
}

function registerGenerate(grid: Command): void {
  grid
    .command('generate')
    .description('Make up a realistic utility. The same customers and seed give the same file.')
    .requiredOption(
      '--customers <n>',
      'usage points, exactly',
      wholeNumber(FEWEST_CUSTOMERS, MOST_CUSTOMERS),
    )
    .option('--seed <s>', 'any whole number of 32 bits', wholeNumber(-(2 ** 31), 2 ** 32 - 1), 1)
    .requiredOption('--out <file>', '.json, .jsonl, each also with .gz')
    .action(async ({ customers, seed, out }: GenerateOptions) => {
      const bar = process.stderr.isTTY ? new SingleBar(BAR) : undefined
      bar?.start(customers, 0)
      const written = await asConfigError(
        writeGridFile(out, generateGridLines({ customers, seed }), (usagePoints) =>
          bar?.update(usagePoints),
        ),
      )
      bar?.stop()
      console.log(
        `${out}: ${written.objects} objects, ${customers} customers, sha256 ${written.digest}`,
      )
    })
}

function registerCheck(grid: Command): void {
  grid
    .command('check <file>')
    .description('Say what is wrong with a grid file; exit 78 where it cannot be used.')
    .option('--json', 'print the problems as one JSON object')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const problems = new Problems()
      const check = new GridCheck(problems)
      await asConfigError(feed(file, problems, check))
      check.finish()
      const found = problems.list()
      if (json) console.log(JSON.stringify({ file, usable: !problems.hasErrors, problems: found }))
      if (problems.hasErrors)
        throw new ConfigError([
          `${file}: this grid cannot be used`,
          ...(json ? [] : found.map((problem) => `  ${formatProblem(problem)}`)),
        ])
      if (json) return
      for (const problem of found) console.log(formatProblem(problem))
      console.log(`${file}: usable, ${found.length} warnings`)
    })
}

function registerStats(grid: Command): void {
  grid
    .command('stats <file>')
    .description('Counts and depths of a grid file.')
    .option('--json', 'print one JSON object')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const problems = new Problems()
      const statistics = new GridStatistics()
      const digest = await asConfigError(feed(file, problems, statistics))
      const stats = { file, digest, ...statistics.finish() }
      console.log(json ? JSON.stringify(stats) : statsText(stats))
    })
}

function registerDiff(grid: Command): void {
  grid
    .command('diff <before> <after>')
    .description('What changed between two grid files (up to 300,000 usage points each).')
    .option('--json', 'print one JSON object with every id')
    .action(async (before: string, after: string, { json }: { json?: boolean }) => {
      const [a, b] = await asConfigError(Promise.all([readGridFile(before), readGridFile(after)]))
      const diff = diffGrids(a.grid, b.grid)
      if (json) console.log(JSON.stringify(diff))
      else console.log(isEmptyDiff(diff) ? 'no difference' : diffText(diff))
    })
}

/** Reads `file` into `into`; answers its digest. */
async function feed(
  file: string,
  problems: Problems,
  into: GridCheck | GridStatistics,
): Promise<string> {
  const lines = readGridLines(file, problems)
  for await (const line of lines) into.add(line)
  return lines.digest()
}

/** A grid file that cannot be used is bad configuration (exit 78), its name bad usage (64). */
async function asConfigError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof GridFileError && error.code === 'grid.unknownFormat')
      throw new UsageError(error.message, { cause: error })
    if (error instanceof GridFileError) throw new ConfigError([error.message], { cause: error })
    throw error
  }
}

function statsText(stats: GridStats & { file: string; digest: string }): string {
  return Object.entries(stats)
    .map(([name, value]) => {
      const text =
        typeof value === 'object'
          ? Object.entries(value)
              .map(([word, count]) => `${word} ${count}`)
              .join(', ')
          : String(value)
      return `${name.padEnd(22)} ${text}`
    })
    .join('\n')
}

function diffText(diff: GridDiff): string {
  const lines: string[] = []
  for (const [list, { added, removed, changed }] of Object.entries(diff)) {
    lines.push(...idLines(`${list} added`, added))
    lines.push(...idLines(`${list} removed`, removed))
    lines.push(
      ...idLines(
        `${list} changed`,
        changed.map(({ id, fields }) => `${id} (${fields.join(', ')})`),
      ),
    )
  }
  return lines.join('\n')
}

function idLines(title: string, ids: readonly string[]): string[] {
  if (ids.length === 0) return []
  const shown = ids.slice(0, MAX_IDS_SHOWN).join(', ')
  const more = ids.length > MAX_IDS_SHOWN ? ` and ${ids.length - MAX_IDS_SHOWN} more` : ''
  return [`${title}: ${ids.length}: ${shown}${more}`]
}

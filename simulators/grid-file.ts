/**
 * Reads a grid file for the simulators: `.json`, `.json.gz`, `.jsonl` or `.jsonl.gz`. The parsing
 * is the program's; opening files is done here, because simulators import no adapters.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline, type Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { addLine, emptyGrid } from '../src/grid/lines.ts'
import type { Grid } from '../src/grid/model.ts'
import { LineParser, parseGrid } from '../src/grid/parse.ts'
import { formatProblem, Problems } from '../src/grid/problems.ts'

/** A grid file that cannot be used; one line a problem, with its place. */
export class GridFileError extends Error {
  readonly code = 'simulator.gridFile'
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GridFileError'
  }
}

/** Reads a whole grid into memory. Rejects with `GridFileError`. */
export async function readGridFile(path: string): Promise<Grid> {
  const problems = new Problems()
  const grid = await readGrid(path, problems).catch((cause: Error) => {
    throw new GridFileError(`${path}: ${cause.message}`, { cause })
  })
  if (problems.hasErrors)
    throw new GridFileError([`${path}:`, ...problems.list().map(formatProblem)].join('\n  '))
  return grid
}

async function readGrid(path: string, problems: Problems): Promise<Grid> {
  const bytes = openFile(path)
  if (!/\.jsonl(\.gz)?$/.test(path)) return parseGrid(JSON.parse(await text(bytes)), problems)
  const grid = emptyGrid()
  const parser = new LineParser(problems)
  for await (const line of createInterface({ input: bytes })) {
    const object = parser.parse(line)
    if (object) addLine(grid, object)
  }
  parser.end()
  return grid
}

/** The file, unpacked; `pipeline` passes a failure of the file on to whoever reads the end. */
function openFile(path: string): Readable {
  const file = createReadStream(path)
  return path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file
}

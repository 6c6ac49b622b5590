/**
 * Reads a grid file for the simulators: `.json`, `.json.gz`, `.jsonl` or `.jsonl.gz`. It reads
 * only; `grid check` is where a grid is judged.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { GRID_VERSION, type Grid, type GridLineObject } from '../src/grid/model.ts'

/** A grid file that cannot be read, with its name and, for JSON lines, the line. */
export class GridFileError extends Error {
  readonly code = 'simulator.gridFile'
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GridFileError'
  }
}

/** Reads a whole grid into memory. Rejects with `GridFileError`. */
export async function readGridFile(path: string): Promise<Grid> {
  try {
    const file = createReadStream(path)
    // `pipeline` passes a failure of the file on to whoever reads the end; nothing else to do.
    const bytes = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file
    return /\.jsonl(\.gz)?$/.test(path)
      ? await readLines(path, bytes)
      : await readObject(path, bytes)
  } catch (cause) {
    if (cause instanceof GridFileError) throw cause
    throw new GridFileError(`${path}: ${(cause as Error).message}`, { cause })
  }
}

const EMPTY = {
  units: [],
  substations: [],
  feeders: [],
  nodes: [],
  devices: [],
  lines: [],
  usagePoints: [],
  observers: [],
}

async function readObject(path: string, bytes: NodeJS.ReadableStream): Promise<Grid> {
  const chunks: Buffer[] = []
  for await (const chunk of bytes) chunks.push(chunk as Buffer)
  const grid = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Partial<Grid>
  checkVersion(path, grid.version)
  return { ...structuredClone(EMPTY), ...grid } as Grid
}

async function readLines(path: string, bytes: NodeJS.ReadableStream): Promise<Grid> {
  const grid: Grid = { version: GRID_VERSION, ...structuredClone(EMPTY) }
  let number = 0
  for await (const text of createInterface({ input: bytes })) {
    number += 1
    if (text.trim() === '') continue
    try {
      take(grid, JSON.parse(text) as GridLineObject, path)
    } catch (cause) {
      throw new GridFileError(`${path}:${number}: ${(cause as Error).message}`, { cause })
    }
  }
  return grid
}

function take(grid: Grid, { $: kind, ...object }: GridLineObject, path: string): void {
  if (kind === 'grid') {
    const head = object as { version: number; name?: string }
    checkVersion(path, head.version)
    grid.name = head.name
    return
  }
  const list = grid[`${kind}s`] as unknown[] | undefined
  if (!list) throw new GridFileError(`unknown kind "${kind}"`)
  list.push(object)
}

function checkVersion(path: string, version: unknown): void {
  if (version !== GRID_VERSION)
    throw new GridFileError(`${path}: version ${version}, expected ${GRID_VERSION}`)
}

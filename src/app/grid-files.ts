/**
 * Grid files on disk: `.json`, `.jsonl`, each plain or `.gz`. Reads and writes as a stream; the
 * digest is the SHA-256 of the uncompressed content, so compressing a file again does not change
 * it. Field faults are collected, never thrown; a file that cannot be read at all is an error.
 */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { addLine, emptyGrid, gridLinesOf, LISTS } from '../grid/lines.ts'
import type { Grid, GridLineObject, GridProblem } from '../grid/model.ts'
import { LineParser, parseGrid } from '../grid/parse.ts'
import { formatProblem, Problems } from '../grid/problems.ts'

/** Usage points of the `.json` forms (CONTRACT §3); above, a file is read line by line. */
export const MAX_JSON_USAGE_POINTS = 300_000
/** Uncompressed bytes of the `.json` forms: three times what the above needs, within one string. */
export const MAX_JSON_BYTES = 268_435_456
/** Characters of one line: `MAX_PATH_POINTS` bends fit twice. */
export const MAX_LINE_LENGTH = 1_048_576

/** Bytes written at once; also what is compressed at once. */
const CHUNK_LENGTH = 262_144
/** Fast rather than small: level 6 takes twice the time for a tenth less. */
const GZIP_LEVEL = 3

export type GridFileErrorCode =
  | 'grid.unknownFormat'
  | 'grid.unreadable'
  | 'grid.tooLarge'
  | 'grid.invalid'
  | 'grid.unwritable'

/** A grid file cannot be used. `problems` names each place, where its content is at fault. */
export class GridFileError extends Error {
  readonly code: GridFileErrorCode
  readonly problems: readonly GridProblem[]
  constructor(
    code: GridFileErrorCode,
    message: string,
    problems: readonly GridProblem[] = [],
    options?: ErrorOptions,
  ) {
    super([message, ...problems.map(formatProblem)].join('\n  '), options)
    this.name = 'GridFileError'
    this.code = code
    this.problems = problems
  }
}

interface Format {
  readonly lines: boolean
  readonly gzip: boolean
}

function formatOf(path: string): Format {
  const match = /\.(jsonl?)(\.gz)?$/.exec(path)
  if (match) return { lines: match[1] === 'jsonl', gzip: match[2] !== undefined }
  const said = 'the name must end in .json, .jsonl, .json.gz or .jsonl.gz'
  throw new GridFileError('grid.unknownFormat', `${path}: ${said}`)
}

/** The objects of a grid file, in order. Iterate once; then its digest is known. */
export interface GridLines extends AsyncIterable<GridLineObject> {
  /** SHA-256 of the uncompressed content, lower-case hex. Throws before the end is reached. */
  digest(): string
}

/**
 * Reads a grid file of any form object by object. Objects with a fault are left out and named in
 * `problems`. @throws GridFileError while iterating
 */
export function readGridLines(path: string, problems: Problems): GridLines {
  const format = formatOf(path)
  const hash = createHash('sha256')
  let digest: string | undefined
  return {
    digest() {
      if (digest === undefined) throw new Error('the grid file is not read to its end')
      return digest
    },
    async *[Symbol.asyncIterator]() {
      const texts = readTexts(path, format, hash)
      if (format.lines) yield* readJsonLines(path, texts, problems)
      else yield* gridLinesOf(await readJson(path, texts, problems))
      digest = hash.digest('hex')
    },
  }
}

export interface GridFile {
  readonly grid: Grid
  readonly digest: string
  readonly warnings: readonly GridProblem[]
}

/**
 * Reads a whole grid into memory: for up to some 300,000 usage points. Checks fields, not the
 * network (`checkGrid`). @throws GridFileError
 */
export async function readGridFile(path: string): Promise<GridFile> {
  const problems = new Problems()
  const lines = readGridLines(path, problems)
  const grid = emptyGrid()
  for await (const line of lines) addLine(grid, line)
  const found = problems.list()
  if (problems.hasErrors)
    throw new GridFileError('grid.invalid', `${path}: not a usable grid file`, found)
  return { grid, digest: lines.digest(), warnings: found }
}

async function* readTexts(path: string, { gzip }: Format, hash: Hash): AsyncGenerator<string> {
  const file = createReadStream(path, { highWaterMark: CHUNK_LENGTH })
  const bytes = gzip ? createGunzip({ chunkSize: CHUNK_LENGTH }) : file
  // The error of the file ends the unpacking; the loop below meets it there.
  if (gzip) pipeline(file, bytes as NodeJS.WritableStream).catch(() => {})
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      hash.update(chunk)
      yield decoder.decode(chunk, { stream: true })
    }
    yield decoder.decode()
  } catch (error) {
    const { message } = error as Error
    throw new GridFileError('grid.unreadable', `${path}: ${message}`, [], { cause: error })
  } finally {
    file.destroy()
  }
}

async function* readJsonLines(
  path: string,
  texts: AsyncIterable<string>,
  problems: Problems,
): AsyncGenerator<GridLineObject> {
  const parser = new LineParser(problems)
  let rest = ''
  for await (const text of texts) {
    const block = rest + text
    let from = 0
    for (let to = block.indexOf('\n'); to >= 0; to = block.indexOf('\n', from)) {
      const line = parser.parse(block.slice(from, to))
      from = to + 1
      if (line) yield line
    }
    rest = block.slice(from)
    if (rest.length > MAX_LINE_LENGTH)
      throw new GridFileError(
        'grid.tooLarge',
        `${path}: a line above ${MAX_LINE_LENGTH} characters`,
      )
  }
  const last = parser.parse(rest)
  if (last) yield last
  parser.end()
}

async function readJson(
  path: string,
  texts: AsyncIterable<string>,
  problems: Problems,
): Promise<Grid> {
  const parts: string[] = []
  let length = 0
  for await (const text of texts) {
    length += text.length
    if (length > MAX_JSON_BYTES) {
      const said = `above ${MAX_JSON_BYTES} bytes; use .jsonl for a grid of this size`
      throw new GridFileError('grid.tooLarge', `${path}: ${said}`)
    }
    parts.push(text)
  }
  try {
    return parseGrid(JSON.parse(parts.join('')), problems)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    problems.error('grid.malformed', 'grid', `not JSON: ${error.message}`)
    return emptyGrid()
  }
}

export interface WrittenGridFile {
  readonly digest: string
  /** Uncompressed. */
  readonly bytes: number
  readonly objects: number
}

/**
 * Writes a grid, or its line objects one by one, in the form that the name of the file says. The
 * file appears when it is complete. `onProgress` hears how many usage points are written.
 * @throws GridFileError
 */
export async function writeGridFile(
  path: string,
  source: Grid | Iterable<GridLineObject>,
  onProgress: (usagePoints: number) => void = () => {},
): Promise<WrittenGridFile> {
  const format = formatOf(path)
  const lines = Symbol.iterator in source ? source : gridLinesOf(source)
  const hash = createHash('sha256')
  const written = { bytes: 0, objects: 0 }
  const counted = countObjects(lines, path, format, (objects, usagePoints) => {
    written.objects = objects
    onProgress(usagePoints)
  })
  const texts = format.lines ? jsonLinesTexts(counted) : jsonTexts(counted)
  const chunks = function* () {
    for (const chunk of joined(texts)) {
      const bytes = Buffer.from(chunk)
      hash.update(bytes)
      written.bytes += bytes.length
      yield bytes
    }
  }
  const partial = `${path}.partial`
  try {
    const file = createWriteStream(partial)
    const from = Readable.from(chunks(), { objectMode: false, highWaterMark: CHUNK_LENGTH })
    if (format.gzip) await pipeline(from, createGzip({ level: GZIP_LEVEL }), file)
    else await pipeline(from, file)
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
    const { message } = error as Error
    throw new GridFileError('grid.unwritable', `${path}: ${message}`, [], { cause: error })
  }
  return { digest: hash.digest('hex'), ...written }
}

/** Objects between two calls of the progress listener. */
const PROGRESS_EVERY = 4_096

function* countObjects(
  lines: Iterable<GridLineObject>,
  path: string,
  format: Format,
  onProgress: (objects: number, usagePoints: number) => void,
): Generator<GridLineObject> {
  let objects = 0
  let usagePoints = 0
  for (const line of lines) {
    if (line.$ === 'usagePoint' && ++usagePoints > MAX_JSON_USAGE_POINTS && !format.lines) {
      const said = `.json holds up to ${MAX_JSON_USAGE_POINTS} usage points; use .jsonl`
      throw new GridFileError('grid.tooLarge', `${path}: ${said}`)
    }
    if (++objects % PROGRESS_EVERY === 0) onProgress(objects, usagePoints)
    yield line
  }
  onProgress(objects, usagePoints)
}

function* jsonLinesTexts(lines: Iterable<GridLineObject>): Generator<string> {
  for (const line of lines) yield `${JSON.stringify(line)}\n`
}

/** One object a line here too, so that two files can be compared with ordinary tools. */
function* jsonTexts(lines: Iterable<GridLineObject>): Generator<string> {
  let list = -1
  let first = true
  for (const { $: kind, ...item } of lines) {
    if (kind === 'grid') {
      yield JSON.stringify(item).slice(0, -1)
      continue
    }
    const own = LISTS.findIndex(([of]) => of === kind)
    while (list < own) {
      yield `${list < 0 ? '' : '\n]'},\n"${LISTS[++list]![1]}":[`
      first = true
    }
    yield `${first ? '' : ','}\n${JSON.stringify(item)}`
    first = false
  }
  while (list < LISTS.length - 1) yield `${list < 0 ? '' : '\n]'},\n"${LISTS[++list]![1]}":[`
  yield '\n]}\n'
}

/** Small texts joined to chunks. */
function* joined(texts: Iterable<string>): Generator<string> {
  let chunk = ''
  for (const text of texts) {
    chunk += text
    if (chunk.length >= CHUNK_LENGTH) {
      yield chunk
      chunk = ''
    }
  }
  if (chunk !== '') yield chunk
}

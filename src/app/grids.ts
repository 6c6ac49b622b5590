/**
 * Grids on disk for the program: a grid file or a compiled image becomes a `CompiledGrid`. A file of
 * any size is read object by object; nothing of it is held.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { GridCheck } from '../grid/check.ts'
import { GridCompiler } from '../grid/compile.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { IMAGE_VERSION, ImageError } from '../grid/image.ts'
import { Problems } from '../grid/problems.ts'
import { GridFileError, readGridLines } from './grid-files.ts'
import { isGridImage, readGridImage, writeGridImage } from './grid-image.ts'

/**
 * Loads the image at `path`, or compiles the grid file there.
 * @throws GridFileError, GridError naming the place; ImageError naming the section
 */
export async function loadCompiledGrid(path: string): Promise<CompiledGrid> {
  const image = await asUnreadable(path, isGridImage(path))
  return image ? readGridImage(path) : compileGridFile(path)
}

/** Compiles the grid file at `path`. @throws GridFileError, GridError naming the place */
export async function compileGridFile(path: string): Promise<CompiledGrid> {
  const problems = new Problems()
  const compiler = new GridCompiler()
  const lines = readGridLines(path, problems)
  for await (const line of lines) compiler.add(line)
  if (problems.hasErrors)
    throw new GridFileError('grid.invalid', `${path}: not a usable grid file`, problems.list())
  return compiler.finish(lines.digest())
}

/**
 * Says what makes the network of a grid file unusable: a loop, a customer that no source reaches. A
 * compiled image was made from a file and is not looked at again. @throws GridFileError
 */
export async function assertUsableGrid(path: string): Promise<void> {
  if (await asUnreadable(path, isGridImage(path))) return
  const problems = new Problems()
  const check = new GridCheck(problems)
  for await (const line of readGridLines(path, problems)) check.add(line)
  check.finish()
  if (problems.hasErrors)
    throw new GridFileError('grid.invalid', `${path}: this grid cannot be used`, problems.list())
}

/**
 * Compiles a grid file once: the image is kept in `cacheDir` under the file's digest (which a caller
 * who knows it may pass) and loaded from there the next time. An image that cannot be used, because
 * it is damaged or of another version, is made anew. @throws as `loadCompiledGrid`
 */
export async function loadCompiledGridCached(
  path: string,
  cacheDir: string,
  digest?: string,
): Promise<CompiledGrid> {
  if (await asUnreadable(path, isGridImage(path))) return readGridImage(path)
  const known = await keptImage(cacheDir, digest ?? (await digestOfGridFile(path)))
  if (known) return known
  const grid = await compileGridFile(path)
  // Without room for it the grid is only compiled again the next time.
  await writeGridImage(imagePath(cacheDir, grid.digest), grid).catch(() => {})
  return grid
}

const imagePath = (cacheDir: string, digest: string) =>
  join(cacheDir, `${digest}.v${IMAGE_VERSION}.image`)

async function keptImage(cacheDir: string, digest: string): Promise<CompiledGrid | undefined> {
  try {
    const grid = await readGridImage(imagePath(cacheDir, digest))
    return grid.digest === digest ? grid : undefined
  } catch (error) {
    if (error instanceof ImageError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined
    throw error
  }
}

/** SHA-256 of the uncompressed content, as `GridLines.digest`. @throws GridFileError */
async function digestOfGridFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  const file = createReadStream(path)
  const packed = path.endsWith('.gz')
  await asUnreadable(path, packed ? pipeline(file, createGunzip(), hash) : pipeline(file, hash))
  return hash.digest('hex')
}

async function asUnreadable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const { message } = error as Error
    throw new GridFileError('grid.unreadable', `${path}: ${message}`, [], { cause: error })
  }
}

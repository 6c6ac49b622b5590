/**
 * Grids on disk for the program: a grid file becomes a `CompiledGrid`. A file of any size is read
 * object by object; nothing of it is held.
 */
import { GridCompiler } from '../grid/compile.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { Problems } from '../grid/problems.ts'
import { GridFileError, readGridLines } from './grid-files.ts'

/** Compiles the grid file at `path`; throws `GridFileError` or `GridError` naming the place. */
export async function loadCompiledGrid(path: string): Promise<CompiledGrid> {
  const problems = new Problems()
  const compiler = new GridCompiler()
  const lines = readGridLines(path, problems)
  for await (const line of lines) compiler.add(line)
  if (problems.hasErrors)
    throw new GridFileError('grid.invalid', `${path}: not a usable grid file`, problems.list())
  return compiler.finish(lines.digest())
}

/** The network of `bench engine`: generated once by size and seed, kept as a compiled image. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isGridImage, readGridImage, writeGridImage } from '../../app/grid-image.ts'
import { compileGridFile } from '../../app/grids.ts'
import { GridCompiler } from '../../grid/compile.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { generateGridLines } from '../../grid/generate/generate.ts'
import { IMAGE_VERSION } from '../../grid/image.ts'

export interface NetworkChoice {
  readonly meters: number
  readonly seed: number
  /** A grid file or image to measure on instead of a generated network. */
  readonly grid?: string
}

/** The path of a compiled image of the network, made where it is not there yet. */
export async function imageOfNetwork({ meters, seed, grid }: NetworkChoice): Promise<string> {
  const folder = join(tmpdir(), 'lastgasp-bench')
  if (grid !== undefined) {
    if (await isGridImage(grid)) return grid
    const compiled = await compileGridFile(grid)
    const path = join(folder, `${compiled.digest}.v${IMAGE_VERSION}.image`)
    await writeGridImage(path, compiled)
    return path
  }
  const path = join(folder, `grid-${meters}-${seed}-v${IMAGE_VERSION}.image`)
  if (existsSync(path)) return path
  console.error(`generating a network of ${meters} customers for ${path} …`)
  const compiler = new GridCompiler()
  for (const line of generateGridLines({ customers: meters, seed })) compiler.add(line)
  await writeGridImage(path, compiler.finish(`generated-${meters}-${seed}`))
  return path
}

/** The same as a grid that the program takes: under a digest that looks like one. */
export async function servableNetwork(
  choice: NetworkChoice,
): Promise<{ readonly path: string; readonly grid: CompiledGrid }> {
  const image = await imageOfNetwork(choice)
  const path = image.replace('.image', '.served.image')
  if (existsSync(path)) return { path, grid: await readGridImage(path) }
  const compiled = await readGridImage(image)
  const digest = createHash('sha256').update(compiled.digest).digest('hex')
  const grid = { ...compiled, digest }
  await writeGridImage(path, grid)
  return { path, grid }
}

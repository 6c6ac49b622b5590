/** `grid compile`: a grid file as the binary image that starts within seconds. */
import type { Command } from 'commander'
import { GridFileError } from '../app/grid-files.ts'
import { writeGridImage } from '../app/grid-image.ts'
import { loadCompiledGrid } from '../app/grids.ts'
import { ConfigError, UsageError } from '../config/errors.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { GridError } from '../grid/grid-error.ts'
import { ImageError } from '../grid/image.ts'

/** Notes printed one by one; a network may have thousands of devices that nothing feeds. */
const MAX_NOTES_SHOWN = 20

const NOTES: Readonly<Record<CompiledGrid['notes'][number]['code'], string>> = {
  loop: 'closes a loop and is taken as open',
  notEnergised: 'is closed, but nothing feeds it',
  noFeeder: 'belongs to no feeder',
}

export function registerGridCompile(grid: Command): void {
  grid
    .command('compile <file>')
    .description('Compile a grid file to a binary image, which serve and bench take in its place.')
    .requiredOption('--out <image>', 'where to write the image')
    .action(async (file: string, { out }: { out: string }) => {
      const compiled = await asConfigError(loadCompiledGrid(file))
      const bytes = await writeGridImage(out, compiled)
      for (const { code, device } of compiled.notes.slice(0, MAX_NOTES_SHOWN))
        console.log(`device ${device} ${NOTES[code]}`)
      if (compiled.notes.length > MAX_NOTES_SHOWN)
        console.log(`… and ${compiled.notes.length - MAX_NOTES_SHOWN} more`)
      console.log(
        `${out}: ${bytes} bytes, ${compiled.usagePoints.ids.count} usage points, ` +
          `${compiled.devices.ids.count} devices, sha256 of the grid ${compiled.digest}`,
      )
    })
}

/** A grid that cannot be used is bad configuration (exit 78), a wrong kind of name bad usage (64). */
async function asConfigError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const { message } = error as Error
    if (error instanceof GridFileError && error.code === 'grid.unknownFormat')
      throw new UsageError(message, { cause: error })
    if (error instanceof GridFileError || error instanceof GridError || error instanceof ImageError)
      throw new ConfigError([message], { cause: error })
    throw error
  }
}

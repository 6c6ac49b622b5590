/** The grid at the start: the one that was given, or the one the data folder was watched with before. */
import type { JournalPort } from '../journal/port.ts'
import type { Library } from './library.ts'
import type { Pipeline } from './pipeline.ts'

/** There is nothing to watch: neither a flag nor the data folder names a grid. */
export class NoGridError extends Error {
  readonly code = 'app.noGrid'
  constructor(dir: string) {
    super(`no grid in ${dir}: give --grid FILE, or --demo for a demonstration county`)
    this.name = 'NoGridError'
  }
}

/** Makes the given grid a fact, where it is not in force already. @throws NoGridError */
export async function applyGridOfStart(
  given: {
    readonly gridFile?: string
    readonly settings: { readonly data: { readonly dir: string } }
  },
  parts: { library: Library; journal: Pick<JournalPort, 'append'>; pipeline: Pipeline },
): Promise<void> {
  const { library, journal } = parts
  const { judge } = parts.pipeline
  const receivedAt = Date.now()
  if (given.gridFile !== undefined) {
    const { digest } = await library.keepGrid(given.gridFile)
    if (judge.gridDigest !== digest)
      await journal.append({ type: 'gridApplied', receivedAt, digest, by: 'start' })
  }
  if (judge.gridDigest === '') throw new NoGridError(given.settings.data.dir)
  await library.load('grid', judge.gridDigest)
}

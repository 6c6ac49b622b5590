/** The grid and rules that a role was started with, from its own data folder. */
import { join } from 'node:path'
import { UsageError } from '../../config/errors.ts'
import type { Settings } from '../../config/schema.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { INSTALLED } from '../installed.ts'
import { Library } from '../library.ts'

export interface StartedWith {
  readonly library: Library
  readonly grid: CompiledGrid
  readonly rulesDigest: string
}

/** Keeps them in the data folder. @throws UsageError, GridError, RulesError */
export async function startedWith(
  settings: Settings,
  gridFile: string | undefined,
): Promise<StartedWith> {
  if (gridFile === undefined)
    throw new UsageError('this role needs --grid FILE, the same for all roles')
  const library = new Library(settings.data.dir)
  const grid = await library.keepGrid(gridFile)
  const dir = settings.rules.dir ?? join(INSTALLED, 'config', 'rules')
  return { library, grid, rulesDigest: library.keepRules(dir) }
}

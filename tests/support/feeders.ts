/**
 * Where the public test feeders lie: `LASTGASP_FEEDERS`, else beside the repository. Without them
 * their tests are skipped and named; with `CI=true` they must be there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type ImportOptions, importOpenDss } from '../../src/grid/opendss/importer.ts'

export const FEEDERS = resolve(process.env.LASTGASP_FEEDERS ?? '../shared/feeders')

export const feedersMissing = !existsSync(FEEDERS)
if (feedersMissing) {
  const said = `no feeders at ${FEEDERS}: set LASTGASP_FEEDERS`
  if (process.env.CI === 'true') throw new Error(said)
  console.warn(`skipped: ${said}`)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Imports `path` of the feeders, with `also` read after it. */
export function importFeeder(
  path: string,
  also: readonly string[] = [],
  options: Partial<ImportOptions> = {},
) {
  return importOpenDss({
    path: `${FEEDERS}/${path}`,
    also: also.map((file) => `${FEEDERS}/${file}`),
    readText: read,
    list,
    ...options,
  })
}

/** The three grids of the benchmarks, each imported as its benchmark asks. */
export const BENCHMARK_FEEDERS = {
  ieee8500: () =>
    importFeeder('ieee8500/Master-unbal.dss', ['ieee8500/Fuses.DSS'], { lateralFuses: true }),
  ieee9500: () =>
    importFeeder('ieee9500/Master-unbal-initial-config.dss', ['ieee9500/protection.dss'], {
      lateralFuses: true,
    }),
  ckt5: () => importFeeder('ckt5/Master_ckt5.dss', [], { lateralFuses: true }),
} as const

/** Small OpenDSS sources in memory, for tests of the importer. */
import { type ImportOptions, importOpenDss } from '../../../src/grid/opendss/importer.ts'

/** Files by path; `main.dss` is the one that is imported. */
export type Files = Readonly<Record<string, string>>

/** What a folder of `files` holds, folders included. */
function list(files: Files, folder: string): string[] {
  const prefix = folder === '.' ? '' : `${folder}/`
  const names = new Set<string>()
  for (const path of Object.keys(files)) {
    if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split('/', 1)[0]!)
  }
  return [...names]
}

export function importFiles(files: Files, options: Partial<ImportOptions> = {}) {
  return importOpenDss({
    path: 'main.dss',
    readText: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
    list: (folder) => list(files, folder),
    ...options,
  })
}

/** A 12.47 kV circuit fed at `src`, with `body` after it. */
export const circuit = (body: string) =>
  `Clear\nNew Circuit.c basekv=12.47 bus1=src\nNew Line.head bus1=src bus2=m\n${body}`

export const importText = (body: string, options: Partial<ImportOptions> = {}) =>
  importFiles({ 'main.dss': circuit(body) }, options)

/** A transformer to a house at each of `buses`, so that there is somebody to supply. */
export const house = (name: string, bus: string) =>
  `New Transformer.t${name} phases=1 windings=2 buses=[${bus} x${name}.1] kvs=[7.2 0.24] kvas=[25 25]
New Load.${name} phases=1 bus1=x${name}.1 kv=0.24 kW=3`

/** File names as OpenDSS scripts write them: backslashes, any case, relative to the including file. */

/** The files of a source, handed in: nothing here touches a disk. */
export interface SourceFiles {
  /** The text of a file, `undefined` where there is none. */
  readText(path: string): string | undefined
  /** Names in a folder, none where it is not one. */
  list(folder: string): readonly string[]
}

/** The folder of `path`, `.` where it has none. */
export function folderOf(path: string): string {
  const cut = path.lastIndexOf('/')
  return cut < 0 ? '.' : cut === 0 ? '/' : path.slice(0, cut)
}

export interface SourceFile {
  /** As it is spelt on disk. */
  readonly path: string
  readonly text: string
}

/** Finds and reads the file `written`, seen from `folder`; `undefined` where there is none. */
export function locate(
  files: SourceFiles,
  folder: string,
  written: string,
): SourceFile | undefined {
  const steps = written.replaceAll('\\', '/').split('/')
  let at = folder
  if (steps[0] === '') at = '/'
  for (const step of steps) {
    if (step === '' || step === '.') continue
    if (step === '..') {
      at = parentOf(at)
      continue
    }
    at = join(at, spelling(files.list(at), step) ?? step)
  }
  // A folder is no file, and a name that no folder lists may still be one.
  const text = files.readText(at)
  return text === undefined ? undefined : { path: at, text }
}

function spelling(names: readonly string[], wanted: string): string | undefined {
  if (names.includes(wanted)) return wanted
  const lower = wanted.toLowerCase()
  return names.find((name) => name.toLowerCase() === lower)
}

const join = (folder: string, name: string) =>
  folder === '.' ? name : folder === '/' ? `/${name}` : `${folder}/${name}`

function parentOf(folder: string): string {
  if (folder === '.') return '..'
  if (folder === '..' || folder.endsWith('/..')) return `${folder}/..`
  return folderOf(folder)
}

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

/** The path of `written` as it is spelt on disk, seen from `folder`; `undefined` where not found. */
export function locate(files: SourceFiles, folder: string, written: string): string | undefined {
  const steps = written.replaceAll('\\', '/').split('/')
  let at = folder
  if (steps[0] === '') at = '/'
  for (const [index, step] of steps.entries()) {
    if (step === '' || step === '.') continue
    if (step === '..') {
      at = parentOf(at)
      continue
    }
    const name = spelling(files.list(at), step)
    if (name === undefined) {
      const last = index === steps.length - 1
      return last && files.readText(join(at, step)) !== undefined ? join(at, step) : undefined
    }
    at = join(at, name)
  }
  return at
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

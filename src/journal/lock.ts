/**
 * One process owns a data folder. The lock is SQLite's own exclusive lock on `lock.db`: the kernel
 * drops it with the process, so nothing is left behind by a kill.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'libsql'

export interface DataFolderLock {
  release(): void
}

export class DataLockedError extends Error {
  readonly code = 'data.locked'
  constructor(dir: string, owner: string) {
    super(`data folder ${dir} is in use${owner ? ` by process ${owner}` : ''}`)
    this.name = 'DataLockedError'
  }
}

/** Creates the folder where needed and locks it, or throws `data.locked`, naming the process. */
export function lockDataFolder(dir: string): DataFolderLock {
  mkdirSync(dir, { recursive: true })
  const pidFile = join(dir, 'lock.pid')
  const db = new Database(join(dir, 'lock.db'))
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error
    throw new DataLockedError(dir, readOwner(pidFile))
  }
  writeFileSync(pidFile, `${process.pid}\n`)
  return { release: () => db.close() }
}

/** For the message only; the lock itself never rests on it. */
function readOwner(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim()
  } catch {
    return ''
  }
}

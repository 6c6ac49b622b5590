/**
 * Files that a fact will name: whole and on disk before the fact, or not there at all. A copy cut
 * short by a crash must never pass for the file of its digest.
 */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** `write` makes a file or folder under a name of its own; it is then synced and moved to `target`. */
export function place(target: string, write: (partial: string) => void): void {
  const partial = join(dirname(target), `partial-${process.pid}`)
  rmSync(partial, { recursive: true, force: true })
  write(partial)
  if (statSync(partial).isDirectory())
    for (const name of readdirSync(partial)) sync(join(partial, name))
  sync(partial)
  renameSync(partial, target)
  sync(dirname(target))
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Pictures as files named by their digest, in folders of two letters; the same picture is kept once. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

export interface PictureStore {
  /** Resolves once it is on disk. */
  keep(digest: string, picture: Uint8Array): Promise<void>
  read(digest: string): Promise<Buffer | undefined>
  /** Removes pictures that nobody holds any more; how many. */
  sweep(isHeld: (digest: string) => boolean): Promise<number>
}

/** `dir` is made with the first picture. */
export function openPictures(dir: string): PictureStore {
  const folderOf = (digest: string) => join(dir, digest.slice(0, 2))
  const fileOf = (digest: string) => join(folderOf(digest), digest)
  /** Kept a moment ago, their rows not yet filed. */
  const fresh = new Set<string>()
  return {
    async keep(digest, picture) {
      fresh.add(digest)
      await mkdir(folderOf(digest), { recursive: true })
      const partial = `${fileOf(digest)}.partial`
      const file = await open(partial, 'w')
      try {
        await file.writeFile(picture)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(partial, fileOf(digest))
    },
    read: (digest) => readFile(fileOf(digest)).catch(undefinedIfMissing),
    async sweep(isHeld) {
      const kept = new Set(fresh)
      fresh.clear()
      let removed = 0
      for (const folder of await namesIn(dir))
        for (const name of await namesIn(join(dir, folder))) {
          if (kept.has(name) || isHeld(name)) continue
          await rm(join(dir, folder, name), { force: true })
          removed++
        }
      return removed
    },
  }
}

const namesIn = (dir: string): Promise<string[]> =>
  readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })

function undefinedIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

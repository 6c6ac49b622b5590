/** The few file operations a snapshot needs, so that a test can lose power between any two. */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface SlotFile {
  /** Bytes from `offset`, fewer where the file ends. */
  read(offset: number, length: number): Promise<Buffer>
  write(offset: number, bytes: Uint8Array): Promise<void>
  truncate(length: number): Promise<void>
  /** Resolves when everything written before is on the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

export type OpenSlotFile = (path: string) => Promise<SlotFile>

async function readFully(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}

/** A nearly full disk takes part of a write before it refuses the rest. */
async function writeFully(file: FileHandle, offset: number, bytes: Uint8Array): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}

/** A new file's name is durable only when its folder is synced. Windows cannot sync a folder. */
async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Opens or creates a file on the disk. */
export async function openSlotFile(path: string): Promise<SlotFile> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  await syncFolder(dirname(path))
  return {
    read: (offset, length) => readFully(file, offset, length),
    write: (offset, bytes) => writeFully(file, offset, bytes),
    truncate: (length) => file.truncate(length),
    sync: () => file.datasync(),
    close: () => file.close(),
  }
}

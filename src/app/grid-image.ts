/**
 * Compiled images on disk. Written beside their place and moved there when complete and synced;
 * read section by section, so that an image may be larger than any one buffer.
 */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CompiledGrid } from '../grid/compiled.ts'
import {
  decodeImage,
  headLengthOf,
  ImageError,
  type ImageSection,
  imageParts,
  looksLikeImage,
  PRELUDE_BYTES,
  readHead,
} from '../grid/image.ts'

/** Read and written at once: the system takes less than 2 GiB in one call. */
const PIECE_BYTES = 256 * 1024 * 1024
/** Longest head: units, feeders and notes of a utility four times the size take a tenth. */
const MAX_HEAD_BYTES = 256 * 1024 * 1024

/** Writes the image of `grid` to `path`; the file appears when it is complete. Answers its bytes. */
export async function writeGridImage(path: string, grid: CompiledGrid): Promise<number> {
  await mkdir(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}.partial`
  const file = await open(partial, 'w')
  let bytes = 0
  try {
    for (const part of imageParts(grid)) {
      for (let at = 0; at < part.length; at += PIECE_BYTES)
        await writeAll(file, part.subarray(at, at + PIECE_BYTES))
      bytes += part.length
    }
    await file.sync()
    await file.close()
    await rename(partial, path)
  } catch (error) {
    await file.close().catch(() => {})
    await rm(partial, { force: true })
    throw error
  }
  return bytes
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; )
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten
}

/** True where `path` begins as a grid image does. @throws the system's error where it is no file */
export async function isGridImage(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    return looksLikeImage(await readUpTo(file, 0, PRELUDE_BYTES))
  } finally {
    await file.close()
  }
}

/**
 * Reads the image at `path`. @throws ImageError where it is none, of another version, cut short or
 * damaged: it names the section.
 */
export async function readGridImage(path: string): Promise<CompiledGrid> {
  const file = await open(path, 'r')
  try {
    const prelude = await readUpTo(file, 0, PRELUDE_BYTES)
    const length = headLengthOf(prelude)
    if (length > MAX_HEAD_BYTES)
      throw new ImageError('image.corrupt', 'head', `its length reads ${length}`)
    const head = readHead(prelude, await readUpTo(file, PRELUDE_BYTES, length))
    const { size } = await file.stat()
    const cut = head.sections.find(({ offset, byteLength }) => offset + byteLength > size)
    if (cut)
      throw new ImageError(
        'image.truncated',
        cut.name,
        `the file ends at ${size} of ${head.byteLength} bytes`,
      )
    const contents = new Map<ImageSection, Uint8Array>()
    for (const section of head.sections)
      contents.set(section, await readInto(sharedBytes(section.byteLength), file, section.offset))
    return decodeImage(head, (section) => contents.get(section)!)
  } finally {
    await file.close()
  }
}

/** Memory that threads have in common: the map is drawn by another one, from the same arrays. */
const sharedBytes = (length: number) => new Uint8Array(new SharedArrayBuffer(length))

/** The bytes from `position`, fewer where the file ends. */
function readUpTo(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  return readInto(new Uint8Array(length), file, position)
}

/** Fills `bytes` from `position` on, as far as the file goes. */
async function readInto(
  bytes: Uint8Array,
  file: FileHandle,
  position: number,
): Promise<Uint8Array> {
  const { length } = bytes
  let at = 0
  while (at < length) {
    const wanted = Math.min(PIECE_BYTES, length - at)
    const { bytesRead } = await file.read(bytes, at, wanted, position + at)
    if (bytesRead === 0) return bytes.subarray(0, at)
    at += bytesRead
  }
  return bytes
}

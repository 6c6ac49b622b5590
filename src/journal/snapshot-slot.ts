/**
 * One slot of the snapshot store on disk: header page, table of page checksums, the pages of all
 * sections, a heap. The header is written last and wiped first, so a slot is whole or void.
 */
import { crc32 } from 'node:zlib'
import type { InstantMs } from '../facts/time.ts'
import type { SlotFile } from './slot-file.ts'

/** Unit of dirtiness and of checksums: small enough that one report dirties little. */
export const SNAPSHOT_PAGE_BYTES = 65_536

export interface SnapshotSection {
  readonly name: string
  readonly bytes: number
}

/** What the snapshot is of. Only the caller knows what digests and versions mean. */
export interface SnapshotHeader {
  /** Last journal position contained. */
  readonly position: number
  readonly changesDigest: string
  readonly engineVersion: string
  readonly gridDigest: string
  readonly rulesDigest: string
  /** Engine time. */
  readonly at: InstantMs
  readonly sections: readonly SnapshotSection[]
}

/** What a whole slot holds. */
export interface SlotContent {
  readonly header: SnapshotHeader
  /** Grows by one with every snapshot; tells the newer slot. */
  readonly sequence: number
  readonly heapBytes: number
  readonly heapChecksum: number
  readonly pageChecksums: Uint32Array
}

const MAGIC = Buffer.from('LGSNAP01')
const PREFIX_BYTES = 16
/** Pages read at once when a slot is verified. */
const VERIFY_PAGES = 16

export function pagesOf(bytes: number): number {
  return Math.ceil(bytes / SNAPSHOT_PAGE_BYTES)
}

/** Where everything lies in a slot of these sections. */
export interface SlotLayout {
  readonly pages: number
  readonly tableOffset: number
  readonly pagesOffset: number
  readonly heapOffset: number
  /** Index of each section's first page. */
  readonly firstPage: ReadonlyMap<string, number>
}

export function layoutOf(sections: readonly SnapshotSection[]): SlotLayout {
  const firstPage = new Map<string, number>()
  let pages = 0
  for (const { name, bytes } of sections) {
    if (firstPage.has(name)) throw new Error(`two snapshot sections are named ${name}`)
    firstPage.set(name, pages)
    pages += pagesOf(bytes)
  }
  const tableOffset = SNAPSHOT_PAGE_BYTES
  const pagesOffset = tableOffset + pagesOf(pages * 4) * SNAPSHOT_PAGE_BYTES
  const heapOffset = pagesOffset + pages * SNAPSHOT_PAGE_BYTES
  return { pages, tableOffset, pagesOffset, heapOffset, firstPage }
}

/** Bytes in page `index` of a section: the last one may be shorter. */
export function pageBytes(section: SnapshotSection, index: number): number {
  return Math.min(SNAPSHOT_PAGE_BYTES, section.bytes - index * SNAPSHOT_PAGE_BYTES)
}

function tableBytes(table: Uint32Array): Uint8Array {
  return new Uint8Array(table.buffer, table.byteOffset, table.byteLength)
}

/** Makes the slot void, durably, before any of its bytes change. */
export async function wipe(file: SlotFile, keepPages: boolean): Promise<void> {
  if (keepPages) await file.write(0, Buffer.alloc(PREFIX_BYTES))
  else await file.truncate(0)
  await file.sync()
}

/** Writes table and header around pages already written, each synced before the next. */
export async function seal(file: SlotFile, content: SlotContent): Promise<void> {
  const { tableOffset, heapOffset } = layoutOf(content.header.sections)
  const table = tableBytes(content.pageChecksums)
  await file.write(tableOffset, table)
  await file.truncate(heapOffset + content.heapBytes)
  await file.sync()
  const { header, sequence, heapBytes, heapChecksum } = content
  const json = Buffer.from(
    JSON.stringify({ header, sequence, heapBytes, heapChecksum, tableChecksum: crc32(table) }),
  )
  if (json.length > SNAPSHOT_PAGE_BYTES - PREFIX_BYTES)
    throw new Error(`snapshot header of ${json.length} bytes does not fit its page`)
  const prefix = Buffer.alloc(PREFIX_BYTES)
  MAGIC.copy(prefix)
  prefix.writeUInt32LE(json.length, 8)
  prefix.writeUInt32LE(crc32(json), 12)
  await file.write(0, Buffer.concat([prefix, json]))
  await file.sync()
}

/** Header and table of a slot; a string says why there are none (`'empty'`: never written). */
export async function readContent(file: SlotFile): Promise<SlotContent | string> {
  const page = await file.read(0, SNAPSHOT_PAGE_BYTES)
  if (page.length < PREFIX_BYTES || page.every((byte) => byte === 0)) return 'empty'
  if (!page.subarray(0, 8).equals(MAGIC)) return 'unfinished'
  const json = page.subarray(PREFIX_BYTES, PREFIX_BYTES + page.readUInt32LE(8))
  if (crc32(json) !== page.readUInt32LE(12)) return 'header'
  const { tableChecksum, ...content } = JSON.parse(json.toString('utf8')) as Omit<
    SlotContent,
    'pageChecksums'
  > & { tableChecksum: number }
  const { pages, tableOffset } = layoutOf(content.header.sections)
  const table = await file.read(tableOffset, pages * 4)
  if (table.length !== pages * 4 || crc32(table) !== tableChecksum) return 'table'
  const pageChecksums = new Uint32Array(pages)
  tableBytes(pageChecksums).set(table)
  return { ...content, pageChecksums }
}

/** Reads the whole slot; a string says what does not hold. */
export async function verify(file: SlotFile, content: SlotContent): Promise<string | undefined> {
  const { sections } = content.header
  const { pagesOffset, heapOffset, firstPage } = layoutOf(sections)
  for (const section of sections) {
    const first = firstPage.get(section.name)!
    for (let page = 0; page < pagesOf(section.bytes); page += VERIFY_PAGES) {
      const offset = pagesOffset + (first + page) * SNAPSHOT_PAGE_BYTES
      const bytes = await file.read(offset, VERIFY_PAGES * SNAPSHOT_PAGE_BYTES)
      const end = Math.min(page + VERIFY_PAGES, pagesOf(section.bytes))
      for (let index = page; index < end; index++) {
        const start = (index - page) * SNAPSHOT_PAGE_BYTES
        const slice = bytes.subarray(start, start + pageBytes(section, index))
        if (slice.length !== pageBytes(section, index)) return `${section.name} is cut short`
        if (crc32(slice) !== content.pageChecksums[first + index])
          return `page ${index} of ${section.name}`
      }
    }
  }
  const heap = await file.read(heapOffset, content.heapBytes)
  const whole = heap.length === content.heapBytes && crc32(heap) === content.heapChecksum
  return whole ? undefined : 'heap'
}

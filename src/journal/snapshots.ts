/**
 * Snapshots of the engine's state, two slots written in turn: while one is written the other stays
 * whole. Only pages that changed since a slot's last snapshot are written. It knows pages and
 * checksums, never what they mean.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { type OpenSlotFile, openSlotFile, type SlotFile } from './slot-file.ts'
import {
  layoutOf,
  pageBytes,
  readContent,
  type SlotContent,
  SNAPSHOT_PAGE_BYTES,
  type SnapshotHeader,
  seal,
  verify,
  wipe,
} from './snapshot-slot.ts'

export {
  SNAPSHOT_PAGE_BYTES,
  type SnapshotHeader,
  type SnapshotSection,
} from './snapshot-slot.ts'

export interface Snapshot {
  readonly slot: number
  readonly header: SnapshotHeader
  /** The bytes of a section, without padding. */
  readSection(name: string): Promise<Buffer>
  readHeap(): Promise<Buffer>
}

/**
 * Writes one snapshot. Await each call. A call that rejects, or a crash, leaves this slot void and
 * the other one whole.
 */
export interface SnapshotWriter {
  readonly slot: number
  /** Every page must be written; else only those changed since this slot's last snapshot. */
  readonly needsAll: boolean
  /** Page `index` of a section: `SNAPSHOT_PAGE_BYTES`, or the rest of the section for the last. */
  page(section: string, index: number, bytes: Uint8Array): Promise<void>
  /** Appends to the variable part behind the pages, which is written anew each time. */
  heap(bytes: Uint8Array): Promise<void>
  /**
   * Completes the snapshot. `moment`: what it shows, where that was settled only after `begin` had
   * waited for the disk.
   */
  finish(moment?: Pick<SnapshotHeader, 'position' | 'changesDigest' | 'at'>): Promise<void>
}

export interface SnapshotStore {
  /**
   * The newest slot whose checksums all hold (the whole file is read). The caller continues from
   * its content, so that a later snapshot into that slot needs only the changed pages.
   */
  latest(): Promise<Snapshot | undefined>
  /** Headers of the whole slots, newest first; the journal is kept back to the last of them. */
  kept(): readonly SnapshotHeader[]
  /** Begins a snapshot in the slot that is not the newest; an unfinished one is abandoned. */
  begin(header: SnapshotHeader): Promise<SnapshotWriter>
  close(): Promise<void>
}

interface Slot {
  readonly index: number
  readonly file: SlotFile
  content: SlotContent | undefined
  /** This process wrote or loaded the content, so its dirty pages are known. */
  followed: boolean
}

export interface SnapshotOptions {
  readonly dir: string
  readonly telemetry: Telemetry
  readonly openFile?: OpenSlotFile
}

const SLOTS = 2

export async function openSnapshots(options: SnapshotOptions): Promise<SnapshotStore> {
  const { dir, telemetry, openFile = openSlotFile } = options
  await mkdir(dir, { recursive: true })
  const slots: Slot[] = []
  for (let index = 0; index < SLOTS; index++) {
    const file = await openFile(join(dir, `slot-${index}.snap`))
    const content = await readContent(file)
    const whole = typeof content !== 'string'
    if (!whole && content !== 'empty')
      telemetry.emit('snapshot.rejected', { slot: index, reason: content })
    slots.push({ index, file, content: whole ? content : undefined, followed: false })
  }
  return createStore(slots, telemetry)
}

function newestFirst(slots: readonly Slot[]): Slot[] {
  const whole = slots.filter((slot) => slot.content)
  return whole.sort((a, b) => b.content!.sequence - a.content!.sequence)
}

function createStore(slots: readonly Slot[], telemetry: Telemetry): SnapshotStore {
  let writing: symbol | undefined

  return {
    async latest() {
      for (const slot of newestFirst(slots)) {
        const fault = await verify(slot.file, slot.content!)
        if (!fault) {
          slot.followed = true
          return snapshotOf(slot, slot.content!)
        }
        slot.content = undefined
        telemetry.emit('snapshot.rejected', { slot: slot.index, reason: 'checksum', fault })
      }
      return undefined
    },
    kept: () => newestFirst(slots).map((slot) => slot.content!.header),
    async begin(header) {
      const [newest, older] = newestFirst(slots)
      const slot = older ?? slots.find((candidate) => candidate !== newest)!
      const sequence = (newest?.content?.sequence ?? 0) + 1
      const base = slot.followed ? slot.content : undefined
      const sameLayout = JSON.stringify(base?.header.sections) === JSON.stringify(header.sections)
      const token = Symbol(`snapshot ${sequence}`)
      writing = token
      slot.content = undefined
      slot.followed = false
      await wipe(slot.file, sameLayout)
      const mine = () => {
        if (writing !== token) throw new Error('this snapshot was abandoned for a newer one')
      }
      const done = (content: SlotContent) => {
        slot.content = content
        slot.followed = true
        writing = undefined
        telemetry.emit('snapshot.written', { slot: slot.index, position: content.header.position })
      }
      const checksums = sameLayout ? base!.pageChecksums : undefined
      return createWriter(slot, { header, sequence, checksums }, mine, done)
    },
    async close() {
      for (const slot of slots) await slot.file.close()
    },
  }
}

function snapshotOf(slot: Slot, content: SlotContent): Snapshot {
  const { sections } = content.header
  const { pagesOffset, heapOffset, firstPage } = layoutOf(sections)
  return {
    slot: slot.index,
    header: content.header,
    async readSection(name) {
      const section = sections.find((candidate) => candidate.name === name)
      if (!section) throw new Error(`the snapshot has no section ${name}`)
      const offset = pagesOffset + firstPage.get(name)! * SNAPSHOT_PAGE_BYTES
      return slot.file.read(offset, section.bytes)
    },
    readHeap: () => slot.file.read(heapOffset, content.heapBytes),
  }
}

interface Draft {
  readonly header: SnapshotHeader
  readonly sequence: number
  /** Checksums of the pages that stay as they are; absent: all must be written. */
  readonly checksums: Uint32Array | undefined
}

function createWriter(
  slot: Slot,
  draft: Draft,
  mine: () => void,
  done: (content: SlotContent) => void,
): SnapshotWriter {
  const { header, sequence } = draft
  const layout = layoutOf(header.sections)
  const pageChecksums = draft.checksums ?? new Uint32Array(layout.pages)
  const missing = new Set(draft.checksums ? [] : pageChecksums.keys())
  let heapBytes = 0
  let heapChecksum = 0

  return {
    slot: slot.index,
    needsAll: !draft.checksums,
    async page(name, index, bytes) {
      mine()
      const section = header.sections.find((candidate) => candidate.name === name)
      if (!section || bytes.length !== pageBytes(section, index))
        throw new Error(`page ${index} of ${name} has ${bytes.length} bytes`)
      const page = layout.firstPage.get(name)! + index
      pageChecksums[page] = crc32(bytes)
      missing.delete(page)
      await slot.file.write(layout.pagesOffset + page * SNAPSHOT_PAGE_BYTES, bytes)
    },
    async heap(bytes) {
      mine()
      const offset = layout.heapOffset + heapBytes
      heapBytes += bytes.length
      heapChecksum = crc32(bytes, heapChecksum)
      await slot.file.write(offset, bytes)
    },
    async finish(moment) {
      mine()
      if (missing.size > 0) throw new Error(`${missing.size} pages of the snapshot are not written`)
      const shown = { ...header, ...moment }
      const content = { header: shown, sequence, heapBytes, heapChecksum, pageChecksums }
      await seal(slot.file, content)
      done(content)
    },
  }
}

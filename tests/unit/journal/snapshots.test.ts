import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CrashError, MemoryDisk } from '../../../src/cli/bench/simulate/memory-disk.ts'
import {
  openSnapshots,
  SNAPSHOT_PAGE_BYTES,
  type SnapshotHeader,
  type SnapshotStore,
} from '../../../src/journal/snapshots.ts'
import { createTelemetry } from '../../../src/telemetry/telemetry.ts'
import { numbers } from '../../support/tiny-grid.ts'

const PAGES = 5
const SECTIONS = [
  { name: 'nodes', bytes: 3 * SNAPSHOT_PAGE_BYTES },
  { name: 'registers', bytes: SNAPSHOT_PAGE_BYTES + 1234 },
]

const header = (position: number): SnapshotHeader => ({
  position,
  changesDigest: `changes-${position}`,
  engineVersion: '1',
  gridDigest: 'grid',
  rulesDigest: 'rules',
  at: position * 1000,
  sections: SECTIONS,
})

/** An engine of five pages that remembers, per slot, which pages it has not written there yet. */
class PagedState {
  readonly nodes = Buffer.alloc(SECTIONS[0]!.bytes)
  readonly registers = Buffer.alloc(SECTIONS[1]!.bytes)
  readonly dirty = [new Set<number>(), new Set<number>()]
  heap: Buffer = Buffer.alloc(0)

  change(value: number, pages: readonly number[]): void {
    this.heap = Buffer.from(`heap ${'x'.repeat(value)}`)
    for (const page of pages) {
      const [section, index] = page < 3 ? [this.nodes, page] : [this.registers, page - 3]
      section.writeUInt32LE(value, index * SNAPSHOT_PAGE_BYTES)
      for (const dirty of this.dirty) dirty.add(page)
    }
  }
  async save(store: SnapshotStore, position: number): Promise<number> {
    const writer = await store.begin(header(position))
    const dirty = this.dirty[writer.slot]!
    const pages = writer.needsAll ? [...Array(PAGES).keys()] : [...dirty]
    for (const page of pages) {
      const [name, section, index] =
        page < 3
          ? (['nodes', this.nodes, page] as const)
          : (['registers', this.registers, page - 3] as const)
      const start = index * SNAPSHOT_PAGE_BYTES
      await writer.page(name, index, section.subarray(start, start + SNAPSHOT_PAGE_BYTES))
    }
    await writer.heap(this.heap.subarray(0, 3))
    await writer.heap(this.heap.subarray(3))
    await writer.finish()
    dirty.clear()
    return pages.length
  }
  async load(store: SnapshotStore): Promise<number> {
    const snapshot = await store.latest()
    if (!snapshot) return 0
    ;(await snapshot.readSection('nodes')).copy(this.nodes)
    ;(await snapshot.readSection('registers')).copy(this.registers)
    this.heap = await snapshot.readHeap()
    for (const dirty of this.dirty) dirty.clear()
    return snapshot.header.position
  }
  copy(): string {
    return Buffer.concat([this.nodes, this.registers, this.heap]).toString('base64')
  }
}

const open = (disk: MemoryDisk) =>
  openSnapshots({
    dir: disk.dir,
    telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
    openFile: disk.open,
  })

describe('snapshots', () => {
  it('write all pages of a fresh slot, then only the changed ones, in turn', async () => {
    const disk = new MemoryDisk()
    const store = await open(disk)
    expect(await store.latest()).toBeUndefined()
    const state = new PagedState()
    const written: number[] = []
    for (let position = 1; position <= 5; position++) {
      state.change(position, [position % PAGES])
      written.push(await state.save(store, position))
    }
    // Each slot misses the pages of its own last two rounds.
    expect(written).toEqual([5, 5, 2, 2, 2])
    expect(store.kept().map(({ position }) => position)).toEqual([5, 4])

    const again = await open(disk)
    const recovered = new PagedState()
    expect(await recovered.load(again)).toBe(5)
    expect(recovered.copy()).toBe(state.copy())
    // The loaded slot is followed, the other one's pages are not known any more.
    recovered.change(6, [0])
    state.change(6, [0])
    expect(await recovered.save(again, 6)).toBe(5)
    recovered.change(7, [1])
    state.change(7, [1])
    expect(await recovered.save(again, 7)).toBe(2)
    const third = new PagedState()
    expect(await third.load(await open(disk))).toBe(7)
    expect(third.copy()).toBe(state.copy())
  })

  it('leave the previous one readable after a crash between any two operations', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    console.log(`snapshot crash seed ${seed}`)
    const random = numbers(seed)
    let crashes = 0
    for (let crashAt = 1; ; crashAt++) {
      const disk = new MemoryDisk()
      const store = await open(disk)
      const state = new PagedState()
      const copies = new Map<number, string>([[0, new PagedState().copy()]])
      let saved = 0
      disk.crashAfter(crashAt)
      try {
        for (let position = 1; position <= 4; position++) {
          state.change(position, [position, 2])
          copies.set(position, state.copy())
          await state.save(store, position)
          saved = position
        }
      } catch (error) {
        if (!(error instanceof CrashError)) throw error
        crashes++
      }
      if (saved === 4) break
      disk.losePower(random)
      const recovered = new PagedState()
      const position = await recovered.load(await open(disk))
      // The header of the unfinished one may have reached the disk before its last sync returned.
      expect([saved, saved + 1]).toContain(position)
      expect(recovered.copy()).toBe(copies.get(position))
    }
    expect(crashes).toBeGreaterThan(40)
  })

  it('fall back to the other slot where any byte is altered', async () => {
    const disk = new MemoryDisk()
    const store = await open(disk)
    const state = new PagedState()
    state.change(1, [0, 1, 2, 3, 4])
    await state.save(store, 1)
    const before = state.copy()
    state.change(2, [0])
    await state.save(store, 2)
    const newest = disk.file('slot-1.snap')
    const places = [9, 20, SNAPSHOT_PAGE_BYTES + 3, newest.length - 1]
    for (let page = 2; page < 2 + PAGES; page++) places.push(page * SNAPSHOT_PAGE_BYTES + 77)
    for (const place of places) {
      newest[place]! ^= 4
      const recovered = new PagedState()
      expect(await recovered.load(await open(disk)), `byte ${place}`).toBe(1)
      expect(recovered.copy()).toBe(before)
      newest[place]! ^= 4
    }
    expect(await new PagedState().load(await open(disk))).toBe(2)
  })

  it('refuse pages of a wrong size and a snapshot that misses pages', async () => {
    const store = await open(new MemoryDisk())
    const writer = await store.begin(header(1))
    await expect(writer.page('nodes', 0, Buffer.alloc(10))).rejects.toThrow('page 0 of nodes')
    await expect(writer.page('nodes', 3, Buffer.alloc(10))).rejects.toThrow('page 3 of nodes')
    await expect(writer.page('other', 0, Buffer.alloc(10))).rejects.toThrow('page 0 of other')
    await expect(writer.finish()).rejects.toThrow('5 pages')
    expect(await store.latest()).toBeUndefined()
    const second = await store.begin(header(2))
    expect(second.slot).toBe(0)
    await expect(writer.finish()).rejects.toThrow('abandoned')
  })

  it('live in two files of the folder', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lastgasp-snapshots-'))
    const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
    try {
      const store = await openSnapshots({ dir: join(dir, 'snapshots'), telemetry })
      const state = new PagedState()
      for (let position = 1; position <= 3; position++) {
        state.change(position, [position])
        await state.save(store, position)
      }
      await store.close()
      expect(readdirSync(join(dir, 'snapshots'))).toEqual(['slot-0.snap', 'slot-1.snap'])
      const again = await openSnapshots({ dir: join(dir, 'snapshots'), telemetry })
      const recovered = new PagedState()
      expect(await recovered.load(again)).toBe(3)
      expect(recovered.copy()).toBe(state.copy())
      await again.close()
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
})

/**
 * The registers as pages for snapshots. A block of observers is dirty from its first write on; while
 * a snapshot is being copied in slices, a block that is written first gives up its old pages, so the
 * snapshot shows one moment although the engine goes on.
 */
import type { Registers } from '../evidence/registers.ts'

/** Observers a block: the widest section has two pages a block, the narrowest sixteen blocks a page. */
const BLOCK = 4096

export interface StatePage {
  readonly section: string
  readonly index: number
  readonly bytes: Uint8Array
}

/** Bytes a page; the snapshot store's own. */
export type PageSize = number

interface PagedSection {
  readonly name: string
  readonly bytes: Uint8Array
  readonly bytesEach: number
}

export class StatePages {
  readonly #sections: readonly PagedSection[]
  readonly #pageBytes: PageSize
  /** Bit per slot: changed since that slot's last snapshot. */
  readonly #dirty: Uint8Array
  /** Pages still to be copied for the snapshot under way, by section. */
  #pending: Uint8Array[] | undefined
  #copied: StatePage[] = []

  constructor(registers: Registers, pageBytes: PageSize, slots: number) {
    this.#pageBytes = pageBytes
    this.#sections = registers.sections().map(({ name, array, each }) => ({
      name,
      bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
      bytesEach: each * array.BYTES_PER_ELEMENT,
    }))
    const observers = registers.state.length
    this.#dirty = new Uint8Array(Math.ceil(observers / BLOCK)).fill((1 << slots) - 1)
    registers.onWrite = (observer) => {
      const block = Math.floor(observer / BLOCK)
      this.#dirty[block] = (1 << slots) - 1
      if (this.#pending) this.#giveUp(block)
    }
  }

  /** Names and sizes, in a fixed order. */
  get layout(): { name: string; bytes: number }[] {
    return this.#sections.map(({ name, bytes }) => ({ name, bytes: bytes.byteLength }))
  }

  /** Starts the copy of this moment for a slot: all pages, or those dirty there. */
  begin(slot: number, all: boolean): void {
    const bit = 1 << slot
    this.#copied = []
    this.#pending = this.#sections.map(({ bytes, bytesEach }) => {
      const pages = new Uint8Array(Math.ceil(bytes.byteLength / this.#pageBytes))
      for (let page = 0; page < pages.length; page++)
        pages[page] = all || this.#isDirty(page, bytesEach, bit) ? 1 : 0
      return pages
    })
    for (let block = 0; block < this.#dirty.length; block++) this.#dirty[block]! &= ~bit
  }

  /** At most `limit` further pages; empty where the copy is complete. */
  take(limit: number): StatePage[] {
    const pending = this.#pending
    if (!pending) return []
    for (let s = 0; s < pending.length && this.#copied.length < limit; s++)
      for (let page = 0; page < pending[s]!.length && this.#copied.length < limit; page++)
        this.#copy(s, page)
    if (this.#copied.length === 0) this.#pending = undefined
    return this.#copied.splice(0)
  }

  /** The copy failed: what it had covered is dirty again for the slot. */
  abandon(slot: number): void {
    this.#pending = undefined
    this.#copied = []
    for (let block = 0; block < this.#dirty.length; block++) this.#dirty[block]! |= 1 << slot
  }

  #isDirty(page: number, bytesEach: number, bit: number): boolean {
    const first = Math.floor((page * this.#pageBytes) / bytesEach / BLOCK)
    const last = Math.floor((((page + 1) * this.#pageBytes) / bytesEach - 1) / BLOCK)
    for (let block = first; block <= last && block < this.#dirty.length; block++)
      if (this.#dirty[block]! & bit) return true
    return false
  }

  #giveUp(block: number): void {
    this.#sections.forEach(({ bytesEach }, s) => {
      const first = Math.floor((block * BLOCK * bytesEach) / this.#pageBytes)
      const last = Math.floor(((block + 1) * BLOCK * bytesEach - 1) / this.#pageBytes)
      for (let page = first; page <= last; page++) this.#copy(s, page)
    })
  }

  #copy(s: number, page: number): void {
    const pages = this.#pending?.[s]
    if (!pages?.[page]) return
    pages[page] = 0
    const { name, bytes } = this.#sections[s]!
    const from = page * this.#pageBytes
    this.#copied.push({
      section: name,
      index: page,
      bytes: bytes.slice(from, from + this.#pageBytes),
    })
  }
}

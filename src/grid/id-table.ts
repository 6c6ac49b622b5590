/**
 * Ids hashed over one pool of bytes: nine million strings do not fit a `Map`, their bytes do.
 * Open addressing with linear probing; ids are ASCII by `ID_PATTERN`, names are UTF-8.
 */
import type { IdTable } from './compiled.ts'

/** Slots an entry: 0.75 full keeps probes short and costs 5.3 bytes an id. */
const SLOTS_PER_ID = 4 / 3

/** FNV-1a, 32 bits: no allocation, good spread on ids that differ in their last digits. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) {
    hash ^= id.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash ^ (hash >>> 15)) >>> 0
}

/** A growing pool of texts with their offsets. */
export class TextPool {
  bytes = new Uint8Array(1024)
  offsets = new Uint32Array(256)
  count = 0

  add(text: string): number {
    let end = this.offsets[this.count]!
    if (end + text.length * 3 > this.bytes.length) this.#growBytes(end + text.length * 3)
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code < 0x80) this.bytes[end++] = code
      else {
        end += new TextEncoder().encodeInto(text.slice(i), this.bytes.subarray(end)).written
        break
      }
    }
    if (this.count + 2 > this.offsets.length) {
      const grown = new Uint32Array(this.offsets.length * 2)
      grown.set(this.offsets)
      this.offsets = grown
    }
    this.offsets[++this.count] = end
    return this.count - 1
  }

  #growBytes(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2))
    grown.set(this.bytes)
    this.bytes = grown
  }

  /** The same texts in another order: `order[i]` is the old index of the new `i`. */
  permuted(order: Int32Array): TextPool {
    const pool = new TextPool()
    pool.bytes = new Uint8Array(this.offsets[this.count]!)
    pool.offsets = new Uint32Array(this.count + 1)
    let end = 0
    for (let i = 0; i < order.length; i++) {
      const from = this.offsets[order[i]!]!
      const to = this.offsets[order[i]! + 1]!
      for (let k = from; k < to; k++) pool.bytes[end++] = this.bytes[k]!
      pool.offsets[i + 1] = end
    }
    pool.count = this.count
    return pool
  }

  trim(): TextPool {
    this.bytes = this.bytes.slice(0, this.offsets[this.count])
    this.offsets = this.offsets.slice(0, this.count + 1)
    return this
  }

  textOf(index: number): string {
    return textIn(this.bytes, this.offsets[index]!, this.offsets[index + 1]!)
  }
}

const decoder = new TextDecoder()

function textIn(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let i = from; i < to; i++) {
    const code = bytes[i]!
    if (code >= 0x80) return decoder.decode(bytes.subarray(from, to))
    text += String.fromCharCode(code)
  }
  return text
}

/** Finds ids by hash. Built once the pool is complete, or grown while it fills. */
export class PooledIds implements IdTable {
  readonly bytes: Uint8Array
  readonly offsets: Uint32Array
  readonly count: number
  readonly slots: Int32Array

  constructor(
    pool: { bytes: Uint8Array; offsets: Uint32Array; count: number },
    slots?: Int32Array,
  ) {
    this.bytes = pool.bytes
    this.offsets = pool.offsets
    this.count = pool.count
    this.slots = slots ?? buildSlots(this)
  }

  idOf(index: number): string {
    return textIn(this.bytes, this.offsets[index]!, this.offsets[index + 1]!)
  }

  indexOf(id: string): number {
    return find(this.slots, this.bytes, this.offsets, id)
  }

  get byteLength(): number {
    return this.bytes.byteLength + this.offsets.byteLength + this.slots.byteLength
  }
}

function find(slots: Int32Array, bytes: Uint8Array, offsets: Uint32Array, id: string): number {
  const size = slots.length
  if (size === 0) return -1
  for (let slot = hashOf(id) % size; ; slot = slot + 1 === size ? 0 : slot + 1) {
    const index = slots[slot]! - 1
    if (index < 0) return -1
    const from = offsets[index]!
    if (offsets[index + 1]! - from !== id.length) continue
    let same = true
    for (let i = 0; i < id.length && same; i++) same = bytes[from + i] === id.charCodeAt(i)
    if (same) return index
  }
}

function buildSlots(ids: PooledIds): Int32Array {
  const slots = new Int32Array(Math.ceil(ids.count * SLOTS_PER_ID) + 1)
  for (let index = 0; index < ids.count; index++) insert(slots, hashOf(ids.idOf(index)), index)
  return slots
}

function insert(slots: Int32Array, hash: number, index: number): void {
  const size = slots.length
  let slot = hash % size
  while (slots[slot] !== 0) slot = slot + 1 === size ? 0 : slot + 1
  slots[slot] = index + 1
}

/** An id table that grows: used while a grid file is read. */
export class GrowingIds {
  readonly pool = new TextPool()
  #slots = new Int32Array(512)

  get count(): number {
    return this.pool.count
  }

  /** Adds an id; −1 where it is there already. */
  add(id: string): number {
    if (this.indexOf(id) >= 0) return -1
    const index = this.pool.add(id)
    if ((this.pool.count + 1) * SLOTS_PER_ID > this.#slots.length) this.#grow()
    else insert(this.#slots, hashOf(id), index)
    return index
  }

  indexOf(id: string): number {
    return find(this.#slots, this.pool.bytes, this.pool.offsets, id)
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let i = 0; i < this.pool.count; i++) insert(this.#slots, hashOf(this.pool.textOf(i)), i)
  }
}

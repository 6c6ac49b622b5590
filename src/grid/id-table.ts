/**
 * Ids hashed over one pool of bytes: nine million strings do not fit a `Map`, their bytes do.
 * Open addressing with linear probing; ids are ASCII by `ID_PATTERN`.
 */
import type { IdTable } from './compiled.ts'
import { PackedTexts, TextPool } from './texts.ts'

/** Slots an entry: 0.75 full keeps probes short and costs 5.3 bytes an id. */
const SLOTS_PER_ID = 4 / 3

const FNV_BASIS = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** FNV-1a, 32 bits: no allocation, good spread on ids that differ in their last digits. */
function hashOf(id: string): number {
  let hash = FNV_BASIS
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), FNV_PRIME)
  return (hash ^ (hash >>> 15)) >>> 0
}

/** The same of the text at `index` of a pool. */
function hashIn({ bytes, offsets }: TextPool, index: number): number {
  let hash = FNV_BASIS
  const end = offsets[index + 1]!
  for (let i = offsets[index]!; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, FNV_PRIME)
  return (hash ^ (hash >>> 15)) >>> 0
}

function find(slots: Int32Array, texts: TextPool | PackedTexts, id: string, hash: number): number {
  const size = slots.length
  if (size === 0) return -1
  for (let slot = hash % size; ; slot = slot + 1 === size ? 0 : slot + 1) {
    const index = slots[slot]! - 1
    if (index < 0) return -1
    if (texts.matches(index, id)) return index
  }
}

function insert(slots: Int32Array, hash: number, index: number): void {
  const size = slots.length
  let slot = hash % size
  while (slots[slot] !== 0) slot = slot + 1 === size ? 0 : slot + 1
  slots[slot] = index + 1
}

/** Finds ids by hash; read only. */
export class PooledIds implements IdTable {
  readonly texts: PackedTexts
  readonly slots: Int32Array

  constructor(texts: PackedTexts, slots: Int32Array) {
    this.texts = texts
    this.slots = slots
  }

  /** Packs a pool of ids; `order[i]` is the old index of the new `i`. */
  static of(pool: TextPool, order?: Int32Array): PooledIds {
    const slots = new Int32Array(Math.ceil(pool.count * SLOTS_PER_ID) + 1)
    for (let index = 0; index < pool.count; index++)
      insert(slots, hashIn(pool, order ? order[index]! : index), index)
    return new PooledIds(PackedTexts.of(pool, order), slots)
  }

  get count(): number {
    return this.texts.count
  }

  idOf(index: number): string {
    return this.texts.textOf(index)
  }

  indexOf(id: string): number {
    return find(this.slots, this.texts, id, hashOf(id))
  }

  get byteLength(): number {
    return this.texts.byteLength + this.slots.byteLength
  }
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
    const hash = hashOf(id)
    if (find(this.#slots, this.pool, id, hash) >= 0) return -1
    const index = this.pool.add(id)
    if ((this.pool.count + 1) * SLOTS_PER_ID > this.#slots.length) this.#grow()
    else insert(this.#slots, hash, index)
    return index
  }

  indexOf(id: string): number {
    return find(this.#slots, this.pool, id, hashOf(id))
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let i = 0; i < this.pool.count; i++) insert(this.#slots, hashIn(this.pool, i), i)
  }
}

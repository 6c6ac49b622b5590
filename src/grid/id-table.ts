/**
 * Ids hashed over one pool of bytes: nine million strings do not fit a `Map`, their bytes do.
 * Open addressing with linear probing; ids are ASCII by `ID_PATTERN`.
 */
import type { IdTable } from './compiled.ts'
import { PackedTexts, TextPool } from './texts.ts'

/**
 * Slots an entry of a finished table: 0.9 full costs 4.4 bytes an id. A look-up then passes some five
 * slots of one cache line; what is left of a slot beside the index holds bits of the hash, so that
 * hardly any of them is compared by its letters.
 */
const SLOTS_PER_ID = 10 / 9
/** While a table grows it doubles, and is between 0.375 and 0.75 full. */
const GROWING_SLOTS_PER_ID = 4 / 3

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

/** Bits of a slot that hold `index + 1`; the others hold the top of the hash. 0 is an empty slot. */
const indexMask = (count: number) => 0xffff_ffff >>> Math.clz32(count)

function find(
  slots: Int32Array,
  mask: number,
  texts: TextPool | PackedTexts,
  id: string,
  hash: number,
): number {
  const size = slots.length
  if (size === 0) return -1
  for (let slot = hash % size; ; slot = slot + 1 === size ? 0 : slot + 1) {
    const entry = slots[slot]!
    if (entry === 0) return -1
    if (((entry ^ hash) & ~mask) !== 0) continue
    const index = (entry & mask) - 1
    if (texts.matches(index, id)) return index
  }
}

function insert(slots: Int32Array, mask: number, hash: number, index: number): void {
  const size = slots.length
  let slot = hash % size
  while (slots[slot] !== 0) slot = slot + 1 === size ? 0 : slot + 1
  slots[slot] = (hash & ~mask) | (index + 1)
}

/** Finds ids by hash; read only. */
export class PooledIds implements IdTable {
  readonly texts: PackedTexts
  readonly slots: Int32Array
  readonly #mask: number

  constructor(texts: PackedTexts, slots: Int32Array) {
    this.texts = texts
    this.slots = slots
    this.#mask = indexMask(texts.count)
  }

  /** Packs a pool of ids; `order[i]` is the old index of the new `i`. */
  static of(pool: TextPool, order?: Int32Array): PooledIds {
    const slots = new Int32Array(Math.ceil(pool.count * SLOTS_PER_ID) + 1)
    const mask = indexMask(pool.count)
    for (let index = 0; index < pool.count; index++)
      insert(slots, mask, hashIn(pool, order ? order[index]! : index), index)
    return new PooledIds(PackedTexts.of(pool, order), slots)
  }

  get count(): number {
    return this.texts.count
  }

  idOf(index: number): string {
    return this.texts.textOf(index)
  }

  indexOf(id: string): number {
    return find(this.slots, this.#mask, this.texts, id, hashOf(id))
  }

  get byteLength(): number {
    return this.texts.byteLength + this.slots.byteLength
  }
}

/** An id table that grows: used while a grid file is read. */
export class GrowingIds {
  readonly pool = new TextPool()
  #slots = new Int32Array(512)
  #mask = indexMask(512)

  get count(): number {
    return this.pool.count
  }

  /** Adds an id; −1 where it is there already. */
  add(id: string): number {
    const hash = hashOf(id)
    if (find(this.#slots, this.#mask, this.pool, id, hash) >= 0) return -1
    const index = this.pool.add(id)
    if ((this.pool.count + 1) * GROWING_SLOTS_PER_ID > this.#slots.length) this.#grow()
    else insert(this.#slots, this.#mask, hash, index)
    return index
  }

  indexOf(id: string): number {
    return find(this.#slots, this.#mask, this.pool, id, hashOf(id))
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    this.#mask = indexMask(this.#slots.length)
    for (let i = 0; i < this.pool.count; i++)
      insert(this.#slots, this.#mask, hashIn(this.pool, i), i)
  }
}

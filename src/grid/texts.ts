/**
 * Many short texts in few bytes: a pool that grows while a grid file is read, and the packed form
 * that is kept. Neighbours share most of their letters, so each block of sixteen keeps what all of
 * them begin with once: nine million ids of ten letters take a third of their length.
 */

const decoder = new TextDecoder()

/** A growing pool of texts with their offsets. */
export class TextPool {
  bytes = new Uint8Array(1024)
  offsets = new Uint32Array(256)
  count = 0

  /** Adds a text and answers its index. */
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

  textOf(index: number): string {
    return textIn(this.bytes, this.offsets[index]!, this.offsets[index + 1]!)
  }

  /** Whether the text at `index` is `text`, which must be ASCII. */
  matches(index: number, text: string): boolean {
    const from = this.offsets[index]!
    if (this.offsets[index + 1]! - from !== text.length) return false
    for (let i = 0; i < text.length; i++)
      if (this.bytes[from + i] !== text.charCodeAt(i)) return false
    return true
  }
}

function textIn(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let i = from; i < to; i++) {
    const code = bytes[i]!
    if (code >= 0x80) return decoder.decode(bytes.subarray(from, to))
    text += String.fromCharCode(code)
  }
  return text
}

/** Texts a block: more would save a byte in fifty and cost a longer walk to each. */
const BLOCK = 16
const BLOCK_BITS = 4

/**
 * Packed texts, read only. A block is: length of the shared beginning, what the rests are long, the
 * shared beginning, the rests. What the rests are long is one more than their length where all are
 * alike, else 0 and the length of each. Lengths are seven bits a byte, lowest first.
 */
export class PackedTexts {
  readonly count: number
  readonly bytes: Uint8Array
  /** Where each block begins; one more than there are blocks. */
  readonly starts: Uint32Array
  // What `#find` found: JavaScript answers one value without allocating, these are the others.
  #prefix = 0
  #prefixLength = 0
  #rest = 0
  #restLength = 0
  #next = 0

  constructor(count: number, bytes: Uint8Array, starts: Uint32Array) {
    this.count = count
    this.bytes = bytes
    this.starts = starts
  }

  /** Packs a pool; `order[i]` is the old index of the new `i`. */
  static of(pool: TextPool, order?: Int32Array): PackedTexts {
    const { count } = pool
    const blocks = Math.ceil(count / BLOCK)
    const starts = new Uint32Array(blocks + 1)
    const writer = new BlockWriter(pool)
    for (let block = 0; block < blocks; block++) {
      const from = block * BLOCK
      writer.write(from, Math.min(count, from + BLOCK), order)
      starts[block + 1] = writer.length
    }
    return new PackedTexts(count, writer.done(), starts)
  }

  textOf(index: number): string {
    this.#find(index)
    const { bytes } = this
    let text = ''
    for (let i = 0; i < this.#prefixLength + this.#restLength; i++) {
      const code = bytes[this.#at(i)]!
      if (code >= 0x80) return this.#decoded()
      text += String.fromCharCode(code)
    }
    return text
  }

  /** Whether the text at `index` is `text`, which must be ASCII. Allocates nothing. */
  matches(index: number, text: string): boolean {
    this.#find(index)
    const { bytes } = this
    const shared = this.#prefixLength
    if (shared + this.#restLength !== text.length) return false
    // Texts of one block differ in their ends.
    for (let i = text.length - 1; i >= shared; i--)
      if (bytes[this.#rest + i - shared] !== text.charCodeAt(i)) return false
    for (let i = 0; i < shared; i++)
      if (bytes[this.#prefix + i] !== text.charCodeAt(i)) return false
    return true
  }

  get byteLength(): number {
    return this.bytes.byteLength + this.starts.byteLength
  }

  #at(i: number): number {
    return i < this.#prefixLength ? this.#prefix + i : this.#rest + i - this.#prefixLength
  }

  #decoded(): string {
    const whole = new Uint8Array(this.#prefixLength + this.#restLength)
    for (let i = 0; i < whole.length; i++) whole[i] = this.bytes[this.#at(i)]!
    return decoder.decode(whole)
  }

  #find(index: number): void {
    const within = index & (BLOCK - 1)
    this.#next = this.starts[index >>> BLOCK_BITS]!
    this.#prefixLength = this.#readLength()
    const alike = this.#readLength()
    let before = 0
    if (alike > 0) {
      this.#restLength = alike - 1
      before = within * this.#restLength
    } else {
      const inBlock = Math.min(BLOCK, this.count - (index - within))
      for (let i = 0; i < inBlock; i++) {
        const length = this.#readLength()
        if (i < within) before += length
        else if (i === within) this.#restLength = length
      }
    }
    this.#prefix = this.#next
    this.#rest = this.#next + this.#prefixLength + before
  }

  #readLength(): number {
    const low = this.bytes[this.#next++]!
    return low < 0x80 ? low : (low & 0x7f) | (this.bytes[this.#next++]! << 7)
  }
}

/** Appends blocks to bytes that grow. */
class BlockWriter {
  readonly #pool: TextPool
  #bytes = new Uint8Array(1024)
  length = 0

  constructor(pool: TextPool) {
    this.#pool = pool
  }

  write(from: number, to: number, order: Int32Array | undefined): void {
    const { bytes, offsets } = this.#pool
    const old = (index: number) => (order ? order[index]! : index)
    let shared = this.#lengthOf(old(from))
    const length0 = shared
    let alike = true
    let needed = 0
    for (let i = from; i < to; i++) {
      const first = offsets[old(from)]!
      const own = offsets[old(i)]!
      const length = this.#lengthOf(old(i))
      alike &&= length === length0
      needed += length + 2
      let same = 0
      while (same < shared && same < length && bytes[first + same] === bytes[own + same]) same++
      shared = same
    }
    this.#reserve(needed + 4)
    this.#writeLength(shared)
    this.#writeLength(alike ? length0 - shared + 1 : 0)
    for (let i = from; i < to && !alike; i++) this.#writeLength(this.#lengthOf(old(i)) - shared)
    this.#copy(offsets[old(from)]!, shared)
    for (let i = from; i < to; i++)
      this.#copy(offsets[old(i)]! + shared, this.#lengthOf(old(i)) - shared)
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.length)
  }

  #lengthOf(index: number): number {
    return this.#pool.offsets[index + 1]! - this.#pool.offsets[index]!
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.length + more, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
  }

  #writeLength(length: number): void {
    if (length >= 1 << 14) throw new RangeError(`a text of ${length} bytes does not fit`)
    if (length < 0x80) this.#bytes[this.length++] = length
    else {
      this.#bytes[this.length++] = (length & 0x7f) | 0x80
      this.#bytes[this.length++] = length >>> 7
    }
  }

  #copy(from: number, length: number): void {
    for (let i = 0; i < length; i++) this.#bytes[this.length++] = this.#pool.bytes[from + i]!
  }
}

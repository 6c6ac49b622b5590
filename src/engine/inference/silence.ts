/**
 * Who is silent below each head: counted by reliability class, and whole silent areas by their
 * size. Most heads have one or two of these kinds below them, so each keeps only its own.
 */
import { DELAY_HORIZON_SECONDS } from '../cost/likelihood.ts'
import { type Network, NONE } from './network.ts'
import { COUNTS, SILENCE, type Sums } from './sums.ts'

/** An entry is `count · 32 + kind`: 31 kinds, 67 million observers. */
const KIND_BITS = 5
const KIND_MASK = (1 << KIND_BITS) - 1
/** In place of a kind: the head has several, listed from `entries[count]` on, their number first. */
const LIST = KIND_MASK

/** Collects which kinds occur below each head, before anything is counted. */
export class SilenceKinds {
  readonly masks: Int32Array
  readonly #network: Network

  constructor(network: Network) {
    this.#network = network
    this.masks = new Int32Array(network.head.length)
  }

  /** Something of `kind` is at or below `head`. */
  occurs(head: number, kind: number): void {
    const { above } = this.#network
    const bit = 1 << kind
    for (let a = head; a !== NONE && (this.masks[a]! & bit) === 0; a = above[a]!)
      this.masks[a]! |= bit
  }
}

export class Silence {
  readonly #sums: Sums
  /** Of heads with several kinds. */
  #entries: Int32Array
  /** Entries in use. */
  #listed = 0
  /** Cost of one silent thing: `table[second · kinds + kind]`. */
  readonly #table: Int32Array
  readonly #kinds: number

  constructor({ masks }: SilenceKinds, tables: readonly Int32Array[], sums: Sums) {
    if (tables.length > LIST) throw new RangeError(`${tables.length} kinds of silence`)
    this.#sums = sums
    this.#kinds = tables.length
    this.#table = new Int32Array((DELAY_HORIZON_SECONDS + 1) * tables.length)
    tables.forEach((table, kind) => {
      for (let s = 0; s <= DELAY_HORIZON_SECONDS; s++)
        this.#table[s * tables.length + kind] = table[s]!
    })
    this.#entries = new Int32Array(
      masks.reduce((sum, mask) => sum + (isOne(mask) ? 0 : 1 + ones(mask)), 0),
    )
    for (let head = 0; head < masks.length; head++) this.#list(head, masks[head]!)
  }

  /** Nobody is silent below `head`; these kinds can be from now on. */
  relist(head: number, mask: number): void {
    this.#list(head, mask)
  }

  /** From now on somebody below `head` may be silent in one more way. */
  makeRoom(head: number, kind: number): void {
    const counted = this.countsBelow(head)
    if (counted.some((entry) => entry.kind === kind)) return
    this.relist(
      head,
      counted.reduce((mask, entry) => mask | (1 << entry.kind), 1 << kind),
    )
    for (const { kind: known, count } of counted) this.add(head, known, count)
  }

  /** Makes room for the kinds of `mask`, in the head's own list where that is long enough. */
  #list(head: number, mask: number): void {
    const { counts } = this.#sums
    const at = head * COUNTS + SILENCE
    if (isOne(mask)) {
      counts[at] = 31 - Math.clz32(mask)
      return
    }
    const own = (counts[at]! & KIND_MASK) === LIST ? counts[at]! >>> KIND_BITS : -1
    const kinds = ones(mask)
    let next = own >= 0 && this.#entries[own]! >= kinds ? own : this.#append(1 + kinds)
    counts[at] = (next << KIND_BITS) | LIST
    this.#entries[next++] = kinds
    for (let rest = mask; rest !== 0; rest &= rest - 1)
      this.#entries[next++] = 31 - Math.clz32(rest & -rest)
  }

  #append(length: number): number {
    const first = this.#listed
    this.#listed += length
    if (this.#listed > this.#entries.length) {
      const more = new Int32Array(Math.max(this.#listed, Math.ceil(this.#entries.length * 1.25)))
      more.set(this.#entries)
      this.#entries = more
    }
    return first
  }

  /** `count` more of `kind` are silent below `head`. */
  add(head: number, kind: number, count: number): void {
    const { counts } = this.#sums
    const at = head * COUNTS + SILENCE
    const word = counts[at]!
    if ((word & KIND_MASK) !== LIST) {
      counts[at] = word + (count << KIND_BITS)
      return
    }
    const entries = this.#entries
    let i = (word >>> KIND_BITS) + 1
    while ((entries[i]! & KIND_MASK) !== kind) i++
    entries[i]! += count << KIND_BITS
  }

  /** The kind of all that can be silent below `head`; `NONE` where there are several. */
  onlyKind(head: number): number {
    const kind = this.#sums.counts[head * COUNTS + SILENCE]! & KIND_MASK
    return kind === LIST ? NONE : kind
  }

  /** How many are silent below `head`, by kind; for tests and people. */
  countsBelow(head: number): { kind: number; count: number }[] {
    const word = this.#sums.counts[head * COUNTS + SILENCE]!
    const first = (word >>> KIND_BITS) + 1
    const entries =
      (word & KIND_MASK) === LIST
        ? [...this.#entries.subarray(first, first + this.#entries[first - 1]!)]
        : [word]
    return entries.map((entry) => ({ kind: entry & KIND_MASK, count: entry >> KIND_BITS }))
  }

  /** What all of it costs if it is dead for `second` seconds. */
  cost(head: number, second: number): number {
    const table = this.#table
    const row = second * this.#kinds
    const word = this.#sums.counts[head * COUNTS + SILENCE]!
    if ((word & KIND_MASK) !== LIST) return (word >> KIND_BITS) * table[row + (word & KIND_MASK)]!
    const entries = this.#entries
    const first = (word >>> KIND_BITS) + 1
    const end = first + entries[first - 1]!
    let sum = 0
    for (let i = first; i < end; i++) {
      const entry = entries[i]!
      const count = entry >> KIND_BITS
      if (count !== 0) sum += count * table[row + (entry & KIND_MASK)]!
    }
    return sum
  }

  get bytes(): number {
    return this.#entries.byteLength + this.#table.byteLength
  }
}

const isOne = (mask: number) => mask !== 0 && (mask & (mask - 1)) === 0

function ones(mask: number): number {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}

/** The row of the delay tables for an age in milliseconds. */
export function secondOf(ageMs: number): number {
  if (ageMs <= 0) return 0
  const second = Math.floor(ageMs / 1000)
  return second < DELAY_HORIZON_SECONDS ? second : DELAY_HORIZON_SECONDS
}

/**
 * Who is silent below each head: counted by reliability class, and whole silent areas by their
 * size. Most heads have one or two of these kinds below them, so each keeps only its own.
 */
import { DELAY_HORIZON_SECONDS } from '../cost/likelihood.ts'
import { type Network, NONE } from './network.ts'
import { COUNTS, DOUBLES, SILENT_COST, SILENT_SECOND, type Sums } from './sums.ts'

/** An entry is `count · 32 + kind`: 32 kinds, 67 million observers. */
const KIND_BITS = 5
const KIND_MASK = (1 << KIND_BITS) - 1
export const KINDS_MAX = 1 << KIND_BITS

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
  /** Entries of each head: `[first[d], first[d + 1])`. */
  readonly first: Int32Array
  readonly entries: Int32Array
  readonly #sums: Sums
  /** Cost of one silent thing: `table[second · kinds + kind]`. */
  readonly #table: Int32Array
  readonly #kinds: number

  constructor({ masks }: SilenceKinds, tables: readonly Int32Array[], sums: Sums) {
    this.#sums = sums
    if (tables.length > KINDS_MAX) throw new RangeError(`${tables.length} kinds of silence`)
    this.#kinds = tables.length
    this.#table = new Int32Array((DELAY_HORIZON_SECONDS + 1) * tables.length)
    tables.forEach((table, kind) => {
      for (let s = 0; s <= DELAY_HORIZON_SECONDS; s++)
        this.#table[s * tables.length + kind] = table[s]!
    })
    this.first = new Int32Array(masks.length + 1)
    for (let d = 0; d < masks.length; d++) this.first[d + 1] = this.first[d]! + ones(masks[d]!)
    this.entries = new Int32Array(this.first[masks.length]!)
    let next = 0
    for (let d = 0; d < masks.length; d++)
      for (let rest = masks[d]!; rest !== 0; rest &= rest - 1)
        this.entries[next++] = 31 - Math.clz32(rest & -rest)
  }

  /** `count` more of `kind` are silent below `head`. */
  add(head: number, kind: number, count: number): void {
    const { entries } = this
    let i = this.first[head]!
    while ((entries[i]! & KIND_MASK) !== kind) i++
    entries[i]! += count << KIND_BITS
    this.#sums.counts[head * COUNTS + SILENT_SECOND] = -1
  }

  /** What all of it costs if it is dead for `second` seconds; added up once a second and change. */
  cost(head: number, second: number): number {
    const { doubles, counts } = this.#sums
    const known = head * COUNTS + SILENT_SECOND
    if (counts[known] !== second) {
      doubles[head * DOUBLES + SILENT_COST] = this.#addUp(head, second)
      counts[known] = second
    }
    return doubles[head * DOUBLES + SILENT_COST]!
  }

  #addUp(head: number, second: number): number {
    const { entries } = this
    const row = second * this.#kinds
    const end = this.first[head + 1]!
    let sum = 0
    for (let i = this.first[head]!; i < end; i++) {
      const entry = entries[i]!
      const count = entry >> KIND_BITS
      if (count !== 0) sum += count * this.#table[row + (entry & KIND_MASK)]!
    }
    return sum
  }

  get bytes(): number {
    return this.first.byteLength + this.entries.byteLength + this.#table.byteLength
  }
}

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

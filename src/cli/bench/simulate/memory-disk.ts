/** A disk in memory that can crash between operations and lose what was not synced. */
import { basename } from 'node:path'
import type { OpenSlotFile } from '../../../journal/slot-file.ts'

/** An operation that did not happen because the power was lost. */
export class CrashError extends Error {}

interface Operation {
  readonly name: string
  /** A write at `offset`, or a truncation where there are no bytes. */
  readonly offset: number
  readonly bytes?: Buffer
}

/** The file with the operation done, in place where it has the room. */
function apply(file: Buffer, { offset, bytes }: Operation): Buffer {
  if (!bytes)
    return offset <= file.length ? file.subarray(0, offset) : Buffer.concat([file], offset)
  const end = offset + bytes.length
  const grown = end <= file.length ? file : Buffer.concat([file], end)
  bytes.copy(grown, offset)
  return grown
}

/** Files by name; whoever opened one before the power was lost has lost it. */
export class MemoryDisk {
  readonly dir = '/tmp/lastgasp-memory-disk'
  readonly #now = new Map<string, Buffer>()
  readonly #synced = new Map<string, Buffer>()
  #pending: Operation[] = []
  #left = Number.POSITIVE_INFINITY
  /** Grows with each loss of power. */
  #outages = 0

  file(name: string): Buffer {
    return this.#now.get(name)!
  }

  /** The `count`-th operation from now and all later ones fail. */
  crashAfter(count: number): void {
    this.#left = count
  }

  /** Of what was not synced each operation is kept, lost or, for a write, torn. */
  losePower(random: () => number): void {
    this.#left = Number.POSITIVE_INFINITY
    this.#outages++
    for (const operation of this.#pending) {
      const fate = random()
      const { name, offset, bytes } = operation
      const before = this.#synced.get(name) ?? Buffer.alloc(0)
      if (fate < 1 / 3) this.#synced.set(name, apply(before, operation))
      else if (fate < 2 / 3 && bytes) {
        const torn = bytes.subarray(0, Math.floor(random() * bytes.length))
        this.#synced.set(name, apply(before, { name, offset, bytes: torn }))
      }
    }
    this.#pending = []
    for (const name of this.#now.keys())
      this.#now.set(name, Buffer.from(this.#synced.get(name) ?? Buffer.alloc(0)))
  }

  readonly open: OpenSlotFile = async (path) => {
    const name = basename(path)
    if (!this.#now.has(name)) this.#now.set(name, Buffer.alloc(0))
    const outages = this.#outages
    const isGone = () => outages !== this.#outages
    const step = () => {
      if (--this.#left <= 0) throw new CrashError('power lost')
    }
    const change = (operation: Operation) => {
      if (isGone()) throw new CrashError('of a program that is no more')
      this.#pending.push(operation)
      this.#now.set(name, apply(this.#now.get(name)!, operation))
      step()
    }
    return {
      read: async (offset, length) =>
        Buffer.from(this.#now.get(name)!.subarray(offset, offset + length)),
      write: async (offset, bytes) => change({ name, offset, bytes: Buffer.from(bytes) }),
      truncate: async (length) => change({ name, offset: length }),
      sync: async () => {
        if (isGone()) throw new CrashError('of a program that is no more')
        let synced = this.#synced.get(name) ?? Buffer.alloc(0)
        for (const operation of this.#pending)
          if (operation.name === name) synced = apply(synced, operation)
        this.#synced.set(name, synced)
        this.#pending = this.#pending.filter((operation) => operation.name !== name)
        step()
      },
      close: async () => {},
    }
  }
}

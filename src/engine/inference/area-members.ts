/**
 * Members of each area by class. Nearly all are of a class that observers come with; the few that are
 * known better stand beside.
 */
import { OBSERVER_CLASSES } from '../../grid/model.ts'

/** As many as fit 16 bits: two hundred times the largest area of the utility. */
const MOST_OF_A_CLASS = 0xffff

export class AreaMembers {
  readonly #classes: number
  /** Classes that observers come with. */
  readonly #common: number
  readonly #counts: Uint16Array | Int32Array
  readonly #known = new Map<number, number>()

  /** `largest`: members of the largest area. */
  constructor(areas: number, classes: number, largest: number) {
    this.#classes = classes
    this.#common = Math.min(classes, OBSERVER_CLASSES.length)
    const length = areas * this.#common
    this.#counts = largest <= MOST_OF_A_CLASS ? new Uint16Array(length) : new Int32Array(length)
  }

  add(area: number, k: number, more: number): void {
    if (k < this.#common) {
      this.#counts[area * this.#common + k]! += more
      return
    }
    const key = area * this.#classes + k
    const count = (this.#known.get(key) ?? 0) + more
    if (count === 0) this.#known.delete(key)
    else this.#known.set(key, count)
  }

  /** Calls `each` with every class that occurs in the area, and how often it does. */
  each(area: number, each: (k: number, count: number) => void): void {
    for (let k = 0; k < this.#common; k++) {
      const count = this.#counts[area * this.#common + k]!
      if (count !== 0) each(k, count)
    }
    if (this.#known.size === 0) return
    for (let k = this.#common; k < this.#classes; k++) {
      const count = this.#known.get(area * this.#classes + k)
      if (count !== undefined) each(k, count)
    }
  }

  get bytes(): number {
    return this.#counts.byteLength
  }
}

/**
 * Areas (台区): the meters that one transformer's terminals forward for, whose reports are lost
 * together when their concentrator is. An area sits at the head of its terminal.
 */
import type { CompiledGrid } from '../../grid/compiled.ts'
import { NONE } from './network.ts'

/** The network as far as areas ask for it. */
interface Tree {
  readonly grid: CompiledGrid
  /** Head above each head, `NONE` at a root. */
  readonly above: Int32Array
}

export class Areas {
  /** Head at which each area sits; ascending as long as no switch operated. */
  readonly seats: Int32Array
  /** Areas whose class has another head by now, by that head. */
  readonly #reseated = new Map<number, number>()
  readonly #firstSeats: Int32Array
  /** Observers of each area. */
  readonly members: Int32Array
  readonly #via: Int32Array
  /** Area of what each terminal forwards, `NONE` where it forwards nothing or is not energised. */
  readonly #through: Int32Array
  /** Head of each observer, where areas are those of transformers and no terminal is asked. */
  readonly #headOf: Int32Array | undefined
  /**
   * Observers that an area's terminal forwards for and that do not lie below its seat (a ledger error,
   * 户变关系错): what is lost with the area is not counted where they are, so they stand alone.
   */
  readonly #strangers = new Set<number>()

  /**
   * One area for each transformer with a terminal that meters report through; `byTransformer`, for
   * networks without such terminals, one for each head that has observers.
   */
  constructor({ grid, above }: Tree, headOf: Int32Array, byTransformer: boolean) {
    const { via } = grid.observers
    this.#via = via
    this.#headOf = byTransformer ? headOf : undefined
    const seatOf = byTransformer ? headOf : seatsOfForwarders(via, headOf)
    this.seats = Int32Array.from(new Set(seatOf.filter((seat) => seat !== NONE))).sort()
    this.#firstSeats = this.seats.slice()
    this.#through = byTransformer ? new Int32Array(0) : seatOf.map((seat) => this.at(seat))
    this.members = new Int32Array(this.seats.length)
    for (let o = 0; o < headOf.length; o++) {
      const area = this.of(o)
      if (area === NONE) continue
      if (isAtOrBelow(above, headOf[o]!, this.seats[area]!)) this.members[area]!++
      else this.#strangers.add(o)
    }
  }

  /** The area that sits at `head`, `NONE` where none does. */
  at(head: number): number {
    let low = 0
    let high = this.#firstSeats.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#firstSeats[middle]! < head) low = middle + 1
      else high = middle
    }
    return this.seats[low] === head ? low : (this.#reseated.get(head) ?? NONE)
  }

  /** The class that the areas sit at has these heads now. */
  reseat(moved: Iterable<readonly [area: number, head: number]>): void {
    const list = [...moved]
    for (const [area] of list) this.#reseated.delete(this.seats[area]!)
    for (const [area, head] of list) {
      this.seats[area] = head
      if (head !== this.#firstSeats[area]) this.#reseated.set(head, area)
    }
  }

  /** Area of an observer, `NONE` where none: its forwarder's, or its own if it forwards. */
  of(observer: number): number {
    if (this.#headOf !== undefined) return this.at(this.#headOf[observer]!)
    const forwarder = this.#via[observer]!
    const terminal = forwarder >= 0 ? forwarder : observer
    if (this.#strangers.size > 0 && this.#strangers.has(observer)) return NONE
    return terminal < this.#through.length ? this.#through[terminal]! : NONE
  }

  get bytes(): number {
    return 2 * this.seats.byteLength + this.members.byteLength + this.#through.byteLength
  }
}

/** Head of each terminal up to the last that forwards for another, `NONE` for the others. */
function seatsOfForwarders(via: Int32Array, headOf: Int32Array): Int32Array {
  // Terminals are numbered before meters, so this ends where they do.
  const forwards = new Uint8Array(via.reduce((end, terminal) => Math.max(end, terminal + 1), 0))
  for (let o = 0; o < via.length; o++) if (via[o]! >= 0) forwards[via[o]!] = 1
  return Int32Array.from(forwards, (does, terminal) => (does === 1 ? headOf[terminal]! : NONE))
}

/** No areas: where nothing is lost together. */
export function noAreas(tree: Tree): Areas {
  return new Areas(tree, new Int32Array(tree.grid.observers.via.length).fill(NONE), true)
}

function isAtOrBelow(above: Int32Array, head: number, seat: number): boolean {
  for (let a = head; a !== NONE; a = above[a]!) if (a === seat) return true
  return false
}

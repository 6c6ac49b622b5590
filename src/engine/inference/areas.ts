/**
 * Areas (台区): the meters that one transformer's terminals forward for, whose reports are lost
 * together when their concentrator is. An area sits at the head of its terminal.
 */
import type { CompiledGrid } from '../../grid/compiled.ts'
import { NONE } from './network.ts'

export class Areas {
  /** Head at which each area sits. */
  readonly seats: Int32Array
  /** Observers of each area. */
  readonly members: Int32Array
  /** Area of each device, `NONE` where none. */
  readonly ofDevice: Int32Array
  readonly #via: Int32Array
  /** Area of what each terminal forwards, `NONE` where it forwards nothing or is not energised. */
  readonly #through: Int32Array
  /** Head of each observer, where areas are those of transformers and no terminal is asked. */
  readonly #headOf: Int32Array | undefined

  /**
   * One area for each transformer with a terminal that meters report through; `byTransformer`, for
   * networks without such terminals, one for each head that has observers.
   */
  constructor(grid: CompiledGrid, headOf: Int32Array, byTransformer: boolean) {
    const { via } = grid.observers
    this.#via = via
    this.#headOf = byTransformer ? headOf : undefined
    this.ofDevice = new Int32Array(grid.devices.ids.count).fill(NONE)
    const seats: number[] = []
    const found = (seat: number) => {
      if (seat === NONE) return NONE
      if (this.ofDevice[seat] === NONE) this.ofDevice[seat] = seats.push(seat) - 1
      return this.ofDevice[seat]!
    }
    this.#through = byTransformer ? new Int32Array(0) : this.#findThrough(headOf, found)
    if (byTransformer) for (let o = 0; o < headOf.length; o++) found(headOf[o]!)
    this.seats = Int32Array.from(seats)
    this.members = new Int32Array(seats.length)
    for (let o = 0; o < headOf.length; o++) {
      const area = this.of(o)
      if (area !== NONE) this.members[area]!++
    }
  }

  /** Area of an observer, `NONE` where none: its forwarder's, or its own if it forwards. */
  of(observer: number): number {
    if (this.#headOf !== undefined) {
      const head = this.#headOf[observer]!
      return head === NONE ? NONE : this.ofDevice[head]!
    }
    const forwarder = this.#via[observer]!
    const terminal = forwarder >= 0 ? forwarder : observer
    return terminal < this.#through.length ? this.#through[terminal]! : NONE
  }

  get bytes(): number {
    return (
      this.seats.byteLength +
      this.members.byteLength +
      this.ofDevice.byteLength +
      this.#through.byteLength
    )
  }

  #findThrough(headOf: Int32Array, found: (seat: number) => number): Int32Array {
    // Terminals are numbered before meters, so this ends where they do.
    const forwarders = this.#via.reduce((end, terminal) => Math.max(end, terminal + 1), 0)
    const forwards = new Uint8Array(forwarders)
    for (let o = 0; o < headOf.length; o++) if (this.#via[o]! >= 0) forwards[this.#via[o]!] = 1
    return Int32Array.from(forwards, (does, terminal) =>
      does === 1 ? found(headOf[terminal]!) : NONE,
    )
  }
}

/** No areas: where nothing is lost together. */
export function noAreas(grid: CompiledGrid): Areas {
  return new Areas(grid, new Int32Array(grid.observers.via.length).fill(NONE), true)
}

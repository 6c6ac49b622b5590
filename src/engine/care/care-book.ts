/**
 * What is noted of customers and areas (服务等级), found by the device it lies at. Notes are kept by id, so that
 * they outlive a new grid; of those that the grid does not know nothing follows.
 */
import type { CareNote } from '../../facts/care.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'

/** A note at its place in the grid; `point` −1: all of the transformer's area. */
export interface PlacedNote {
  readonly note: CareNote
  readonly point: number
}

const NOTHING: readonly PlacedNote[] = []

export class CareBook {
  readonly #grid: CompiledGrid
  readonly #notes = new Map<string, CareNote>()
  readonly #atDevice = new Map<number, PlacedNote[]>()

  #turns = 0

  constructor(grid: CompiledGrid) {
    this.#grid = grid
  }

  /** In the order in which they were first made. */
  get notes(): Iterable<CareNote> {
    return this.#notes.values()
  }

  /** How often it was written to: what was found by it holds while this stands. */
  get turns(): number {
    return this.#turns
  }

  get isEmpty(): boolean {
    return this.#notes.size === 0
  }

  /** Takes a note in; one that holds until `at` or earlier takes back what was noted. */
  take(note: CareNote, at: InstantMs): void {
    this.#turns++
    const key = keyOf(note)
    const before = this.#notes.get(key)
    if (before) this.#unplace(before)
    if (note.until <= at) {
      this.#notes.delete(key)
      return
    }
    this.#notes.set(key, note)
    const placed = this.#placeOf(note)
    if (!placed) return
    const here = this.#atDevice.get(placed.device)
    if (here) here.push({ note, point: placed.point })
    else this.#atDevice.set(placed.device, [{ note, point: placed.point }])
  }

  /** What is noted of a device's own usage points, and of its area where it is a transformer. */
  at(device: number): readonly PlacedNote[] {
    return this.#atDevice.get(device) ?? NOTHING
  }

  /** Notes that hold no longer are forgotten. */
  forgetOver(now: InstantMs): void {
    for (const note of [...this.#notes.values()]) if (note.until <= now) this.take(note, now)
  }

  #unplace(note: CareNote): void {
    const device = this.#placeOf(note)?.device
    if (device === undefined) return
    const rest = this.at(device).filter((placed) => placed.note !== note)
    if (rest.length === 0) this.#atDevice.delete(device)
    else this.#atDevice.set(device, rest)
  }

  #placeOf({ usagePoint, transformer }: CareNote) {
    const { devices, usagePoints } = this.#grid
    const point = usagePoint === undefined ? -1 : usagePoints.ids.indexOf(usagePoint)
    if (point >= 0) return { device: usagePoints.device[point]!, point }
    const device = transformer === undefined ? -1 : devices.ids.indexOf(transformer)
    return device < 0 ? undefined : { device, point: -1 }
  }
}

const keyOf = ({ usagePoint, transformer, account, reason }: CareNote) =>
  [reason, usagePoint, transformer, account].join('/')

/**
 * Where a crew's van is: it drives straight from place to place at the pace of a county's roads and stands
 * where it came to. Time is given to it, so that a test needs no clock.
 */

/** Degrees. */
export type Place = readonly [lon: number, lat: number]

/** 60 km/h on country roads that are some four tenths longer than the straight line: 43 km/h, m/s. */
export const METRES_PER_SECOND = 12

/** Metres of a degree of latitude. */
const METRES_A_DEGREE = 111_132

/** Metres between two places some kilometres apart. */
export function metresApart([lonA, latA]: Place, [lonB, latB]: Place): number {
  const east = (lonB - lonA) * Math.cos((((latA + latB) / 2) * Math.PI) / 180)
  return Math.hypot(east, latB - latA) * METRES_A_DEGREE
}

export class Van {
  #place: Place
  #goal: Place
  #atMs: number
  /** Since when it stands, scenario ms; undefined while it drives. */
  #standsSince: number | undefined

  /** It stands at its base. */
  constructor(base: Place, atMs: number) {
    this.#place = base
    this.#goal = base
    this.#atMs = atMs
    this.#standsSince = atMs
  }

  get place(): Place {
    return this.#place
  }

  /** Sends it to a place; it is on its way from now. */
  driveTo(goal: Place, atMs: number): void {
    this.moveTo(atMs)
    if (metresApart(goal, this.#goal) === 0) return
    this.#goal = goal
    this.#standsSince = undefined
  }

  /** Lets the time pass until `atMs`, scenario time. */
  moveTo(atMs: number): void {
    const metres = (Math.max(0, atMs - this.#atMs) / 1000) * METRES_PER_SECOND
    this.#atMs = Math.max(this.#atMs, atMs)
    if (this.#standsSince !== undefined) return
    const left = metresApart(this.#place, this.#goal)
    if (left <= metres) {
      this.#place = this.#goal
      this.#standsSince = this.#atMs
      return
    }
    const share = metres / left
    const [lon, lat] = this.#place
    this.#place = [lon + (this.#goal[0] - lon) * share, lat + (this.#goal[1] - lat) * share]
  }

  /** How long it has stood at `goal`, scenario ms; undefined where it is not there yet. */
  stoodAt(goal: Place): number | undefined {
    if (this.#standsSince === undefined || metresApart(goal, this.#place) > 0) return undefined
    return this.#atMs - this.#standsSince
  }
}

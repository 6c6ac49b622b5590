/**
 * Sorts what is drawn into squares of one zoom, so that a tile is cut from its square's features
 * alone: nine million customers never become one GeoJSON. Only numbers are kept; geometry is made
 * when a square is first asked for. Sorting gives way to other work every few milliseconds.
 */
import { setImmediate as giveWay } from 'node:timers/promises'
import { tileX, tileY } from '../../grid/geography.ts'

export interface Buckets {
  /** Features of the square, by index; empty where there is nothing. */
  in(x: number, y: number): Int32Array
}

export type Box = readonly [west: number, south: number, east: number, north: number]

/** A square's edge is widened by this share, for lines drawn just beyond it. */
const MARGIN = 1 / 32

/** Features sorted before other work gets its turn: some 5 ms. */
const SORTED_AT_ONCE = 10_000

/** Sorts `count` features by the squares of zoom `z` that their boxes touch. */
export async function sortIntoBuckets(
  count: number,
  z: number,
  boxOf: (index: number) => Box | undefined,
): Promise<Buckets> {
  const squares = new Map<number, number[]>()
  const marginLon = (360 / 2 ** z) * MARGIN
  for (let index = 0; index < count; index++) {
    if (index % SORTED_AT_ONCE === SORTED_AT_ONCE - 1) await giveWay()
    const box = boxOf(index)
    if (!box) continue
    const [west, south, east, north] = box
    // Squares shrink towards the poles in degrees of latitude; the wider measure covers both.
    const west0 = tileX(west - marginLon, z)
    const east0 = tileX(east + marginLon, z)
    const north0 = tileY(north + marginLon, z)
    const south0 = tileY(south - marginLon, z)
    for (let x = west0; x <= east0; x++)
      for (let y = north0; y <= south0; y++) {
        const key = x * 2 ** z + y
        const list = squares.get(key)
        if (list) list.push(index)
        else squares.set(key, [index])
      }
  }
  const packed = new Map<number, Int32Array>()
  for (const [key, list] of squares) packed.set(key, Int32Array.from(list))
  const none = new Int32Array()
  return { in: (x, y) => packed.get(x * 2 ** z + y) ?? none }
}

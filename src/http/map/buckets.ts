/**
 * Sorts what is drawn into squares of one zoom, so that a tile is cut from its square's features
 * alone: nine million customers never become one GeoJSON. Only numbers are kept; geometry is made
 * when a square is first asked for.
 */
import { tileX, tileY } from '../../grid/geography.ts'

export interface Buckets {
  /** Features of the square, by index; empty where there is nothing. */
  in(x: number, y: number): Int32Array
}

/** Degrees; the same object may be filled anew for each feature. */
export interface Box {
  west: number
  south: number
  east: number
  north: number
}

/** A square's edge is widened by this share, for lines drawn just beyond it. */
const MARGIN = 1 / 32

/** Sorts `count` features by the squares of zoom `z` that their boxes touch. */
export function sortIntoBuckets(
  count: number,
  z: number,
  boxOf: (index: number) => Box | undefined,
): Buckets {
  /** Squares in the order in which they were met, and how many features each has. */
  const squares = new Map<number, number>()
  const sizes: number[] = []
  /** Square and feature, for each square that a feature touches. */
  let pairs = new Int32Array(4096)
  let length = 0
  const marginLon = (360 / 2 ** z) * MARGIN
  const put = (key: number, index: number) => {
    let square = squares.get(key)
    if (square === undefined) {
      square = squares.size
      squares.set(key, square)
      sizes.push(0)
    }
    sizes[square]!++
    if (length === pairs.length) {
      const grown = new Int32Array(length * 2)
      grown.set(pairs)
      pairs = grown
    }
    pairs[length++] = square
    pairs[length++] = index
  }
  for (let index = 0; index < count; index++) {
    const box = boxOf(index)
    if (!box) continue
    // Squares shrink towards the poles in degrees of latitude; the wider measure covers both.
    const west = tileX(box.west - marginLon, z)
    const east = tileX(box.east + marginLon, z)
    const north = tileY(box.north + marginLon, z)
    const south = tileY(box.south - marginLon, z)
    for (let x = west; x <= east; x++)
      for (let y = north; y <= south; y++) put(x * 2 ** z + y, index)
  }
  const first = new Int32Array(sizes.length + 1)
  for (const [square, size] of sizes.entries()) first[square + 1] = first[square]! + size
  const next = first.slice()
  const sorted = new Int32Array(length / 2)
  for (let at = 0; at < length; at += 2) sorted[next[pairs[at]!]!++] = pairs[at + 1]!
  return {
    in(x, y) {
      const square = squares.get(x * 2 ** z + y)
      return square === undefined
        ? new Int32Array()
        : sorted.subarray(first[square], first[square + 1])
    },
  }
}

/** The outline of places. */

export type Point = readonly [x: number, y: number]

/** Convex hull, closed, counter-clockwise as RFC 7946 asks (monotone chain); empty without places. */
export function hullOf(places: readonly Point[]): readonly Point[] {
  const sorted = [...places].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const half = (points: readonly Point[]) => {
    const chain: Point[] = []
    for (const point of points) {
      while (chain.length > 1 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop()
      chain.push(point)
    }
    return chain.slice(0, -1)
  }
  const ring = [...half(sorted), ...half([...sorted].reverse())]
  return ring.length === 0 ? [] : [...ring, ring[0]!]
}

const turn = (a: Point, b: Point, c: Point) =>
  (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

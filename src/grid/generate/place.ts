/**
 * Places in metres, east and north of a county's centre, and their degrees. Rational and
 * polynomial arithmetic only (see `draw.ts`).
 */

/** Metres east and north of the county's centre. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A county's centre in degrees. */
export interface Centre {
  readonly lon: number
  readonly lat: number
}

/** Metres a degree of latitude (and of longitude at the equator). */
const METRES_PER_DEGREE = 111_320

/** Cosine by its series: to 1e-7 within ±60°, more than enough for drawing. */
function cosineOfDegrees(degrees: number): number {
  const square = (degrees * 0.017453292519943295) ** 2
  return 1 - (square / 2) * (1 - (square / 12) * (1 - (square / 30) * (1 - square / 56)))
}

/** A unit vector at a share of a full turn, without sine: x = (1−t²)/(1+t²), y = 2t/(1+t²). */
export function direction(turn: number): Point {
  const whole = turn - Math.floor(turn)
  const quadrant = Math.floor(whole * 4)
  // t = tan(θ/2) for θ from 0 to 90°: near enough to even steps of the angle.
  const t = whole * 4 - quadrant
  const x = (1 - t * t) / (1 + t * t)
  const y = (2 * t) / (1 + t * t)
  if (quadrant === 0) return { x, y }
  if (quadrant === 1) return { x: -y, y: x }
  if (quadrant === 2) return { x: -x, y: -y }
  return { x: y, y: -x }
}

/** A frame of axes: `along` forwards, `across` to the left, from an origin. */
export class Frame {
  readonly origin: Point
  readonly axis: Point

  constructor(origin: Point, axis: Point) {
    this.origin = origin
    this.axis = axis
  }

  at(along: number, across: number): Point {
    return {
      x: this.origin.x + along * this.axis.x - across * this.axis.y,
      y: this.origin.y + along * this.axis.y + across * this.axis.x,
    }
  }

  /** The same axes turned by (cosine, sine) of `turn`, at a point of this frame. */
  turned(along: number, across: number, turn: Point): Frame {
    return new Frame(this.at(along, across), {
      x: this.axis.x * turn.x - this.axis.y * turn.y,
      y: this.axis.x * turn.y + this.axis.y * turn.x,
    })
  }
}

export function distance(a: Point, b: Point): number {
  return Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2)
}

/** The point `share` of the way from `a` to `b`. */
export function partWay(a: Point, b: Point, share: number): Point {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
}

/** The point `metres` before `b` on the way from `a` (never behind the middle). */
export function shortOf(a: Point, b: Point, metres: number): Point {
  const whole = distance(a, b)
  return partWay(a, b, whole < 2 * metres ? 0.5 : 1 - metres / whole)
}

/** Degrees with five decimals: about a metre. */
const round5 = (degrees: number) => Math.round(degrees * 100_000) / 100_000

/** Degrees of a point of a county: `[lon, lat]`. */
export function toDegrees(centre: Centre, point: Point): [number, number] {
  return [
    round5(centre.lon + point.x / (METRES_PER_DEGREE * cosineOfDegrees(centre.lat))),
    round5(centre.lat + point.y / METRES_PER_DEGREE),
  ]
}

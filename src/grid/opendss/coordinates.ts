/**
 * Bus coordinates: which files hold them, and how planar feet become degrees. Buses without any
 * take those of the bus above them, a little aside.
 */
import { ImportError, type Place } from './errors.ts'
import { parameters, statements } from './lexer.ts'

export interface CoordinateFile {
  /** True: `bus, lat, lon` in degrees. False: `bus, x, y` in feet of some plane. */
  readonly latLong: boolean
  readonly rows: ReadonlyArray<{ bus: string; first: number; second: number; place: Place }>
}

export interface LonLat {
  readonly lon: number
  readonly lat: number
}

/**
 * Where planar feeders are laid down: the middle of the sheet comes to the steppe north of Hohhot,
 * the utility's own country, because their own planes are not named and some are mere drawings.
 */
export const PLANAR_CENTRE: LonLat = { lon: 111.7, lat: 40.8 }
const METRES_PER_FOOT = 0.3048
/** Length of a degree at 40.8° N on the GRS80 ellipsoid. */
const METRES_PER_DEGREE_LAT = 111_048
const METRES_PER_DEGREE_LON = 84_390
/** Seven decimals: a centimetre. */
const DECIMALS = 1e7
/** Some 15 m: a house beside its transformer, far enough to be seen apart when zoomed in. */
const ASIDE_DEGREES = 0.000_15
/** From here on steps stay half a metre: shorter ones would vanish in the rounding. */
const LAST_HALVING = 5
/** Eight directions and then the next ring: no two neighbours of one bus fall together. */
const DIRECTIONS: ReadonlyArray<readonly [number, number]> = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
  [0.7, 0.7],
  [-0.7, 0.7],
  [-0.7, -0.7],
  [0.7, -0.7],
]

const round = (degrees: number) => Math.round(degrees * DECIMALS) / DECIMALS

/** True where the first line of a file is `name, number, number`: coordinates rather than a script. */
export function looksLikeCoordinates(file: string, text: string): boolean {
  for (const statement of statements(file, text)) {
    const words = parameters(statement)
    return (
      words.length >= 3 &&
      words.slice(0, 3).every(({ name }) => name === undefined) &&
      words.slice(1, 3).every(({ value }) => Number.isFinite(Number(value)))
    )
  }
  return false
}

/** Reads `bus, a, b` lines. Throws `ImportError` on a line that is not one. */
export function readCoordinates(file: string, text: string, latLong: boolean): CoordinateFile {
  const rows: Array<CoordinateFile['rows'][number]> = []
  for (const statement of statements(file, text)) {
    const [bus, first, second] = parameters(statement).map(({ value }) => value)
    const [a, b] = [Number(first), Number(second)]
    if (bus === undefined || second === undefined || !Number.isFinite(a) || !Number.isFinite(b)) {
      const what = `expected a bus and two numbers, found "${statement.text}"`
      throw new ImportError('opendss.badValue', statement, what)
    }
    if (latLong && (Math.abs(a) > 90 || Math.abs(b) > 180)) {
      const what = `${a}, ${b} is no latitude and longitude`
      throw new ImportError('opendss.badValue', statement, what)
    }
    const place = { file, line: statement.line }
    rows.push({ bus: bus.toLowerCase(), first: a, second: b, place })
  }
  return { latLong, rows }
}

/** Degrees of each bus of `isBus` that a file names; later files win. */
export function placeBuses(
  files: readonly CoordinateFile[],
  isBus: (bus: string) => boolean,
): Map<string, LonLat> {
  const places = new Map<string, LonLat>()
  for (const { latLong, rows } of files) {
    const known = rows.filter(({ bus }) => isBus(bus))
    if (latLong) {
      for (const { bus, first, second } of known) {
        places.set(bus, { lon: round(second), lat: round(first) })
      }
      continue
    }
    let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity]
    for (const { first, second } of known) {
      west = Math.min(west, first)
      east = Math.max(east, first)
      south = Math.min(south, second)
      north = Math.max(north, second)
    }
    for (const { bus, first, second } of known) {
      const metresEast = (first - (west + east) / 2) * METRES_PER_FOOT
      const metresNorth = (second - (south + north) / 2) * METRES_PER_FOOT
      places.set(bus, {
        lon: round(PLANAR_CENTRE.lon + metresEast / METRES_PER_DEGREE_LON),
        lat: round(PLANAR_CENTRE.lat + metresNorth / METRES_PER_DEGREE_LAT),
      })
    }
  }
  return places
}

/**
 * The `index`-th place beside `at`. `generation` is how many steps `at` itself is away from a bus
 * that has coordinates: each step is half the one before, so that none leads back onto another.
 */
export function beside(at: LonLat, index: number, generation: number): LonLat {
  const [east, north] = DIRECTIONS[index % DIRECTIONS.length]!
  const ring = 1 + Math.floor(index / DIRECTIONS.length)
  const step = (ring * ASIDE_DEGREES) / 2 ** Math.min(generation, LAST_HALVING)
  return { lon: round(at.lon + east * step), lat: round(at.lat + north * step) }
}

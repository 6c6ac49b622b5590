/**
 * Draws a feeder through open country: a long main line with bends, spurs to villages (rural) or
 * from homestead to homestead (pastoral), pumps and farms on the way.
 */
import { apportion, type Draw } from './draw.ts'
import { firmName } from './firms.ts'
import type { KindNumbers } from './kinds.ts'
import { steppeName, villageName } from './names.ts'
import { direction, type Frame, type Point, partWay } from './place.ts'
import type { PlannedFeeder } from './plan.ts'
import { drawLoads, type Load, type Site, type Spur, type Stop } from './sketch.ts'

interface CountryNumbers {
  readonly pastoral: boolean
  readonly transformersPerSpur: number
  /** Metres between two spurs of the main line. */
  readonly step: readonly [number, number]
  /** Metres from the main line to the first transformer, and from one to the next. */
  readonly approach: readonly [number, number]
  readonly spacing: readonly [number, number]
  /** From this many transformers on a spur forks. */
  readonly forkFrom: number
}

const RURAL: CountryNumbers = {
  pastoral: false,
  transformersPerSpur: 4.5,
  step: [900, 1_700],
  approach: [400, 2_200],
  spacing: [260, 340],
  forkFrom: 6,
}
const PASTORAL: CountryNumbers = {
  pastoral: true,
  transformersPerSpur: 5.5,
  step: [2_400, 4_200],
  approach: [900, 3_000],
  spacing: [900, 1_900],
  forkFrom: 5,
}

/** Metres before the first spur: clear of the streets around the substation. */
const OUT_OF_TOWN_METRES = 2_500

/** The main line of `feeder`, stop by stop, from the substation outwards. */
export function drawCountry(feeder: PlannedFeeder, kind: KindNumbers, draw: Draw): Stop[] {
  const numbers = nearer(kind.zone === 'remote' ? PASTORAL : RURAL, feeder.substation.spread)
  const loads = drawLoads(feeder, kind, draw)
  const spurCount = Math.max(3, Math.round(loads.length / numbers.transformersPerSpur))
  const perSpur = apportion(
    loads.length,
    Array.from({ length: spurCount }, () => draw.between(0.5, 1.5)),
    1,
  )
  let frame = feeder.substation.frame.turned(0, 0, direction(feeder.turn))
  let dealt = 0
  let side = draw.chance(0.5) ? 1 : -1
  return perSpur.map((count, index) => {
    const length = draw.between(...numbers.step) + (index === 0 ? OUT_OF_TOWN_METRES : 0)
    const before = frame.origin
    // A road turns a little every now and then, and comes back.
    frame = frame.turned(length, 0, direction(draw.middling(-0.02, 0.02)))
    const spur = drawSpur(frame, side, loads.slice(dealt, dealt + count), numbers, draw)
    dealt += count
    side = -side
    return {
      at: frame.origin,
      bends: wayside(before, frame.origin, draw),
      sites: [],
      spurs: spur ? [spur] : [],
    }
  })
}

/** The same country on a smaller scale; half as wide at least, so that it stays country. */
function nearer(numbers: CountryNumbers, spread: number): CountryNumbers {
  const scale = Math.max(0.5, spread)
  const scaled = ([low, high]: readonly [number, number]) => [low * scale, high * scale] as const
  const { step, approach } = numbers
  return { ...numbers, step: scaled(step), approach: scaled(approach) }
}

/** One or two bends of a line that is not quite straight. */
function wayside(from: Point, to: Point, draw: Draw): Point[] {
  const bends: Point[] = []
  for (const share of draw.chance(0.5) ? [0.35, 0.7] : [0.5]) {
    const on = partWay(from, to, share)
    const aside = draw.middling(-0.07, 0.07)
    bends.push({ x: on.x - (to.y - from.y) * aside, y: on.y + (to.x - from.x) * aside })
  }
  return bends
}

function drawSpur(
  main: Frame,
  side: number,
  loads: readonly Load[],
  numbers: CountryNumbers,
  draw: Draw,
): Spur | undefined {
  if (loads.length === 0) return undefined
  const frame = main.turned(0, 0, direction(side * 0.25 + draw.middling(-0.06, 0.06)))
  const name = numbers.pastoral ? `${steppeName(draw)}嘎查` : `${villageName(draw)}村`
  const guard = loads.length === 1 ? 'none' : draw.chance(0.45) ? 'breaker' : 'fuse'
  // Farms and pumps stand on the way, the village at the end.
  const inOrder = [...loads].sort((a, b) => Number(!a.firm) - Number(!b.firm))
  return { name, guard, stops: drawStops(frame, name, inOrder, numbers, draw) }
}

/** Stops along a spur; a long one forks half-way. */
function drawStops(
  start: Frame,
  name: string,
  loads: readonly Load[],
  numbers: CountryNumbers,
  draw: Draw,
): Stop[] {
  const forkAt = loads.length >= numbers.forkFrom ? Math.floor(loads.length / 3) : -1
  const onSpur = forkAt < 0 ? loads : loads.slice(0, Math.ceil((loads.length * 2) / 3))
  const onFork = loads.slice(onSpur.length)
  let frame = start
  return onSpur.map((load, index) => {
    const before = frame.origin
    const reach = index === 0 ? numbers.approach : numbers.spacing
    frame = frame.turned(draw.between(...reach), 0, direction(draw.middling(-0.03, 0.03)))
    const spurs: Spur[] = []
    if (index === forkAt && onFork.length > 0) {
      const fork = frame.turned(0, 0, direction(draw.pick([0.17, -0.17])))
      const stops = drawStops(fork, `${name}东`, onFork, { ...numbers, forkFrom: 99 }, draw)
      spurs.push({ name: `${name}东`, guard: onFork.length > 1 ? 'fuse' : 'none', stops })
    }
    return {
      at: frame.origin,
      bends: index === 0 ? wayside(before, frame.origin, draw) : [],
      sites: [countrySite(frame, name, load, index, draw)],
      spurs,
    }
  })
}

function countrySite(frame: Frame, place: string, load: Load, index: number, draw: Draw): Site {
  return {
    name: load.firm ? firmName(load.firm, draw) : `${place}${index + 1}社`,
    frame: frame.turned(0, draw.pick([14, -14]), direction(0)),
    widthMetres: 160,
    meters: load.meters,
    ...(load.firm ? { firm: load.firm } : {}),
  }
}

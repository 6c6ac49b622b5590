/**
 * Draws what hangs on a public transformer: low-voltage branches, the poles or building entrances
 * they pass, and the meter boxes there. Three patterns: blocks of buildings in town, lanes in a
 * village, homesteads on the steppe.
 */
import { apportion, type Draw } from './draw.ts'
import type { FeederKind, KindNumbers } from './kinds.ts'
import { direction, type Point } from './place.ts'
import type { Site } from './sketch.ts'

export interface Tap {
  readonly at: Point
  readonly bends: readonly Point[]
  /** Meters in each box here. */
  readonly boxes: readonly number[]
}

/** A low-voltage branch: its taps in a chain. */
export type LowVoltageBranch = readonly Tap[]

export function drawLowVoltage(
  site: Site,
  kind: FeederKind,
  numbers: KindNumbers,
  draw: Draw,
): LowVoltageBranch[] {
  const boxes = drawBoxes(site.meters, numbers, draw)
  const taps: number[][] = []
  for (let i = 0; i < boxes.length; ) {
    const here = draw.whole(Math.ceil(numbers.boxesPerTap / 2), numbers.boxesPerTap)
    taps.push(boxes.slice(i, i + here))
    i += here
  }
  const branches = Math.min(taps.length, draw.whole(...numbers.lvBranches))
  const lengths = apportion(taps.length, Array<number>(branches).fill(1), 1)
  let taken = 0
  return lengths.map((length, index) => {
    const own = taps.slice(taken, taken + length)
    taken += length
    if (numbers.streets) return rowOfBuildings(site, own, index, branches)
    return kind === 'rural' ? lane(site, own, index, draw) : homesteads(site, own, index, draw)
  })
}

/** Meters of each box: as even as whole numbers allow. */
function drawBoxes(meters: number, numbers: KindNumbers, draw: Draw): number[] {
  const count = Math.ceil(meters / draw.whole(...numbers.boxMeters))
  return apportion(meters, Array<number>(count).fill(1), 1)
}

/** Metres of the block kept clear for its streets. */
const STREET_MARGIN = 22

/** Buildings in a row across the block, the branch running between the rows. */
function rowOfBuildings(site: Site, taps: number[][], index: number, rows: number): Tap[] {
  const depth = Math.max(60, Math.min(180, site.widthMetres)) - STREET_MARGIN
  const across = ((index + 0.5) / rows - 0.5) * (site.widthMetres - STREET_MARGIN)
  return taps.map((boxes, k) => ({
    at: site.frame.at(STREET_MARGIN + (depth * (k + 1)) / taps.length, across),
    bends: k === 0 ? [site.frame.at(STREET_MARGIN / 2, across)] : [],
    boxes,
  }))
}

/** Poles along a lane: the first two lanes run both ways, further ones beside them. */
function lane(site: Site, taps: number[][], index: number, draw: Draw): Tap[] {
  const forward = index % 2 === 0 ? 1 : -1
  const across = index < 2 ? 0 : 75
  const step = draw.between(38, 52)
  return taps.map((boxes, k) => ({
    at: site.frame.at(forward * (k + 1) * step, across + draw.between(-4, 4)),
    bends: k === 0 && across > 0 ? [site.frame.at(0, across)] : [],
    boxes,
  }))
}

/** Homesteads far apart, each reached from the one before. */
function homesteads(site: Site, taps: number[][], index: number, draw: Draw): Tap[] {
  let frame = site.frame.turned(0, 0, direction(index * 0.5 + draw.between(-0.15, 0.15)))
  return taps.map((boxes) => {
    frame = frame.turned(draw.between(90, 320), 0, direction(draw.between(-0.08, 0.08)))
    return { at: frame.origin, bends: [], boxes }
  })
}

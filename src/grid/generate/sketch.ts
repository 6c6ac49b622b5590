/**
 * A feeder as drawn on a map, before it has ids: a main line of stops, spurs that leave it, and
 * the transformer sites on them. `streets.ts` and `country.ts` draw sketches, `build.ts` turns
 * them into grid objects.
 */
import { apportion, type Draw } from './draw.ts'
import { CLINIC, drawFirm, type Firm, HOSPITAL } from './firms.ts'
import { type KindNumbers, PUBLIC_SHARE } from './kinds.ts'
import type { Frame, Point } from './place.ts'
import type { PlannedFeeder } from './plan.ts'

/** Where a transformer stands. */
export interface Site {
  readonly name: string
  /** Stands at the frame's origin; its customers lie forward of it. */
  readonly frame: Frame
  /** Metres across that its low-voltage area may take. */
  readonly widthMetres: number
  /** Meters behind it; 1 for a dedicated one. */
  readonly meters: number
  /** Whose it is; absent: public (公变). */
  readonly firm?: Firm
}

export interface Stop {
  readonly at: Point
  /** Bends of the line that comes here. */
  readonly bends: readonly Point[]
  readonly sites: readonly Site[]
  readonly spurs: readonly Spur[]
}

export interface Spur {
  readonly name: string
  /** What can interrupt it; `none`: a plain tee. */
  readonly guard: 'breaker' | 'fuse' | 'none'
  readonly stops: readonly Stop[]
}

/** What is to be placed: meters behind each public transformer, and who owns the others. */
export type Load = { readonly meters: number; readonly firm?: Firm }

/**
 * The transformers of a feeder, in random order. Meters and dedicated customers add up to the
 * feeder's customers exactly.
 */
export function drawLoads(feeder: PlannedFeeder, numbers: KindNumbers, draw: Draw): Load[] {
  const { meters, usualMeters } = numbers
  const dedicatedPerPublic = (1 - PUBLIC_SHARE) / PUBLIC_SHARE
  const { customers } = feeder
  const publics = Math.max(1, Math.round(customers / (usualMeters + dedicatedPerPublic)))
  const dedicated = Math.max(
    0,
    Math.min(Math.round(publics * dedicatedPerPublic), customers - publics),
  )
  const [low, high] = meters
  const top = Math.min(high, 2 * usualMeters - low)
  const weights = Array.from({ length: publics }, () => draw.between(low, top))
  const loads: Load[] = apportion(customers - dedicated, weights, 1).map((meters) => ({ meters }))
  for (let i = 0; i < dedicated; i++) {
    const care = feeder.substation.kilovolts === 110 ? HOSPITAL : CLINIC
    const firm = feeder.hospital && i === 0 ? care : drawFirm(feeder.kind, draw)
    loads.push({ meters: 1, firm })
  }
  for (let i = loads.length - 1; i > 0; i--) {
    const other = draw.whole(0, i)
    ;[loads[i], loads[other]] = [loads[other]!, loads[i]!]
  }
  return loads
}

/**
 * What everyone may know of outages (停电公告): how many customers of a whole unit have no supply, in
 * tens, and nothing of groups so small that a neighbour could tell who is meant. Only what is
 * confirmed; no devices, no places finer than a unit.
 */
import type { Incident } from '../../engine/changes.ts'
import { customersOut } from '../../engine/incidents/case.ts'
import { hullOf } from '../../grid/hull.ts'
import type { DrawnGrid } from './drawn-grid.ts'
import { networkOf } from './network.ts'

/** Fewer customers than this are not shown: two stairwells of a block of flats. */
export const SMALLEST_GROUP = 20
/** Counts are rounded to this, so that two readings do not give away one house. */
const ROUNDED_TO = 10

type Place = readonly [lon: number, lat: number]

export interface PublicArea {
  readonly name: string
  /** Closed ring around the unit's feeders. */
  readonly outline: readonly Place[]
  /** All customers of its feeders, in the normal state. */
  readonly customersServed: number
}

/** Units that have feeders, by id. */
export type Areas = ReadonlyMap<string, PublicArea>

export interface PublicOutage extends PublicArea {
  readonly unit: string
  /** About this many, in tens. */
  readonly customersOut: number
  readonly planned: boolean
  readonly since: number
  /** Latest time that a crew gave; null where none did. */
  readonly expected: number | null
}

const PLANNED: ReadonlySet<Incident['kind']> = new Set([
  'planned',
  'rationing',
  'customerRequested',
])
const TOLD: ReadonlySet<Incident['outageKind']> = new Set(['confirmed', 'partiallyRestored'])
const KINDS: ReadonlySet<Incident['kind']> = new Set(['fault', 'partialPhase', ...PLANNED])

/** Outages by unit and by whether they were announced, the largest first. */
export function publicOutages(
  areas: Areas,
  incidents: Iterable<Incident>,
): readonly PublicOutage[] {
  const groups = new Map<string, Incident[]>()
  for (const one of incidents) {
    if (one.outcome !== null || !TOLD.has(one.outageKind) || !KINDS.has(one.kind)) continue
    const key = `${one.unit} ${PLANNED.has(one.kind)}`
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return [...groups.values()]
    .flatMap((group): PublicOutage[] => {
      const unit = group[0]!.unit
      const out = group.reduce((sum, one) => sum + stillOut(one), 0)
      const area = areas.get(unit)
      if (area === undefined || out < SMALLEST_GROUP) return []
      const told = group.flatMap(({ etrSource, estimatedPeriod }) =>
        etrSource === 'field' && estimatedPeriod ? [estimatedPeriod.end] : [],
      )
      return [
        {
          ...area,
          unit,
          customersOut: Math.round(out / ROUNDED_TO) * ROUNDED_TO,
          planned: PLANNED.has(group[0]!.kind),
          since: Math.min(...group.map(({ startedAt }) => startedAt)),
          expected: told.length === 0 ? null : Math.max(...told),
        },
      ]
    })
    .sort((a, b) => b.customersOut - a.customersOut || (a.unit < b.unit ? -1 : 1))
}

function stillOut({ metersAffected, originalMetersAffected, customersRestored }: Incident): number {
  const originalCustomers = Math.max(originalMetersAffected, metersAffected)
  return customersOut({ customers: metersAffected, originalCustomers, customersRestored })
}

/** Each unit that has feeders, with a coarse ring around them. */
export function areasOf(grid: DrawnGrid): Areas {
  const corners = new Map<string, Place[]>()
  const served = new Map<string, number>()
  for (const { unit, bbox, customers } of networkOf(grid).feeders) {
    served.set(unit, (served.get(unit) ?? 0) + customers)
    if (bbox === null) continue
    const [west, south, east, north] = bbox
    const own = corners.get(unit) ?? []
    own.push([west, south], [west, north], [east, south], [east, north])
    corners.set(unit, own)
  }
  const areas = new Map<string, PublicArea>()
  for (const { id, name } of grid.units) {
    const own = corners.get(id)
    if (own) areas.set(id, { name, outline: hullOf(own), customersServed: served.get(id)! })
  }
  return areas
}

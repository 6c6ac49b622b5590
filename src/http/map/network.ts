/** The network in outline: units, substations, feeders with their size and extent. Once per grid. */
import type { DrawnGrid } from './drawn-grid.ts'
import { TRANSFORMER } from './lines.ts'

export type Bounds = [west: number, south: number, east: number, north: number]

export interface FeederOutline {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly substation: string
  readonly customers: number
  readonly transformers: number
  readonly bbox: Bounds | null
  readonly centroid: [number, number] | null
}

export interface NetworkOutline {
  readonly feeders: readonly FeederOutline[]
  readonly bounds: Bounds | null
  /** The answer of `GET /network`, encoded once. */
  readonly json: string
}

const outlines = new WeakMap<DrawnGrid, NetworkOutline>()

/** The outline of `grid`; one pass over its devices the first time. */
export function networkOf(grid: DrawnGrid): NetworkOutline {
  const known = outlines.get(grid)
  if (known) return known
  const tallies = grid.feeders.map(() => ({
    customers: 0,
    transformers: 0,
    places: 0,
    lon: 0,
    lat: 0,
    box: [Infinity, Infinity, -Infinity, -Infinity] as Bounds,
  }))
  const { feeder, type, from } = grid.devices
  const { lon, lat } = grid.nodes
  const { first } = grid.usagePoints
  for (let device = 0; device < grid.devices.ids.count; device++) {
    const tally = tallies[feeder[device]!]
    if (!tally) continue
    tally.customers += first[device + 1]! - first[device]!
    if (type[device] === TRANSFORMER) tally.transformers++
    const node = from[device]!
    const [east, north] = [lon[node]!, lat[node]!]
    if (Number.isNaN(east) || Number.isNaN(north)) continue
    tally.places++
    tally.lon += east
    tally.lat += north
    widen(tally.box, east, north)
  }
  const all: Bounds = [Infinity, Infinity, -Infinity, -Infinity]
  const feeders = grid.feeders.map((one, index): FeederOutline => {
    const tally = tallies[index]!
    const { customers, transformers, places, box } = tally
    if (places > 0) {
      widen(all, box[0], box[1])
      widen(all, box[2], box[3])
    }
    return {
      id: one.id,
      name: one.name,
      unit: grid.units[one.unit]?.id ?? '',
      substation: grid.substations[one.substation]?.id ?? '',
      customers,
      transformers,
      bbox: places > 0 ? box : null,
      centroid: places > 0 ? [tally.lon / places, tally.lat / places] : null,
    }
  })
  const bounds = Number.isFinite(all[0]) ? all : null
  const json = JSON.stringify({
    name: grid.name,
    digest: grid.digest,
    bounds,
    units: grid.units.map(({ id, name, parent }) => ({
      id,
      name,
      parent: grid.units[parent]?.id ?? null,
    })),
    substations: grid.substations.map(({ id, name, unit }) => ({
      id,
      name,
      unit: grid.units[unit]?.id ?? '',
    })),
    feeders,
  })
  const outline = { feeders, bounds, json }
  outlines.set(grid, outline)
  return outline
}

function widen(box: Bounds, lon: number, lat: number): void {
  box[0] = Math.min(box[0], lon)
  box[1] = Math.min(box[1], lat)
  box[2] = Math.max(box[2], lon)
  box[3] = Math.max(box[3], lat)
}

/**
 * Vector tiles of the network (`docs/http.md`, maps): feeders in outline below zoom 10, main lines
 * from 10, all medium voltage from 12, low voltage from 14. Static but for the counts of customers, which
 * follow the switching: live state comes by WebSocket.
 */
/// <reference path="./vt-pbf.d.ts" />
import GeoJSONVT from 'geojson-vt'
import { fromGeojsonVt } from 'vt-pbf'
import { formatPhases } from '../../facts/phases.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { customersBelow, devicePlace } from '../../grid/geography.ts'
import { DEVICE_TYPES } from '../../grid/model.ts'
import { type CustomersNow, customersNormally } from '../../grid/refed.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { type Box, type Buckets, sortIntoBuckets } from './buckets.ts'
import { type CutFeature, recount } from './counted.ts'
import { isLowVoltage, lineGeometry, lineRank, TRANSFORMER } from './lines.ts'
import { networkOf } from './network.ts'

/** Beyond this zoom consoles stretch the tile: 0.04 m a unit is finer than any survey. */
export const MAX_TILE_ZOOM = 16
/** Features cut into one index; a dense city's square of zoom 14 holds some 30,000. */
export const MAX_FEATURES_PER_INDEX = 100_000
/** Main lines drawn in outline at zoom 8 and 9; beyond, feeders are points there. */
const MAX_OUTLINE_LINES = 50_000
/** Squares whose cut features are kept; a shift's consoles look at a few places. */
const MAX_INDEXES = 48
/** Encoded tiles kept; at some 20 KB each this is 40 MB. */
const MAX_ENCODED = 2_048

type Detail = 'outline' | 'main' | 'mv' | 'lv'

/** Zoom of the squares of each detail, and the zoom from which it is drawn. */
const DETAILS = {
  outline: { bucketZoom: 0, from: 0, below: 10 },
  main: { bucketZoom: 10, from: 10, below: 12 },
  mv: { bucketZoom: 12, from: 12, below: MAX_TILE_ZOOM + 1 },
  lv: { bucketZoom: 14, from: 14, below: MAX_TILE_ZOOM + 1 },
} as const satisfies Record<Detail, object>

interface Feature {
  type: 'Feature'
  geometry: { type: string; coordinates: unknown }
  properties: Record<string, unknown>
}
type Layers = Record<string, Feature[]>
type Indexes = ReadonlyMap<string, GeoJSONVT>

export interface Tiles {
  /** The encoded tile, customers counted so (else as in the normal state); undefined where it is empty. */
  tile(z: number, x: number, y: number, customers?: CustomersNow): Promise<Buffer | undefined>
}

/** Tiles of one grid; work is done when a square is first looked at. */
export function createTiles(grid: CompiledGrid, telemetry: Telemetry): Tiles {
  const buckets = new Map<Detail, Promise<{ lines: Buckets; devices: Buckets }>>()
  const indexes = new Map<string, Promise<Indexes>>()
  const normal = customersNormally(grid)
  const encoded = new Map<string, Promise<Buffer | undefined>>()
  /** Those whose counts are not the normal ones, for as long as they are counted so. */
  let switched = { customers: normal, encoded: new Map<string, Promise<Buffer | undefined>>() }

  const sort = async (detail: Detail) => {
    const z = DETAILS[detail].bucketZoom
    const lines = await sortIntoBuckets(grid.lines.count, z, (line) =>
      belongs(lineRank(grid, line), detail) ? lineBox(grid, line) : undefined,
    )
    const devices = await sortIntoBuckets(grid.devices.ids.count, z, (device) => {
      if (!drawsDevice(grid, device, detail)) return
      const place = devicePlace(grid, device)
      return place && [...place, ...place]
    })
    return { lines, devices }
  }

  const layersOf = async (detail: Detail, x: number, y: number): Promise<Layers> => {
    if (detail === 'outline') return outline(grid)
    const sorted = buckets.get(detail) ?? sort(detail)
    buckets.set(detail, sorted)
    const { lines, devices } = await sorted
    const layers: Layers = { lines: [], devices: [], transformers: [] }
    let room = MAX_FEATURES_PER_INDEX
    const inSquare = devices.in(x, y)
    for (const device of inSquare.subarray(0, room)) addDevice(grid, device, layers)
    room -= Math.min(room, inSquare.length)
    const linesInSquare = lines.in(x, y)
    for (const line of linesInSquare.subarray(0, room)) addLine(grid, line, layers)
    const left = Math.max(0, inSquare.length + linesInSquare.length - MAX_FEATURES_PER_INDEX)
    if (left > 0) telemetry.emit('http.mapLimited', { count: left, square: `${detail}/${x}/${y}` })
    return layers
  }

  const indexesOf = (detail: Detail, x: number, y: number): Promise<Indexes> =>
    remember(indexes, `${detail}/${x}/${y}`, MAX_INDEXES, async () => {
      const made = new Map<string, GeoJSONVT>()
      for (const [layer, features] of Object.entries(await layersOf(detail, x, y)))
        if (features.length > 0) made.set(layer, cut(features, detail))
      return made
    })

  const encode = async (z: number, x: number, y: number, customers: CustomersNow) => {
    const counted = recount(grid, customers)
    const layers: Record<string, { features: unknown[] }> = {}
    for (const [detail, { bucketZoom, from, below }] of Object.entries(DETAILS)) {
      if (z < from || z >= below) continue
      const shift = z - bucketZoom
      const cutHere = await indexesOf(detail as Detail, x >> shift, y >> shift)
      for (const [layer, index] of cutHere) {
        const features = counted(layer, (index.getTile(z, x, y)?.features ?? []) as CutFeature[])
        if (features.length === 0) continue
        layers[layer] = { features: [...(layers[layer]?.features ?? []), ...features] }
      }
    }
    if (Object.keys(layers).length === 0) return
    return Buffer.from(fromGeojsonVt(layers, { version: 2 }))
  }

  return {
    tile(z, x, y, customers = normal) {
      const isNormal = customers.differing.size === 0
      if (!isNormal && switched.customers !== customers)
        switched = { customers, encoded: new Map() }
      const kept = isNormal ? encoded : switched.encoded
      return remember(kept, `${z}/${x}/${y}`, MAX_ENCODED, () => encode(z, x, y, customers))
    },
  }
}

/** The value of `key`, made where absent; the one longest unused makes room. */
function remember<V>(kept: Map<string, V>, key: string, most: number, make: () => V): V {
  const value = kept.has(key) ? kept.get(key)! : make()
  kept.delete(key)
  kept.set(key, value)
  if (kept.size > most) kept.delete(kept.keys().next().value!)
  return value
}

function cut(features: Feature[], detail: Detail): GeoJSONVT {
  const { below } = DETAILS[detail]
  return new GeoJSONVT({ type: 'FeatureCollection', features } as never, {
    maxZoom: below - 1,
    indexMaxZoom: 0,
    // At the finest zoom nothing is simplified away; above it one pixel in 512 is not seen.
    tolerance: 4,
  })
}

function belongs(rank: ReturnType<typeof lineRank>, detail: Detail): boolean {
  if (detail === 'lv') return rank === 'lv'
  return detail === 'main' ? rank === 'main' : rank !== 'lv'
}

function drawsDevice(grid: CompiledGrid, device: number, detail: Detail): boolean {
  const type = grid.devices.type[device]!
  if (detail === 'main') return false
  return isLowVoltage(type) === (detail === 'lv') && DEVICE_TYPES[type] !== 'service'
}

function lineBox(grid: CompiledGrid, line: number): Box | undefined {
  const vertices = lineGeometry(grid, line)
  if (!vertices) return
  let [west, south] = vertices[0]!
  let [east, north] = vertices[0]!
  for (const [lon, lat] of vertices) {
    if (lon < west) west = lon
    if (lon > east) east = lon
    if (lat < south) south = lat
    if (lat > north) north = lat
  }
  return [west, south, east, north]
}

function addLine(grid: CompiledGrid, line: number, layers: Layers): void {
  const coordinates = lineGeometry(grid, line)
  if (!coordinates) return
  const fedBy = grid.lines.fedBy[line]!
  layers.lines!.push({
    type: 'Feature',
    geometry: { type: 'LineString', coordinates },
    properties: {
      device: fedBy < 0 ? '' : grid.devices.ids.idOf(fedBy),
      feeder: grid.feeders[grid.devices.feeder[fedBy] ?? -1]?.id ?? '',
      phases: formatPhases(grid.lines.phases[line]!),
      lv: lineRank(grid, line) === 'lv',
    },
  })
}

function addDevice(grid: CompiledGrid, device: number, layers: Layers): void {
  const { devices } = grid
  const transformer = devices.type[device] === TRANSFORMER
  const common = {
    id: devices.ids.idOf(device),
    name: devices.nameOf(device),
    feeder: grid.feeders[devices.feeder[device]!]?.id ?? '',
  }
  const dedicated = devices.ownership[device] === 1
  layers[transformer ? 'transformers' : 'devices']!.push({
    type: 'Feature',
    geometry: { type: 'Point', coordinates: devicePlace(grid, device)! },
    properties: transformer
      ? {
          ...common,
          ownership: dedicated ? 'dedicated' : 'public',
          customers: customersBelow(grid, device),
        }
      : {
          ...common,
          type: DEVICE_TYPES[devices.type[device]!]!,
          open: devices.normallyOpen[device] === 1,
        },
  })
}

/** Feeders far away: a point each, and their main lines as one shape while those are few. */
function outline(grid: CompiledGrid): Layers {
  const { feeders } = networkOf(grid)
  const shapes = feeders.map((): [number, number][][] => [])
  let lines = 0
  for (let line = 0; line < grid.lines.count && lines <= MAX_OUTLINE_LINES; line++) {
    const shape = shapes[grid.devices.feeder[grid.lines.fedBy[line]!] ?? -1]
    const coordinates =
      shape && lineRank(grid, line) === 'main' ? lineGeometry(grid, line) : undefined
    if (!coordinates) continue
    shape!.push(coordinates)
    lines++
  }
  const features: Feature[] = []
  for (const [index, { id, name, unit, centroid, customers }] of feeders.entries()) {
    const properties = { id, name, unit, customers }
    if (centroid)
      features.push({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: centroid },
        properties,
      })
    const coordinates = shapes[index]!
    if (lines <= MAX_OUTLINE_LINES && coordinates.length > 0)
      features.push({
        type: 'Feature',
        geometry: { type: 'MultiLineString', coordinates },
        properties,
      })
  }
  return { feeders: features }
}

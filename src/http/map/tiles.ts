/**
 * Vector tiles of the network (`docs/http.md`, maps): the outline below zoom 10, main lines from 10,
 * all medium voltage from 12, low voltage from 14. Static but for the counts of customers, which
 * follow the switching: live state comes by WebSocket. It takes the processor for as long as it needs,
 * so it runs in a thread of its own (`atlas.ts`).
 */
/// <reference path="./vt-pbf.d.ts" />
import GeoJSONVT from 'geojson-vt'
import { fromGeojsonVt } from 'vt-pbf'
import type { CustomersNow } from '../../grid/refed.ts'
import { type Buckets, sortIntoBuckets } from './buckets.ts'
import { joined } from './cells.ts'
import { type CutFeature, recount } from './counted.ts'
import type { DrawnGrid } from './drawn-grid.ts'
import {
  addDevice,
  addLine,
  boxOfDevice,
  boxOfLine,
  type Detail,
  type Feature,
  type Layers,
} from './features.ts'
import { LINES_FROM_ZOOM, outlineOf } from './outline.ts'

/** Beyond this zoom consoles stretch the tile: 0.04 m a unit is finer than any survey. */
export const MAX_TILE_ZOOM = 16
/** Features cut into one index; a dense city's square of zoom 14 holds some 30,000. */
export const MAX_FEATURES_PER_INDEX = 100_000
/** Features of a layer in one tile below `ALL_FROM_ZOOM`: beyond, points are joined, lines by feeder. */
export const MAX_FEATURES_A_LAYER = 2_000
/** From this zoom on everything is drawn as it is: a tile is 1.5 km wide. */
const ALL_FROM_ZOOM = 14
/** Squares whose cut features are kept; a shift's consoles look at a few places. */
const MAX_INDEXES = 48
/** Encoded tiles kept; at some 20 KB each this is 40 MB. */
const MAX_ENCODED = 2_048

/** Zoom of the squares of each detail, and the zoom from which it is drawn. */
const DETAILS = {
  main: { bucketZoom: 10, from: LINES_FROM_ZOOM, below: 12 },
  mv: { bucketZoom: 12, from: 12, below: MAX_TILE_ZOOM + 1 },
  lv: { bucketZoom: 14, from: ALL_FROM_ZOOM, below: MAX_TILE_ZOOM + 1 },
} as const satisfies Record<Detail, object>

type Indexes = ReadonlyMap<string, GeoJSONVT>
type Counts = Pick<CustomersNow, 'differing'>
const NORMALLY: Counts = { differing: new Map() }

/** Hears of squares that hold more than is drawn. */
interface Listener {
  emit(event: 'http.mapLimited', fields: { count: number; square: string }): void
}

export interface Tiles {
  /** Sorts what is drawn from zoom `z` on into squares, where that was not done before. */
  prepare(z: number): void
  /** The encoded tile, customers counted so (else as in the normal state); undefined where it is empty. */
  tile(z: number, x: number, y: number, customers?: Counts): Buffer | undefined
}

/** Tiles of one grid; work is done when a square is first looked at. */
export function createTiles(grid: DrawnGrid, listener: Listener): Tiles {
  const sorted = new Map<Detail, { lines: Buckets; devices: Buckets }>()
  const indexes = new Map<string, Indexes>()
  const encoded = new Map<string, Buffer | undefined>()
  /** Those whose counts are not the normal ones, for as long as they are counted so. */
  let switched = { customers: NORMALLY, encoded: new Map<string, Buffer | undefined>() }

  const bucketsOf = (detail: Detail) => {
    const known = sorted.get(detail)
    if (known) return known
    const z = DETAILS[detail].bucketZoom
    const made = {
      lines: sortIntoBuckets(grid.lines.count, z, (line) => boxOfLine(grid, line, detail)),
      devices: sortIntoBuckets(grid.devices.ids.count, z, (at) => boxOfDevice(grid, at, detail)),
    }
    sorted.set(detail, made)
    return made
  }

  const layersOf = (detail: Detail, x: number, y: number): Layers => {
    const { lines, devices } = bucketsOf(detail)
    const layers: Layers = { lines: [], devices: [], transformers: [] }
    let room = MAX_FEATURES_PER_INDEX
    const inSquare = devices.in(x, y)
    for (const device of inSquare.subarray(0, room)) addDevice(grid, device, layers)
    room -= Math.min(room, inSquare.length)
    const linesInSquare = lines.in(x, y)
    for (const line of linesInSquare.subarray(0, room)) addLine(grid, line, layers)
    const left = Math.max(0, inSquare.length + linesInSquare.length - MAX_FEATURES_PER_INDEX)
    if (left > 0) listener.emit('http.mapLimited', { count: left, square: `${detail}/${x}/${y}` })
    return layers
  }

  const indexesOf = (detail: Detail, x: number, y: number): Indexes =>
    remember(indexes, `${detail}/${x}/${y}`, MAX_INDEXES, () => {
      const made = new Map<string, GeoJSONVT>()
      for (const [layer, features] of Object.entries(layersOf(detail, x, y)))
        if (features.length > 0) made.set(layer, cut(features, detail))
      return made
    })

  /** What is cut of a tile, by layer. */
  const cutTile = (z: number, x: number, y: number): Iterable<[string, readonly CutFeature[]]> => {
    if (z < LINES_FROM_ZOOM) return outlineOf(grid).tile(z, x, y)
    const found: [string, readonly CutFeature[]][] = []
    for (const [detail, { bucketZoom, from, below }] of Object.entries(DETAILS)) {
      if (z < from || z >= below) continue
      const shift = z - bucketZoom
      for (const [layer, index] of indexesOf(detail as Detail, x >> shift, y >> shift)) {
        const features = (index.getTile(z, x, y)?.features ?? []) as unknown as CutFeature[]
        found.push(z < ALL_FROM_ZOOM ? bounded(layer, features) : [layer, features])
      }
    }
    return found
  }

  const encode = (z: number, x: number, y: number, customers: Counts) => {
    const counted = recount(grid, customers)
    const layers: Record<string, { features: unknown[] }> = {}
    for (const [layer, features] of cutTile(z, x, y)) {
      if (features.length === 0) continue
      const before = layers[layer]?.features ?? []
      layers[layer] = { features: [...before, ...counted(layer, features)] }
    }
    if (Object.keys(layers).length === 0) return
    return Buffer.from(fromGeojsonVt(layers, { version: 2 }))
  }

  return {
    prepare(z) {
      if (z < LINES_FROM_ZOOM) outlineOf(grid)
      else
        for (const [detail, { from, below }] of Object.entries(DETAILS))
          if (z >= from && z < below) bucketsOf(detail as Detail)
    },
    tile(z, x, y, customers = NORMALLY) {
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

/** The same with at most `MAX_FEATURES_A_LAYER`, or a shape for each feeder. */
function bounded(
  layer: string,
  features: readonly CutFeature[],
): [layer: string, features: readonly CutFeature[]] {
  if (features.length <= MAX_FEATURES_A_LAYER) return [layer, features]
  if (layer === 'transformers') return ['cells', joined(features)]
  if (layer === 'devices') {
    const open = features.filter(({ tags }) => tags?.open === true)
    return [layer, open.slice(0, MAX_FEATURES_A_LAYER)]
  }
  const shapes = new Map<unknown, { type: number; geometry: unknown[]; tags: CutFeature['tags'] }>()
  for (const { geometry, tags } of features) {
    const feeder = tags?.feeder
    const shape = shapes.get(feeder) ?? { type: 2, geometry: [], tags: { feeder, lv: false } }
    shape.geometry.push(...geometry)
    shapes.set(feeder, shape)
  }
  return [layer, [...shapes.values()]]
}

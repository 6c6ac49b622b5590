/** However much lies in a square, a tile from afar holds a bounded number of features and bytes. */
import MVT from 'ol/format/MVT.js'
import { expect, test } from 'vitest'
import { tileX, tileY } from '../../../src/grid/geography.ts'
import { DEVICE_TYPES } from '../../../src/grid/model.ts'
import { MAX_CELLS } from '../../../src/http/map/cells.ts'
import type { DrawnGrid } from '../../../src/http/map/drawn-grid.ts'
import { MAX_FEEDERS_A_TILE } from '../../../src/http/map/outline.ts'
import { createTiles, MAX_FEATURES_A_LAYER } from '../../../src/http/map/tiles.ts'

/** Bytes of a tile below zoom 14; at 10 MB/s of a local network a screen of twelve loads in a second. */
const MAX_BYTES = 600_000

const FEEDERS = 1_500
const LINES_A_FEEDER = 40
const POINTS_A_FEEDER = 4
const WEST = 111.6
const NORTH = 40.8

/** A city: feeders on a square of `degrees`, each with main lines, two transformers and two switches. */
function city(degrees: number): DrawnGrid {
  const along = Math.ceil(Math.sqrt(FEEDERS))
  const nodes = FEEDERS * (LINES_A_FEEDER + 1)
  const lon = new Float64Array(nodes)
  const lat = new Float64Array(nodes)
  const lines = FEEDERS * LINES_A_FEEDER
  const from = new Int32Array(lines)
  const to = new Int32Array(lines)
  const fedBy = new Int32Array(lines)
  const devices = FEEDERS * POINTS_A_FEEDER
  const type = new Uint8Array(devices)
  const at = new Int32Array(devices)
  const feeder = new Int32Array(devices)
  for (let f = 0; f < FEEDERS; f++) {
    for (let n = 0; n <= LINES_A_FEEDER; n++) {
      const node = f * (LINES_A_FEEDER + 1) + n
      lon[node] = WEST + (degrees / along) * ((f % along) + (n / LINES_A_FEEDER) * 0.9)
      lat[node] = NORTH - (degrees / along) * (Math.floor(f / along) + ((n * 7) % 10) / 20)
      if (n === LINES_A_FEEDER) continue
      const line = f * LINES_A_FEEDER + n
      from[line] = node
      to[line] = node + 1
      fedBy[line] = f * POINTS_A_FEEDER
    }
    for (let p = 0; p < POINTS_A_FEEDER; p++) {
      const device = f * POINTS_A_FEEDER + p
      type[device] = DEVICE_TYPES.indexOf(p < 2 ? 'breaker' : 'transformer')
      at[device] = f * (LINES_A_FEEDER + 1) + p * 9
      feeder[device] = f
    }
  }
  const idOf = (index: number) => `D${index}`
  return {
    digest: 'e'.repeat(64),
    name: 'city',
    units: [{ id: 'U', name: '城区', parent: -1 }],
    substations: [{ id: 'S', name: '变电站', unit: 0 }],
    feeders: Array.from({ length: FEEDERS }, (_, f) => ({
      ...{ id: `F${f}`, name: `线路${f}`, unit: 0, substation: 0, partition: 0 },
      source: f * POINTS_A_FEEDER,
    })),
    nodes: { lon, lat },
    devices: {
      ids: { count: devices, idOf },
      ...{ nameOf: idOf, type, from: at, to: at, feeder },
      normallyOpen: new Uint8Array(devices),
      ownership: new Uint8Array(devices),
      subtreeSize: new Int32Array(devices).fill(1),
    },
    usagePoints: { first: Int32Array.from({ length: devices + 1 }, (_, d) => d * 10) },
    lines: {
      ...{ count: lines, from, to, fedBy, phases: new Uint8Array(lines).fill(7) },
      ...{ path: new Float64Array(), pathFirst: new Int32Array(lines + 1) },
    },
  }
}

for (const [what, degrees] of [
  ['a province', 4],
  ['a city', 0.5],
  ['a district', 0.05],
] as const)
  test(`tiles of ${what} with ${FEEDERS * LINES_A_FEEDER} main lines are bounded below zoom 14`, () => {
    const grid = city(degrees)
    const tiles = createTiles(grid, { emit: (event) => expect(event).toBe('') })
    let most = 0
    for (let z = 0; z < 14; z++) {
      let customers = 0
      const [x0, x1] = [tileX(WEST, z), tileX(WEST + degrees, z)]
      const [y0, y1] = [tileY(NORTH, z), tileY(NORTH - degrees, z)]
      // Of the nearer zooms a corner is looked at.
      for (let x = x0; x <= Math.min(x1, x0 + 2); x++)
        for (let y = y0; y <= Math.min(y1, y0 + 2); y++) {
          const bytes = tiles.tile(z, x, y)
          if (!bytes) continue
          expect(bytes.length).toBeLessThan(MAX_BYTES)
          const counts = new Map<string, number>()
          for (const feature of new MVT().readFeatures(new Uint8Array(bytes).buffer)) {
            const layer = String(feature.get('layer'))
            counts.set(layer, (counts.get(layer) ?? 0) + 1)
            if (layer === 'cells') customers += Number(feature.get('customers'))
          }
          for (const [layer, count] of counts) {
            most = Math.max(most, count)
            const limit =
              layer === 'cells'
                ? MAX_CELLS
                : layer === 'feeders'
                  ? MAX_FEEDERS_A_TILE
                  : MAX_FEATURES_A_LAYER
            expect(count, `${layer} of ${z}/${x}/${y}`).toBeLessThanOrEqual(limit)
          }
        }
      // Nothing is lost by joining: every transformer's customers are in one dot.
      if (z < 7) expect(customers).toBe(FEEDERS * 2 * 10)
    }
    expect(most).toBeGreaterThan(MAX_FEEDERS_A_TILE)
  })

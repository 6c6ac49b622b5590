/** Vector tiles: what is drawn at which zoom, of a drawn network and of a generated county. */
import MVT from 'ol/format/MVT.js'
import { expect, test } from 'vitest'
import { compileGrid } from '../../../src/grid/compile.ts'
import type { CompiledGrid } from '../../../src/grid/compiled.ts'
import { generateGrid } from '../../../src/grid/generate/generate.ts'
import { devicePlace, tileX, tileY } from '../../../src/grid/geography.ts'
import { customersNow } from '../../../src/grid/refed.ts'
import { Topology } from '../../../src/grid/topology.ts'
import { TRANSFORMER } from '../../../src/http/map/lines.ts'
import { networkOf } from '../../../src/http/map/network.ts'
import { createTiles, type Tiles } from '../../../src/http/map/tiles.ts'
import { createTelemetry } from '../../../src/telemetry/telemetry.ts'
import { twoFeeders } from '../../support/http-fixture.ts'

const telemetry = createTelemetry({ level: 'silent', processMetrics: false })

type Drawn = { layer: string; [property: string]: unknown }

/** Read by the same reader as the console's. */
function read(bytes: Buffer | undefined): Drawn[] {
  if (!bytes) return []
  return new MVT()
    .readFeatures(new Uint8Array(bytes).buffer)
    .map((feature) => feature.getProperties() as Drawn)
}

const at = async (grid: CompiledGrid, tiles: Tiles, device: string, z: number) => {
  const [lon, lat] = devicePlace(grid, grid.devices.ids.indexOf(device))!
  return read(await tiles.tile(z, tileX(lon, z), tileY(lat, z)))
}

const byLayer = (drawn: Drawn[]) => {
  const counts: Record<string, number> = {}
  for (const { layer } of drawn) counts[layer] = (counts[layer] ?? 0) + 1
  return counts
}

test('layers by zoom, with the properties consoles draw by', async () => {
  const grid = compileGrid(twoFeeders(), 'a'.repeat(64))
  const tiles = createTiles(grid, telemetry)
  const far = await at(grid, tiles, 'F1-T1', 8)
  expect(far).toContainEqual(
    expect.objectContaining({ layer: 'feeders', id: 'F1', name: '线路1', unit: '1501' }),
  )
  expect(byLayer(await at(grid, tiles, 'F1-FU', 10))).toEqual({ lines: 2 })
  const near = await at(grid, tiles, 'F1-T1', 14)
  expect(near).toContainEqual(
    expect.objectContaining({
      layer: 'transformers',
      id: 'F1-T1',
      name: '台区1',
      feeder: 'F1',
      customers: 2,
      ownership: 'public',
    }),
  )
  const all = await at(grid, tiles, 'F1-FU', 12)
  expect(all).toContainEqual(
    expect.objectContaining({ layer: 'devices', id: 'F1-FU', type: 'fuse', open: false }),
  )
  expect(all).toContainEqual(
    expect.objectContaining({
      layer: 'lines',
      feeder: 'F1',
      device: 'F1-B',
      phases: 'ABC',
      lv: false,
    }),
  )
  expect(await tiles.tile(12, 0, 0)).toBeUndefined()
})

test('customers are those a transformer and a feeder supply now, and the normal ones again', async () => {
  const tied = twoFeeders()
  tied.nodes.push({ id: 'F2-low' }, { id: 'F2-box' })
  tied.devices.push(
    { id: 'F2-LB', type: 'lvBranch', name: '', from: 'F2-t1', to: 'F2-low' },
    { id: 'F2-MB', type: 'meterBox', name: '', from: 'F2-low', to: 'F2-box' },
    { id: 'K', type: 'switch', name: '', from: 'F1-t1', to: 'F2-low', normallyOpen: true },
  )
  tied.usagePoints.push({ id: 'F2-MB-U1', device: 'F2-MB', phases: 'A' })
  const grid = compileGrid(tied, 'c'.repeat(64))
  const topology = new Topology(grid)
  const of = (id: string) => grid.devices.ids.indexOf(id)
  const tiles = createTiles(grid, telemetry)
  const counted = async () => {
    const customers = customersNow(topology)
    const at = async (device: string, z: number) => {
      const [lon, lat] = devicePlace(grid, of(device))!
      return read(await tiles.tile(z, tileX(lon, z), tileY(lat, z), customers))
    }
    const transformers = new Map(
      [...(await at('F1-T1', 14)), ...(await at('F2-T1', 14))]
        .filter(({ layer }) => layer === 'transformers')
        .map(({ id, customers: count }) => [id, count]),
    )
    const feeder = (await at('F1-B', 8)).find(({ id }) => id === 'F1')!.customers
    return { first: transformers.get('F1-T1'), second: transformers.get('F2-T1'), feeder }
  }
  const usual = { first: 2, second: 3, feeder: 4 }
  expect(await counted()).toEqual(usual)
  topology.operate(of('F2-LB'), true)
  topology.operate(of('K'), false)
  expect(await counted()).toEqual({ first: 3, second: 2, feeder: 5 })
  topology.arrange([])
  expect(await counted()).toEqual(usual)
})

test('every transformer of a generated county is on its tile, and the outline adds up', async () => {
  const grid = compileGrid(generateGrid({ customers: 20_000, seed: 7 }), 'b'.repeat(64))
  const outline = networkOf(grid)
  expect(outline.feeders.reduce((sum, { customers }) => sum + customers, 0)).toBe(20_000)
  expect(outline.bounds).not.toBeNull()
  const tiles = createTiles(grid, telemetry)
  const drawn = new Set<unknown>()
  let transformers = 0
  const squares = new Map<string, [number, number]>()
  for (let device = 0; device < grid.devices.ids.count; device++) {
    const place = devicePlace(grid, device)
    if (grid.devices.type[device] !== TRANSFORMER || !place) continue
    transformers++
    const [x, y] = [tileX(place[0], 13), tileY(place[1], 13)]
    squares.set(`${x}/${y}`, [x, y])
  }
  for (const [x, y] of squares.values())
    for (const { layer, id } of read(await tiles.tile(13, x, y)))
      if (layer === 'transformers') drawn.add(id)
  expect(drawn.size).toBe(transformers)
  expect(telemetry.total('http.mapLimited')).toBe(0)
})

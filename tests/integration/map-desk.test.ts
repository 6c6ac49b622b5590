/** The map is drawn by a thread of its own: what it says meanwhile, and when another grid comes into force. */
import { afterEach, expect, test } from 'vitest'
import { compileGrid } from '../../src/grid/compile.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { generateGrid } from '../../src/grid/generate/generate.ts'
import { devicePlace, tileX, tileY } from '../../src/grid/geography.ts'
import { customersNormally } from '../../src/grid/refed.ts'
import { ATLAS_STEPS } from '../../src/http/map/atlas.ts'
import { type Atlas, startAtlas } from '../../src/http/map/atlas-thread.ts'
import { linesOf } from '../../src/http/map/lines.ts'
import { createMapDesk, type MapDesk } from '../../src/http/map/map-desk.ts'
import { networkOf } from '../../src/http/map/network.ts'
import { createTiles } from '../../src/http/map/tiles.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { httpFixture, twoFeeders } from '../support/http-fixture.ts'

/** No step of a drawing takes so long on any machine: a thread that is held cannot be timed out by the test. */
const HANGS_MS = 240_000

const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const small = (name: string) => compileGrid({ ...twoFeeders(), name }, name.repeat(64).slice(0, 64))
const opened = <T extends Atlas | MapDesk>(one: T): T => {
  closing.push(() => one.close())
  return one
}
const tileOf = (grid: CompiledGrid, z: number) => {
  const [lon, lat] = devicePlace(grid, grid.feeders[0]!.source)!
  return [z, tileX(lon, z), tileY(lat, z)] as const
}

test('a map is drawn whole while the thread that serves does not get a single turn', () => {
  const grid = compileGrid(generateGrid({ customers: 20_000, seed: 7 }), 'b'.repeat(64))
  const { progress } = opened(startAtlas(grid, telemetry))
  // This thread is held from here to the end: nothing of the drawing can happen on it.
  for (let done = 0; done < ATLAS_STEPS.length; done = Atomics.load(progress, 0))
    expect(Atomics.wait(progress, 0, done, HANGS_MS)).not.toBe('timed-out')
})

test('what the thread draws is what the grid holds', async () => {
  const grid = small('a')
  const desk = opened(createMapDesk(telemetry))
  await desk.prepare(grid)
  const { json, packed, areas } = await desk.outline(grid)
  expect(new TextDecoder().decode(json)).toBe(networkOf(grid).json)
  expect(packed.length).toBeLessThan(json.length)
  expect([...areas.values()].map(({ customersServed }) => customersServed)).toEqual([4, 4])
  const here = createTiles(grid, telemetry)
  for (const z of [6, 10, 12, 14]) {
    const drawn = await desk.tile(grid, tileOf(grid, z), customersNormally(grid))
    expect(drawn && Buffer.from(drawn)).toEqual(here.tile(...tileOf(grid, z)))
    expect(drawn).toBeDefined()
  }
  // Another count of customers is another tile, and the usual one is there again after it.
  const source = grid.feeders[0]!.source
  const moved = { of: () => 9, differing: new Map([[source, 9]]) }
  const usual = await desk.tile(grid, tileOf(grid, 6), customersNormally(grid))
  expect(await desk.tile(grid, tileOf(grid, 6), moved)).not.toEqual(usual)
  expect(await desk.tile(grid, tileOf(grid, 6), customersNormally(grid))).toEqual(usual)
  expect(linesOf(grid, [[0, grid.devices.ids.count]])).toEqual([...Array(grid.lines.count).keys()])
})

test('who asks too early is told to come back, and that it is being prepared', async () => {
  for (const path of ['/api/v1/network', '/api/v1/map/8/207/96.mvt', '/public/outages.geojson']) {
    // Each is the first to ask, and its patience ends before any thread can answer.
    const map = opened(createMapDesk(telemetry, { patienceMs: 0 }))
    const fixture = await httpFixture({ deps: { map } })
    closing.push(() => fixture.close())
    const early = await fixture.get(path, await fixture.token('networkDispatcher', ['15']))
    expect(early.status).toBe(503)
    expect(early.headers.get('retry-after')).toBe('1')
    expect(((await early.json()) as { code: string }).code).toBe('map.preparing')
  }
})

test('the outline comes packed for who takes it so, and a tile that names its grid never changes', async () => {
  const fixture = await httpFixture()
  closing.push(() => fixture.close())
  const token = await fixture.token('networkDispatcher')
  const plain = await fixture.get('/api/v1/network', token, { 'accept-encoding': 'identity' })
  const packed = await fixture.get('/api/v1/network', token, { 'accept-encoding': 'gzip' })
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(await packed.json()).toEqual(await plain.json())
  const named = `/api/v1/map/8/207/96.mvt?grid=${fixture.grid.digest}`
  expect((await fixture.get(named, token)).headers.get('cache-control')).toContain('immutable')
})

test('a grid is drawn beside the one in force, which goes on; once in force the old one is let go', async () => {
  const [before, after] = [small('a'), small('c')]
  const desk = opened(createMapDesk(telemetry))
  const steps = ATLAS_STEPS.length
  expect(desk.state(before)).toEqual({ state: 'preparing', done: 0, steps })
  await desk.prepare(before)
  expect(desk.state(before)).toEqual({ state: 'ready', done: steps, steps })
  await desk.prepare(after)
  const digestOf = async (grid: CompiledGrid) =>
    JSON.parse(new TextDecoder().decode((await desk.outline(grid)).json)).digest
  expect(await digestOf(before)).toBe(before.digest)
  expect(desk.state(after).state).toBe('ready')
  expect(await digestOf(after)).toBe(after.digest)
  expect(desk.state(before).done).toBe(0)
})

test('a thread that fails says so, and another is started when the map is asked for again', async () => {
  const grid = small('a')
  const broken = { ...grid, lines: { ...grid.lines, fedBy: null } } as unknown as CompiledGrid
  const desk = opened(createMapDesk(telemetry, { restartAfterMs: 0 }))
  await desk.prepare(broken)
  expect(desk.state(broken).state).toBe('failed')
  expect(telemetry.total('map.failed')).toBe(1)
  await expect(desk.tile(broken, [12, 0, 0], customersNormally(grid))).rejects.toMatchObject({
    code: 'map.failed',
  })
  expect(telemetry.total('map.failed')).toBe(2)
})

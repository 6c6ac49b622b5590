/** What lies above a usage point while a tie feeds it: the path it is fed by, segments by when they began. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileGrid } from '../../src/grid/compile.ts'
import { belowNow, customersNow, refedBelow } from '../../src/grid/refed.ts'
import { Topology } from '../../src/grid/topology.ts'
import { segment } from '../support/changes.ts'
import { drawnGrid } from '../support/drawn-grid.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'

/** B1 ── S1 ── X1 ── m1, fed by K from B2 since the switching. */
const GRID = drawnGrid(`
B1 breaker
  S1 switch
    X1 transformer
      m1 meter
B2 breaker
  X2 transformer
    m2 meter
tie K X1 B2
`)
const SWITCHED_AT = 10_000

let fixture: Fixture
let token: string
beforeAll(async () => {
  const grid = compileGrid(GRID, 'switched')
  const of = (id: string) => grid.devices.ids.indexOf(id)
  const topology = new Topology(grid)
  topology.arrange([
    [of('S1'), true],
    [of('K'), false],
  ])
  const operated = { device: 'K', position: 'closed', since: SWITCHED_AT, source: 'terminal' }
  fixture = await httpFixture({
    grid: GRID,
    deps: {
      feedNow: (device) => topology.parent[device]!,
      belowNow: (device) => belowNow(topology, device),
      customersNow: () => customersNow(topology),
      switching: () =>
        ({ operated: [operated], planned: [], loops: [], islands: [], decided: () => {} }) as never,
    },
  })
  const refedOf = (device: string) => {
    const { won, lost } = refedBelow(topology, of(device))
    const idOf = (index: number) => grid.devices.ids.idOf(index)
    return { refed: { won: won.map(idOf), lost: lost.map(idOf) } }
  }
  const at = (id: string, device: string, from: number, to: number | null, over = {}) =>
    segment(id, { device: { id: device, type: 'breaker', name: '' }, from, to, ...over } as never)
  fixture.overrides = {
    segments: ({ devices }) =>
      [
        at('whole', 'B1', 1000, SWITCHED_AT),
        at('rest', 'B1', SWITCHED_AT, null, refedOf('B1')),
        at('beside', 'B2', 2000, 3000),
        at('since', 'B2', 20_000, 30_000, refedOf('B2')),
      ].filter(({ device, refed }) => refed !== undefined || devices?.includes(device.id)),
  }
  token = await fixture.token('auditor')
})
afterAll(() => fixture.close())

const read = async (path: string) => (await fixture.get(`/api/v1/${path}`, token)).json()

test('interruptions are those of the feed of that time', async () => {
  const { interruptions } = (await read('usage-points/m1/interruptions')) as {
    interruptions: { segment: string }[]
  }
  expect(interruptions.map(({ segment: id }) => id)).toEqual(['since', 'whole'])
})

test('the supply path of a device is the one it is fed by', async () => {
  const { supplyPath } = (await read('devices/X1')) as { supplyPath: { id: string }[] }
  expect(supplyPath.map(({ id }) => id)).toEqual(['K', 'B2'])
})

test('customers below a device are those it feeds now', async () => {
  const below = async (id: string) =>
    ((await read(`devices/${id}`)) as { customersBelow: number }).customersBelow
  expect(await Promise.all(['B1', 'S1', 'K', 'B2'].map(below))).toEqual([0, 0, 1, 2])
})

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkGrid } from '../../../src/grid/check.ts'
import {
  FEWEST_CUSTOMERS,
  generateGrid,
  generateGridLines,
  MOST_CUSTOMERS,
} from '../../../src/grid/generate/generate.ts'
import { LINE_KINDS } from '../../../src/grid/model.ts'
import { gridStats } from '../../../src/grid/stats.ts'

function digest(customers: number, seed: number): string {
  const hash = createHash('sha256')
  for (const line of generateGridLines({ customers, seed })) hash.update(JSON.stringify(line))
  return hash.digest('hex')
}

const county = generateGrid({ customers: 20_000, seed: 1 })
const stats = gridStats(county)

describe('any size and seed', () => {
  test('has exactly the customers asked for, is radial, and passes the check without a warning', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 4_000 }), fc.integer(), (customers, seed) => {
        const grid = generateGrid({ customers, seed })
        expect(checkGrid(grid)).toEqual([])
        expect(grid.usagePoints).toHaveLength(customers)
        expect(grid.observers.filter((o) => o.class === 'meter')).toHaveLength(customers)
      }),
      { numRuns: 25 },
    )
  })

  test('comes in the order of the kinds', () => {
    let reached = -1
    for (const { $: kind } of generateGridLines({ customers: 500, seed: 3 })) {
      const order = LINE_KINDS.indexOf(kind)
      expect(order).toBeGreaterThanOrEqual(reached)
      reached = order
    }
    expect(reached).toBe(LINE_KINDS.length - 1)
  })

  test('the same seed gives the same grid, another seed another one', () => {
    expect(digest(2_000, 7)).toBe(digest(2_000, 7))
    expect(digest(2_000, 7)).not.toBe(digest(2_000, 8))
  })

  test('does not change unnoticed: files of a seed are compared between machines', () => {
    // A deliberate change of the generator changes this line, and says so in the changelog.
    expect(digest(1_000, 1)).toMatchInlineSnapshot(
      `"ac75f24179921c22a13e5938fdf065efd6a2940d7d646f8a7dccc311b37ae5a1"`,
    )
  })

  test('refuses sizes it cannot make', () => {
    for (const customers of [FEWEST_CUSTOMERS - 1, MOST_CUSTOMERS + 1, 1.5, Number.NaN])
      expect(() => generateGridLines({ customers, seed: 1 }).next()).toThrow(RangeError)
  })
})

describe('a thousand customers', () => {
  test('still have feeders with sections, branches and a tie', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const small = gridStats(generateGrid({ customers: 1_000, seed }))
      expect(small.feeders).toBeGreaterThanOrEqual(3)
      expect(small.ties).toBeGreaterThanOrEqual(1)
      const { switch: switches = 0, recloser = 0, breaker = 0, fuse = 0 } = small.deviceTypes
      expect(switches + recloser - small.ties, `sections, seed ${seed}`).toBeGreaterThanOrEqual(3)
      expect(breaker + fuse, `branches, seed ${seed}`).toBeGreaterThanOrEqual(10)
      expect(Object.values(small.important).reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(1)
    }
  })
})

describe('twenty thousand customers look like a utility', () => {
  test('in their numbers', () => {
    const { public: publics = 0, dedicated = 0 } = stats.transformers
    expect(publics / (publics + dedicated)).toBeCloseTo(0.55, 1)
    expect(stats.perFeeder.mean).toBeGreaterThan(1_200)
    expect(stats.perFeeder.mean).toBeLessThan(1_600)
    expect((20_000 - dedicated) / publics).toBeGreaterThan(55)
    expect((20_000 - dedicated) / publics).toBeLessThan(100)
    expect(stats.units).toBeGreaterThanOrEqual(4)
    expect(stats.observerClasses.concentrator).toBe(publics)
    expect(Object.keys(stats.zones).sort()).toEqual(['remote', 'rural', 'urban'])
    expect(stats.deviceDepth).toBeGreaterThanOrEqual(8)
    expect(stats.ties).toBeGreaterThanOrEqual(3)
  })

  test('in their boxes: no box above twelve meters', () => {
    const boxes = new Map<string, number>()
    for (const { device } of county.usagePoints) boxes.set(device, (boxes.get(device) ?? 0) + 1)
    expect(Math.max(...boxes.values())).toBeLessThanOrEqual(12)
  })

  test('in their names: Chinese, and heads numbered as bays', () => {
    for (const { name } of county.feeders) expect(name).toMatch(/^9\d\d\p{Script=Han}+线$/u)
    for (const { name } of county.devices) expect(name).toMatch(/\p{Script=Han}/u)
  })

  test('each meter is heard through the terminal of its own transformer', () => {
    const target = new Map(county.observers.map((o) => [o.id, o.device]))
    const upstream = new Map(county.devices.map(({ to, id }) => [to, id]))
    const device = new Map(county.devices.map((d) => [d.id, d]))
    const lineInto = new Map(county.lines.map(({ to, from }) => [to, from]))
    const point = new Map(county.usagePoints.map((u) => [u.id, u.device]))
    for (const meter of county.observers.filter((o) => o.class === 'meter')) {
      let at = device.get(point.get(meter.usagePoint!)!)!
      while (at.type !== 'transformer') {
        let node = at.from
        while (!upstream.has(node)) node = lineInto.get(node)!
        at = device.get(upstream.get(node)!)!
      }
      expect(target.get(meter.via!)).toBe(at.id)
    }
  })
})

describe('the map', () => {
  const METRES = 111_320
  const places = new Map(county.nodes.map(({ id, lon, lat }) => [id, { lon: lon!, lat: lat! }]))
  const metres = (a: string, b: string) => {
    const [p, q] = [places.get(a)!, places.get(b)!]
    return Math.hypot((p.lon - q.lon) * METRES * 0.757, (p.lat - q.lat) * METRES)
  }
  const transformersOf = (zone: string) =>
    county.devices.filter((device) => device.zone === zone && device.type === 'transformer')

  test('a town feeder stays in town, the steppe is wide', () => {
    const reach = (zone: string) => {
      const lats = transformersOf(zone).map(({ from }) => places.get(from)!.lat)
      return (Math.max(...lats) - Math.min(...lats)) * METRES
    }
    expect(reach('remote')).toBeGreaterThan(8_000)
    const away = transformersOf('urban').map(({ from }) =>
      Math.min(...county.substations.map(({ id }) => metres(from, `${id}.H`))),
    )
    expect(Math.max(...away)).toBeLessThan(4_000)
  })

  test('streets run along two directions only', () => {
    // Spans of the spurs of the seat's street feeders; their angles folded to a quarter turn.
    const guards = county.devices.filter(
      ({ type, zone, from }) =>
        type === 'fuse' && zone === 'urban' && metres(from, 'SS0001.H') < 4_000,
    )
    const spurs = new Set(guards.map(({ to }) => to))
    const angles = county.lines
      .filter(({ from, to }) => spurs.has(from) && metres(from, to) > 50)
      .map(({ from, to }) => {
        const [p, q] = [places.get(from)!, places.get(to)!]
        const degrees = (Math.atan2(q.lat - p.lat, (q.lon - p.lon) * 0.757) * 180) / Math.PI
        return (degrees + 360) % 90
      })
    expect(angles.length).toBeGreaterThanOrEqual(8)
    expect(Math.max(...angles) - Math.min(...angles)).toBeLessThan(6)
  })

  test('bends are drawn, and every box stands beside its pole or entrance', () => {
    expect(county.lines.some(({ path }) => path && path.length >= 2)).toBe(true)
    for (const { type, from, to } of county.devices)
      if (type === 'meterBox') expect(metres(from, to)).toBeLessThan(40)
  })

  test('a transformer stands within its block', () => {
    const sites = new Set(transformersOf('urban').map(({ from }) => from))
    for (const { from, to } of county.lines)
      if (sites.has(to)) expect(metres(from, to)).toBeLessThan(200)
  })
})

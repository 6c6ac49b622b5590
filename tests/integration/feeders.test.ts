/**
 * The public test feeders, whole. The expected counts were taken by independent extractors; where
 * the importer differs, the reason stands beside the number.
 */
import { describe, expect, it } from 'vitest'
import { isId } from '../../src/facts/ids.ts'
import { checkGrid } from '../../src/grid/check.ts'
import type { Grid, GridDevice } from '../../src/grid/model.ts'
import { BENCHMARK_FEEDERS, feedersMissing, importFeeder } from '../support/feeders.ts'

/** `breaker 1, fuse 24 …`; open devices apart. */
function devicesByType(grid: Grid): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { type, normallyOpen } of grid.devices) {
    const key = normallyOpen ? `${type} open` : type
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** Every id valid and its own, every customer supplied, nothing that a check calls an error. */
function expectSound(grid: Grid): void {
  const errors = checkGrid(grid).filter(({ severity }) => severity === 'error')
  expect(errors).toEqual([])
  for (const things of [grid.nodes, grid.devices, grid.lines, grid.usagePoints, grid.observers]) {
    expect(new Set(things.map(({ id }) => id)).size).toBe(things.length)
    expect(things.filter(({ id }) => !isId(id))).toEqual([])
  }
  expect(grid.observers).toHaveLength(grid.usagePoints.length)
}

/**
 * Devices and classes of devices with the same customers below, each usage point counting as a
 * device of its own (its service).
 */
function classesOf(grid: Grid): { devices: number; classes: number } {
  const zones = new Map<string, string>()
  const zoneOf = (node: string): string => {
    let at = node
    while (zones.has(at)) at = zones.get(at)!
    return at
  }
  for (const { from, to } of grid.lines) {
    const [one, other] = [zoneOf(from), zoneOf(to)]
    if (one !== other) zones.set(one, other)
  }
  const feeding = new Map<string, string>()
  const closed = grid.devices.filter(({ normallyOpen }) => !normallyOpen)
  for (const { id, to } of closed) feeding.set(zoneOf(to), id)
  const above = new Map(closed.map(({ id, from }) => [id, feeding.get(zoneOf(from))]))
  const below = new Map<string, number[]>()
  grid.usagePoints.forEach((point, index) => {
    for (let at: string | undefined = point.device; at !== undefined; at = above.get(at)) {
      const list = below.get(at) ?? []
      list.push(index)
      below.set(at, list)
    }
  })
  const sets = new Set([...below.values()].map((list) => list.join()))
  grid.usagePoints.forEach((_, index) => {
    sets.add(String(index))
  })
  return { devices: below.size + grid.usagePoints.length, classes: sets.size }
}

describe.skipIf(feedersMissing)('public feeders', () => {
  it('IEEE 13', () => {
    const { grid, report } = importFeeder('ieee13/IEEE13Nodeckt.dss')
    expectSound(grid)
    expect(report.counts).toMatchObject({
      buses: 16,
      energisedBuses: 16,
      lines: 11,
      serviceTransformers: 1,
      substationTransformers: 1,
      regulators: 1,
      loads: 15,
      switches: 1,
      normallyOpen: 0,
      depth: 7,
      deviceDepth: 2,
      placedBuses: 16,
      lateralTaps: 2,
    })
    expect(grid.nodes).toHaveLength(16)
    // Its line codes lie outside the folder; every line says its own phases.
    expect(report.warnings[0]!.text).toBe('cannot find ../IEEELineCodes.DSS; read on without it')
  })

  it('IEEE 34, model 1', () => {
    const { grid, report } = importFeeder('ieee34/ieee34Mod1.dss')
    expectSound(grid)
    expect(report.counts).toMatchObject({
      buses: 37,
      energisedBuses: 37,
      lines: 32,
      serviceTransformers: 0,
      stepTransformers: 1,
      regulators: 2,
      loads: 68,
      switches: 0,
      depth: 22,
      deviceDepth: 2,
      placedBuses: 0,
    })
    const placed = importFeeder('ieee34/ieee34Mod1.dss', ['ieee34/IEEE34_BusXY.csv'])
    // Its regulators' far sides are on no map and stand beside their near sides.
    expect(placed.grid.nodes.filter(({ lon }) => lon === undefined)).toEqual([])
  })

  it('IEEE 123', () => {
    const { grid, report } = importFeeder('ieee123/IEEE123Master.dss', ['ieee123/BusCoords.dat'], {
      lateralFuses: true,
    })
    expectSound(grid)
    expect(report.counts).toMatchObject({
      // 132 with the dummies 300_OPEN and 94_OPEN, which stand for 300 and 94.
      buses: 130,
      energisedBuses: 130,
      lines: 118,
      serviceTransformers: 1,
      regulators: 4,
      loads: 91,
      switches: 8,
      // Written as closed switches to those dummies.
      normallyOpen: 2,
      depth: 25,
      deviceDepth: 4,
      placedBuses: 130,
      // 25 where the open single-phase tie Sw8 is taken for a lateral.
      lateralTaps: 24,
    })
    expect(devicesByType(grid)).toEqual({
      breaker: 1,
      fuse: 24,
      switch: 5,
      'switch open': 2,
      transformer: 1,
    })
    const ties = grid.devices.filter(({ normallyOpen }) => normallyOpen)
    expect(ties.map(({ id, from, to, phases }) => [id, from, to, phases])).toEqual([
      ['Sw7', '151', '300', 'ABC'],
      ['Sw8', '54', '94', 'A'],
    ])
  })

  const counts8500 = {
    buses: 4_876,
    energisedBuses: 4_876,
    serviceTransformers: 1_177,
    substationTransformers: 1,
    regulators: 4,
    // 3,629 without the 30 lines that carry fuses and the one a relay guards.
    lines: 3_660,
    switches: 43,
    normallyOpen: 5,
    fuses: 30,
    depth: 277,
    // 17 with the relay of Run_RecloserSiting.DSS in the series.
    deviceDepth: 16,
    placedBuses: 4_876,
    // 246 where the bare numbers of `R1=1 1 1 1` make the 25 three-phase switches single-phase,
    // and each of three capacitor banks, wired phase by phase, counts as a lateral.
    lateralTaps: 220,
  }

  it('IEEE 8500, balanced', () => {
    const { grid, report } = importFeeder('ieee8500/Master.dss', ['ieee8500/Fuses.DSS'])
    expectSound(grid)
    expect(report.counts).toMatchObject({ ...counts8500, loads: 1_177, usagePoints: 1_177 })
    // Every load has both legs of its centre-tapped transformer: one phase.
    expect(grid.usagePoints.every(({ phases }) => phases!.length === 1)).toBe(true)
  })

  it('IEEE 8500, unbalanced, as its benchmark asks', () => {
    const { grid, report } = BENCHMARK_FEEDERS.ieee8500()
    expectSound(grid)
    expect(report.counts).toMatchObject({ ...counts8500, loads: 2_354, usagePoints: 2_354 })
    expect(devicesByType(grid)).toEqual({
      // The first of the 25 three-phase switches.
      breaker: 1,
      switch: 24,
      'switch open': 5,
      // 220 laterals, and 27 of the 30 fuses: three stand at the beginning of a lateral.
      fuse: 247,
      transformer: 1_177,
    })
    expect(classesOf(grid)).toEqual({ devices: 3_794, classes: 3_682 })
  })

  it('IEEE 8500 has the classes of its reference where switches and lateral fuses do not count', () => {
    const { grid } = importFeeder('ieee8500/Master-unbal.dss', ['ieee8500/Fuses.DSS'])
    const isWire = ({ type, normallyOpen }: GridDevice) => type === 'switch' && !normallyOpen
    const wires = grid.devices.filter(isWire)
    const devices = grid.devices.filter((device) => !isWire(device))
    const bare = { ...grid, devices, lines: [...grid.lines, ...wires] }
    expect(classesOf(bare)).toEqual({ devices: 3_562, classes: 3_558 })
  })

  it('IEEE 8500 with the relay of its protection study', () => {
    const also = ['ieee8500/Run_RecloserSiting.DSS', 'ieee8500/Fuses.DSS']
    const { grid, report } = importFeeder('ieee8500/Master-unbal.dss', also)
    expectSound(grid)
    expect(report.counts).toMatchObject({ relays: 1, fuses: 30, deviceDepth: 17, loads: 2_354 })
    expect(grid.feeders[0]!.source).toBe('LN5815900-1')
  })

  it('IEEE 9500, unbalanced, as its benchmark asks', () => {
    const { grid, report } = BENCHMARK_FEEDERS.ieee9500()
    expectSound(grid)
    expect(report.counts).toMatchObject({
      buses: 5_302,
      energisedBuses: 5_302,
      // 3,901 without the 11 lines that carry reclosers.
      lines: 3_912,
      serviceTransformers: 1_283,
      substationTransformers: 4,
      loads: 2_550,
      usagePoints: 2_550,
      // 107, and the three that are the feeders' breakers.
      switches: 110,
      normallyOpen: 9,
      reclosers: 11,
      feeders: 3,
      depth: 188,
      deviceDepth: 23,
      placedBuses: 5_302,
      // 254 where each of three capacitor banks, wired phase by phase, counts as a lateral.
      lateralTaps: 251,
    })
    expect(devicesByType(grid)).toEqual({
      breaker: 3,
      recloser: 11,
      switch: 69,
      'switch open': 9,
      fuse: 251,
      transformer: 1_283,
    })
    expect(grid.substations.map(({ id }) => id)).toEqual(['S1', 'S2', 'S3'])
    const heads = grid.devices.filter(({ type }) => type === 'breaker')
    expect(heads.map(({ id, name }) => [id, name])).toEqual([
      ['FB-S1', 'S1线出线开关 HVMV69S1B2_sw'],
      ['FB-S2', 'S2线出线开关 HVMV69S2B2_sw'],
      ['FB-S3', 'S3线出线开关 HVMV69S3B2_sw'],
    ])
    for (const { lon, lat } of grid.nodes) {
      expect(Math.abs(lon! + 119.07)).toBeLessThan(0.3)
      expect(Math.abs(lat! - 46.7)).toBeLessThan(0.3)
    }
    expect(classesOf(grid)).toEqual({ devices: 4_134, classes: 4_009 })
  })

  it('IEEE 9500, balanced', () => {
    const { grid, report } = importFeeder('ieee9500/Master-bal-initial-config.dss')
    expectSound(grid)
    expect(report.counts).toMatchObject({ buses: 5_302, loads: 1_275, normallyOpen: 9, feeders: 3 })
    // Without protection.dss nothing says sub=y: the voltages do.
    expect(grid.substations[0]!.id).toBe('HVMV69_11Sub1')
  })

  it('EPRI circuit 5, as its benchmark asks', () => {
    const { grid, report } = BENCHMARK_FEEDERS.ckt5()
    expectSound(grid)
    expect(report.counts).toMatchObject({
      buses: 3_010,
      energisedBuses: 2_998,
      lines: 2_351,
      serviceTransformers: 591,
      loads: 1_379,
      usagePoints: 1_379,
      switches: 73,
      normallyOpen: 6,
      depth: 112,
      deviceDepth: 24,
      placedBuses: 979,
      lateralTaps: 63,
    })
    expect(devicesByType(grid)).toEqual({
      breaker: 1,
      switch: 9,
      'switch open': 6,
      fuse: 63,
      // Single-phase units between the same two buses are one bank.
      transformer: 584,
    })
    expect(report.warnings.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^12 buses are not energised: /),
    )
    // Low-voltage buses have no coordinates of their own.
    expect(grid.nodes.filter(({ lon }) => lon === undefined).length).toBeLessThanOrEqual(12)
    expect(classesOf(grid)).toEqual({ devices: 2_036, classes: 1_858 })
  })
})

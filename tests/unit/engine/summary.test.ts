/** Judgements over many trees: substations, shares of a city. */
import { describe, expect, test } from 'vitest'
import type { CityRule } from '../../../src/engine/rules.ts'
import { readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import { cityFigures } from '../../../src/engine/summary/cities.ts'
import type { CityShareChange } from '../../../src/engine/summary/state.ts'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import { EngineLab, shippedRules } from '../../support/engine-lab.ts'
import { throughHeap } from '../../support/through-heap.ts'

const station = (row: string, id: string) => `
  ${row} breaker station:${id} unit:${id}
    F fuse
      X1..X4 transformer
        C concentrator
        m1..m3 meter
    G fuse
      Y1..Y4 transformer
        C concentrator
        m1..m3 meter`
const GRID = drawnGrid(station('B1..B4', 'S1') + station('B5..B8', 'S2'))

const areas = (feeder: string) =>
  ['X', 'Y'].flatMap((row) => [1, 2, 3, 4].map((n) => `${feeder}-${row}${n}`))

function feeder(lab: EngineLab, id: string, kind: 'powerOff' | 'powerOn') {
  for (const one of areas(id)) area(lab, one, kind)
}

function area(lab: EngineLab, id: string, kind: 'powerOff' | 'powerOn') {
  lab.say(`${id}-C`, kind)
  lab.say(`${id}-C`, kind, { meters: [1, 2, 3].map((m) => `o-${id}-m${m}`) })
}

describe('a substation', () => {
  test('with most of its feeders dark is one incident, the feeders below it, and over with the last', () => {
    const lab = new EngineLab(GRID)
    for (const id of ['B1', 'B2']) feeder(lab, id, 'powerOff')
    lab.pass(30)
    expect(lab.open().map(({ level }) => level)).toEqual(['feeder', 'feeder'])
    feeder(lab, 'B3', 'powerOff')
    feeder(lab, 'B5', 'powerOff')
    lab.pass(30)
    const mother = lab.open().find(({ level }) => level === 'substation')!
    expect(mother).toMatchObject({
      device: { id: 'S1', type: 'substation' },
      grade: 1,
      outageKind: 'confirmed',
      metersAffected: 72,
      transformersAffected: 24,
    })
    const below = lab.open().filter(({ parent }) => parent === mother.id)
    const acted = lab.feed({
      type: 'actionRequested',
      receivedAt: lab.now,
      requestId: 'r1',
      incident: mother.id,
      expectedRevision: mother.revision,
      action: 'confirm',
      by: 'someone',
      role: 'networkDispatcher',
    })
    expect(acted).toMatchObject([
      { type: 'action', accepted: false, refusal: 'actOnItsParts', revision: mother.revision },
    ])
    expect(below.map(({ device }) => device.id).sort()).toEqual(['B1', 'B2', 'B3'])
    feeder(lab, 'B4', 'powerOff')
    lab.pass(30)
    expect(lab.open().find(({ id }) => id === mother.id)).toMatchObject({ metersAffected: 96 })
    lab.pass(120)
    for (const id of ['B1', 'B2', 'B3', 'B4']) feeder(lab, id, 'powerOn')
    lab.pass(600)
    const after = lab.incidents().find(({ id }) => id === mother.id)!
    expect(after.outageKind).toBe('closed')
    expect(lab.open().map(({ device }) => device.id)).toEqual(['B5'])
  })

  test('is withdrawn where the faults turn out to lie below the heads; its parts go on alone', () => {
    const lab = new EngineLab(
      drawnGrid(`
        B1..B4 breaker
          X1..X3 transformer
            C concentrator
            m1..m6 meter`),
    )
    const areas = [1, 2, 3, 4].map((n) => `B${n}-X1`)
    for (const area of areas) {
      lab.say(`${area}-C`, 'powerOff')
      lab.say(`${area}-C`, 'powerOff', { meters: [1, 2, 3, 4, 5, 6].map((m) => `o-${area}-m${m}`) })
    }
    lab.pass(5)
    // Nobody else had the time to speak: whole feeders, it seems, and so the substation.
    const mother = lab.open().find(({ level }) => level === 'substation')!
    expect(mother).toMatchObject({ device: { id: 'S' }, outageKind: 'predicted' })
    lab.pass(120)
    expect(lab.incidents().find(({ id }) => id === mother.id)).toMatchObject({
      outageKind: 'closed',
      outcome: 'withdrawn',
      customersRestored: 0,
      restoredAt: null,
    })
    expect(lab.open().map(({ device }) => device.id)).toEqual(areas)
  })

  test('outlives a snapshot', () => {
    const lab = new EngineLab(GRID)
    for (const id of ['B1', 'B2', 'B3']) feeder(lab, id, 'powerOff')
    lab.pass(30)
    const { summary, registers, grid, rules } = lab.engine.world!
    expect(summary.stations).toHaveLength(1)
    const again = readWorld(writeHeap(lab.engine.world!), registers, grid, rules)
    expect(again.summary).toEqual(summary)
  })
})

/** Every area has 100 kVA but one, where works take as much as all others of B1 to B4 together. */
const RATED = {
  ...GRID,
  devices: GRID.devices.map((device) =>
    device.type === 'transformer' ? { ...device, kva: device.id === 'B1-X1' ? 3100 : 100 } : device,
  ),
}

describe('the share of a city', () => {
  const CITY: CityRule = { id: 'c', class: 'prefecture', units: ['S1'], peakLoadMw: 300 }
  const labFor = (city: CityRule, grid = GRID) => {
    const rules = shippedRules()
    const cityShares = { ...rules.grading.cityShares, cities: [city] }
    return new EngineLab(grid, { ...rules, grading: { ...rules.grading, cityShares } })
  }
  const shares = (lab: EngineLab) =>
    lab.changes.filter((change): change is CityShareChange => change.type === 'cityShare')

  test('is told at half of the lowest level, and at each level, as suspected only', () => {
    const lab = labFor(CITY)
    feeder(lab, 'B5', 'powerOff')
    lab.pass(30)
    expect(shares(lab)).toEqual([])
    feeder(lab, 'B1', 'powerOff')
    lab.pass(30)
    expect(shares(lab)).toMatchObject([
      {
        city: 'c',
        level: 'warning',
        suspected: true,
        share: 0.25,
        customersOut: 24,
        customers: 96,
      },
    ])
    feeder(lab, 'B2', 'powerOff')
    feeder(lab, 'B3', 'powerOff')
    lab.pass(30)
    // 75 %: the highest level of a prefecture asks for a larger load.
    expect(shares(lab).at(-1)).toMatchObject({ level: 'larger', share: 0.75 })
    for (const id of ['B1', 'B2', 'B3']) feeder(lab, id, 'powerOn')
    lab.pass(600)
    expect(shares(lab).at(-1)).toMatchObject({ level: 'none', share: 0 })
  })

  test('reaches the highest level with the load, and counts against the customers that are given', () => {
    const large = labFor({ ...CITY, peakLoadMw: 600 })
    for (const id of ['B1', 'B2', 'B3']) feeder(large, id, 'powerOff')
    large.pass(30)
    expect(shares(large).at(-1)).toMatchObject({ level: 'major' })
    const wide = labFor({ ...CITY, customers: 160 })
    feeder(wide, 'B1', 'powerOff')
    wide.pass(30)
    expect(shares(wide)).toMatchObject([{ level: 'warning', share: 0.15 }])
  })

  test('of load counts by what transformers are rated for: few customers may be half of a city', () => {
    const lab = labFor(CITY, RATED)
    area(lab, 'B1-X1', 'powerOff')
    // The fuse above holds.
    for (const n of [2, 3, 4]) area(lab, `B1-X${n}`, 'powerOn')
    lab.pass(30)
    expect(shares(lab)).toMatchObject([
      {
        ...{ level: 'larger', suspected: true, share: 3 / 96, customersOut: 3 },
        ...{ loadShare: 0.5, ratedKvaOut: 3100, ratedKva: 6200 },
      },
    ])
    expect(lab.open()[0]).toMatchObject({ level: 'transformer', grade: 1 })
    const { type: _, at: __, suspected: ___, ...told } = shares(lab)[0]!
    expect(cityFigures(lab.engine.world!)).toEqual([told])
    lab.restart(throughHeap)
    area(lab, 'B1-X1', 'powerOn')
    lab.pass(600)
    expect(shares(lab).at(-1)).toMatchObject({ level: 'none', loadShare: 0, ratedKvaOut: 0 })
  })

  test('of a province is that of its load alone, and nothing is known where nothing is rated', () => {
    const province: CityRule = { id: 'p', class: 'province', units: ['S1'], peakLoadMw: 25_000 }
    const lab = labFor(province, RATED)
    feeder(lab, 'B2', 'powerOff')
    lab.pass(30)
    expect(shares(lab)).toMatchObject([{ level: 'larger', share: 0.25, loadShare: 800 / 6200 }])
    const unrated = labFor(province)
    feeder(unrated, 'B2', 'powerOff')
    unrated.pass(30)
    expect(shares(unrated)).toEqual([])
    const city = labFor(CITY)
    feeder(city, 'B2', 'powerOff')
    city.pass(30)
    expect(shares(city)).toMatchObject([{ level: 'warning', loadShare: null }])
  })

  test('is told to the group at once, as a suspicion, once until it has fallen', () => {
    const lab = labFor(CITY)
    const jumps = () =>
      lab.changes.flatMap((change) =>
        change.type === 'escalation' && change.stage === 'cityShare' ? [change] : [],
      )
    feeder(lab, 'B1', 'powerOff')
    lab.pass(30)
    expect(jumps()).toMatchObject([{ level: 4, reason: 'cityShare', sent: true }])
    const grade = lab.open()[0]!.grade
    feeder(lab, 'B2', 'powerOff')
    lab.pass(60)
    expect(jumps()).toHaveLength(1)
    // Nothing is graded by it.
    expect(lab.open()[0]!.grade).toBe(grade)
    for (const id of ['B1', 'B2']) feeder(lab, id, 'powerOn')
    lab.pass(600)
    feeder(lab, 'B3', 'powerOff')
    lab.pass(60)
    expect(jumps()).toHaveLength(2)
    expect(new Set(jumps().map(({ id }) => id)).size).toBe(2)
  })
})

/** What stirs beside the incidents: seen before one opens, gone with it, with the light, or with time. */
import { beforeEach, expect, test } from 'vitest'
import { compileGrid } from '../../../src/grid/compile.ts'
import { TARGET_USAGE_POINT } from '../../../src/grid/compiled.ts'
import { generateGrid } from '../../../src/grid/generate/generate.ts'
import type { Grid } from '../../../src/grid/model.ts'
import {
  MAX_STIRRING,
  STIRRING_COUNTED,
  STIRRING_KEPT_MS,
  STIRRING_REPORTS,
} from '../../../src/live/limits.ts'
import { Stirrings, stirringJson } from '../../../src/live/stirring.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

/** The breaker `IN` of a substation with the feeders of `Ba` and `Bb`. */
function substation(grid: Grid): Grid {
  const feeders = ['a', 'b'].map((name) => ({
    ...grid.feeders[0]!,
    id: name,
    name,
    source: `B${name}`,
  }))
  return { ...grid, feeders }
}

const meters = (name: string, count: number) => Array.from({ length: count }, (_, i) => name + i)
const area = (name: string, count: number) =>
  [`    T${name} transformer`, ...meters(name, count).map((id) => `      ${id} meter`)].join('\n')
const feeder = (name: string) => `B${name} breaker
  S${name} switch
${area(`${name}x`, 12)}
  R${name} switch
${area(`${name}y`, 12)}`

let lab: EngineLab
let stirrings: Stirrings
beforeEach(() => {
  lab = new EngineLab(drawnGrid(`${feeder('a')}\n${feeder('b')}`))
  stirrings = new Stirrings()
  look()
})
const look = () => stirrings.look([lab.engine.world!], lab.now)
const off = (...names: string[]) => {
  for (const name of names) lab.say(`o-${name}`, 'powerOff')
}

test('reports stir before a tick has judged them, and until their incident opens', () => {
  off('ax0', 'ax1')
  expect(look()).toMatchObject([{ id: 'f-Ba', reports: 2, since: lab.now, latestAt: lab.now }])
  expect(look()[0]!.evidence.map(({ observer }) => observer)).toEqual(['o-ax1', 'o-ax0'])
  const began = lab.now
  lab.pass(1)
  expect(lab.incidents()).toEqual([])
  off('ax2')
  expect(look()).toMatchObject([{ id: 'f-Ba', reports: 3, since: began, latestAt: lab.now }])
  off(...meters('ax', 12).slice(3))
  lab.pass(5)
  expect(lab.incidents()).toHaveLength(1)
  expect(look()).toEqual([])
})

test('beside an open incident what lies elsewhere on its feeder stirs, what lies below it does not', () => {
  off(...meters('ax', 12))
  lab.pass(10)
  expect(lab.incidents()).toHaveLength(1)
  look()
  lab.say('o-ax0', 'powerOn')
  off('ax0', 'ay0')
  expect(look()).toMatchObject([{ id: 'f-Ba', reports: 1, evidence: [{ observer: 'o-ay0' }] }])
})

test('who has supply again stirs no more, whether or not a tick lies between', () => {
  off('ax0', 'bx0')
  expect(look()).toHaveLength(2)
  lab.now += 100
  lab.say('o-ax0', 'powerOn')
  expect(look()).toMatchObject([{ id: 'f-Bb' }])
  lab.tick()
  lab.say('o-bx0', 'powerOn')
  lab.tick()
  expect(look()).toEqual([])
})

test('what nothing comes of ends with time; what stirs longest stands first', () => {
  off('bx0')
  look()
  lab.now += 1_000
  off('ax0')
  expect(look().map(({ id }) => id)).toEqual(['f-Bb', 'f-Ba'])
  lab.now += STIRRING_KEPT_MS
  expect(look().map(({ id }) => id)).toEqual(['f-Ba'])
  lab.now += 1
  expect(look()).toEqual([])
})

test('what was heard before one looks for the first time is not of now', () => {
  off('ax0')
  lab.pass(1)
  stirrings = new Stirrings()
  expect(look()).toEqual([])
  expect(look()).toEqual([])
  off('ax1')
  expect(look()).toMatchObject([{ reports: 1, evidence: [{ observer: 'o-ax1' }] }])
})

test('counts, reports and trees are bounded, and so is a frame', () => {
  const many = 2 * STIRRING_COUNTED
  const trees = MAX_STIRRING + 3
  const drawn = Array.from({ length: trees }, (_, i) => {
    const count = i === 0 ? many : 1
    return `B${i} breaker\n    X${i} transformer\n${meters(`m${i}-`, count)
      .map((id) => `      ${id} meter`)
      .join('\n')}`
  })
  lab = new EngineLab(drawnGrid(drawn.join('\n')), undefined, { invariants: false })
  look()
  off(...meters('m0-', many))
  for (let tree = 1; tree < trees; tree++) off(`m${tree}-0`)
  const seen = look()
  expect(seen).toHaveLength(trees)
  expect(seen.find(({ id }) => id === 'f-B0')).toMatchObject({ reports: STIRRING_COUNTED })
  for (const one of seen) expect(one.evidence.length).toBeLessThanOrEqual(STIRRING_REPORTS)
  const bytes = seen
    .slice(0, MAX_STIRRING)
    .reduce((sum, one) => sum + stirringJson(one, true).length, 0)
  expect(bytes).toBeLessThan(100_000)
})

test('feeders of one substation stir each by itself, and what feeds them all by its own name', () => {
  const below = (name: string) => feeder(name).replace(/^/gm, '  ')
  const grid = compileGrid(
    substation(drawnGrid(`IN breaker\n  scada scada\n${below('a')}\n${below('b')}`)),
    'substation',
  )
  lab = new EngineLab(grid, undefined, { invariants: false })
  stirrings = new Stirrings()
  look()
  off('ax0', 'bx0', 'bx1')
  expect(look()).toMatchObject([
    { id: 'a', feeder: 'a', reports: 1 },
    { id: 'b', feeder: 'b', reports: 2 },
  ])
  lab.say('scada', 'faultIndicated', { device: 'IN' })
  expect(look()).toContainEqual(
    expect.objectContaining({ id: 'IN', feeder: null, name: 'IN', unit: 'U', reports: 1 }),
  )
})

test('in a county, where substations feed their feeders, each line is that of its feeder', () => {
  const county = compileGrid(generateGrid({ customers: 600, seed: 3 }), 'county')
  lab = new EngineLab(county, undefined, { invariants: false })
  stirrings = new Stirrings()
  look()
  const { observers, usagePoints, devices, feeders } = county
  const one = [...observers.class.keys()].find(
    (at) => observers.targetKind[at] === TARGET_USAGE_POINT,
  )!
  const feeder = feeders[devices.feeder[usagePoints.device[observers.target[one]!]!]!]!
  lab.say(observers.ids.idOf(one), 'powerOff')
  expect(look()).toMatchObject([
    { id: feeder.id, feeder: feeder.id, name: feeder.name, reports: 1 },
  ])
})

test('evidence is for those who may see it; times are RFC 3339', () => {
  off('ax0')
  const [one] = look()
  const at = new Date(lab.now).toISOString()
  expect(JSON.parse(stirringJson(one!, true))).toMatchObject({
    ...{ id: 'f-Ba', feeder: 'f-Ba', since: at, latestAt: at, reports: 1 },
    evidence: [{ observer: 'o-ax0', said: 'powerOff', at }],
  })
  expect(JSON.parse(stirringJson(one!, false))).toMatchObject({ reports: 1, evidence: [] })
})

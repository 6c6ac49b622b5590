/** Sums across engines that judge parts of one network: each with a lane, told of the others by facts. */
import { expect, test } from 'vitest'
import type { Change } from '../../../src/engine/changes.ts'
import { Engine } from '../../../src/engine/engine.ts'
import type { Rules } from '../../../src/engine/rules.ts'
import { readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import { wordOf } from '../../../src/engine/summary/part-figures.ts'
import type { Fact } from '../../../src/facts/facts.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import { rulesWithoutCalls, START } from '../../support/engine-lab.ts'

/** Two substations of one unit: the feeders of each are judged by an engine of its own. */
const station = (row: string, id: string, meters: string) => `
  ${row} breaker station:${id} unit:T
    X1..X4 transformer
      C concentrator
      ${meters} meter`
const DRAWN = drawnGrid(station('A1..A4', 'S1', 'm1..m3') + station('B1..B4', 'S2', 'm1..m4'))
const rated = DRAWN.devices.map((device) =>
  device.type === 'transformer'
    ? { ...device, kva: device.id.startsWith('A4') ? 2000 : 200 }
    : device,
)
const GRID = compileGrid({ ...DRAWN, devices: rated }, 'grid')

function rulesFor(enter: object = {}): Rules {
  const rules = rulesWithoutCalls()
  const city = { id: 'c', class: 'prefecture', units: ['T'], peakLoadMw: 300 } as const
  const cityShares = { ...rules.grading.cityShares, cities: [city] }
  const { storm } = rules.judgement
  const leave = { share: 0.6, afterMinutes: 5 }
  const measured = { ...storm, enter: { ...storm.enter, ...enter }, leave }
  return {
    ...rules,
    judgement: { ...rules.judgement, storm: measured },
    grading: { ...rules.grading, cityShares },
  }
}

/** An engine on a lane, with what it said. */
class Part {
  engine: Engine
  readonly changes: Change[] = []
  readonly #rules: Rules
  #position = 0
  #told = ''

  constructor(rules: Rules, lane: number) {
    this.#rules = rules
    this.engine = new Engine(this.#loaded, undefined, lane)
    this.feed({ type: 'rulesApplied', receivedAt: START, digest: 'rules', by: 'test' })
    this.feed({ type: 'gridApplied', receivedAt: START, digest: 'grid', by: 'test' })
  }

  get #loaded() {
    return { grid: () => GRID, rules: () => this.#rules }
  }

  feed(fact: Fact): void {
    this.changes.push(...this.engine.apply({ position: ++this.#position, fact }))
  }

  /** What it has to tell, once where it has not changed. */
  word(): Fact | undefined {
    const word = wordOf(this.engine.world!)
    if (JSON.stringify(word) === this.#told) return undefined
    this.#told = JSON.stringify(word)
    return { ...word, receivedAt: START, upTo: this.#position }
  }

  /** Stops, and goes on from what a snapshot keeps. */
  restart(): void {
    const { registers, grid, rules } = this.engine.world!
    const world = readWorld(writeHeap(this.engine.world!), registers, grid, rules)
    this.engine = new Engine(this.#loaded, world)
  }

  of<T extends Change['type']>(type: T) {
    return this.changes.filter((one): one is Extract<Change, { type: T }> => one.type === type)
  }

  jumps() {
    return this.of('escalation').filter(({ stage }) => stage === 'cityShare')
  }
}

class Network {
  readonly first: Part
  readonly second: Part
  #now = START

  constructor(rules: Rules) {
    this.first = new Part(rules, 0)
    this.second = new Part(rules, 1)
  }

  say(feeder: string, kind: 'powerOff' | 'powerOn'): void {
    const part = feeder.startsWith('A') ? this.first : this.second
    for (const n of [1, 2, 3, 4]) {
      const terminal = `${feeder}-X${n}-C` as never
      const said = { type: 'report', receivedAt: this.#now, at: this.#now, terminal, kind } as const
      part.feed(said)
      part.feed({ ...said, meters: [1, 2, 3].map((m) => `o-${feeder}-X${n}-m${m}` as never) })
    }
  }

  pass(seconds: number): void {
    for (let s = 0; s < seconds; s++) {
      this.#now += 1000
      for (const part of [this.first, this.second]) part.feed({ type: 'tick', at: this.#now })
      const [judged, counted] = [this.first.word(), this.second.word()]
      if (judged) this.second.feed(judged)
      if (counted) this.first.feed(counted)
    }
  }
}

test('the share of a city adds up over parts; the part with the largest outage tells the group, once', () => {
  const network = new Network(rulesFor())
  const { first, second } = network
  const jumps = () => [first.jumps().length, second.jumps().length]
  network.say('A1', 'powerOff')
  network.pass(30)
  expect(first.of('cityShare')).toEqual([])
  network.say('B1', 'powerOff')
  network.pass(30)
  expect(first.of('cityShare')).toMatchObject([
    {
      ...{ level: 'warning', share: 0.25, customersOut: 28, customers: 112 },
      ...{ loadShare: 1600 / 13_600, ratedKvaOut: 1600, ratedKva: 13_600 },
    },
  ])
  expect(jumps()).toEqual([0, 1])
  // Whoever takes over goes on from there.
  for (const part of [first, second]) {
    part.restart()
    part.feed({ type: 'rulesApplied', receivedAt: START, digest: 'rules', by: 'test' })
  }
  network.say('A2', 'powerOff')
  network.pass(30)
  expect(first.of('cityShare').at(-1)).toMatchObject({ level: 'general', customersOut: 40 })
  expect(jumps()).toEqual([0, 1])
  for (const feeder of ['A1', 'A2', 'B1']) network.say(feeder, 'powerOn')
  network.pass(600)
  expect(first.of('cityShare').at(-1)).toMatchObject({ level: 'none' })
  for (const feeder of ['A3', 'A4']) network.say(feeder, 'powerOff')
  network.pass(30)
  expect(jumps()).toEqual([1, 1])
  expect(second.of('cityShare')).toEqual([])
})

test('a storm is measured over all parts and holds in each; one of them tells of it', () => {
  const network = new Network(rulesFor({ feeders: 3 }))
  const { first, second } = network
  for (const feeder of ['A1', 'B1']) network.say(feeder, 'powerOff')
  network.pass(30)
  expect([first, second].map(({ engine }) => engine.world!.storm.on)).toEqual([false, false])
  network.say('B2', 'powerOff')
  network.pass(30)
  expect(first.of('storm')).toMatchObject([{ on: true, by: 'rule', reason: 'feeders=3' }])
  expect(first.of('storm')[0]!.causes).toHaveLength(1)
  expect(second.engine.world!.storm).toMatchObject({ on: true, reason: 'feeders=3' })
  for (const part of [first, second]) part.restart()
  for (const feeder of ['A1', 'B1', 'B2']) network.say(feeder, 'powerOn')
  network.pass(1200)
  expect(first.of('storm').at(-1)).toMatchObject({ on: false })
  expect(second.engine.world!.storm.on).toBe(false)
  expect(second.of('storm')).toEqual([])
})

test('a person’s word stands in every part, whatever the rule says meanwhile', () => {
  const network = new Network(rulesFor({ feeders: 2 }))
  const { first, second } = network
  const order = (mode: 'off' | 'rule') => {
    for (const part of [first, second])
      part.feed({ type: 'stormMode', receivedAt: START, mode, by: 'wang', role: 'shiftLeader' })
  }
  order('off')
  for (const feeder of ['A1', 'B1']) network.say(feeder, 'powerOff')
  network.pass(30)
  expect([first, second].map(({ engine }) => engine.world!.storm.on)).toEqual([false, false])
  order('rule')
  network.pass(90)
  expect([first, second].map(({ engine }) => engine.world!.storm.on)).toEqual([true, true])
})

test('what a part said of less of its journal is old, and nobody is told of itself', () => {
  const network = new Network(rulesFor())
  const { first } = network
  network.say('B1', 'powerOff')
  network.pass(30)
  const { across } = first.engine.world!
  expect(across.parts).toMatchObject([{ part: 1, units: [{ unit: 'T', customersOut: 16 }] }])
  const empty = { units: [], openIncidents: 0, feeders: 0, offs: { minute: 0, now: 0, before: 0 } }
  const said = { type: 'partCounted', receivedAt: START, ...empty } as const
  first.feed({ ...said, part: 1, upTo: across.parts[0]!.upTo })
  first.feed({ ...said, part: 0, upTo: 1_000_000 })
  const judged = { storm: { on: true, reason: null }, cities: [] }
  first.feed({ type: 'wholeJudged', receivedAt: START, upTo: 1_000_000, ...judged })
  expect(first.engine.world!.across).toEqual(across)
})

test('facts of a minute are counted by part, without what parts tell each other', () => {
  const network = new Network(rulesFor())
  network.pass(1)
  network.say('B1', 'powerOff')
  network.pass(120)
  expect(network.second.of('reports')).toMatchObject([{ part: 1, counts: { powerOff: 8 } }])
  expect(network.first.of('reports').flatMap(({ counts }) => Object.keys(counts))).not.toContain(
    'partCounted',
  )
})

/** Sums across engines that judge parts of one network: each with a lane, told of the others by facts. */
import { expect, test } from 'vitest'
import type { Rules } from '../../../src/engine/rules.ts'
import { rulesWithoutCalls, START } from '../../support/engine-lab.ts'
import { Network } from '../../support/engine-parts.ts'

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

/** A dead cell whose terminals lie in several parts of the network, each judged by an engine of its own. */
import { expect, test } from 'vitest'
import { rulesWithoutCalls, START } from '../../support/engine-lab.ts'
import { Network, type Part } from '../../support/engine-parts.ts'

/** All sixteen terminals of each part were heard of; of a cell five are enough, on two feeders. */
function heard(): Network {
  const network = new Network(rulesWithoutCalls())
  for (const feeder of ['A1', 'A2', 'A3', 'A4', 'B1', 'B2', 'B3', 'B4'])
    network.link(feeder, 4, 'online')
  network.pass(5)
  return network
}

const cells = (part: Part) => part.incidents().filter(({ kind }) => kind === 'commsFault')
const open = (part: Part) => cells(part).filter(({ outageKind }) => outageKind !== 'closed')

/** A fifth of all thirty-two, four in one part and three in the other: neither would call it one. */
function cellDies(network: Network): void {
  network.link('A1', 4, 'offline')
  network.pass(20)
  network.link('B1', 3, 'offline')
}

test('is found once, by the sum of what parts know, and is no outage in either', () => {
  const network = heard()
  const { first, second } = network
  cellDies(network)
  expect(cells(first)).toEqual([])
  network.pass(10)
  expect(open(first)).toMatchObject([
    { level: 'substation', feeder: null, unit: 'T', metersAffected: 0, startedAt: START + 5_000 },
  ])
  // Staff see terminals of both parts, those lost last first, and facts of both are named.
  const [{ evidence, id }] = open(first) as [ReturnType<typeof open>[0]]
  expect(evidence.map(({ observer }) => observer)).toEqual([
    ...[1, 2, 3].map((n) => `B1-X${n}-C`),
    ...[1, 2, 3, 4].map((n) => `A1-X${n}-C`),
  ])
  const opened = first.of('incident').find(({ incident }) => incident.id === id)!
  expect(opened.causes).toHaveLength(7)
  expect(cells(second)).toEqual([])
  network.pass(1_800)
  expect([...first.incidents(), ...second.incidents()].map(({ kind }) => kind)).toEqual([
    'commsFault',
  ])
})

test('goes on while more are lost long after, over restarts, and ends when they are back', () => {
  const network = heard()
  const { first, second } = network
  cellDies(network)
  network.pass(10)
  for (const part of [first, second]) part.restart()
  network.pass(600)
  network.link('B2', 1, 'offline')
  network.pass(600)
  for (const part of [first, second]) {
    part.restart()
    part.feed({ type: 'rulesApplied', receivedAt: START, digest: 'rules', by: 'test' })
  }
  network.pass(5)
  expect(open(first)).toHaveLength(1)
  network.link('B1', 1, 'online')
  network.pass(5)
  expect(open(first)).toHaveLength(1)
  network.link('B1', 3, 'online')
  network.pass(5)
  expect(open(first)).toEqual([])
  expect(cells(first)).toMatchObject([{ outageKind: 'closed', outcome: null }])
  expect(second.incidents()).toEqual([])
})

test('is none where terminals of a part are lost in an outage there', () => {
  const network = heard()
  const { first, second } = network
  network.say('B1', 'powerOff')
  network.pass(30)
  cellDies(network)
  network.pass(30)
  expect(cells(first)).toEqual([])
  expect(second.incidents()).toMatchObject([{ kind: 'fault' }])
})

test('is none where those of one part were lost long before those of the other', () => {
  const network = heard()
  network.link('A1', 4, 'offline')
  network.pass(150)
  network.link('B1', 3, 'offline')
  network.pass(30)
  expect(cells(network.first)).toEqual([])
})

test('lies in the other part alone and is found all the same', () => {
  const network = heard()
  const { first, second } = network
  network.link('B1', 4, 'offline')
  network.link('B2', 3, 'offline')
  network.pass(5)
  expect(open(first)).toMatchObject([{ kind: 'commsFault', device: { id: 'B1' } }])
  expect(second.incidents()).toEqual([])
})

import { expect, test } from 'vitest'
import { partitionOfDevice, partitionsOf, speaksAcross } from '../../../src/app/roles/routing.ts'
import { incidentId } from '../../../src/engine/incidents/incident-id.ts'
import { enterLane } from '../../../src/engine/lane.ts'
import type { World } from '../../../src/engine/world.ts'
import type { Fact } from '../../../src/facts/facts.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import { placeOf, positionOf } from '../../../src/journal/kafka/messages.ts'
import { CONTRACT_GRID } from '../../support/contract-grid.ts'
import { twoTowns } from '../../support/two-towns.ts'
import { smallGrid } from '../grid/small-grid.ts'

const grid = compileGrid(CONTRACT_GRID, 'digest')
const COUNT = 8
const PLACED = { count: COUNT, placed: new Map<string, number>() }

test('a report goes where the feeder of its terminal is, all of one feeder to one place', () => {
  for (let observer = 0; observer < grid.observers.ids.count; observer++) {
    const terminal = grid.observers.ids.idOf(observer)
    const fact = { type: 'report', receivedAt: 1, terminal, kind: 'powerOff' } as Fact
    expect(partitionsOf(fact, grid, PLACED)).toEqual([grid.feeders[0]!.partition % COUNT])
  }
  expect(partitionOfDevice(grid, -1, PLACED)).toBe(0)
})

test('a feeder goes on being judged where it was placed, whatever the grid in force says', () => {
  const { id, partition } = grid.feeders[0]!
  const elsewhere = (partition + 3) % COUNT
  const fact = { type: 'report', terminal: grid.observers.ids.idOf(0) } as Fact
  const placed = new Map([[id, elsewhere]])
  expect(partitionsOf(fact, grid, { count: COUNT, placed })).toEqual([elsewhere])
})

test('what stands above feeders or between them is judged with them', () => {
  const town = smallGrid()
  town.nodes.push({ id: 'Z' })
  town.devices.push({ id: 'Q', type: 'breaker', name: 'main', from: 'Z', to: 'S' })
  town.observers.push({ id: 'FTU', class: 'ftu', device: 'G1' })
  const compiled = compileGrid(town, 'town')
  const [home] = compiled.feeders.map(({ partition }) => partition)
  const placed = new Map(compiled.feeders.map(({ id }) => [id, home! + 3]))
  for (const device of ['Q', 'G1', 'B2', 'K1'])
    expect(
      partitionsOf({ type: 'switching', device } as Fact, compiled, { count: COUNT, placed }),
    ).toEqual([home! + 3])
  const told = { type: 'report', terminal: 'FTU', kind: 'switchClosed' } as Fact
  expect(partitionsOf(told, compiled, { count: COUNT, placed })).toEqual([home! + 3])
})

test("a customer's call goes where the customer is judged, one of nobody known to one place", () => {
  const at = (usagePoint: string) =>
    partitionsOf({ type: 'callerReport', usagePoint } as Fact, grid, PLACED)
  const { ids, device } = grid.usagePoints
  for (let point = 0; point < ids.count; point++)
    expect(at(ids.idOf(point))).toEqual([partitionOfDevice(grid, device[point]!, PLACED)])
  expect(at('nobody')).toHaveLength(1)
})

test('an action goes to the engine that gave the incident its number', () => {
  for (const lane of [0, 1, 7]) {
    const world = { nextCase: 1, calls: { next: 1 } } as World
    enterLane(world, lane)
    const fact = { type: 'actionRequested', incident: incidentId(world.nextCase) } as Fact
    expect(partitionsOf(fact, grid, PLACED)).toEqual([lane])
  }
})

test('what concerns the whole network goes to all', () => {
  const fact = { type: 'stormMode', mode: 'on' } as Fact
  expect(partitionsOf(fact, grid, { ...PLACED, count: 4 })).toEqual([0, 1, 2, 3])
})

test('positions are unique over partitions and lead back to their place', () => {
  const seen = new Set<number>()
  for (let partition = 0; partition < 4; partition++)
    for (let offset = 0; offset < 5; offset++) {
      const position = positionOf(offset, partition, 4)
      seen.add(position)
      expect(placeOf(position, 4)).toEqual({ partition, offset })
    }
  expect(seen.size).toBe(20)
  expect(positionOf(6, 0, 1)).toBe(7)
})

test('a terminal at a node is judged with the feeder that feeds the place', () => {
  const compiled = compileGrid(smallGrid(), 'town')
  const placed = new Map(compiled.feeders.map(({ id }, i) => [id, 3 + i]))
  const fact = { type: 'report', terminal: 'V1', kind: 'powerOff' } as Fact
  expect(partitionsOf(fact, compiled, { count: COUNT, placed })).toEqual([3])
})

test('a report on meters of another partition goes where its terminal is, and is known as such', () => {
  const town = twoTowns()
  town.observers.push({ id: 'M9', class: 'meter', usagePoint: 'U1-2', via: 'C1' })
  const compiled = compileGrid(town, 'towns')
  const placed = new Map(compiled.feeders.map(({ id }) => [id, id.endsWith('-2') ? 1 : 0]))
  const partitions = { count: 2, placed }
  const fact = (...meters: string[]) => ({ type: 'report', terminal: 'C1', meters }) as never
  expect(speaksAcross(fact('M1', 'M2'), compiled, partitions)).toBe(false)
  expect(speaksAcross(fact('M1', 'M9'), compiled, partitions)).toBe(true)
  expect(partitionsOf(fact('M1', 'M9'), compiled, partitions)).toEqual([0])
  expect(speaksAcross(fact('M1', 'M9'), compiled, { count: 1, placed: new Map() })).toBe(false)
})

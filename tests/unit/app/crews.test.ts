/** Positions of crews: the latest is kept, and only those an arrival is inferred from become facts. */
import { expect, test } from 'vitest'
import { Crews } from '../../../src/app/crews.ts'
import type { Fact } from '../../../src/facts/facts.ts'
import type { CrewId } from '../../../src/facts/ids.ts'
import { BRANCH, Desk } from '../../support/desk.ts'

const [LON, LAT] = [111.6, 40.8]
const CREW = 'C7' as CrewId

function staged() {
  const desk = new Desk(BRANCH, (grid) => {
    grid.nodes = grid.nodes.map((node) => ({ ...node, lon: LON, lat: LAT }))
  })
  desk.do('confirm')
  desk.do('dispatch', { crew: CREW })
  const facts: Fact[] = []
  const crew = { id: CREW, name: '抢修七班', unit: desk.incident.unit, members: 4 }
  const crews = new Crews({
    registered: () => [{ ...crew, shift: 'day', active: true, changedAt: 0, by: 'test' }],
    worlds: () => [desk.lab.engine.world!],
    append: async (fact) => facts.push(fact),
  })
  const drive = (lat: number, atSeconds: number, id = CREW) => {
    const at = desk.lab.now + atSeconds * 1000
    const fact = { type: 'crewPosition', receivedAt: at, crew: id, at, lon: LON, lat } as const
    return crews.append(fact)
  }
  return { desk, facts, crews, drive }
}

test('on the road nothing is journalled; near the device one position in half a minute; leaving once', async () => {
  const { facts, crews, drive } = staged()
  for (let s = 0; s < 600; s += 5) await drive(LAT + 0.05, s)
  expect(facts).toEqual([])
  for (let s = 600; s < 720; s += 5) await drive(LAT + 0.0005, s)
  expect(facts).toHaveLength(4)
  for (let s = 720; s < 800; s += 5) await drive(LAT + 0.05, s)
  expect(facts).toHaveLength(5)
  expect(crews.now()[0]).toMatchObject({
    position: { lat: LAT + 0.05 },
    orders: [{ incident: 'I000001', metres: 5557 }],
  })
})

test('a late message neither moves a crew back nor becomes a fact; other facts pass', async () => {
  const { facts, crews, drive } = staged()
  await drive(LAT, 100)
  await drive(LAT + 1, 50)
  expect(crews.now()[0]!.position!.lat).toBe(LAT)
  expect(facts).toHaveLength(1)
  await crews.append({ type: 'tick', at: 5 })
  expect(facts).toHaveLength(2)
})

test('nobody is near once the arrival is entered; a viewer of another unit sees no orders', async () => {
  const { desk, facts, crews, drive } = staged()
  desk.do('arrive')
  await drive(LAT, 100)
  expect(facts).toEqual([])
  expect(crews.shown(() => false).size).toBe(0)
  expect(crews.shown(() => true).get(CREW)).toMatchObject({ orders: [{ metres: 0 }] })
})

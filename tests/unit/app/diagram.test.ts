/** Ties at the edge of a diagram: where they stand now, and what feeds their far side. */
import { expect, test } from 'vitest'
import { diagramOf } from '../../../src/app/diagram.ts'
import type { DeviceId } from '../../../src/facts/ids.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

const NETWORK = `
B1 breaker
  S1 switch
    X1 transformer
      m1 meter
  S2 switch
    X2 transformer
      m2 meter
B2 breaker
  X3 transformer
    m3 meter
tie K S1 B2
tie L S1 S2
`

test('an open tie hangs from what feeds its near side; one within the feeder at both', () => {
  const lab = new EngineLab(drawnGrid(NETWORK.trim()), undefined, { invariants: false })
  const feederOf = (source: string) =>
    lab.grid.feeders.findIndex((one) => lab.grid.devices.ids.idOf(one.source) === source)
  const ties = (source: string) => diagramOf(lab.engine.world, feederOf(source)).ties
  const [first, second] = [
    lab.grid.feeders[feederOf('B1')]!.id,
    lab.grid.feeders[feederOf('B2')]!.id,
  ]
  lab.pass(1)
  expect(ties('B1')).toEqual([
    { id: 'K', name: expect.any(String), parent: 'S1', feeder: second },
    { id: 'L', name: expect.any(String), parent: 'S1', feeder: first },
    { id: 'L', name: expect.any(String), parent: 'S2', feeder: first },
  ])
  expect(ties('B2')).toMatchObject([{ id: 'K', parent: 'B2', feeder: first }])
  lab.feed({
    type: 'switching',
    receivedAt: lab.now,
    requestId: 'r1',
    device: 'K' as DeviceId,
    position: 'closed',
    at: lab.now,
    source: 'dispatcher',
    by: 'li',
  })
  lab.pass(2)
  expect(ties('B2')).toEqual([])
  expect(diagramOf(undefined, 0)).toEqual({ devices: [], ties: [] })
})

/** K joins the far end of the first feeder to the second; L the second to the third. */
const IN_TURN = `
B1 breaker
  S1 switch
    X1 transformer
      m1 meter
    S2 switch
      X2 transformer
        m2 meter
B2 breaker
  X3 transformer
    m3 meter
B3 breaker
  X4 transformer
    m4 meter
tie K S2 B2
tie L B2 B3
`

test('a part that a tie feeds is shown as fed from the other feeder, and the tie at both', () => {
  const lab = new EngineLab(drawnGrid(IN_TURN.trim()), undefined, { invariants: false })
  const feeders = new Map(
    lab.grid.feeders.map(({ id, source }) => [lab.grid.devices.ids.idOf(source), id] as const),
  )
  const at = (source: string) => [...feeders.keys()].indexOf(source)
  const drawn = (source: string) => diagramOf(lab.engine.world, at(source))
  const lines = (source: string) =>
    drawn(source).devices.map(({ id, parent, fedFrom, feedsPartOf }) => [
      ...[id, parent],
      ...[fedFrom, feedsPartOf].map((one) => [...feeders].find(([, of]) => of === one)?.[0] ?? ''),
    ])
  const operate = (device: string, position: 'open' | 'closed') => {
    lab.feed({
      ...{ type: 'switching', receivedAt: lab.now, requestId: `${device} ${position}` },
      ...{ device: device as DeviceId, position, at: lab.now, source: 'dispatcher', by: 'li' },
    })
    lab.pass(2)
  }
  const normally = [drawn('B1'), drawn('B2')]
  expect(normally.flatMap(({ devices }) => devices).some(({ fedFrom }) => fedFrom)).toBe(false)

  // The first switch opens and the tie closes: what lies beyond hangs the other way round.
  operate('S1', 'open')
  operate('K', 'closed')
  expect(lines('B1')).toEqual([
    ['B1', null, '', ''],
    ['S1', 'B1', '', ''],
    ['X1', 'S2', 'B2', ''],
    ['S2', 'K', 'B2', ''],
    ['X2', 'K', 'B2', ''],
    ['K', 'B2', 'B2', ''],
  ])
  expect(lines('B2')).toEqual([
    ['B2', null, '', ''],
    ['X3', 'B2', '', ''],
    ['K', 'B2', '', 'B1'],
  ])
  const lent = drawn('B2').devices.at(-1)!
  expect(lent).toMatchObject({ open: false, normallyOpen: true, customers: 2 })
  expect(drawn('B1').ties).toEqual([])
  expect(drawn('B2').ties).toMatchObject([{ id: 'L', parent: 'B2', feeder: feeders.get('B3') }])

  // As before, once the positions are.
  operate('K', 'open')
  operate('S1', 'closed')
  expect([drawn('B1'), drawn('B2')]).toEqual(normally)
})

test('a part that a low-voltage tie feeds shows the tie at both feeders, like one of medium voltage', () => {
  const grid = drawnGrid(
    `
B1 breaker
  X1 transformer
    L1 lvBranch
      H1 meterBox
        m1 meter
        m2 meter
B2 breaker
  X2 transformer
    L2 lvBranch
      m3 meter
tie K L1 L2
`.trim(),
  )
  grid.devices.find(({ id }) => id === 'K')!.type = 'lvBranch'
  const lab = new EngineLab(grid, undefined, { invariants: false })
  const [first, second] = lab.grid.feeders.map(({ id }) => id)
  for (const [device, position] of [
    ['L1', 'open'],
    ['K', 'closed'],
  ] as const) {
    lab.feed({
      ...{ type: 'switching', receivedAt: lab.now, requestId: device, device: device as DeviceId },
      ...{ position, at: lab.now, source: 'dispatcher', by: 'li' },
    })
    lab.pass(2)
  }
  const tieAt = (feeder: number) =>
    diagramOf(lab.engine.world, feeder).devices.find(({ id }) => id === 'K')
  const tie = { type: 'lvBranch', parent: 'X2', open: false, normallyOpen: true, customers: 2 }
  expect(tieAt(0)).toMatchObject({ ...tie, fedFrom: second, feedsPartOf: null })
  expect(tieAt(1)).toMatchObject({ ...tie, fedFrom: null, feedsPartOf: first })
})

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

/** What is shown of a network that is fed otherwise: the diagram, and counts made once a switching. */
import { expect, test } from 'vitest'
import { diagramOf } from '../../../src/app/diagram.ts'
import { switchingPort } from '../../../src/app/switching.ts'
import { oneWorld } from '../../../src/app/worlds.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, shippedRules } from '../../support/engine-lab.ts'

/** B1 ── S1 ── X1 ── m1, and K from B2 to X1. */
const GRID = `
B1 breaker
  S1 switch
    X1 transformer
      m1 meter
B2 breaker
  X2 transformer
    m2 meter
tie K S1 B2
`

test('customers follow the switch positions in the diagram, and are counted once for each', () => {
  const lab = new EngineLab(drawnGrid(GRID), shippedRules(), { invariants: false })
  const world = lab.engine.world!
  const feeder = (source: string) =>
    world.grid.feeders.findIndex((one) => world.grid.devices.ids.idOf(one.source) === source)
  const drawn = (source: string) =>
    Object.fromEntries(
      diagramOf(world, feeder(source)).devices.map(({ id, customers }) => [id, customers]),
    )
  const port = switchingPort(
    () => world.grid,
    oneWorld(() => world),
  )
  expect([drawn('B1'), drawn('B2')]).toMatchObject([{ B1: 1, S1: 1, X1: 1 }, { B2: 1 }])
  const normally = port.customersNow()
  expect(port.customersNow()).toBe(normally)
  for (const [device, position] of [
    ['S1', 'open'],
    ['K', 'closed'],
  ] as const)
    lab.feed({
      ...{ type: 'switching', receivedAt: lab.now, requestId: device, device: device as never },
      ...{ position, at: lab.now, source: 'dispatcher', by: 'dispatcher-1' },
    })
  lab.pass(2)
  expect([drawn('B1'), drawn('B2')]).toMatchObject([{ B1: 0, X1: 1 }, { B2: 2 }])
  const now = port.customersNow()
  expect(now).not.toBe(normally)
  expect(port.customersNow()).toBe(now)
  expect(now.of(world.grid.devices.ids.indexOf('B2'))).toBe(2)
})

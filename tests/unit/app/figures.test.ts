/** The figures at the head of every page say what the list of incidents says. */
import { expect, test } from 'vitest'
import { figuresOf } from '../../../src/app/figures.ts'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import { EngineLab, rulesWithoutCalls } from '../../support/engine-lab.ts'

const GRID = drawnGrid(`
  B breaker
    F fuse
      X1..X5 transformer
        m1..m4 meter
`)
const meters = [1, 2, 3, 4, 5].flatMap((x) => [1, 2, 3, 4].map((m) => `o-X${x}-m${m}`))

test('who said to have supply again is not counted as out, though the outage is not over', () => {
  const at = new EngineLab(GRID, rulesWithoutCalls())
  const out = () => figuresOf(at.engine.world, 0).customersOut
  for (const meter of meters) at.say(meter, 'powerOff')
  at.pass(90)
  expect(out()).toBe(meters.length)
  for (const meter of meters.slice(0, 12)) at.say(meter, 'powerOn')
  at.pass(1)
  expect(at.open()).toMatchObject([{ outageKind: 'partiallyRestored', customersRestored: 12 }])
  expect(out()).toBe(8)
  for (const meter of meters.slice(12)) at.say(meter, 'powerOn')
  at.pass(3)
  expect(out()).toBe(0)
})

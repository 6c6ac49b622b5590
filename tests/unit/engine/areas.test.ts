/** A meter that a terminal of another transformer forwards for (户变关系错) is no part of its area. */
import { expect, test } from 'vitest'
import { OFF, QUIET } from '../../../src/engine/evidence/registers.ts'
import { Belief } from '../../../src/engine/inference/belief.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

/**
 *   ─B1─┬─X1 c1─ m1 m2 m3      m4 is forwarded by c1
 *       └─X2 c2─ m4 m5 m6
 */
const DRAWING = `
B1 breaker
  X1 transformer
    c1 concentrator
    m1 meter
    m2 meter
    m3 meter
  X2 transformer
    c2 concentrator
    m4 meter
    m5 meter
    m6 meter
`

test('silence is counted the same, whether kept or counted anew', () => {
  const grid = drawnGrid(DRAWING)
  const m4 = grid.observers.findIndex(({ id }) => id === 'o-m4')
  grid.observers[m4] = {
    ...grid.observers[m4]!,
    via: grid.observers.find(({ id }) => id === 'o-m1')!.via!,
  }
  const { belief, registers, network } = new EngineLab(grid).engine.world!
  const index = (id: string) => network.grid.observers.ids.indexOf(id)
  const say = (id: string, state: typeof OFF | typeof QUIET) => belief.become(index(id), state)
  const counts = (of: Belief) =>
    Array.from({ length: of.sums.heads }, (_, head) => of.silence.countsBelow(head))
  const expectKept = () =>
    expect(counts(belief)).toEqual(counts(new Belief(network, registers, belief.model)))
  say('o-m4', OFF)
  expectKept()
  say('o-m1', OFF)
  expectKept()
  say('o-m4', QUIET)
  expectKept()
  say('o-m4', OFF)
  say('o-m1', QUIET)
  expectKept()
  say('o-m4', QUIET)
  expectKept()
})

/** One conductor of the medium voltage is lost: who below has supply, and who is told. */
import { expect, test } from 'vitest'
import { supplyOf } from '../../../src/app/supply.ts'
import { coverOf } from '../../../src/app/telling/audience.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

const METERS = ['a1 meter A', 'b1 meter B', 'c1 meter C', 'd1 meter']
const feeder = (connection: string) =>
  [
    'B1 breaker',
    '  F1 fuse',
    `    X1..X4 transformer ${connection}`,
    ...['C concentrator', ...METERS].map((line) => `      ${line}`),
    '  F2 fuse',
    '    X5 transformer',
    '      C5 concentrator',
    '      m5 meter',
  ].join('\n')

/** A meter of each phase, and one of all three, below a conductor that is lost above `connection`. */
function below(connection: string, volts: number[]) {
  const lab = new EngineLab(drawnGrid(feeder(connection)))
  lab.pass(2)
  for (const x of [1, 2, 3, 4]) lab.say(`X${x}-C`, 'voltage', { volts })
  lab.pass(100)
  expect(lab.open()).toMatchObject([{ kind: 'partialPhase', device: { id: 'F1' } }])
  const world = lab.engine.world!
  const cover = coverOf(world)
  const points = ['a1', 'b1', 'c1', 'd1'].map((m) => world.grid.usagePoints.ids.indexOf(`X1-${m}`))
  return {
    lab,
    dark: () => points.map((point) => supplyOf(world, point).dead > 0.5),
    told: points.map((point) => cover(point).is),
  }
}

test('two phases of a Dyn11 transformer lose their voltage, the third keeps all of it', () => {
  const { dark, told } = below('Dyn11', [110, 110, 220])
  expect(dark()).toEqual([true, true, false, true])
  expect(told).toEqual(['dark', 'dark', 'lit', 'dark'])
})

test('the one phase of a Yyn0 transformer', () => {
  const { dark, told } = below('Yyn0', [0, 190, 190])
  expect(dark()).toEqual([true, false, false, true])
  expect(told).toEqual(['dark', 'lit', 'lit', 'dark'])
})

test('whose own meter says that it is dark is not called spared', () => {
  const { lab, dark } = below('Dyn11', [110, 110, 220])
  lab.say('o-X1-c1', 'powerOff')
  expect(dark()).toEqual([true, true, true, true])
})

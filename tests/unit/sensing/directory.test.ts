import { expect, test } from 'vitest'
import { compileGrid } from '../../../src/grid/compile.ts'
import { createTerminalDirectory } from '../../../src/sensing/directory.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { terminalGrid } from '../../support/terminal-grid.ts'

const directory = createTerminalDirectory(terminalGrid())

test.each([
  ['T1', 'T1', 'known', 'itself'],
  ['T1', 'M1', 'known', 'it forwards for it'],
  ['T1', 'M3', 'known', 'a meter below its own transformer, through nobody'],
  ['T1', 'constructor', 'known', 'a meter of its transformer that another forwards for'],
  ['T1', 'M9', 'foreignMeter', 'a meter of another transformer'],
  ['T1', 'T2', 'foreignMeter', 'another terminal'],
  ['T1', '__proto__', 'foreignMeter', 'a terminal at its own transformer is no meter'],
  ['M1', 'M3', 'known', 'a meter with a link of its own, below the same transformer'],
  ['M1', 'M9', 'foreignMeter', 'a meter below another transformer'],
  ['F1', 'F2', 'known', 'forwards for it, on the medium voltage'],
  ['F2', 'F1', 'foreignMeter', 'the forwarding goes one way'],
  ['F1', 'M1', 'foreignMeter', 'above the transformers there is no area'],
  ['T1', 'nobody', 'unknownMeter', 'not in the grid'],
  ['T1', 'toString', 'unknownMeter', 'a name that every object has'],
  ['__proto__', '__proto__', 'known', 'a prototype-named terminal'],
  ['__proto__', 'constructor', 'known', 'a prototype-named meter'],
  ['nobody', 'M3', 'foreignMeter', 'an unknown terminal meets a meter that nobody forwards for'],
])('%s may speak of %s: %s (%s)', (terminal, meter, standing) => {
  expect(directory.standingOf(terminal, meter)).toBe(standing)
})

test.each([
  ['T1', 'X1', 'known', 'where it stands'],
  ['T1', 'B1', 'known', 'a node in common'],
  ['T1', 'BOX1', 'known', 'the low voltage of its area'],
  ['T2', 'BOX1', 'known', 'low voltage that may hang in its area by now'],
  ['F1', 'BOX1', 'foreignDevice', 'above the transformers there is no area'],
  ['M1', 'B1', 'known', 'it stands at no device: that is for the engine to know'],
  ['nobody', 'B1', 'foreignDevice', 'an unknown terminal'],
  ['T1', 'T1', 'unknownDevice', 'a terminal is no device'],
  ['T1', 'constructor', 'unknownDevice', 'a name that every object has'],
])('%s may speak of the device %s: %s (%s)', (terminal, device, standing) => {
  expect(directory.deviceStandingOf(terminal, device)).toBe(standing)
})

test('SCADA may speak of every device, who stands elsewhere on the medium voltage of none but its own', () => {
  const grid = drawnGrid(
    ['B1 breaker', '  S1 scada', '  C1 ftu', '  S switch', '    R switch'].join('\n'),
  )
  const { deviceStandingOf } = createTerminalDirectory(compileGrid(grid, 'grid'))
  expect(deviceStandingOf('S1', 'R')).toBe('known')
  expect(deviceStandingOf('C1', 'S')).toBe('known')
  expect(deviceStandingOf('C1', 'R')).toBe('foreignDevice')
})

test('knows terminals of the grid, and nothing that every object has', () => {
  expect(['T1', 'M1', '__proto__', 'X1', 'toString'].map(directory.isTerminal)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
})

import { expect, test } from 'vitest'
import { createTerminalDirectory } from '../../../src/sensing/directory.ts'
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

test('knows terminals and devices of the grid, and nothing that every object has', () => {
  expect(['T1', 'M1', '__proto__', 'X1', 'toString'].map(directory.isTerminal)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
  expect(['X1', 'BOX1', 'T1', 'constructor'].map(directory.isDevice)).toEqual([
    true,
    true,
    false,
    false,
  ])
})

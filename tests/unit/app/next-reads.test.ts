/** What would be asked next is what is asked next, and looking at it changes nothing. */
import { expect, test } from 'vitest'
import { nextReadsOf } from '../../../src/app/next-reads.ts'
import { AskedLab, callRules } from '../../support/asked-lab.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'

const NETWORK = [
  'B breaker',
  '  F1 fuse',
  '    X1 transformer',
  '      C1 concentrator',
  '      m1 meter',
  '      m2 meter',
  '    X2 transformer',
  '      C2 concentrator',
  '      m3 meter',
  '      m4 meter',
].join('\n')

function heard(lab: AskedLab) {
  lab.answerOf = () => 'noAnswer'
  lab.pass(5)
  lab.say('C1', 'powerOff')
  lab.say('C1', 'powerOff', { meters: ['o-m1', 'o-m2'] })
  lab.pass(20)
  return lab.open()[0]!.id
}

test('names those that are asked a little later, then waits for them, then nothing follows', () => {
  const lab = new AskedLab(drawnGrid(NETWORK))
  const id = heard(lab)
  const next = nextReadsOf(lab.engine.world, id)
  expect(next).toMatchObject({ state: 'asks', round: 1 })
  expect(next).toEqual(nextReadsOf(lab.engine.world, id))
  const gains = next.reads.flatMap(({ gainBits }) => (gainBits === null ? [] : [gainBits]))
  expect(gains).toEqual([...gains].sort((a, b) => b - a))
  expect(Math.min(...gains)).toBeGreaterThan(0)
  while (lab.asked.length === 0) lab.pass(1)
  expect(next.reads.map(({ observer }) => observer)).toEqual(expect.arrayContaining([...lab.asked]))
  expect(nextReadsOf(lab.engine.world, id)).toMatchObject({ state: 'waiting', reads: [] })
  lab.say('C1', 'powerOn')
  lab.say('C1', 'powerOn', { meters: ['o-m1', 'o-m2'] })
  lab.pass(600)
  expect(nextReadsOf(lab.engine.world, id).state).toBe('over')
  expect(nextReadsOf(lab.engine.world, 'I999999').state).toBe('over')
})

test('says that the rules ask nobody', () => {
  const lab = new AskedLab(drawnGrid(NETWORK), callRules({ enabled: false }))
  expect(nextReadsOf(lab.engine.world, heard(lab))).toMatchObject({ state: 'off', reads: [] })
})

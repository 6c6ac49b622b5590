/** What proves an off belongs to the outage it was said in, whichever word of it is heard last. */
import { expect, it } from 'vitest'
import { reborn } from '../../../src/cli/rehearsal.ts'
import { AWAITED, MEASURED, OFF, REPORTED } from '../../../src/engine/evidence/registers.ts'
import { saysDark } from '../../../src/engine/evidence/statement.ts'
import type { EventKind } from '../../../src/facts/wire.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'
import { THREE_AREAS } from '../../support/three-areas.ts'

const WORDS = {
  reported: { kind: 'powerOff' as EventKind, secondsAgo: 20, seq: 8 },
  on: { kind: 'powerOn' as EventKind, secondsAgo: 12, seq: 9 },
  measured: { kind: 'voltage' as EventKind, secondsAgo: 4, seq: 10, volts: [0, 0, 0] },
}

/** What C1 says of itself or of a meter, heard in that order at one moment. */
function hear(story: EngineLab, order: (keyof typeof WORDS)[], meters?: string[], again = false) {
  for (const name of order) {
    const { secondsAgo, kind, ...word } = WORDS[name]
    const at = story.now - secondsAgo * 1000
    story.say('C1', kind, { ...word, at, boot: 1, ...(meters ? { meters } : {}) })
    if (again) story.restart(reborn)
  }
}

it('counts what was reported before an on no more beside what is measured since, in every order', () => {
  const marks = (again: boolean, ...order: (keyof typeof WORDS)[]) => {
    const story = new EngineLab(drawnGrid(THREE_AREAS))
    story.pass(40)
    hear(story, order, undefined, again)
    const { registers, grid } = story.engine.world!
    const terminal = grid.observers.ids.indexOf('C1')
    expect(registers.state[terminal]).toBe(OFF)
    return registers.marksOf(terminal) & (MEASURED | REPORTED)
  }
  for (const again of [false, true]) {
    expect(marks(again, 'reported', 'on', 'measured')).toBe(MEASURED)
    expect(marks(again, 'reported', 'measured', 'on')).toBe(MEASURED)
    expect(marks(again, 'measured', 'reported', 'on')).toBe(MEASURED)
    expect(marks(again, 'measured', 'on', 'reported')).toBe(MEASURED)
    expect(marks(again, 'on', 'measured', 'reported')).toBe(MEASURED)
    expect(marks(again, 'on', 'reported', 'measured')).toBe(MEASURED)
    // Without the on it is one outage, proved twice.
    expect(marks(again, 'measured', 'reported')).toBe(MEASURED | REPORTED)
  }
})

it('takes who is measured dark after a return for one that never came back, whenever its off is heard', () => {
  const state = (...order: (keyof typeof WORDS)[]) => {
    const story = new EngineLab(drawnGrid(THREE_AREAS))
    story.pass(2)
    for (const identity of ['C2', 'C3']) story.say(identity, 'areaOff')
    story.pass(30)
    for (const identity of ['C2', 'C3']) story.say(identity, 'areaOn')
    story.pass(10)
    hear(story, order, ['o-a1'])
    const world = story.engine.world!
    const meter = world.grid.observers.ids.indexOf('o-a1')
    return [world.registers.state[meter], saysDark(world, meter)]
  }
  expect(state('reported', 'measured')).toEqual([AWAITED, true])
  expect(state('measured', 'reported')).toEqual([AWAITED, true])
})

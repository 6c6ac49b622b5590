/** One identity cannot confirm, nor clear what two vouched for, however much and often it speaks. */
import { describe, expect, it } from 'vitest'
import { reborn } from '../../../src/cli/rehearsal.ts'
import { AWAITED, MEASURED, OFF, REPORTED } from '../../../src/engine/evidence/registers.ts'
import { saysDark } from '../../../src/engine/evidence/statement.ts'
import { AskedLab } from '../../support/asked-lab.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

/** A fuse over two areas with a concentrator each, and a third area beside it. */
const AREAS = `
B breaker
  F fuse
    X1 transformer
      C1 concentrator
      a1 meter
      a2 meter
      a3 meter
      a4 meter
    X2 transformer
      C2 concentrator
      b1 meter
      b2 meter
      b3 meter
  X3 transformer
    C3 concentrator
    c1 meter
    c2 meter
    c3 meter
`
const A = ['o-a1', 'o-a2', 'o-a3', 'o-a4']
const B = ['o-b1', 'o-b2', 'o-b3']
const DAY_MS = 86_400_000

const lab = () => {
  const made = new EngineLab(drawnGrid(AREAS))
  made.pass(2)
  return made
}

function bothAreasDark(): EngineLab {
  const made = lab()
  made.say('C1', 'powerOff')
  made.say('C1', 'powerOff', { meters: A })
  made.say('C2', 'powerOff')
  made.say('C2', 'powerOff', { meters: B })
  made.pass(90)
  expect(made.open()).toMatchObject([{ device: { id: 'F' }, outageKind: 'confirmed' }])
  return made
}

describe('one identity', () => {
  it('confirms nothing with ten thousand reports', () => {
    const story = lab()
    for (let n = 0; n < 10_000; n++) {
      story.say('C1', n % 2 ? 'powerOff' : 'areaOff', { meters: A, boot: 1, seq: n })
      if (n % 1000 === 0) story.pass(1)
    }
    story.pass(120)
    for (const { outageKind, sources } of story.incidents()) {
      expect(outageKind).toBe('predicted')
      expect(sources).toBe(1)
    }
  })

  it('is one source where it speaks for the meters of another terminal', () => {
    const story = lab()
    story.say('C1', 'powerOff')
    // A terminal of the same transformer may name its meters, and stays one identity.
    story.say('C1', 'powerOff', { meters: ['o-a1', 'o-a2'] })
    const grid = drawnGrid(AREAS)
    grid.observers.push({ id: 'C1b', class: 'ttu', device: 'X1' })
    const other = new EngineLab(grid)
    other.pass(2)
    other.say('C1b', 'powerOff')
    other.say('C1b', 'powerOff', { meters: A })
    other.pass(60)
    for (const made of [story, other]) {
      made.pass(60)
      expect(made.open().every(({ outageKind }) => outageKind === 'predicted')).toBe(true)
    }
  })

  it('does not outweigh who measures supply', () => {
    const grid = drawnGrid(AREAS)
    grid.observers.push({ id: 'T1', class: 'ttu', device: 'X1' })
    const story = new EngineLab(grid)
    story.pass(2)
    story.say('C1', 'areaOff')
    story.say('C1', 'powerOff', { meters: A })
    story.pass(1)
    story.say('T1', 'voltage', { volts: [229, 231, 230] })
    story.pass(60)
    expect(story.open().filter(({ device }) => device.id === 'X1')).toMatchObject([
      { kind: 'terminalFault', metersAffected: 0 },
    ])
  })

  it('does not clear what two vouched for, and is shown to contradict it', () => {
    const story = bothAreasDark()
    story.pass(5)
    story.say('C1', 'areaOn')
    story.say('C1', 'powerOn', { meters: A })
    story.pass(100)
    expect(story.open()).toMatchObject([{ device: { id: 'F' }, flags: ['contradicted'] }])
    story.pass(600)
    // Its own part is believed to be back; what the other says stays as it is.
    expect(story.open()).toMatchObject([{ device: { id: 'X2' } }])
    expect(story.incidents().every(({ outageKind }) => outageKind !== 'restored')).toBe(true)
    story.say('C2', 'areaOn')
    story.pass(5)
    expect(story.open()).toEqual([])
  })

  it('names no device that it does not stand at', () => {
    const story = lab()
    story.say('C1', 'switchOpen', { device: 'B' })
    story.say('C1', 'protectionTrip', { device: 'B' })
    story.pass(20)
    expect(story.incidents()).toEqual([])
  })
})

describe('what was said already', () => {
  it('changes nothing, nor does what is older than the register', () => {
    const story = lab()
    const say = (kind: 'powerOff' | 'powerOn', boot: number, seq: number) =>
      story.say('C1', kind, { boot, seq })
    say('powerOff', 2, 7)
    story.pass(10)
    say('powerOn', 2, 8)
    story.pass(10)
    const before = JSON.stringify(story.incidents())
    for (const [boot, seq] of [
      [2, 7],
      [2, 8],
      [1, 900],
    ] as const) {
      say('powerOff', boot, seq)
      story.pass(10)
    }
    expect(JSON.stringify(story.incidents())).toBe(before)
  })

  it('is counted anew where the meter was exchanged', () => {
    const story = lab()
    story.say('o-a1', 'powerOn', { boot: 40, seq: 9 })
    const by = { receivedAt: story.now, by: 'installer' }
    story.feed({ type: 'meterReplaced', meter: 'o-a1' as never, ...by })
    story.say('C1', 'powerOff')
    story.pass(5)
    story.say('C1', 'powerOff', { meters: ['o-a1', 'o-a2'], boot: 1, seq: 1 })
    const index = story.grid.observers.ids.indexOf('o-a1')
    expect(story.engine.world!.registers.state[index]).toBe(1)
  })
})

describe('a clock that is wrong by a day', () => {
  for (const [name, wrong] of [
    ['behind', -DAY_MS],
    ['ahead', DAY_MS],
  ] as const)
    it(`${name} neither loses nor makes an outage`, () => {
      const story = lab()
      story.say('C1', 'areaOff', { at: story.now + wrong })
      story.say('C2', 'areaOff')
      story.pass(60)
      const [incident] = story.open()
      expect(incident).toMatchObject({ device: { id: 'F' }, outageKind: 'confirmed' })
      expect(incident!.flags).toContain('clockInvalid')
      expect(Math.abs(incident!.startedAt - story.now)).toBeLessThan(70_000)
      story.pass(120)
      story.say('C1', 'areaOn', { at: story.now + wrong })
      story.say('C2', 'areaOn')
      story.pass(5)
      expect(story.open()).toEqual([])
      story.pass(700)
      expect(story.incidents()).toHaveLength(1)
    })

  it('is corrected once it was wrong for an hour', () => {
    const story = lab()
    for (let n = 0; n < 8; n++) {
      story.say('C1', 'voltage', { volts: [230, 230, 230], at: story.now - DAY_MS - 2000 })
      story.pass(600)
    }
    story.say('C1', 'areaOff', { at: story.now - DAY_MS - 5000 })
    story.say('C2', 'areaOff')
    story.pass(60)
    expect(story.open()).toMatchObject([{ device: { id: 'F' }, flags: [] }])
  })
})

describe('a crew on site', () => {
  it('is a source of its own', () => {
    const story = lab()
    story.say('C1', 'areaOff')
    story.pass(240)
    const [incident] = story.open()
    expect(incident).toMatchObject({ outageKind: 'predicted', sources: 1 })
    story.feed({
      type: 'actionRequested',
      receivedAt: story.now,
      requestId: 'r1',
      incident: incident!.id,
      expectedRevision: incident!.revision,
      action: 'onSite',
      by: 'crew-7',
      role: 'crew',
    })
    story.pass(2)
    expect(story.open()).toMatchObject([{ outageKind: 'confirmed', sources: 2 }])
  })
})

describe('one identity that speaks again', () => {
  it('does not make what it said minutes ago suspect', () => {
    const story = new AskedLab(drawnGrid(AREAS))
    story.answerOf = (target) => (target === 'o-a1' ? 'noAnswer' : 'energised')
    story.pass(2)
    story.say('C1', 'powerOff', { meters: ['o-a1'] })
    story.pass(180)
    expect(story.open()).toMatchObject([{ id: 'I000001', device: { id: 'a1' } }])
    story.say('C1', 'powerOff', { meters: ['o-a2'] })
    story.pass(10)
    expect(story.open()).toMatchObject([{ id: 'I000001' }, { device: { id: 'a2' } }])
  })
})

describe('a second outage above one that lasts', () => {
  /** What is open in each second of the second outage, with or without the first. */
  function secondBySecond(first: boolean): readonly unknown[] {
    const story = lab()
    if (first) story.say('C1', 'powerOff', { meters: ['o-a1'] })
    story.pass(60)
    story.say('C1', 'powerOn')
    for (const meter of ['o-a2', 'o-a3', 'o-a4']) story.say('C1', 'powerOn', { meters: [meter] })
    story.pass(120)
    expect(story.open()).toMatchObject(first ? [{ device: { id: 'a1' } }] : [])
    story.say('C1', 'powerOff', { meters: ['o-a2', 'o-a3'] })
    return Array.from({ length: 40 }, () => {
      story.pass(1)
      return story.open().map(({ device, metersAffected }) => [device.id, metersAffected])
    })
  }

  it('is found where it is, though ons came between the two', () => {
    expect(secondBySecond(true).at(-1)).toEqual([['X1', 4]])
  })

  it('is judged by silence since it began, as if there had been no first', () => {
    expect(secondBySecond(true).slice(4)).toEqual(secondBySecond(false).slice(4))
  })
})

describe('one identity that tells its meters apart', () => {
  it('may be wrong of each by itself, not of all at once', () => {
    const story = new AskedLab(drawnGrid(AREAS))
    story.answerOf = (target) => (target === 'o-a1' || target === 'o-a2' ? 'noAnswer' : 'energised')
    story.pass(2)
    story.say('C1', 'powerOff', { meters: ['o-a1'] })
    story.say('C1', 'powerOff', { meters: ['o-a2'] })
    story.pass(240)
    expect(story.open()).toMatchObject([{ device: { id: 'a1' } }, { device: { id: 'a2' } }])
  })
})

describe('a terminal that speaks for the meters of another, by a clock that is ahead', () => {
  function spoken(): EngineLab {
    const grid = drawnGrid(AREAS)
    grid.observers.push({ id: 'T1', class: 'ttu', device: 'X1' })
    const story = new EngineLab(grid)
    story.pass(2)
    story.say('T1', 'areaOff', { at: story.now + 225_000, boot: 1, seq: 1 })
    story.say('C1', 'powerOff', { meters: A })
    return story
  }
  const copyOf = (story: EngineLab, at: number) =>
    story.say('T1', 'areaOff', { at, boot: 1, seq: 1 })
  const statesOf = ({ engine, grid }: EngineLab) =>
    A.map((meter) => engine.world!.registers.state[grid.observers.ids.indexOf(meter)])

  it('is outdated by what they say next themselves, and a copy of it changes nothing', () => {
    const story = spoken()
    const told = story.now + 225_000
    story.pass(100)
    for (const meter of A) story.say('C1', 'powerOn', { meters: [meter] })
    const after = statesOf(story)
    expect(after).toEqual([2, 2, 2, 2])
    copyOf(story, told)
    expect(statesOf(story)).toEqual(after)
    story.restart(reborn)
    copyOf(story, told)
    expect(statesOf(story)).toEqual(after)
    story.pass(1)
    story.say('T1', 'areaOff', { at: story.now + 225_000, boot: 1, seq: 2 })
    expect(statesOf(story)).toEqual([1, 1, 1, 1])
  })
})

describe('an off measured after the return', () => {
  it('and reported before means the same in either order', () => {
    const state = (...order: ('powerOff' | 'voltage')[]) => {
      const story = lab()
      for (const identity of ['C1', 'C2', 'C3']) story.say(identity, 'areaOff')
      story.pass(30)
      for (const identity of ['C2', 'C3']) story.say(identity, 'areaOn')
      story.pass(5)
      const at = story.now
      for (const kind of order)
        story.say('C1', kind, {
          meters: ['o-a1'],
          at,
          boot: 1,
          seq: kind === 'powerOff' ? 8 : 9,
          ...(kind === 'voltage' ? { volts: [0, 0, 0] } : {}),
        })
      return story.engine.world!.registers.state[story.grid.observers.ids.indexOf('o-a1')]
    }
    expect(state('voltage', 'powerOff')).toBe(state('powerOff', 'voltage'))
  })

  it('is no second proof of what was reported before an on, in either order (seed 40)', () => {
    const marks = (...order: ('on' | 'off')[]) => {
      const story = lab()
      for (const identity of ['C1', 'C2', 'C3']) story.say(identity, 'areaOff')
      story.pass(30)
      for (const identity of ['C2', 'C3']) story.say(identity, 'areaOn')
      story.pass(60)
      const at = { on: story.now - 40_000, off: story.now }
      const volts = { on: [220, 221, 219], off: [0, 0, 0] }
      for (const kind of order)
        story.say('C1', 'voltage', {
          at: at[kind],
          boot: 1,
          seq: kind === 'on' ? 8 : 9,
          volts: volts[kind],
        })
      const terminal = story.grid.observers.ids.indexOf('C1')
      return story.engine.world!.registers.marksOf(terminal) & (MEASURED | REPORTED)
    }
    expect(marks('on', 'off')).toBe(MEASURED)
    expect(marks('off', 'on')).toBe(MEASURED)
  })

  it('and an on from before it mean the same in either order (simulation seed 222)', () => {
    const state = (...order: ('powerOn' | 'voltage')[]) => {
      const story = lab()
      for (const identity of ['C1', 'C2', 'C3']) story.say(identity, 'areaOff')
      story.pass(30)
      for (const identity of ['C2', 'C3']) story.say(identity, 'areaOn')
      story.pass(60)
      const at = { powerOn: story.now - 40_000, voltage: story.now }
      for (const kind of order)
        story.say('C1', kind, {
          meters: ['o-a1'],
          at: at[kind],
          boot: 1,
          seq: kind === 'powerOn' ? 8 : 9,
          ...(kind === 'voltage' ? { volts: [0, 0, 0] } : {}),
        })
      return story.engine.world!.registers.state[story.grid.observers.ids.indexOf('o-a1')]
    }
    expect(state('powerOn', 'voltage')).toBe(OFF)
    expect(state('voltage', 'powerOn')).toBe(OFF)
  })

  it('says nothing of the time after it where it was measured before, in either order (seed 1285)', () => {
    const told = (...order: ('powerOff' | 'voltage')[]) => {
      const story = lab()
      story.say('C1', 'powerOff', { meters: A.slice(1) })
      for (const identity of ['C2', 'C3']) story.say(identity, 'areaOff')
      story.pass(30)
      const at = { powerOff: story.now - 20_000, voltage: story.now - 10_000 }
      for (const identity of ['C2', 'C3']) story.say(identity, 'areaOn')
      story.pass(5)
      for (const kind of order)
        story.say('C1', kind, {
          meters: ['o-a1'],
          at: at[kind],
          boot: 1,
          seq: kind === 'powerOff' ? 8 : 9,
          ...(kind === 'voltage' ? { volts: [0, 0, 0] } : {}),
        })
      const world = story.engine.world!
      const meter = story.grid.observers.ids.indexOf('o-a1')
      return [world.registers.state[meter], saysDark(world, meter)]
    }
    expect(told('voltage', 'powerOff')).toEqual([AWAITED, false])
    expect(told('powerOff', 'voltage')).toEqual([AWAITED, false])
  })
})

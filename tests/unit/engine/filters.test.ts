/** Outages that explain themselves: reclosed, flapping, misbooked meters, customers' own transformers. */
import { describe, expect, it } from 'vitest'
import type { Grid } from '../../../src/grid/model.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, START } from '../../support/engine-lab.ts'

const meters = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${name}${i}`)

/** A breaker with its switch terminal, two areas of twelve meters each behind a concentrator. */
function feeder(over: (grid: Grid) => void = () => {}): EngineLab {
  const area = (t: string) =>
    `  T${t} transformer\n    C${t} concentrator\n${meters(t, 12)
      .map((m) => `    ${m} meter`)
      .join('\n')}`
  const grid = drawnGrid(`B1 breaker\n  S1 scada\n${area('x')}\n${area('y')}`)
  over(grid)
  return new EngineLab(grid)
}
const names = (t: string, count: number) => meters(t, count).map((m) => `o-${m}`)
const goOff = (lab: EngineLab, t: string, count: number, at = lab.now) => {
  lab.say(`C${t}`, 'powerOff', { at })
  lab.say(`C${t}`, 'powerOff', { meters: names(t, count), at })
}
const goOn = (lab: EngineLab, t: string, count: number) => {
  lab.say(`C${t}`, 'powerOn')
  lab.say(`C${t}`, 'powerOn', { meters: names(t, count) })
}
const read = (lab: EngineLab, terminal: string, target: string) =>
  lab.feed({
    type: 'reading',
    receivedAt: lab.now,
    terminal: terminal as never,
    at: lab.now,
    readings: [{ target: target as never, result: 'energised' }],
  })

describe('a breaker that recloses at three seconds', () => {
  it('is momentary, and the offs that arrive late change nothing', () => {
    const lab = feeder()
    const openedAt = lab.now
    lab.say('S1', 'switchOpen', { device: 'B1' })
    lab.pass(3)
    lab.say('S1', 'switchClosed', { device: 'B1' })
    lab.pass(20)
    for (const t of ['x', 'y']) goOff(lab, t, 12, openedAt + 500)
    lab.pass(60)
    expect(lab.open()).toEqual([])
    expect(
      lab
        .incidents()
        .every(({ kind, outageKind }) => kind === 'momentary' && outageKind === 'closed'),
    ).toBe(true)
    expect(lab.incidents()).toHaveLength(1)
  })
})

describe('flapping', () => {
  it('is one incident from the third off on, over when it was quiet for ten minutes', () => {
    const lab = feeder()
    for (let cycle = 0; cycle < 6; cycle++) {
      goOff(lab, 'x', 12)
      lab.pass(40)
      goOn(lab, 'x', 12)
      lab.pass(40)
    }
    const flapping = lab.incidents().filter(({ flags }) => flags.includes('flapping'))
    expect(flapping).toHaveLength(1)
    expect(lab.open()).toMatchObject([{ id: flapping[0]!.id }])
    expect(lab.incidents().length).toBeLessThanOrEqual(3)
    lab.pass(11 * 60)
    expect(lab.open()).toEqual([])
  })

  it('is not two outages in ten minutes', () => {
    const lab = feeder()
    for (let cycle = 0; cycle < 2; cycle++) {
      goOff(lab, 'x', 12)
      lab.pass(60)
      goOn(lab, 'x', 12)
      lab.pass(60)
    }
    expect(lab.incidents().flatMap(({ flags }) => flags)).not.toContain('flapping')
  })
})

describe('meters booked at the wrong transformer', () => {
  it('two that are read live in a dark area flag the ledger, and the verdict stands', () => {
    const lab = feeder()
    goOff(lab, 'x', 10)
    lab.feed({
      type: 'callerReport',
      receivedAt: lab.now,
      requestId: 'r',
      channel: 'phone',
      usagePoint: 'x0' as never,
      says: 'dark',
      account: 'a',
      by: 'agent',
      role: 'agent',
    })
    lab.pass(60)
    expect(lab.open()).toMatchObject([{ device: { id: 'Tx' }, outageKind: 'confirmed', flags: [] }])
    for (const m of ['o-x10', 'o-x11']) read(lab, 'Cx', m)
    lab.pass(400)
    expect(lab.open()).toMatchObject([{ device: { id: 'Tx' }, outageKind: 'confirmed' }])
    expect(
      lab
        .open()[0]!
        .evidence.slice(0, 2)
        .map(({ observer }) => observer),
    ).toEqual(expect.arrayContaining(['o-x10', 'o-x11']))
    goOn(lab, 'x', 10)
    lab.pass(300)
    expect(lab.open()).toEqual([])
  })

  it('the verdict stands as well where terminal and meters speak through one identity', () => {
    const lab = feeder()
    goOff(lab, 'x', 8)
    lab.say('Cx', 'powerOff')
    lab.pass(60)
    for (const m of ['o-x8', 'o-x9']) read(lab, 'Cx', m)
    lab.pass(120)
    expect(lab.open()).toMatchObject([
      { device: { id: 'Tx' }, kind: 'fault', outageKind: 'predicted', flags: ['ledgerError'] },
    ])
    goOn(lab, 'x', 4)
    lab.pass(30)
    goOn(lab, 'x', 8)
    lab.pass(600)
    expect(lab.open()).toEqual([])
    expect(lab.incidents()).toMatchObject([{ kind: 'fault', outcome: null }])
  })

  it('a meter that was said to be off and answers with supply is no mistake of the ledger', () => {
    const lab = feeder()
    goOff(lab, 'x', 8)
    lab.say('Cx', 'powerOff')
    lab.pass(60)
    for (const m of ['o-x6', 'o-x7']) read(lab, 'Cx', m)
    lab.pass(120)
    expect(lab.incidents().flatMap(({ flags }) => flags)).not.toContain('ledgerError')
  })
})

describe("a customer's own transformer (专变)", () => {
  it('is the customer’s own, and a person confirms it', () => {
    const lab = feeder((grid) => {
      grid.devices.find(({ id }) => id === 'Tx')!.ownership = 'dedicated'
    })
    goOff(lab, 'x', 12)
    lab.say('S1', 'powerOn', { at: START })
    lab.pass(120)
    expect(lab.open()).toMatchObject([
      {
        kind: 'customerInternal',
        outageKind: 'predicted',
        device: { id: 'Tx' },
        metersAffected: 12,
      },
    ])
    const { id, revision } = lab.open()[0]!
    lab.feed({
      type: 'actionRequested',
      receivedAt: lab.now,
      requestId: 'q',
      incident: id,
      expectedRevision: revision,
      action: 'confirm',
      by: 'someone',
      role: 'shiftLeader',
    })
    expect(lab.open()).toMatchObject([{ kind: 'customerInternal', outageKind: 'confirmed' }])
  })

  it('below a branch that is out belongs to the branch', () => {
    const lab = feeder((grid) => {
      grid.devices.find(({ id }) => id === 'Tx')!.ownership = 'dedicated'
    })
    for (const t of ['x', 'y']) goOff(lab, t, 12)
    lab.pass(120)
    expect(lab.open()).toMatchObject([
      { kind: 'fault', device: { id: 'B1' }, outageKind: 'confirmed' },
    ])
  })
})

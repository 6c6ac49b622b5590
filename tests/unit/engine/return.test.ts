/** What supply that comes back may not do to an incident: climb, split or vanish. */
import { describe, expect, it } from 'vitest'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

const TRANSFORMERS = 200

/** One incoming breaker, two feeders of `TRANSFORMERS` with two meters each. */
function twoFeeders(): string {
  const feeder = (b: number) => [
    `  B${b} breaker`,
    ...Array.from({ length: TRANSFORMERS }, (_, t) => [
      `    X${b}-${t} transformer`,
      `      m${b}-${t}a meter`,
      `      m${b}-${t}b meter`,
    ]).flat(),
  ]
  return ['S breaker', ...feeder(1), ...feeder(2)].join('\n')
}

const meters = (letters: string) =>
  Array.from({ length: TRANSFORMERS }, (_, t) =>
    [...letters].map((letter) => `o-m1-${t}${letter}`),
  ).flat()

describe('a feeder that comes back', () => {
  it('stays the feeder while most of its ons are under way', () => {
    const lab = new EngineLab(drawnGrid(twoFeeders()))
    lab.pass(5)
    for (const meter of meters('ab')) lab.say(meter, 'powerOff')
    lab.pass(90)
    expect(lab.open()).toMatchObject([{ device: { id: 'B1' }, outageKind: 'confirmed' }])
    const back = meters('ab')
    for (let s = 0; s < 70; s++) {
      for (const meter of back.splice(0, s < 10 ? 2 : 8)) lab.say(meter, 'powerOn')
      lab.pass(1)
      expect(lab.incidents()).toMatchObject([{ device: { id: 'B1' } }])
    }
    expect(lab.incidents()).toMatchObject([{ outageKind: 'restored', kind: 'fault' }])
  })
})

describe('a transformer with three meters', () => {
  const drawing = [
    ...['B breaker', '  X transformer', '    m1 meter', '    m2 meter', '    m3 meter'],
    ...['  Y transformer', '    m8 meter', '    m9 meter'],
  ]

  const dark = () => {
    const lab = new EngineLab(drawnGrid(drawing.join('\n')))
    lab.pass(5)
    for (const meter of ['o-m1', 'o-m2', 'o-m3']) lab.say(meter, 'powerOff')
    lab.pass(90)
    expect(lab.open()).toMatchObject([{ device: { id: 'X' }, outageKind: 'confirmed' }])
    return lab
  }

  it('is not split into single services by the first on', () => {
    const lab = dark()
    lab.say('o-m1', 'powerOn')
    lab.pass(30)
    expect(lab.incidents()).toMatchObject([{ device: { id: 'X' }, outageKind: 'confirmed' }])
    lab.say('o-m2', 'powerOn')
    lab.say('o-m3', 'powerOn')
    lab.pass(2)
    expect(lab.incidents()).toMatchObject([{ device: { id: 'X' }, outageKind: 'restored' }])
  })

  it('is not cleared by one on alone: whoever still says off keeps its part', () => {
    const lab = dark()
    lab.say('o-m1', 'powerOn')
    lab.pass(600)
    expect(lab.open().length).toBeGreaterThan(0)
    expect(lab.open().map(({ device }) => device.id)).not.toContain('m1')
    lab.say('o-m2', 'powerOn')
    lab.say('o-m3', 'powerOn')
    lab.pass(5)
    expect(lab.open()).toEqual([])
  })

  it.each([1, 20, 90])('leaves the one that stays dark its name, %d minutes old', (minutes) => {
    const lab = new EngineLab(drawnGrid(drawing.join('\n')))
    lab.pass(5)
    for (const meter of ['o-m8', 'o-m9']) lab.say(meter, 'powerOff')
    lab.pass(60 * minutes)
    expect(lab.open()).toMatchObject([{ device: { id: 'Y' }, outageKind: 'confirmed' }])
    lab.say('o-m8', 'powerOn')
    lab.pass(300)
    expect(lab.open()).toMatchObject([{ device: { id: 'm9' }, level: 'service' }])
  })

  it('is restored though the clock of a meter runs a minute and a half ahead', () => {
    const lab = new EngineLab(drawnGrid(drawing.join('\n')))
    lab.pass(5)
    const say = (meter: string, kind: 'powerOff' | 'powerOn', seq: number, aheadMs: number) =>
      lab.feed({
        type: 'report',
        receivedAt: lab.now,
        terminal: meter as never,
        kind,
        at: lab.now + aheadMs,
        boot: 1,
        seq,
      })
    say('o-m1', 'powerOff', 1, 0)
    say('o-m2', 'powerOff', 1, 0)
    say('o-m3', 'powerOff', 1, 90_000)
    lab.pass(70)
    say('o-m1', 'powerOn', 2, 0)
    say('o-m2', 'powerOn', 2, 0)
    lab.pass(5)
    expect(lab.open()).toMatchObject([{ device: { id: 'X' } }])
    say('o-m3', 'powerOn', 2, 90_000)
    lab.pass(5)
    expect(lab.incidents()).toMatchObject([{ device: { id: 'X' }, outageKind: 'restored' }])
  })
})

describe('a single service', () => {
  it('is over when its own meter says so, though a caller had vouched for it as well', () => {
    const lab = new EngineLab(drawnGrid('B breaker\n  X transformer\n    m1 meter\n    m2 meter'))
    lab.pass(5)
    lab.say('o-m1', 'powerOff')
    lab.pass(30)
    lab.feed({
      type: 'callerReport',
      receivedAt: lab.now,
      requestId: 'r1',
      channel: 'phone',
      usagePoint: 'm1' as never,
      says: 'dark',
      account: 'a1',
      by: 'agent',
      role: 'agent',
    })
    lab.pass(120)
    expect(lab.open()).toMatchObject([{ level: 'service', sources: 2 }])
    lab.say('o-m1', 'powerOn')
    lab.pass(5)
    expect(lab.open()).toEqual([])
  })
})

describe('an outage that one identity tells of', () => {
  it('goes on where the one meter that was back takes that back', () => {
    const drawing = ['B breaker', '  X transformer', '    C concentrator', '    m1 meter']
    const beside = [
      '    m2 meter',
      '    m3 meter',
      '  Y transformer',
      '    m8 meter',
      '    m9 meter',
    ]
    const lab = new EngineLab(drawnGrid([...drawing, ...beside].join('\n')))
    lab.pass(5)
    const of = (meter: string) => ({ meters: [`o-${meter}`] })
    lab.say('C', 'powerOff')
    for (const meter of ['m1', 'm2', 'm3']) lab.say('C', 'powerOff', of(meter))
    lab.pass(60)
    lab.say('C', 'powerOn', of('m1'))
    lab.pass(60)
    lab.say('C', 'powerOff', of('m1'))
    lab.pass(900)
    expect(lab.open()).toMatchObject([{ device: { id: 'X' }, metersAffected: 3, restoredAt: null }])
    const segments = lab.changes.filter((change) => change.type === 'segment')
    expect(segments.at(-1)).toMatchObject({ segment: { device: { id: 'X' }, to: null } })
    expect(lab.incidents()).toHaveLength(1)
  })
})

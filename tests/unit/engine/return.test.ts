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

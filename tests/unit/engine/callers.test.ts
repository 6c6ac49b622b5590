/** Callers: what they are worth, whom they vouch for, and what they cannot do. */
import { describe, expect, it } from 'vitest'
import type { CallerWord } from '../../../src/facts/calls.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

/** B1 ┬ F1 ┬ T1: a0 … a9        B1 ┬ F2 ┬ T3: c0 … c9
 *      │    └ T2: b0 … b9             │    └ T4: d0 … d9 */
function lab(): EngineLab {
  const meters = (name: string) =>
    Array.from({ length: 10 }, (_, i) => `      ${name}${i} meter`).join('\n')
  const branch = (fuse: string, ...areas: [string, string][]) =>
    `  ${fuse} fuse\n${areas.map(([t, name]) => `    ${t} transformer\n      C${t} concentrator\n${meters(name)}`).join('\n')}`
  return new EngineLab(
    drawnGrid(
      `B1 breaker\n${branch('F1', ['T1', 'a'], ['T2', 'b'])}\n${branch('F2', ['T3', 'c'], ['T4', 'd'])}\n`,
    ),
  )
}

let requests = 0
function call(
  lab: EngineLab,
  usagePoint: string,
  account?: string,
  says: CallerWord = 'dark',
): void {
  lab.feed({
    type: 'callerReport',
    receivedAt: lab.now,
    requestId: `r${++requests}`,
    channel: 'phone',
    usagePoint: usagePoint as never,
    says,
    ...(account ? { account } : {}),
    by: 'agent',
    role: 'agent',
  })
}

describe('callers', () => {
  it('one alone is no incident, two of one transformer are a suspicion, three are sure', () => {
    const it = lab()
    call(it, 'a1', 'acc1')
    it.pass(60)
    expect(it.open()).toEqual([])
    call(it, 'a2', 'acc2')
    it.pass(10)
    expect(it.open()).toMatchObject([{ device: { id: 'T1' }, outageKind: 'predicted', sources: 2 }])
    const [first] = it.open()
    expect(first!.probability).toBeGreaterThan(0.4)
    expect(first!.probability).toBeLessThan(0.8)
    call(it, 'a3', 'acc3')
    it.pass(10)
    expect(it.open()).toMatchObject([{ device: { id: 'T1' }, outageKind: 'confirmed' }])
    expect(it.open()[0]!.evidence[0]).toMatchObject({
      observerClass: 'caller',
      observer: 'a3',
      said: 'call:dark',
    })
  })

  it('a hundred of one account are one', () => {
    const it = lab()
    for (let i = 0; i < 100; i++) {
      call(it, `a${i % 10}`, 'acc1')
      it.pass(1)
    }
    expect(it.incidents()).toEqual([])
  })

  it('who names no account vouches for nothing', () => {
    const it = lab()
    for (const point of ['a1', 'a2', 'a3', 'a4']) call(it, point)
    it.pass(60)
    expect(it.open()).toMatchObject([{ device: { id: 'T1' }, outageKind: 'predicted', sources: 0 }])
  })

  it('several accounts of one premises vouch once', () => {
    const it = lab()
    for (let i = 0; i < 5; i++) call(it, 'a1', `acc${i}`)
    it.pass(60)
    expect(it.incidents()).toEqual([])
  })

  it('one confirms what one terminal said', () => {
    const it = lab()
    it.say('CT1', 'powerOff')
    it.say('CT1', 'powerOff', { meters: ['o-a0', 'o-a1', 'o-a2', 'o-a3', 'o-a4'] })
    it.pass(60)
    expect(it.open().every(({ outageKind }) => outageKind === 'predicted')).toBe(true)
    call(it, 'a1', 'acc1')
    it.pass(5)
    expect(it.open()).toMatchObject([{ device: { id: 'T1' }, outageKind: 'confirmed', sources: 2 }])
  })

  it('on areas of one feeder lead upstream', () => {
    const it = lab()
    for (const point of ['a1', 'b1', 'c1', 'd1', 'a2', 'c2']) call(it, point, `acc-${point}`)
    it.pass(30)
    expect(it.open()).toMatchObject([{ device: { id: 'B1' } }])
  })

  it('who takes it back is no longer counted, and two that say live end it', () => {
    const it = lab()
    for (const i of [1, 2, 3]) call(it, `a${i}`, `acc${i}`)
    it.pass(10)
    expect(it.open()).toHaveLength(1)
    it.pass(120)
    for (const i of [1, 2, 3]) call(it, `a${i}`, `acc${i}`, 'live')
    it.pass(300)
    expect(it.open()).toEqual([])
    expect(it.incidents()).toMatchObject([{ outageKind: 'restored', outcome: null }])
  })

  it('words that nobody rests on go stale', () => {
    const it = lab()
    call(it, 'a1', 'acc1')
    it.pass(61 * 60)
    call(it, 'a2', 'acc2')
    it.pass(30)
    expect(it.incidents()).toEqual([])
    expect(it.engine.world!.callers.registers.size).toBe(1)
  })

  it('are settled with the outage they spoke of', () => {
    const it = lab()
    for (let i = 0; i < 10; i++) it.say('CT1', 'powerOff', { meters: [`o-a${i}`] })
    call(it, 'a1', 'acc1')
    it.pass(60)
    expect(it.open()).toMatchObject([{ outageKind: 'confirmed' }])
    for (let i = 0; i < 10; i++) it.say('CT1', 'powerOn', { meters: [`o-a${i}`] })
    it.say('CT1', 'powerOn')
    it.pass(300)
    expect(it.incidents()).toMatchObject([{ outageKind: 'restored' }])
    expect(it.engine.world!.callers.registers.size).toBe(0)
  })

  it('say the same in any order, and twice is once', () => {
    const outcomes = [
      ['a1', 'a2', 'a3', 'b1'],
      ['b1', 'a3', 'a2', 'a1'],
    ].map((order) => {
      const it = lab()
      for (const point of order) {
        call(it, point, `acc-${point}`)
        requests--
        call(it, point, `acc-${point}`)
      }
      it.pass(60)
      return it
        .open()
        .map(({ device, outageKind, probability }) => [device.id, outageKind, probability])
    })
    expect(outcomes[0]).toEqual(outcomes[1])
  })

  it('partial and flicker are shown, and weigh nothing', () => {
    const it = lab()
    for (const i of [1, 2, 3, 4]) call(it, `a${i}`, `acc${i}`, i % 2 ? 'partial' : 'flicker')
    it.pass(60)
    expect(it.incidents()).toEqual([])
  })
})

describe('callers below a switch that was said to be open', () => {
  const SWITCHED = `
B1 breaker
  S1 switch
    FS1 ftu
    T1 transformer
      a0 meter
      a1 meter
      a2 meter
      a3 meter
  T2 transformer
    b0 meter
`

  it('spoke of that: what they said is settled when it is closed', () => {
    const it = new EngineLab(drawnGrid(SWITCHED), undefined, { invariants: false })
    it.pass(5)
    it.say('FS1', 'switchOpen', { device: 'S1' })
    it.pass(300)
    for (const n of [0, 1, 2]) call(it, `a${n}`, `acc${n}`)
    it.pass(60)
    expect(it.open()).toMatchObject([{ device: { id: 'S1' }, outageKind: 'confirmed' }])
    it.say('FS1', 'switchClosed', { device: 'S1' })
    it.pass(300)
    expect(it.open()).toEqual([])
    call(it, 'a1', 'acc1')
    call(it, 'a2', 'acc2')
    call(it, 'a3', 'acc3')
    it.pass(60)
    expect(it.open()).toMatchObject([{ metersAffected: 4, outageKind: 'confirmed' }])
  })
})

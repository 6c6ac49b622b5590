import { describe, expect, it } from 'vitest'
import type { Grid, GridDevice } from '../../../src/grid/model.ts'
import { EngineLab } from '../../support/engine-lab.ts'

/**
 *   SRC ─B─ n0 ┬─F1─ n1 ┬─T1─ l1: M1a M1b M1c
 *              │        └─T2─ l2: M2a M2b M2c
 *              ├─F2─ n2 ┬─T3─ l3: M3a M3b M3c
 *              │        └─T4─ l4: M4a M4b M4c
 *              └─T5─ l5: M5a M5b M5c
 */
function county(): Grid {
  const device = (id: string, type: GridDevice['type'], from: string, to: string): GridDevice => ({
    id,
    type,
    name: id,
    from,
    to,
  })
  const grid: Grid = {
    version: 1,
    units: [{ id: 'U', name: 'unit' }],
    substations: [{ id: 'S', name: 'substation', unit: 'U' }],
    feeders: [{ id: 'F', name: 'feeder', unit: 'U', substation: 'S', source: 'B' }],
    nodes: ['src', 'n0', 'n1', 'n2', 'l1', 'l2', 'l3', 'l4', 'l5'].map((id) => ({ id })),
    devices: [
      device('B', 'breaker', 'src', 'n0'),
      device('F1', 'fuse', 'n0', 'n1'),
      device('F2', 'fuse', 'n0', 'n2'),
      device('T1', 'transformer', 'n1', 'l1'),
      device('T2', 'transformer', 'n1', 'l2'),
      device('T3', 'transformer', 'n2', 'l3'),
      device('T4', 'transformer', 'n2', 'l4'),
      device('T5', 'transformer', 'n0', 'l5'),
    ],
    lines: [],
    usagePoints: [],
    observers: [],
  }
  for (let t = 1; t <= 5; t++)
    for (const letter of 'abc') {
      grid.usagePoints.push({ id: `U${t}${letter}`, device: `T${t}` })
      grid.observers.push({ id: `M${t}${letter}`, class: 'meter', usagePoint: `U${t}${letter}` })
    }
  return grid
}

const meters = (...transformers: number[]) =>
  transformers.flatMap((t) => [...'abc'].map((letter) => `M${t}${letter}`))

describe('the life of an incident', () => {
  it('opens at the fuse that explains the reports, is confirmed by two, and is restored', () => {
    const lab = new EngineLab(county())
    lab.pass(2)
    for (const meter of meters(1, 2)) lab.say(meter, 'powerOff')
    lab.pass(2)
    expect(lab.open()).toMatchObject([
      {
        device: { id: 'F1' },
        level: 'branch',
        outageKind: 'confirmed',
        metersAffected: 6,
        transformersAffected: 2,
      },
    ])
    const opened = lab.open()[0]!
    // Two seconds in, the others below the breaker may only be late; a minute later they are not.
    expect(opened.probability).toBeLessThan(0.8)
    lab.pass(120)
    expect(lab.open()[0]!.probability).toBeGreaterThan(0.95)
    for (const meter of meters(1, 2)) lab.say(meter, 'powerOn')
    lab.pass(2)
    expect(lab.open()).toEqual([])
    expect(lab.incidents()).toMatchObject([
      { id: opened.id, outageKind: 'restored', kind: 'fault', customersRestored: 6 },
    ])
    const segments = lab.changes.flatMap((c) => (c.type === 'segment' ? [c.segment] : []))
    expect(segments.at(-1)).toMatchObject({ device: { id: 'F1' }, void: false, customers: 6 })
    expect(segments.at(-1)!.to).toBe(lab.incidents()[0]!.restoredAt)
  })

  it('keeps the oldest number when the fault turns out to lie upstream', () => {
    const lab = new EngineLab(county())
    for (const meter of meters(1, 2)) lab.say(meter, 'powerOff')
    lab.pass(2)
    for (const meter of meters(3, 4)) lab.say(meter, 'powerOff')
    lab.pass(2)
    for (const meter of meters(5)) lab.say(meter, 'powerOff')
    lab.pass(2)
    expect(lab.open()).toMatchObject([
      { id: 'I000001', device: { id: 'B' }, level: 'feeder', grade: 2 },
    ])
    const merged = lab.incidents().filter(({ outcome }) => outcome === 'merged')
    for (const child of merged) expect(child.mergedInto).toBe('I000001')
  })

  it('calls an interruption shorter than a minute momentary', () => {
    const lab = new EngineLab(county())
    for (const meter of meters(1, 2, 3, 4, 5)) lab.say(meter, 'powerOff')
    lab.pass(3)
    for (const meter of meters(1, 2, 3, 4, 5)) lab.say(meter, 'powerOn')
    lab.pass(3)
    expect(lab.open()).toEqual([])
    expect(lab.incidents()).toMatchObject([
      { kind: 'momentary', outageKind: 'closed', outcome: null },
    ])
  })

  it('follows a partial restoration down to what stays dark', () => {
    const lab = new EngineLab(county())
    for (const meter of meters(1, 2, 3, 4, 5)) lab.say(meter, 'powerOff')
    lab.pass(120)
    for (const meter of meters(1, 2, 5)) lab.say(meter, 'powerOn')
    lab.pass(200)
    const open = lab.open()
    expect(open).toMatchObject([{ device: { id: 'F2' }, outageKind: 'partiallyRestored' }])
    for (const meter of meters(3, 4)) lab.say(meter, 'powerOn')
    lab.pass(3)
    expect(lab.open()).toEqual([])
  })

  it('withdraws what loses its evidence and never reuses its number', () => {
    const lab = new EngineLab(county())
    lab.say('M1a', 'powerOff')
    lab.pass(30)
    const first = lab.incidents()
    lab.pass(600)
    lab.say('M3a', 'powerOff')
    lab.pass(1)
    const numbers = lab.incidents().map(({ id }) => id)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(first.every(({ outageKind }) => outageKind !== 'confirmed')).toBe(true)
  })

  it('does not confirm what one concentrator says', () => {
    const grid = county()
    grid.observers.push({ id: 'C1', class: 'concentrator', device: 'T1' })
    for (const observer of grid.observers) if (/^M1/.test(observer.id)) observer.via = 'C1'
    const lab = new EngineLab(grid)
    lab.say('C1', 'powerOff', { meters: meters(1) })
    lab.say('C1', 'powerOff')
    lab.pass(60)
    expect(lab.open()).toMatchObject([
      { device: { id: 'T1' }, outageKind: 'predicted', sources: 1 },
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { phasesBelow } from '../../../src/engine/inference/phases.ts'
import type { Grid } from '../../../src/grid/model.ts'
import { EngineLab } from '../../support/engine-lab.ts'

/**
 *   src ─B─ n0 ─F(fuse, ABC)─ n1 ┬─T1(A)─ M1 M1x
 *                                ├─T2(B)─ M2 M2x
 *                                ├─T3(C)─ M3 M3x
 *                                └─T4(ABC)─ M4 (three-phase)
 */
function lateral(ganged: boolean): Grid {
  const phases = { 1: 'A', 2: 'B', 3: 'C', 4: 'ABC' } as const
  const grid: Grid = {
    version: 1,
    units: [{ id: 'U', name: 'unit' }],
    substations: [{ id: 'S', name: 'substation', unit: 'U' }],
    feeders: [{ id: 'F', name: 'feeder', unit: 'U', substation: 'S', source: 'B' }],
    nodes: ['src', 'n0', 'n1', 'l1', 'l2', 'l3', 'l4'].map((id) => ({ id })),
    devices: [
      { id: 'B', type: 'breaker', name: 'B', from: 'src', to: 'n0' },
      { id: 'FU', type: 'fuse', name: 'FU', from: 'n0', to: 'n1', ganged },
    ],
    lines: [],
    usagePoints: [],
    observers: [],
  }
  for (const t of [1, 2, 3, 4] as const) {
    grid.devices.push({
      id: `T${t}`,
      type: 'transformer',
      name: `T${t}`,
      from: 'n1',
      to: `l${t}`,
      phases: phases[t],
    })
    for (const suffix of t === 4 ? [''] : ['', 'x']) {
      grid.usagePoints.push({ id: `U${t}${suffix}`, device: `T${t}`, phases: phases[t] })
      grid.observers.push({
        id: `M${t}${suffix}`,
        class: 'meter',
        usagePoint: `U${t}${suffix}`,
        phases: phases[t],
      })
    }
  }
  return grid
}

describe('phase by phase', () => {
  it('names one phase of the fuse where its phase went dark and a three-phase meter lost it', () => {
    const lab = new EngineLab(lateral(false))
    for (const meter of ['M1', 'M1x']) lab.say(meter, 'powerOff')
    lab.say('M4', 'phaseLoss', { phases: 1 })
    lab.pass(90)
    expect(lab.open()).toMatchObject([
      { device: { id: 'FU' }, phases: 'A', kind: 'partialPhase', outageKind: 'confirmed' },
    ])
    for (const meter of ['M1', 'M1x']) lab.say(meter, 'powerOn')
    lab.say('M4', 'phaseRestored', { phases: 1 })
    lab.pass(5)
    expect(lab.open()).toEqual([])
  })

  it('lists what no meter can tell from the fuse, and of that only what opens on one phase', () => {
    const grid = lateral(false)
    const [, fuse] = grid.devices
    grid.nodes.push({ id: 'n0a' }, { id: 'n0b' })
    Object.assign(fuse!, { from: 'n0b' })
    grid.devices.push(
      { id: 'SW', type: 'switch', name: 'SW', from: 'n0', to: 'n0a' },
      { id: 'FU0', type: 'fuse', name: 'FU0', from: 'n0a', to: 'n0b', ganged: false },
    )
    const lab = new EngineLab(grid)
    for (const meter of ['M1', 'M1x']) lab.say(meter, 'powerOff')
    lab.say('M4', 'phaseLoss', { phases: 1 })
    lab.pass(90)
    const [incident] = lab.open()
    expect(incident).toMatchObject({ phases: 'A', kind: 'partialPhase' })
    const named = [incident!.device, ...incident!.rivals.map(({ device }) => device)]
    expect(named.map(({ id }) => id).sort()).toEqual(['FU', 'FU0'])
    expect(incident!.rivals).toMatchObject([{ indistinguishable: true }])
  })

  it('does not open one phase of a gang-operated device', () => {
    const lab = new EngineLab(lateral(true))
    for (const meter of ['M1', 'M1x']) lab.say(meter, 'powerOff')
    lab.say('M4', 'phaseLoss', { phases: 1 })
    lab.pass(90)
    for (const incident of lab.open())
      expect([incident.device.id, incident.phases]).not.toEqual(['FU', 'A'])
  })

  it('takes the fast path where whole supplies are lost', () => {
    const lab = new EngineLab(lateral(false))
    for (const meter of ['M1', 'M1x', 'M2', 'M2x', 'M3', 'M3x', 'M4']) lab.say(meter, 'powerOff')
    lab.pass(5)
    expect(lab.open()).toMatchObject([{ phases: 'ABC', kind: 'fault' }])
  })
})

describe('phases below a transformer', () => {
  it('are those whose winding keeps both its ends (Dyn11), or the same ones', () => {
    expect(phasesBelow(0, 7)).toBe(7)
    expect(phasesBelow(0, 6)).toBe(2)
    expect(phasesBelow(0, 1)).toBe(0)
    expect(phasesBelow(1, 6)).toBe(6)
  })
})

/** A transformer with two branches of eighteen meters each, six on every phase. */
function quarter(): Grid {
  const grid: Grid = {
    version: 1,
    units: [{ id: 'U', name: 'unit' }],
    substations: [{ id: 'S', name: 'substation', unit: 'U' }],
    feeders: [{ id: 'F', name: 'feeder', unit: 'U', substation: 'S', source: 'B' }],
    nodes: ['src', 'n0', 'lv', 'l1', 'l2'].map((id) => ({ id })),
    devices: [
      { id: 'B', type: 'breaker', name: 'B', from: 'src', to: 'n0' },
      { id: 'T', type: 'transformer', name: 'T', from: 'n0', to: 'lv' },
      { id: 'L1', type: 'lvBranch', name: 'L1', from: 'lv', to: 'l1' },
      { id: 'L2', type: 'lvBranch', name: 'L2', from: 'lv', to: 'l2' },
    ],
    lines: [],
    usagePoints: [],
    observers: [],
  }
  for (const branch of [1, 2])
    for (const phases of ['A', 'B', 'C'])
      for (let n = 1; n <= 6; n++) {
        const id = `${branch}${phases}${n}`
        grid.usagePoints.push({ id: `U${id}`, device: `L${branch}`, phases })
        grid.observers.push({ id: `M${id}`, class: 'meter', usagePoint: `U${id}`, phases })
      }
  return grid
}

describe('meters of one phase, who say none (J-L2)', () => {
  const meters = (branch: number, phase: string, count = 6) =>
    Array.from({ length: count }, (_, n) => `M${branch}${phase}${n + 1}`)

  it('are one lost phase of their branch where those of the other phases say nothing', () => {
    const lab = new EngineLab(quarter())
    for (const meter of meters(1, 'A', 5)) lab.say(meter, 'powerOff')
    lab.pass(90)
    expect(lab.open()).toMatchObject([
      { device: { id: 'L1' }, phases: 'A', kind: 'partialPhase', level: 'lvBranch' },
    ])
    for (const meter of meters(1, 'A', 5)) lab.say(meter, 'powerOn')
    lab.pass(5)
    expect(lab.open()).toEqual([])
  })

  it('are one lost phase of the transformer where both branches lost it', () => {
    const lab = new EngineLab(quarter())
    for (const meter of [...meters(1, 'C'), ...meters(2, 'C', 4)]) lab.say(meter, 'powerOff')
    lab.pass(90)
    expect(lab.open()).toMatchObject([{ device: { id: 'T' }, phases: 'C', kind: 'partialPhase' }])
  })

  it('are the whole branch as soon as meters of other phases go dark as well', () => {
    const lab = new EngineLab(quarter())
    for (const phase of ['A', 'B', 'C'])
      for (const meter of meters(1, phase, 4)) lab.say(meter, 'powerOff')
    lab.pass(90)
    expect(lab.open()).toMatchObject([{ device: { id: 'L1' }, phases: 'ABC', kind: 'fault' }])
  })

  it('are single supplies where they are few', () => {
    const lab = new EngineLab(quarter())
    for (const meter of meters(1, 'A', 2)) lab.say(meter, 'powerOff')
    lab.pass(90)
    expect(lab.open().every(({ kind }) => kind !== 'partialPhase')).toBe(true)
  })
})

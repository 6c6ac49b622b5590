/** Switching while incidents are open, on small drawn networks and virtual time. */
import { describe, expect, it } from 'vitest'
import type { TopologyChange } from '../../../src/engine/changes.ts'
import { intervalsOf } from '../../../src/engine/own-interval.ts'
import { readRegisters, readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import { StatePages } from '../../../src/engine/state/pages.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab, START, shippedRules } from '../../support/engine-lab.ts'

/**
 *   ─B1─┬─X1─ m1 m2
 *       └─S2─┬─X2─ m3 m4
 *            └─S3─┬─X3─ m5 m6
 *                 └··K··┐
 *   ─B2─┬─X4─ m7 m8     │
 *       └───────────────┘
 */
const TIED = `
B1 breaker
  FB1 ftu
  X1 transformer
    C1 ttu
    m1 meter
    m2 meter
  S2 switch
    FS2 ftu
    X2 transformer
      C2 ttu
      m3 meter
      m4 meter
    S3 switch
      FS3 ftu
      X3 transformer
        C3 ttu
        m5 meter
        m6 meter
B2 breaker
  X4 transformer
    C4 ttu
    m7 meter
    m8 meter
tie K S3 B2
`
const FIRST_FEEDER = ['C1', 'C2', 'C3', 'o-m1', 'o-m2', 'o-m3', 'o-m4', 'o-m5', 'o-m6']

function lab() {
  return new EngineLab(drawnGrid(TIED), shippedRules(), { invariants: false })
}

let requests = 0
function operate(
  on: EngineLab,
  device: string,
  position: 'open' | 'closed',
  more: { at?: number; source?: 'dispatcher' | 'planned'; requestId?: string } = {},
): void {
  on.feed({
    type: 'switching',
    receivedAt: on.now,
    requestId: more.requestId ?? `r${requests++}`,
    device: device as never,
    position,
    at: more.at ?? on.now,
    source: more.source ?? 'dispatcher',
    by: 'dispatcher-1',
  })
}

/** B1 trips and everybody below it says so. */
function trip(on: EngineLab): void {
  on.say('FB1', 'switchOpen', { device: 'B1' })
  for (const terminal of FIRST_FEEDER) on.say(terminal, 'powerOff')
  on.pass(30)
}

const shown = (on: EngineLab) =>
  on
    .open()
    .map(({ id, device, outageKind, metersAffected, parent }) => [
      id,
      device.id,
      outageKind,
      metersAffected,
      parent,
    ])

const topologyOf = (on: EngineLab) =>
  on.changes.filter((change): change is TopologyChange => change.type === 'topology').at(-1)

describe('a tie that takes over a part of an outage', () => {
  it('restores that part; the same incident goes on for the rest', () => {
    const on = lab()
    trip(on)
    expect(shown(on)).toEqual([['I000001', 'B1', 'confirmed', 6, null]])
    operate(on, 'S2', 'open')
    on.pass(2)
    expect(shown(on)).toEqual([['I000001', 'B1', 'confirmed', 6, null]])
    operate(on, 'K', 'closed')
    on.pass(2)
    expect(shown(on)).toEqual([['I000001', 'B1', 'partiallyRestored', 2, null]])
    expect(on.incidents()[0]).toMatchObject({ customersRestored: 4, originalMetersAffected: 6 })
    for (const terminal of ['C2', 'C3', 'o-m3', 'o-m4', 'o-m5', 'o-m6']) on.say(terminal, 'powerOn')
    on.pass(300)
    expect(shown(on)).toEqual([['I000001', 'B1', 'partiallyRestored', 2, null]])
    for (const terminal of ['C1', 'o-m1', 'o-m2']) on.say(terminal, 'powerOn')
    on.pass(60)
    expect(on.incidents()).toMatchObject([{ id: 'I000001', outageKind: 'restored' }])
  })

  it('has its stretch filed with what hung elsewhere by then', () => {
    const on = lab()
    trip(on)
    operate(on, 'S2', 'open')
    operate(on, 'K', 'closed')
    on.pass(2)
    const filed = on.changes.flatMap((change) =>
      change.type === 'segment' ? [change.segment] : [],
    )
    const [whole] = filed
    const rest = filed.at(-1)!
    expect(whole!.refed).toBeUndefined()
    expect(rest).toMatchObject({ device: { id: 'B1' }, to: null, customers: 2 })
    const { grid } = on.engine.world!
    const had = (segment: typeof rest) =>
      ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'].filter((id) => {
        return intervalsOf(grid, grid.usagePoints.ids.indexOf(id), () => [segment]).length > 0
      })
    expect(had(whole!)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6'])
    expect(had(rest)).toEqual(['m1', 'm2'])
    operate(on, 'B2', 'open')
    for (const terminal of ['C3', 'C4', 'o-m5', 'o-m6', 'o-m7']) on.say(terminal, 'powerOff')
    on.pass(60)
    const last = on.changes.findLast((change) => change.type === 'segment')!
    expect(last.segment).toMatchObject({ device: { id: 'B2' }, customers: 6 })
    expect(had(last.segment)).toEqual(['m3', 'm4', 'm5', 'm6', 'm7'])
  })

  it('names the parent of what stays dark in the part', () => {
    const on = lab()
    trip(on)
    operate(on, 'S2', 'open')
    operate(on, 'K', 'closed')
    on.pass(2)
    for (const terminal of ['C2', 'o-m3', 'o-m4']) on.say(terminal, 'powerOn')
    on.pass(590)
    expect(shown(on)).toEqual([
      ['I000001', 'B1', 'partiallyRestored', 2, null],
      ['I000002', 'X3', 'confirmed', 2, 'I000001'],
    ])
  })

  it('ends what a switch had opened, under its own name, once the meters say so', () => {
    const on = lab()
    on.say('FS2', 'switchOpen', { device: 'S2' })
    for (const terminal of ['C2', 'C3', 'o-m3', 'o-m4', 'o-m5']) on.say(terminal, 'powerOff')
    on.pass(60)
    expect(shown(on)).toEqual([['I000001', 'S2', 'confirmed', 4, null]])
    on.pass(240)
    operate(on, 'K', 'closed')
    const closedAt = on.now
    on.pass(3)
    for (const terminal of ['C2', 'C3', 'o-m3', 'o-m4', 'o-m5']) on.say(terminal, 'powerOn')
    on.pass(600)
    expect(on.incidents()).toMatchObject([
      { id: 'I000001', outageKind: 'restored', device: { id: 'S2' }, restoredAt: closedAt },
    ])
    const segments = on.changes.flatMap((c) => (c.type === 'segment' ? [c.segment] : []))
    expect(segments.at(-1)).toMatchObject({ device: { id: 'S2' }, to: closedAt, void: false })
  })

  it('makes no incident where the tie closes before the switch opens', () => {
    const on = lab()
    operate(on, 'K', 'closed')
    on.pass(2)
    expect(topologyOf(on)).toMatchObject({ loops: ['K'], islands: [] })
    operate(on, 'S2', 'open')
    on.pass(60)
    expect(on.incidents()).toEqual([])
    expect(topologyOf(on)).toMatchObject({ loops: [], islands: [] })
  })

  it('loses its part when it opens again: dark since then, not since the switch opened', () => {
    const on = lab()
    operate(on, 'K', 'closed')
    operate(on, 'S2', 'open')
    on.pass(3600)
    operate(on, 'K', 'open')
    const openedAt = on.now
    for (const terminal of ['C2', 'C3', 'o-m3', 'o-m4']) on.say(terminal, 'powerOff')
    on.pass(30)
    expect(shown(on)).toEqual([['I000001', 'S2', 'confirmed', 4, null]])
    expect(on.open()[0]!.startedAt).toBe(openedAt)
    expect(topologyOf(on)).toMatchObject({
      operated: [{ device: 'S2', position: 'open', source: 'dispatcher' }],
      islands: [{ device: 'S2', customers: 4, transformers: 2 }],
    })
  })

  it('lies in an outage of the other feeder from then on', () => {
    const on = lab()
    operate(on, 'S2', 'open')
    operate(on, 'K', 'closed')
    on.pass(60)
    for (const terminal of ['C2', 'C3', 'C4', 'o-m3', 'o-m4', 'o-m5', 'o-m6', 'o-m7', 'o-m8'])
      on.say(terminal, 'powerOff')
    on.pass(60)
    expect(shown(on)).toEqual([['I000001', 'B2', 'confirmed', 6, null]])
  })
})

describe('the network that switching leaves', () => {
  it('has loops and islands named, and normal again said so', () => {
    const on = lab()
    operate(on, 'K', 'closed')
    on.pass(2)
    operate(on, 'B1', 'open')
    operate(on, 'B2', 'open')
    on.pass(2)
    const both = topologyOf(on)!
    expect(both.operated.map(({ device, position }) => `${device} ${position}`)).toEqual([
      'B1 open',
      'B2 open',
      'K closed',
    ])
    expect(both.islands.map(({ device }) => device)).toEqual(['B2'])
    for (const device of ['B1', 'B2']) operate(on, device, 'closed')
    operate(on, 'K', 'open')
    on.pass(2)
    expect(topologyOf(on)).toMatchObject({ operated: [], loops: [], islands: [] })
  })

  it('is planned ahead, and changes when the time comes', () => {
    const on = lab()
    operate(on, 'K', 'closed', { at: on.now + 60_000, source: 'planned' })
    on.pass(59)
    expect(topologyOf(on)).toBeUndefined()
    expect(on.engine.nextDeadline()).toBe(START + 60_000)
    on.pass(1)
    expect(topologyOf(on)).toMatchObject({ operated: [{ device: 'K', source: 'planned' }] })
  })

  it('takes a request once', () => {
    const on = lab()
    operate(on, 'K', 'closed', { requestId: 'same' })
    on.pass(2)
    operate(on, 'K', 'open', { requestId: 'same', at: on.now + 1 })
    on.pass(2)
    expect(topologyOf(on)).toMatchObject({ loops: ['K'] })
    expect(on.changes.filter(({ type }) => type === 'topology')).toHaveLength(1)
  })

  it('hangs by since when a position holds, however often it is repeated', () => {
    const on = lab()
    operate(on, 'S2', 'open')
    on.pass(10)
    operate(on, 'K', 'closed')
    on.pass(10)
    // The other feeder's breaker trips; a general interrogation then repeats the older positions.
    operate(on, 'B2', 'open')
    on.pass(10)
    on.say('FS2', 'switchOpen', { device: 'S2' })
    on.pass(10)
    expect(topologyOf(on)!.islands).toEqual([{ device: 'B2', customers: 6, transformers: 3 }])
  })
})

describe('a tie that closed and nobody said so', () => {
  const suspected = (on: EngineLab) =>
    on
      .open()
      .map(({ device, suspectedTie }) => [
        device.id,
        suspectedTie?.device.id,
        suspectedTie === undefined ? 0 : Math.round(suspectedTie.probability * 100) / 100,
      ])

  it('is named where supply returns on its side alone, and applied by nobody', () => {
    const on = lab()
    trip(on)
    for (const terminal of ['C2', 'C3', 'o-m3', 'o-m4', 'o-m5', 'o-m6']) on.say(terminal, 'powerOn')
    on.pass(400)
    const [[, tie, probability]] = suspected(on) as [[string, string, number]]
    expect(tie).toBe('K')
    expect(probability).toBeGreaterThan(0.5)
    expect(topologyOf(on)!.operated.map(({ device }) => device)).not.toContain('K')
  })

  const PART = ['C2', 'C3', 'o-m3', 'o-m4', 'o-m5', 'o-m6']

  it('leaves the device open and its rest dark, as one incident, until that is back too', () => {
    const on = lab()
    trip(on)
    const [before] = on.open()
    // The first two to come back show a return like any other; only then the rest is missed.
    for (const terminal of PART.slice(0, 2)) on.say(terminal, 'powerOn')
    on.pass(20)
    for (const terminal of PART.slice(2)) on.say(terminal, 'powerOn')
    on.pass(400)
    expect(on.open()).toMatchObject([
      {
        id: before!.id,
        device: { id: 'B1' },
        outageKind: 'partiallyRestored',
        metersAffected: 2,
        customersRestored: 4,
        suspectedTie: { device: { id: 'K' } },
      },
    ])
    expect(on.open()[0]!.flags).not.toContain('contradicted')
    expect(on.changes.filter(({ type }) => type === 'area').at(-1)).toMatchObject({
      dark: ['X1'],
      restored: ['X2', 'X3'],
    })
    for (const terminal of ['C1', 'o-m1', 'o-m2']) on.say(terminal, 'powerOn')
    on.pass(300)
    expect(on.incidents()).toMatchObject([{ id: before!.id, outageKind: 'restored' }])
  })

  it('keeps its incident when the switching is entered, and knows that the part went out again', () => {
    const on = lab()
    trip(on)
    const since = on.now
    for (const terminal of PART) on.say(terminal, 'powerOn')
    on.pass(400)
    on.say('o-m5', 'powerOff')
    on.pass(30)
    expect(on.open()).toMatchObject([{ device: { id: 'B1' }, metersAffected: 4 }])
    on.say('o-m5', 'powerOn')
    operate(on, 'S2', 'open', { at: since })
    operate(on, 'K', 'closed', { at: since })
    on.pass(60)
    expect(on.open()).toMatchObject([{ device: { id: 'B1' }, metersAffected: 2 }])
  })

  it('is weighed alike however often the program starts anew', () => {
    const told = (stopAt: number) => {
      const on = lab()
      const steps = [
        () => trip(on),
        ...PART.map((terminal) => () => {
          on.say(terminal, 'powerOn')
          on.pass(15)
        }),
        () => on.pass(400),
        () => on.say('C1', 'powerOn'),
        () => on.pass(400),
      ]
      steps.forEach((step, i) => {
        if (i === stopAt) on.restart(reborn)
        step()
      })
      return JSON.stringify(on.changes)
    }
    const lived = told(-1)
    for (let stop = 1; stop < PART.length + 4; stop++)
      expect(told(stop), `stopped at ${stop}`).toBe(lived)
  })

  it('is not where all comes back', () => {
    const on = lab()
    trip(on)
    for (const terminal of FIRST_FEEDER.slice(0, 5)) on.say(terminal, 'powerOn')
    on.pass(5)
    for (const incident of on.open())
      expect(incident.suspectedTie?.probability ?? 0).toBeLessThan(0.5)
    for (const terminal of FIRST_FEEDER.slice(5)) on.say(terminal, 'powerOn')
    on.pass(60)
    expect(on.open()).toEqual([])
  })

  it('is not where supply returns away from every tie', () => {
    const on = lab()
    trip(on)
    for (const terminal of ['C1', 'o-m1', 'o-m2']) on.say(terminal, 'powerOn')
    on.pass(400)
    for (const incident of on.open())
      expect(incident.suspectedTie?.probability ?? 0).toBeLessThan(0.5)
  })
})

describe('a restart in between', () => {
  it('goes on as if it had not been', () => {
    const told = (stopAt: number) => {
      const on = lab()
      const steps = [
        () => trip(on),
        () => operate(on, 'S2', 'open'),
        () => operate(on, 'K', 'closed'),
        () => on.pass(2),
        () => operate(on, 'K', 'open', { at: on.now + 5000, source: 'planned' }),
        () => on.pass(4),
        () => on.pass(60),
      ]
      steps.forEach((step, i) => {
        if (i === stopAt) on.restart(reborn)
        step()
      })
      return JSON.stringify(on.changes)
    }
    const lived = told(-1)
    for (let stop = 1; stop < 7; stop++) expect(told(stop), `stopped at ${stop}`).toBe(lived)
  })
})

function reborn(world: NonNullable<EngineLab['engine']['world']>) {
  const pages = new StatePages(world.registers, 4096, 2)
  const sections = new Map(pages.layout.map(({ name, bytes }) => [name, new Uint8Array(bytes)]))
  pages.begin(0, true)
  const heap = writeHeap(world)
  for (let some = pages.take(9); some.length > 0; some = pages.take(9))
    for (const { section, index, bytes } of some) sections.get(section)!.set(bytes, index * 4096)
  const registers = readRegisters(world.registers.state.length, (name) => sections.get(name)!)
  return readWorld(heap, registers, world.grid, world.rules)
}

describe('a tie between two dark parts', () => {
  it('ends the stretch of the one that hangs below the other from now on, and loses none of it', () => {
    const on = lab()
    on.pass(5)
    for (const terminal of FIRST_FEEDER) on.say(terminal, 'powerOff')
    on.pass(60)
    const dark = on.now
    for (const terminal of ['C4', 'o-m7', 'o-m8']) on.say(terminal, 'powerOff')
    operate(on, 'B2', 'open')
    on.pass(60)
    expect(on.open().map(({ device }) => device.id)).toEqual(['B1', 'B2'])
    operate(on, 'K', 'closed')
    const tied = on.now
    on.pass(60)
    expect(on.open()).toMatchObject([{ device: { id: 'B1' }, metersAffected: 8 }])
    const stretches = on.changes.flatMap((change) =>
      change.type === 'segment' ? [change.segment] : [],
    )
    const last = new Map(stretches.map((segment) => [segment.id, segment]))
    expect([...last.values()].filter(({ device }) => device.id === 'B2')).toMatchObject([
      { from: dark, to: tied, void: false },
    ])
  })
})

describe('planned switching that is cancelled', () => {
  it('is not done, and can be planned anew', () => {
    const on = lab()
    on.pass(5)
    operate(on, 'S3', 'open', { at: on.now + 60_000, source: 'planned', requestId: 'plan-1' })
    on.feed({ type: 'switchingCancelled', receivedAt: on.now, requestId: 'plan-1', by: 'd' })
    on.pass(90)
    const moved = () => on.changes.filter(({ type }) => type === 'topology')
    expect(moved()).toEqual([])
    operate(on, 'S3', 'open', { at: on.now + 60_000, source: 'planned', requestId: 'plan-2' })
    on.pass(90)
    expect(moved()).toMatchObject([{ operated: [{ device: 'S3', position: 'open' }] }])
  })
})

/** Clocks that are not steps of the work: order for a caller, publication, reconnection after payment. */
import { describe, expect, it } from 'vitest'
import type { Fact } from '../../../src/facts/facts.ts'
import { Desk } from '../../support/desk.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'
import { throughHeap } from '../../support/through-heap.ts'

const MINUTE = 60
const HOUR = 3600
const AREA = ['o-m1', 'o-m2', 'o-m3']

function call(lab: EngineLab, point: string, says: 'dark' | 'live' = 'dark'): void {
  lab.feed({
    ...{ type: 'callerReport', receivedAt: lab.now, requestId: `call-${lab.position}` },
    ...{
      channel: 'phone',
      usagePoint: point,
      says,
      account: `A-${point}`,
      by: 'li',
      role: 'agent',
    },
  } as Fact)
}

const clockIn = (lab: EngineLab, name: string) =>
  lab.incidents()[0]!.clocks.find((clock) => clock.name === name)

describe('an order for a customer who called (派单)', () => {
  it('is due two minutes after the call, and out with the notice', () => {
    const desk = new Desk(AREA)
    expect(clockIn(desk.lab, 'dispatch')).toBeUndefined()
    call(desk.lab, 'm1')
    const calledAt = desk.lab.now
    desk.lab.pass(MINUTE)
    expect(desk.do('confirm').accepted).toBe(true)
    expect(clockIn(desk.lab, 'dispatch')).toMatchObject({
      startedAt: calledAt,
      dueAt: calledAt + 120_000,
      doneAt: desk.notices.at(-1)!.publishedAt,
    })
    desk.lab.pass(10 * MINUTE)
    expect(desk.rungs.filter((rung) => rung.startsWith('dispatch'))).toEqual([])
  })

  it('reminds the agent and tells the shift leader, once each, and nobody above', () => {
    const desk = new Desk(AREA)
    call(desk.lab, 'm1')
    const calledAt = desk.lab.now
    desk.lab.pass(100)
    desk.lab.restart(throughHeap)
    desk.lab.pass(20 * MINUTE)
    expect(desk.rungs).toEqual(['dispatch-0', 'dispatch-1'])
    expect(desk.escalations.map(({ at }) => (at - calledAt) / 1000)).toEqual([96, 120])
    expect(desk.escalations[1]).toMatchObject({ reason: 'late', dueAt: calledAt + 120_000 })
  })

  it('has no clock where the notice was out before anybody called', () => {
    const desk = new Desk(AREA)
    desk.do('confirm')
    call(desk.lab, 'm1')
    desk.lab.pass(MINUTE)
    expect(desk.incident.firstCallAt).not.toBeNull()
    expect(clockIn(desk.lab, 'dispatch')).toBeUndefined()
  })
})

/** A recloser with its own terminal over two areas. */
const TRIPPING = `
B1 breaker
  R1 recloser
    R1-ftu ftu
    X1 transformer
      m1 meter
      m2 meter
    X2 transformer
      m3 meter
      m4 meter
  X3 transformer
    m5 meter
    m6 meter
`

function tripped(): EngineLab {
  const lab = new EngineLab(drawnGrid(TRIPPING))
  lab.pass(MINUTE)
  const at = lab.now
  lab.say('R1-ftu', 'protectionTrip', { device: 'R1', at })
  lab.say('R1-ftu', 'switchOpen', { device: 'R1', at: at + 50 })
  for (const meter of ['o-m1', 'o-m2', 'o-m3', 'o-m4']) lab.say(meter, 'powerOff')
  lab.pass(5)
  return lab
}

describe('publication (停送电信息)', () => {
  it('is due a quarter of an hour after a trip that automation shows, with the whole ladder', () => {
    const lab = tripped()
    const clock = clockIn(lab, 'publish')!
    expect(clock.dueAt - clock.startedAt).toBe(900_000)
    expect(clock.startedAt).toBe(lab.incidents()[0]!.startedAt)
    lab.pass(40 * MINUTE)
    const told = lab.changes.filter((change) => change.type === 'escalation')
    expect(told.map(({ stage, level }) => `${stage}-${level}`)).toEqual([
      'publish-0',
      'publish-1',
      'publish-2',
      'publish-3',
    ])
    expect(told.map(({ at }) => (at - clock.startedAt) / 60_000)).toEqual([12, 15, 22.5, 30])
  })

  it('of what automation does not show is due once the crew has found the fault', () => {
    const desk = new Desk(AREA)
    desk.lab.pass(60 * MINUTE)
    expect(clockIn(desk.lab, 'publish')).toBeUndefined()
    desk.do('cause', { causeCode: 'A11' })
    const foundAt = desk.lab.now
    desk.lab.pass(5 * MINUTE)
    expect(clockIn(desk.lab, 'publish')).toMatchObject({ startedAt: foundAt, doneAt: null })
    desk.do('confirm')
    expect(clockIn(desk.lab, 'publish')!.doneAt).toBe(desk.notices.at(-1)!.publishedAt)
  })

  it('is owed no longer once supply is back, and was never owed of what was told in time', () => {
    const desk = new Desk(AREA)
    desk.do('confirm')
    desk.do('cause', { causeCode: 'A11' })
    expect(clockIn(desk.lab, 'publish')).toBeUndefined()
    const lab = tripped()
    lab.pass(MINUTE)
    lab.say('R1-ftu', 'switchClosed', { device: 'R1' })
    for (const meter of ['o-m1', 'o-m2', 'o-m3', 'o-m4']) lab.say(meter, 'powerOn')
    lab.pass(60 * MINUTE)
    expect(lab.incidents()[0]!.outageKind).toBe('closed')
    expect(lab.changes.filter((change) => change.type === 'escalation')).toEqual([])
  })
})

describe('reconnection after payment (欠费复电)', () => {
  /** The customer at m1 is cut off, calls, and pays an hour later. */
  function paid(): { lab: EngineLab; paidAt: number } {
    const lab = new EngineLab(drawnGrid(TRIPPING))
    const by = { by: 'billing', role: 'service' }
    const [from, to] = [lab.now, lab.now + 240 * HOUR * 1000]
    const plan = { plan: 'L1', kind: 'arrears', devices: [], usagePoints: ['m1'], from, to }
    lab.feed({ type: 'planAnnounced', receivedAt: lab.now, ...plan, ...by } as never)
    lab.pass(1)
    call(lab, 'm1')
    lab.pass(HOUR)
    expect(lab.incidents()).toMatchObject([{ kind: 'arrears', clocks: [] }])
    const paidAt = lab.now
    lab.feed({ type: 'planWithdrawn', receivedAt: paidAt, plan: 'L1', ...by })
    call(lab, 'm1')
    lab.pass(5)
    return { lab, paidAt }
  }

  it('is due within a day, and runs late on the ladder once each across a restart', () => {
    const { lab, paidAt } = paid()
    expect(lab.incidents()).toMatchObject([{ kind: 'arrears', outageKind: 'predicted' }])
    expect(clockIn(lab, 'reconnect')).toMatchObject({
      startedAt: paidAt,
      dueAt: paidAt + 24 * HOUR * 1000,
      doneAt: null,
    })
    lab.restart(throughHeap)
    for (let hour = 0; hour < 26; hour++) {
      // Who is dark still says so again.
      call(lab, 'm1')
      lab.pass(HOUR)
    }
    const told = lab.changes.filter((change) => change.type === 'escalation')
    expect(told.map(({ stage, level }) => `${stage}-${level}`)).toEqual([
      'reconnect-0',
      'reconnect-1',
    ])
    expect(told.map(({ at }) => (at - paidAt) / (HOUR * 1000))).toEqual([19.2, 24])
  })

  it('ends with what the customer’s own meter says', () => {
    const { lab } = paid()
    lab.say('o-m1', 'powerOn')
    call(lab, 'm1')
    lab.pass(10)
    expect(lab.incidents().at(-1)).toMatchObject({ kind: 'customerInternal', clocks: [] })
  })
})

/** Crews, arrivals, what the field enters, supervision orders and grades, on virtual time. */
import { describe, expect, it } from 'vitest'
import type { Change } from '../../../src/engine/changes.ts'
import { readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import type { CrewId, DeviceId } from '../../../src/facts/ids.ts'
import type { Grid } from '../../../src/grid/model.ts'
import { BRANCH, Desk } from '../../support/desk.ts'

const MINUTE = 60
const CREW = 'C7' as CrewId
/** The fuse lies here; a hundredth of a degree north is a kilometre. */
const [LON, LAT] = [111.6, 40.8]

/** Every node at one place, for the open device to have one. */
function placed(grid: Grid): void {
  grid.nodes = grid.nodes.map((node) => ({ ...node, lon: LON, lat: LAT }))
}

const seen = (desk: Desk, lat: number, at = desk.lab.now, crew = CREW) =>
  desk.lab.feed({ type: 'crewPosition', receivedAt: desk.lab.now, crew, at, lon: LON, lat })

const of = <Type extends Change['type']>(changes: readonly Change[], type: Type) =>
  changes.filter((change): change is Change & { type: Type } => change.type === type)

function sent(): Desk {
  const desk = new Desk(BRANCH, placed)
  desk.do('confirm')
  desk.do('accept')
  desk.do('dispatch', { crew: CREW })
  desk.do('depart')
  return desk
}

describe('arrival', () => {
  it('is inferred from a crew that stands near for three minutes, and confirmed by a person', () => {
    const desk = sent()
    seen(desk, LAT + 0.05)
    desk.lab.pass(10 * MINUTE)
    seen(desk, LAT + 0.001)
    const since = desk.lab.now
    for (let half = 0; half < 5; half++) {
      expect(desk.incident.repair!.arrivedInferredAt).toBeNull()
      desk.lab.pass(30)
      seen(desk, LAT + 0.001)
    }
    desk.lab.pass(30)
    seen(desk, LAT)
    expect(desk.incident).toMatchObject({ stage: 'enRoute', repair: { arrivedInferredAt: since } })
    const inferred = of(desk.lab.changes, 'repairEntry').at(-1)!
    expect(inferred).toMatchObject({ action: 'arrivalInferred', by: null, occurredAt: since })
    // The clock waits for a word; nobody is told meanwhile that the crew is late.
    desk.lab.pass(120 * MINUTE)
    expect(desk.rungs).toEqual(['enterArrive-0', 'enterArrive-1'])
    desk.do('arrive', { occurredAt: since - 60_000 })
    const arrive = desk.incident.clocks.find(({ name }) => name === 'arrive')!
    expect(arrive).toMatchObject({ doneAt: since - 60_000, enteredAt: desk.lab.now })
    expect(desk.incident.repair!.arrivedInferredAt).toBe(since)
  })

  it('is not inferred from one who passes by, is silent for long, or is another crew', () => {
    const desk = sent()
    const minutes = (from: number[], lat: number, crew = CREW) => {
      for (const wait of from) {
        desk.lab.pass(wait * MINUTE)
        seen(desk, lat, desk.lab.now, crew)
      }
    }
    minutes([1, 1], LAT)
    minutes([1], LAT + 0.02)
    minutes([1, 1], LAT)
    minutes([11], LAT)
    minutes([1, 1, 1, 1], LAT, 'C8' as CrewId)
    expect(desk.incident.repair!.arrivedInferredAt).toBeNull()
    minutes([1, 2], LAT)
    expect(desk.incident.repair!.arrivedInferredAt).not.toBeNull()
  })

  it('is seen anew after the order went to another crew; both stand in its history', () => {
    const desk = sent()
    for (let minute = 0; minute < 5; minute++) {
      seen(desk, LAT)
      desk.lab.pass(MINUTE)
    }
    const reassignedAt = desk.lab.now
    desk.do('reassign', { crew: 'C8' as CrewId })
    expect(desk.incident).toMatchObject({ crew: 'C8', stage: 'reassigned' })
    const { crews, arrivedInferredAt } = desk.incident.repair!
    expect(crews).toMatchObject([
      { crew: 'C7', to: reassignedAt },
      { crew: 'C8', from: reassignedAt, to: null },
    ])
    expect(arrivedInferredAt).toBeNull()
  })
})

describe('what the field enters', () => {
  it('keeps when it was so and when it was entered', () => {
    const desk = sent()
    desk.lab.pass(40 * MINUTE)
    const occurredAt = desk.lab.now - 600_000
    const site = { situation: 'brokenWire', safetyRisk: true, damage: 'severe' } as const
    desk.do('onSite', { occurredAt, site, remark: 'r-1' })
    expect(desk.incident.repair!.site).toEqual({
      ...site,
      at: occurredAt,
      enteredAt: desk.lab.now,
      remark: 'r-1',
    })
    const first = desk.lab.now + 3_600_000
    desk.do('etr', { etr: first })
    desk.do('etr', { etr: first + 3_600_000, reasonCode: 'materials' })
    expect(desk.incident.repair!.etrRevisions).toMatchObject([
      { etr: first, reasonCode: null },
      { etr: first + 3_600_000, reasonCode: 'materials' },
    ])
    const log = of(desk.lab.changes, 'repairEntry')
    expect(log.map(({ action }) => action)).toEqual(
      'confirm accept dispatch depart onSite etr etr'.split(' '),
    )
    expect(log[4]).toMatchObject({ occurredAt, enteredAt: desk.lab.now, by: 'zhang', site })
  })

  it('counts when a crew that was offline says later that it was there before somebody else said so', () => {
    const desk = sent()
    desk.lab.pass(20 * MINUTE)
    const arrivedAt = desk.lab.now
    desk.lab.pass(20 * MINUTE)
    desk.do('onSite', { site: { situation: 'brokenWire' } })
    desk.do('cause', { causeCode: 'A14' })
    const arrival = () => desk.incident.clocks.find(({ name }) => name === 'arrive')!
    expect(arrival().doneAt).toBe(desk.lab.now)
    desk.lab.pass(30 * MINUTE)
    desk.do('arrive', { occurredAt: arrivedAt, role: 'crew' })
    expect(arrival()).toMatchObject({ doneAt: arrivedAt, enteredAt: desk.lab.now })
    // Said once, it stands; nobody was there before the light went out.
    desk.do('arrive', { occurredAt: arrivedAt - 600_000 })
    expect(arrival().doneAt).toBe(arrivedAt)
    const early = sent()
    early.do('arrive', { occurredAt: early.incident.startedAt - 86_400_000 })
    const clock = early.incident.clocks.find(({ name }) => name === 'arrive')!
    expect(clock.doneAt).toBe(early.incident.startedAt)
    early.lab.tick()
    expect(early.rungs).toEqual([])
    const logged = of(early.lab.changes, 'repairEntry').at(-1)!
    expect(logged.occurredAt).toBe(early.incident.startedAt - 86_400_000)
  })

  it('does not put back what was said after it: of the site and of the time the latest word holds', () => {
    const desk = sent()
    desk.lab.pass(30 * MINUTE)
    const before = desk.lab.now - 20 * MINUTE * 1000
    const [late, early] = [desk.lab.now + 7_200_000, desk.lab.now + 1_800_000]
    desk.do('onSite', { site: { situation: 'fallenPole' } })
    desk.do('etr', { etr: late })
    desk.do('onSite', { site: { situation: 'burntDevice' }, occurredAt: before })
    desk.do('etr', { etr: early, occurredAt: before })
    expect(desk.incident.repair!.site!.situation).toBe('fallenPole')
    expect(desk.incident).toMatchObject({ etrSource: 'field', estimatedPeriod: { end: late } })
    expect(desk.incident.repair!.etrRevisions.map(({ etr }) => etr)).toEqual([early, late])
  })

  it('leads no stage back that a later word has led to; what is said now may', () => {
    const desk = sent()
    desk.lab.pass(30 * MINUTE)
    const before = desk.lab.now - 20 * MINUTE * 1000
    desk.do('cause', { causeCode: 'A14' })
    for (const action of ['depart', 'arrive', 'onSite'] as const)
      desk.do(action, { occurredAt: before, site: { situation: 'fallenPole' } })
    expect(desk.incident.stage).toBe('causeFound')
    // A telephone that is a minute slow: the next step is the next step.
    desk.do('repair', { occurredAt: desk.lab.now - 60_000 })
    expect(desk.incident.stage).toBe('repairing')
    desk.do('onSite', { site: { situation: 'brokenWire' } })
    expect(desk.incident.stage).toBe('surveying')
    for (const meter of BRANCH) desk.lab.say(meter, 'powerOn')
    desk.lab.pass(10 * MINUTE)
    desk.do('arrive', { occurredAt: before })
    expect(desk.incident).toMatchObject({ outageKind: 'restored', stage: 'restored' })
  })

  it('of the cause the latest word holds too, and whose it is', () => {
    const desk = sent()
    desk.lab.pass(30 * MINUTE)
    const before = desk.lab.now - 20 * MINUTE * 1000
    const named = () => [desk.incident.cause, desk.notices.at(-1)!.causeBy]
    desk.do('cause', { causeCode: 'B21', by: 'li', role: 'crew' })
    desk.do('cause', { causeCode: 'A14', occurredAt: before })
    expect(named()).toEqual(['B21', { by: 'li', role: 'crew' }])
    expect(of(desk.lab.changes, 'repairEntry').at(-1)).toMatchObject({ causeCode: 'A14' })
    desk.do('cause', { causeCode: 'A18' })
    expect(named()).toEqual(['A18', { by: 'zhang', role: 'serviceDispatcher' }])
  })

  it('is no time that was over when it was said, and no restoration that is still to come', () => {
    const desk = sent()
    const { now } = desk.lab
    expect(desk.do('etr', { etr: now })).toMatchObject({ refusal: 'invalid' })
    expect(desk.do('etr', { etr: now - 60_000 })).toMatchObject({ refusal: 'invalid' })
    const handedIn = { etr: now - 60_000, occurredAt: now - 120_000 }
    expect(desk.do('etr', handedIn)).toMatchObject({ accepted: true })
    desk.do('restore', { occurredAt: now + 36_000_000 })
    expect(desk.incident).toMatchObject({ outageKind: 'restored', restoredAt: now })
  })

  it('is suspended or returned with a reason only; a returned order has no crew', () => {
    const desk = sent()
    expect(desk.do('suspend')).toMatchObject({ refusal: 'invalid' })
    expect(desk.do('suspend', { reasonCode: 'noAccess' }).accepted).toBe(true)
    expect(desk.incident.stage).toBe('suspended')
    desk.do('return', { reasonCode: 'otherUnit' })
    expect(desk.incident).toMatchObject({ stage: 'returned', crew: null })
  })
})

describe('partial restoration by transformer', () => {
  const X1 = 'X1' as DeviceId

  it('counts those that are back as restored; theirs is an interruption of its own length', () => {
    const desk = sent()
    desk.lab.pass(20 * MINUTE)
    const backAt = desk.lab.now
    desk.do('partial', { transformers: [X1] })
    expect(desk.incident).toMatchObject({
      outageKind: 'partiallyRestored',
      metersAffected: 3,
      transformersAffected: 1,
      originalMetersAffected: 6,
      customersRestored: 3,
      repair: { restoredTransformers: ['X1'] },
    })
    expect(of(desk.lab.changes, 'area').at(-1)).toMatchObject({ dark: ['X2'], restored: ['X1'] })
    expect(of(desk.lab.changes, 'feeder').at(-1)).toMatchObject({ customersOut: 3 })
    desk.lab.pass(20 * MINUTE)
    for (const meter of BRANCH) desk.lab.say(meter, 'powerOn')
    desk.lab.pass(10 * MINUTE)
    expect(desk.incident.outageKind).toBe('restored')
    const segment = of(desk.lab.changes, 'segment').at(-1)!.segment
    expect(segment.exceptions.map(({ usagePoint }) => usagePoint)).toEqual(['m1', 'm2', 'm3'])
    expect(segment.exceptions[0]).toMatchObject({ from: segment.from, to: backAt })
  })

  it('counts them once where their meters say so too', () => {
    const desk = sent()
    desk.do('partial', { transformers: [X1] })
    desk.lab.pass(60)
    for (const meter of BRANCH.slice(0, 3)) desk.lab.say(meter, 'powerOn')
    desk.lab.pass(20)
    expect(desk.incident).toMatchObject({
      outageKind: 'partiallyRestored',
      metersAffected: 3,
      customersRestored: 3,
    })
  })

  it('is taken back where a meter there says off afterwards', () => {
    const desk = sent()
    desk.do('partial', { transformers: [X1] })
    desk.lab.pass(60)
    desk.lab.say('o-m1', 'powerOff')
    desk.lab.pass(60)
    expect(desk.incident).toMatchObject({ metersAffected: 6, repair: { restoredTransformers: [] } })
  })

  it('names dark transformers of the incident, and not all of them', () => {
    const desk = sent()
    for (const transformers of [['X3'], ['F1'], ['nowhere'], ['X1', 'X2']] as DeviceId[][])
      expect(desk.do('partial', { transformers }), String(transformers)).toMatchObject({
        refusal: 'invalid',
      })
  })

  it('outlives a snapshot', () => {
    const desk = sent()
    desk.do('partial', { transformers: [X1] })
    const { registers, grid, rules } = desk.lab.engine.world!
    desk.lab.restart((world) => readWorld(writeHeap(world), registers, grid, rules))
    desk.lab.pass(MINUTE)
    desk.do('etr', { etr: desk.lab.now + 1 })
    expect(desk.incident).toMatchObject({ metersAffected: 3, crew: 'C7' })
  })
})

describe('supervision orders', () => {
  const reply = (desk: Desk, escalation: string, requestId = 'q1') =>
    desk.lab.feed({
      type: 'escalationReplied',
      receivedAt: desk.lab.now,
      requestId,
      escalation,
      by: 'wang',
      role: 'serviceDispatcher',
      remark: 'r-q1',
    })

  it('are replied to once, in time or not; the next level is told; they close with what they ask', () => {
    const desk = sent()
    desk.lab.pass(91 * MINUTE)
    expect(desk.incident.repair!.supervision).toEqual({ open: 1, unanswered: 0, level: 1 })
    const id = desk.escalations.at(-1)!.id
    const told = of(reply(desk, id), 'supervision')
    expect(told).toMatchObject([{ id, what: 'replied', inTime: true, by: 'wang', remark: 'r-q1' }])
    expect(of(reply(desk, id, 'q2'), 'action')).toMatchObject([{ refusal: 'notAllowedInState' }])
    expect(reply(desk, id)).toEqual([])
    desk.lab.pass(46 * MINUTE)
    expect(desk.escalations.at(-1)).toMatchObject({ stage: 'arrive', level: 2, below: 'replied' })
    desk.lab.pass(46 * MINUTE)
    expect(desk.escalations.at(-1)).toMatchObject({ level: 3, below: 'unanswered' })
    expect(desk.incident.repair!.supervision).toMatchObject({ open: 3, level: 3 })
    desk.do('arrive')
    const closed = of(desk.lab.changes, 'supervision').filter(({ what }) => what === 'closed')
    expect(closed.map(({ inTime }) => inTime)).toEqual([true, false, false])
    expect(desk.incident.repair!.supervision).toEqual({ open: 0, unanswered: 0, level: null })
  })

  it('of no such name are refused', () => {
    const desk = sent()
    for (const name of ['I000001-arrive-1', 'I000099-arrive-1', 'nonsense'])
      expect(of(reply(desk, name, name), 'action')).toMatchObject([{ accepted: false }])
  })
})

describe('the grade', () => {
  it('falls by a person with a reason, and rises again where the rules propose more than then', () => {
    const desk = sent()
    expect(desk.incident.grade).toBe(3)
    expect(desk.do('grade', { grade: 4 })).toMatchObject({ refusal: 'invalid' })
    desk.do('grade', { grade: 4, reasonCode: 'noCustomers' })
    expect(desk.incident).toMatchObject({ grade: 4, repair: { gradeHeld: true } })
    // What was proposed then is not proposed again.
    desk.lab.pass(130 * MINUTE)
    expect(desk.incident.grade).toBe(4)
    // Four hours without supply are more than that.
    desk.lab.pass(120 * MINUTE)
    expect(desk.incident).toMatchObject({ grade: 2, repair: { gradeHeld: false } })
  })

  it('is raised by a person without one', () => {
    const desk = sent()
    desk.do('grade', { grade: 1 })
    expect(desk.incident.grade).toBe(1)
    desk.lab.pass(10)
    expect(desk.rungs).toEqual(['grade-3'])
  })
})

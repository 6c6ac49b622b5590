import { describe, expect, it } from 'vitest'
import { BRANCH, Desk } from '../../support/desk.ts'

describe('an action', () => {
  it('is accepted where its author had seen the latest revision', () => {
    const desk = new Desk(BRANCH)
    expect(desk.do('dispatch', { crew: 'crew-7' as never })).toMatchObject({ accepted: true })
    expect(desk.incident).toMatchObject({ stage: 'dispatched', crew: 'crew-7' })
  })

  it('is refused as stale where something was new since', () => {
    const desk = new Desk(BRANCH)
    const before = desk.incident.revision
    desk.do('accept')
    expect(desk.do('depart', { expectedRevision: before })).toMatchObject({
      accepted: false,
      refusal: 'staleRevision',
      revision: before + 1,
    })
    expect(desk.incident.stage).toBe('accepted')
  })

  it('is decided once, however often it is asked', () => {
    const desk = new Desk(BRANCH)
    desk.do('accept', { requestId: 'same' })
    const { revision } = desk.incident
    expect(desk.do('falseAlarm', { requestId: 'same' })).toBeUndefined()
    expect(desk.incident).toMatchObject({ revision, stage: 'accepted' })
  })

  it.each([
    ['dispatch without a crew', 'dispatch', 'invalid'],
    ['a cause without its code', 'cause', 'invalid'],
    ['a time without one', 'etr', 'invalid'],
    ['closing what is dark', 'close', 'notAllowedInState'],
  ] as const)('is refused: %s', (_, action, refusal) => {
    expect(new Desk(BRANCH).do(action)).toMatchObject({ accepted: false, refusal })
  })

  it('on a number that never was is refused', () => {
    expect(new Desk(BRANCH).do('accept', { incident: 'I999999' as never })).toMatchObject({
      refusal: 'unknownIncident',
    })
    expect(new Desk(BRANCH).do('accept', { incident: 'nonsense' as never })).toMatchObject({
      refusal: 'unknownIncident',
    })
  })
})

describe('a person who ends an incident', () => {
  it('as restored is believed: it does not open again from the same reports', () => {
    const desk = new Desk(BRANCH)
    desk.do('restore')
    desk.lab.pass(120)
    expect(desk.lab.incidents()).toHaveLength(1)
    expect(desk.incident).toMatchObject({ outageKind: 'restored', customersRestored: 6 })
    desk.do('close')
    expect(desk.incident).toMatchObject({ outageKind: 'closed', outcome: null })
  })

  it('as a false alarm voids its interruption, and new reports open a new one', () => {
    const desk = new Desk(BRANCH)
    desk.do('falseAlarm')
    desk.lab.pass(60)
    expect(desk.lab.incidents()).toMatchObject([{ outageKind: 'closed', outcome: 'falseAlarm' }])
    expect(desk.lab.invariants.segments.every((segment) => segment.void)).toBe(true)
    for (const meter of BRANCH) desk.lab.say(meter, 'powerOff')
    desk.lab.pass(5)
    expect(desk.lab.open()).toMatchObject([{ id: 'I000002', device: { id: 'F1' } }])
  })

  it('as a false alarm is believed also where meters have restored it, until it is filed', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    // A part came back first: its stretch was an interruption of its own.
    for (const meter of BRANCH.slice(0, 3)) desk.lab.say(meter, 'powerOn')
    desk.lab.pass(400)
    for (const meter of BRANCH.slice(3)) desk.lab.say(meter, 'powerOn')
    desk.lab.pass(400)
    expect(desk.incident).toMatchObject({ outageKind: 'restored', outcome: null })
    expect(desk.lab.invariants.segments.map(({ void: none }) => none)).toEqual([false, false])
    // Somebody there is dark by now on another account.
    for (const meter of BRANCH.slice(3)) desk.lab.say(meter, 'powerOff')
    desk.lab.pass(120)
    const { id } = desk.incident
    desk.do('falseAlarm', { reasonCode: 'terminal' })
    expect(desk.incident).toMatchObject({
      outageKind: 'closed',
      outcome: 'falseAlarm',
      stage: 'falseAlarm',
      notice: { status: 'withdrawn' },
    })
    const counted = desk.lab.invariants.segments.filter((segment) => !segment.void)
    expect(counted).toMatchObject([{ device: { id: 'X2' }, to: null }])
    expect(counted[0]!.incident).not.toBe(id)
    desk.lab.pass(60)
    expect(desk.lab.open()).toMatchObject([{ device: { id: 'X2' }, outageKind: 'confirmed' }])
    expect(desk.do('falseAlarm')).toMatchObject({ refusal: 'unknownIncident' })
  })

  it('cannot have it end before it began', () => {
    const desk = new Desk(BRANCH)
    desk.do('restore', { occurredAt: desk.incident.startedAt - 60_000 })
    expect(desk.incident.restoredAt).toBe(desk.incident.startedAt)
  })
})

describe('confirmation by staff', () => {
  it('needs no second identity, and survives that the judgement moves', () => {
    const lab = new Desk([]).lab
    lab.say('o-m1', 'powerOff')
    lab.pass(30)
    const [incident] = lab.open()
    expect(incident).toMatchObject({ outageKind: 'predicted', device: { id: 'm1' } })
    lab.feed({
      type: 'actionRequested',
      receivedAt: lab.now,
      requestId: 'c',
      incident: incident!.id,
      expectedRevision: incident!.revision,
      action: 'confirm',
      by: 'zhang',
      role: 'shiftLeader',
    })
    for (const meter of ['o-m2', 'o-m3']) lab.say(meter, 'powerOff')
    lab.pass(30)
    expect(lab.open()).toMatchObject([
      { id: incident!.id, outageKind: 'confirmed', device: { id: 'X1' } },
    ])
  })
})

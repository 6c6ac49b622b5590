import { describe, expect, it } from 'vitest'
import type { ActionChange } from '../../../src/engine/changes.ts'
import type { ActionRequestedFact } from '../../../src/facts/facts.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'

/**
 *   ─B1─┬─F1─┬─X1─ m1 m2 m3
 *       │    └─X2─ m4 m5 m6
 *       └─X3─ m7 m8 m9
 */
const DRAWING = `
B1 breaker
  F1 fuse
    X1 transformer
      m1 meter
      m2 meter
      m3 meter
    X2 transformer
      m4 meter
      m5 meter
      m6 meter
  X3 transformer
    m7 meter
    m8 meter
    m9 meter
`
const DARK = ['o-m1', 'o-m2', 'o-m3', 'o-m4', 'o-m5', 'o-m6']

class Desk {
  readonly lab = new EngineLab(drawnGrid(DRAWING))
  #requests = 0

  constructor() {
    for (const meter of DARK) this.lab.say(meter, 'powerOff')
    this.lab.pass(90)
  }

  get incident() {
    return this.lab.incidents()[0]!
  }

  ask(
    action: ActionRequestedFact['action'],
    over: Partial<ActionRequestedFact> = {},
  ): ActionChange {
    const changes = this.lab.feed({
      type: 'actionRequested',
      receivedAt: this.lab.now,
      requestId: `r${++this.#requests}`,
      incident: this.incident.id,
      expectedRevision: this.incident.revision,
      action,
      by: 'zhang',
      role: 'networkDispatcher',
      ...over,
    })
    return changes.find((change) => change.type === 'action') as ActionChange
  }
}

describe('an action', () => {
  it('is accepted where its author had seen the latest revision', () => {
    const desk = new Desk()
    expect(desk.ask('dispatch', { crew: 'crew-7' as never })).toMatchObject({ accepted: true })
    expect(desk.incident).toMatchObject({ stage: 'dispatched', crew: 'crew-7' })
  })

  it('is refused as stale where something was new since', () => {
    const desk = new Desk()
    const before = desk.incident.revision
    desk.ask('accept')
    expect(desk.ask('depart', { expectedRevision: before })).toMatchObject({
      accepted: false,
      refusal: 'staleRevision',
      revision: before + 1,
    })
    expect(desk.incident.stage).toBe('accepted')
  })

  it('is decided once, however often it is asked', () => {
    const desk = new Desk()
    desk.ask('accept', { requestId: 'same' })
    const { revision } = desk.incident
    expect(desk.ask('falseAlarm', { requestId: 'same' })).toBeUndefined()
    expect(desk.incident).toMatchObject({ revision, stage: 'accepted' })
  })

  it.each([
    ['dispatch without a crew', 'dispatch', 'invalid'],
    ['a cause without its code', 'cause', 'invalid'],
    ['a time without one', 'etr', 'invalid'],
    ['closing what is dark', 'close', 'notAllowedInState'],
  ] as const)('is refused: %s', (_, action, refusal) => {
    expect(new Desk().ask(action)).toMatchObject({ accepted: false, refusal })
  })

  it('on a number that never was is refused', () => {
    expect(new Desk().ask('accept', { incident: 'I999999' as never })).toMatchObject({
      refusal: 'unknownIncident',
    })
    expect(new Desk().ask('accept', { incident: 'nonsense' as never })).toMatchObject({
      refusal: 'unknownIncident',
    })
  })
})

describe('a person who ends an incident', () => {
  it('as restored is believed: it does not open again from the same reports', () => {
    const desk = new Desk()
    desk.ask('restore')
    desk.lab.pass(120)
    expect(desk.lab.incidents()).toHaveLength(1)
    expect(desk.incident).toMatchObject({ outageKind: 'restored', customersRestored: 6 })
    desk.ask('close')
    expect(desk.incident).toMatchObject({ outageKind: 'closed', outcome: null })
  })

  it('as a false alarm voids its interruption, and new reports open a new one', () => {
    const desk = new Desk()
    desk.ask('falseAlarm')
    desk.lab.pass(60)
    expect(desk.lab.incidents()).toMatchObject([{ outageKind: 'closed', outcome: 'falseAlarm' }])
    expect(desk.lab.invariants.segments.every((segment) => segment.void)).toBe(true)
    for (const meter of DARK) desk.lab.say(meter, 'powerOff')
    desk.lab.pass(5)
    expect(desk.lab.open()).toMatchObject([{ id: 'I000002', device: { id: 'F1' } }])
  })

  it('cannot have it end before it began', () => {
    const desk = new Desk()
    desk.ask('restore', { occurredAt: desk.incident.startedAt - 60_000 })
    expect(desk.incident.restoredAt).toBe(desk.incident.startedAt)
  })
})

describe('confirmation by staff', () => {
  it('needs no second identity, and survives that the judgement moves', () => {
    const lab = new EngineLab(drawnGrid(DRAWING))
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

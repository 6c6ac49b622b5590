/** Notices, clocks and the ladder of supervision, on virtual time. */
import { describe, expect, it } from 'vitest'
import type { IncidentChange } from '../../../src/engine/changes.ts'
import { readRegisters, readWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import { BRANCH, Desk } from '../../support/desk.ts'
import { rulesWithoutCalls } from '../../support/engine-lab.ts'

const ALL = [...BRANCH, 'o-m7', 'o-m8', 'o-m9']
const MINUTE = 60

describe('the notice', () => {
  it('is proposed with the incident and published by staff, numbered, to those it concerns', () => {
    const desk = new Desk(BRANCH)
    expect(desk.notices[0]).toMatchObject({ no: null, status: 'proposed', revision: 1 })
    expect(desk.incident.noticeNo).toBeNull()
    // Grade Ⅲ waits for a person.
    desk.lab.pass(30 * MINUTE)
    expect(desk.incident.noticeNo).toBeNull()
    expect(desk.do('confirm').accepted).toBe(true)
    const notice = desk.notices.at(-1)!
    expect(notice).toMatchObject({
      no: expect.stringMatching(/^GZ20261122.{4}00001$/),
      status: 'published',
      publishedBy: 'staff',
      trigger: 'terminal',
      level: 'branch',
      customers: 6,
      publicTransformers: 2,
      restored: 'none',
      routes: ['serviceDispatcher', 'networkDispatcher', 'gridManager'],
    })
    expect(notice.transformers.map(({ id }) => id)).toEqual(['X1', 'X2'])
    expect(desk.incident).toMatchObject({ noticeNo: notice.no, stage: 'pushed' })
  })

  it('of grade Ⅱ publishes itself three minutes after the incident was confirmed', () => {
    const desk = new Desk(ALL)
    expect(desk.incident).toMatchObject({ level: 'feeder', grade: 2, outageKind: 'confirmed' })
    const confirmed = desk.lab.changes.find(
      (change) => change.type === 'incident' && change.incident.outageKind === 'confirmed',
    ) as IncidentChange
    desk.lab.pass(4 * MINUTE)
    const published = desk.notices.find(({ status }) => status === 'published')!
    expect(published.publishedBy).toBe('rule')
    expect(published.publishedAt! - confirmed.at).toBe(3 * MINUTE * 1000)
  })

  it('of an outage that nobody tells of any more publishes itself after hours, and the ladder runs', () => {
    const desk = new Desk(BRANCH)
    desk.lab.pass(3 * 60 * MINUTE)
    expect(desk.incident).toMatchObject({ outageKind: 'confirmed', grade: 3, noticeNo: null })
    desk.lab.pass(75 * MINUTE)
    expect(desk.incident).toMatchObject({ outageKind: 'confirmed', grade: 2, stage: 'pushed' })
    expect(desk.rungs).toContain('accept-3')
  })

  it('is revised with what changes, restored and filed with it', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    desk.do('dispatch', { crew: 'C7' as never })
    // The incident names the revision and state of its notice that stand beside it.
    const { revision: sent, status } = desk.notices.at(-1)!
    expect(desk.incident.notice).toEqual({ revision: sent, status })
    expect(status).toBe('changed')
    desk.do('cause', { causeCode: 'B21' })
    const etr = desk.lab.now + 3_600_000
    desk.do('etr', { etr })
    expect(desk.notices.at(-1)).toMatchObject({
      status: 'changed',
      crew: 'C7',
      cause: 'B21',
      etr,
      etrSource: 'field',
    })
    for (const meter of BRANCH) desk.lab.say(meter, 'powerOn')
    desk.lab.pass(10 * MINUTE)
    expect(desk.notices.at(-1)).toMatchObject({ status: 'restored', restored: 'all' })
    desk.do('close')
    expect(desk.notices.at(-1)!.status).toBe('archived')
    const revisions = desk.notices.map(({ revision }) => revision)
    const numbered = desk.notices.filter(({ no }) => no !== null)
    expect(new Set(numbered.map(({ no }) => no)).size).toBe(1)
    expect(revisions).toEqual(revisions.map((_, i) => i + 1))
    expect(numbered.length).toBeGreaterThan(3)
  })

  it('is withdrawn where it was a mistake; one never sent is only filed', () => {
    const sent = new Desk(BRANCH)
    sent.do('confirm')
    sent.do('falseAlarm', { reasonCode: 'terminal' })
    expect(sent.notices.at(-1)).toMatchObject({ status: 'withdrawn' })
    const unsent = new Desk(BRANCH)
    unsent.do('falseAlarm', { reasonCode: 'terminal' })
    expect(unsent.notices.at(-1)).toMatchObject({ status: 'archived', no: null })
  })

  it('of a customer’s own transformer goes to the grid manager alone, and starts no clock', () => {
    const own = new Desk(['o-m7', 'o-m8', 'o-m9'], (grid) => {
      const X3 = grid.devices.findIndex(({ id }) => id === 'X3')
      grid.devices[X3] = { ...grid.devices[X3]!, ownership: 'dedicated' }
    })
    expect(own.incident.kind).toBe('customerInternal')
    expect(own.notices.at(-1)).toMatchObject({ routes: ['gridManager'], dedicatedTransformers: 1 })
    // It is told, and nobody of ours is sent: no clock runs.
    expect(own.do('confirm').accepted).toBe(true)
    own.lab.pass(100 * MINUTE)
    expect([own.incident.clocks, own.rungs]).toEqual([[], []])
  })

  it('numbers are never used twice, and begin anew each local day', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    const first = desk.incident.noticeNo
    for (const meter of BRANCH) desk.lab.say(meter, 'powerOn')
    desk.lab.pass(45 * MINUTE)
    for (const meter of BRANCH) desk.lab.say(meter, 'powerOff')
    desk.lab.pass(120)
    const second = desk.lab.open()[0]!
    desk.do('confirm', { incident: second.id, expectedRevision: second.revision })
    const numbers = desk.notices.flatMap(({ no }) => no ?? [])
    expect([...new Set(numbers)]).toEqual([first, `${first!.slice(0, -1)}2`])
  })
})

describe('clocks and the ladder', () => {
  it('reminds at 80 %, tells levels 1, 2, 3 at 100, 150, 200 %, each once', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    desk.do('accept')
    desk.do('depart')
    const pushedAt = desk.notices.at(-1)!.publishedAt!
    // Nobody said urban or steppe: ninety minutes.
    desk.lab.pass(200 * MINUTE)
    expect(desk.rungs).toEqual(['arrive-0', 'arrive-1', 'arrive-2', 'arrive-3'])
    expect(desk.escalations.map(({ at }) => (at - pushedAt) / 60_000)).toEqual([72, 90, 135, 180])
    expect(desk.escalations[1]).toMatchObject({ replyBy: desk.escalations[1]!.at + 900_000 })
  })

  it('urban and remote places have their own limits', () => {
    for (const [zone, minutes] of [
      ['urban', 36],
      ['remote', 96],
    ] as const) {
      const desk = new Desk(BRANCH, (grid) => {
        grid.devices.forEach((device, i) => {
          grid.devices[i] = { ...device, zone }
        })
      })
      desk.do('confirm')
      const pushedAt = desk.notices.at(-1)!.publishedAt!
      desk.do('accept')
      desk.do('depart')
      desk.lab.pass(100 * MINUTE)
      expect((desk.escalations[0]!.at - pushedAt) / 60_000, zone).toBe(minutes)
    }
  })

  it('after a gap all passed levels are recorded and only the highest is sent', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    desk.do('depart')
    desk.lab.now += 200 * MINUTE * 1000
    desk.lab.tick()
    expect(desk.rungs).toEqual(['(arrive-0)', '(arrive-1)', '(arrive-2)', 'arrive-3'])
  })

  it('tells each rung once across a restart, and a reassignment resets nothing', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    desk.do('depart')
    desk.lab.pass(80 * MINUTE)
    desk.lab.restart((world) => {
      const sections = new Map(
        world.registers
          .sections()
          .map(({ name, array }) => [
            name,
            new Uint8Array(
              array.buffer.slice(array.byteOffset, array.byteOffset + array.byteLength),
            ),
          ]),
      )
      const registers = readRegisters(world.grid.observers.ids.count, (name) => sections.get(name)!)
      return readWorld(writeHeap(world), registers, world.grid, world.rules)
    })
    desk.do('reassign', { crew: 'C8' as never })
    desk.lab.pass(20 * MINUTE)
    expect(desk.rungs).toEqual(['arrive-0', 'arrive-1'])
  })

  it('a step done late by its entry counts from when it was done; steps before it are done too', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    desk.lab.pass(2 * MINUTE)
    const arrivedAt = desk.lab.now
    desk.lab.pass(60)
    desk.do('arrive', { occurredAt: arrivedAt })
    const clocks = new Map(desk.incident.clocks.map((clock) => [clock.name, clock]))
    expect(clocks.get('accept')!.doneAt).toBe(arrivedAt)
    expect(clocks.get('arrive')!.doneAt).toBe(arrivedAt)
    expect(clocks.get('report')).toMatchObject({
      startedAt: arrivedAt,
      dueAt: arrivedAt + 900_000,
      doneAt: null,
    })
    expect(clocks.get('arrive')!.legalDueAt! - clocks.get('arrive')!.startedAt).toBe(7_200_000)
  })

  it('an estimate is to be renewed before it passes', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    desk.do('cause', { causeCode: 'A11' })
    const etr = desk.lab.now + 3_600_000
    desk.do('etr', { etr })
    desk.lab.pass(95 * MINUTE)
    expect(desk.rungs.filter((rung) => rung.startsWith('etr'))).toEqual(['etr-0', 'etr-1', 'etr-2'])
    const later = etr + 7_200_000
    expect(desk.escalations[0]!.at).toBe(etr - 1_800_000)
    desk.do('etr', { etr: later })
    desk.lab.pass(10)
    expect(desk.incident.estimatedPeriod!.end).toBe(later)
  })

  it('two urges raise the ladder by a level; a reminder stays one', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    desk.do('depart')
    desk.do('urge')
    desk.do('urge')
    expect(desk.incident.urges).toBe(2)
    desk.lab.pass(200 * MINUTE)
    // Nobody answered who urged either, which is told as it is.
    expect(desk.rungs).toEqual(['urge-0', 'urge-1', 'arrive-0', 'arrive-2', 'arrive-3'])
  })

  it('raises from as many urges, and tells of a passed estimate as late, as the rules say', () => {
    const shipped = rulesWithoutCalls()
    const urges = { ...shipped.service.urges, raiseFrom: 3 }
    const service = { ...shipped.service, urges, etrPassedMinutes: [0, 5, 200] as const }
    const desk = new Desk(BRANCH, () => {}, { ...shipped, service })
    for (const action of ['confirm', 'cause', 'urge', 'urge'] as const)
      desk.do(action, { causeCode: 'A14' })
    desk.do('etr', { etr: desk.lab.now + 40 * MINUTE * 1000 })
    desk.lab.pass(46 * MINUTE)
    expect(desk.rungs.filter((rung) => rung.startsWith('etr'))).toEqual(['etr-0', 'etr-1', 'etr-2'])
  })
})

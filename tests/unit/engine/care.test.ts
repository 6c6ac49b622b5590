/** 服务等级: what is noted of customers and areas, what it makes of incidents, and that it outlives everything. */
import { describe, expect, it } from 'vitest'
import { reborn } from '../../../src/cli/rehearsal.ts'
import type { CareNote } from '../../../src/facts/care.ts'
import { BRANCH, Desk } from '../../support/desk.ts'

const MINUTE = 60
const DAY_MS = 86_400_000
const AREA = BRANCH.slice(0, 3)

function note(desk: Desk, ...notes: (Omit<CareNote, 'until'> & { until?: number })[]) {
  const { now } = desk.lab
  return desk.lab.feed({
    type: 'careNoted',
    receivedAt: now,
    requestId: `care-${desk.lab.position}`,
    notes: notes.map((one) => ({ until: now + DAY_MS, ...one })),
    by: 'li',
    role: 'shiftLeader',
  })
}
const point = (id: string, reason: CareNote['reason']) => ({ usagePoint: id as never, reason })
const area = (id: string, reason: CareNote['reason']) => ({ transformer: id as never, reason })

describe('the level of an incident', () => {
  it('is 4 without a reason, and what the gravest of several asks for', () => {
    const desk = new Desk(AREA)
    expect(desk.incident).toMatchObject({ serviceLevel: 4, serviceReasons: [] })
    note(desk, point('m2', 'complaint'))
    expect(desk.incident).toMatchObject({ serviceLevel: 2, serviceReasons: ['complaint'] })
    const { revision } = desk.incident
    note(desk, point('m3', 'publicOpinion'), area('X1', 'outageWarning'))
    expect(desk.incident).toMatchObject({
      serviceLevel: 1,
      serviceReasons: ['publicOpinion', 'complaint', 'outageWarning'],
    })
    expect(desk.incident.revision).toBeGreaterThan(revision)
  })

  it('knows nothing of what is noted elsewhere', () => {
    const desk = new Desk(AREA)
    const { revision } = desk.incident
    note(
      desk,
      point('m7', 'publicOpinion'),
      area('X3', 'frequentOutage'),
      point('gone', 'complaint'),
    )
    expect(desk.incident).toMatchObject({ serviceLevel: 4, revision })
  })

  it('of a single customer is that of the customer and of the area, not of the neighbour', () => {
    const desk = new Desk(['o-m1'])
    expect(desk.incident).toMatchObject({ level: 'service' })
    note(desk, point('m2', 'publicOpinion'))
    expect(desk.incident.serviceLevel).toBe(4)
    note(desk, area('X1', 'frequentOutage'))
    expect(desk.incident).toMatchObject({ serviceLevel: 2, serviceReasons: ['frequentOutage'] })
  })

  it('is what it was noted before the outage, ends with its time, and can be taken back', () => {
    const desk = new Desk([])
    const { now } = desk.lab
    note(desk, { ...point('m1', 'complaint'), until: now + 300_000 })
    for (const meter of AREA) desk.lab.say(meter, 'powerOff')
    desk.lab.pass(90)
    expect(desk.incident).toMatchObject({ serviceLevel: 2 })
    desk.lab.pass(5 * MINUTE)
    expect(desk.incident).toMatchObject({ serviceLevel: 4, serviceReasons: [] })
    note(desk, point('m1', 'publicOpinion'))
    expect(desk.incident.serviceLevel).toBe(1)
    note(desk, { ...point('m1', 'publicOpinion'), until: desk.lab.now })
    expect(desk.incident.serviceLevel).toBe(4)
  })

  it('tells the ledger what was noted, by whom', () => {
    const desk = new Desk(AREA)
    const told = note(desk, { ...point('m1', 'complaint'), account: 'A1' })
    expect(told[0]).toMatchObject({
      type: 'care',
      by: 'li',
      role: 'shiftLeader',
      notes: [{ usagePoint: 'm1', account: 'A1', reason: 'complaint' }],
    })
  })

  it('outlives a restart, and so does what is noted of places without an outage', () => {
    const play = (restart: boolean) => {
      const desk = new Desk(AREA)
      note(desk, point('m2', 'complaint'), area('X3', 'publicOpinion'))
      if (restart) desk.lab.restart(reborn)
      desk.lab.pass(30)
      for (const meter of ['o-m7', 'o-m8', 'o-m9']) desk.lab.say(meter, 'powerOff')
      desk.lab.pass(90)
      return desk.lab.changes
    }
    expect(play(true)).toEqual(play(false))
  })
})

describe('the ladder', () => {
  const rungsBy = (seconds: number, ...notes: CareNote['reason'][]) => {
    const desk = new Desk(BRANCH)
    note(desk, ...notes.map((reason) => point('m2', reason)))
    desk.do('confirm')
    desk.lab.pass(seconds)
    return desk.rungs
  }

  it('tells one level higher from level 2 on, and not at level 3', () => {
    const usual = rungsBy(3 * MINUTE)
    expect(usual).toEqual(['accept-0', 'accept-1'])
    expect(rungsBy(3 * MINUTE, 'outageWarning')).toEqual(usual)
    expect(rungsBy(3 * MINUTE, 'complaint')).toEqual(['accept-0', 'accept-2'])
    expect(rungsBy(3 * MINUTE, 'publicOpinion', 'complaint')).toEqual(['accept-0', 'accept-2'])
  })

  it('is raised by urges once, though they are a reason as well', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    desk.do('urge')
    expect(desk.incident.serviceReasons).toEqual([])
    desk.do('urge')
    expect(desk.incident).toMatchObject({ serviceLevel: 2, serviceReasons: ['urges'] })
    desk.lab.pass(3 * MINUTE)
    expect(desk.rungs).toEqual(['accept-0', 'accept-2'])
  })

  it('tells level 1 with the notice where a life hangs on supply, which is grade Ⅱ by itself', () => {
    const desk = new Desk(AREA, (grid) => {
      grid.usagePoints.find(({ id }) => id === 'm2')!.sensitive = ['lifeSupport']
    })
    expect(desk.incident).toMatchObject({ grade: 2, serviceLevel: 1, sensitiveCount: 1 })
    desk.lab.pass(3 * MINUTE)
    expect(desk.incident.notice).not.toBeNull()
    expect(desk.escalations.find(({ stage }) => stage === 'lifeSupport')).toMatchObject({
      level: 1,
      reason: 'lifeSupport',
      sent: true,
      replyBy: expect.any(Number),
    })
    desk.lab.pass(60 * MINUTE)
    expect(desk.rungs.filter((rung) => rung.startsWith('lifeSupport'))).toHaveLength(1)
  })
})

describe('the grade', () => {
  it('rises with an area that was dark too often', () => {
    const desk = new Desk(['o-m1'])
    expect(desk.incident.grade).toBe(3)
    note(desk, area('X1', 'outageWarning'))
    expect(desk.incident.grade).toBe(3)
    note(desk, area('X1', 'frequentOutage'))
    expect(desk.incident.grade).toBe(2)
  })

  it('rises with customers who call, each counted once, within the window', () => {
    const desk = new Desk(['o-m1'])
    const callers = (count: number, from = 0) => {
      for (let i = 0; i < count; i++)
        desk.lab.feed({
          type: 'callerReport',
          receivedAt: desk.lab.now,
          requestId: `call-${desk.lab.position}`,
          channel: 'phone',
          usagePoint: 'm1' as never,
          says: 'dark',
          account: `A${from + i}`,
          by: 'agent',
          role: 'agent',
        })
      desk.lab.pass(MINUTE)
    }
    callers(29)
    callers(29)
    expect(desk.incident.grade).toBe(3)
    // Who called longer ago than the window counts no more.
    desk.lab.pass(31 * MINUTE)
    callers(29, 29)
    expect(desk.incident.grade).toBe(3)
    callers(1, 58)
    expect(desk.incident.grade).toBe(2)
  })
})

describe('the urgency of a notice', () => {
  it('is told where a person, the public or danger on site is at stake, and nowhere else', () => {
    const desk = new Desk(BRANCH)
    desk.do('confirm')
    const urgency = () => desk.notices.at(-1)!.urgency
    expect(urgency()).toBe('usual')
    note(desk, point('m2', 'complaint'))
    expect(urgency()).toBe('usual')
    note(desk, point('m2', 'publicOpinion'))
    expect(urgency()).toBe('urgent')
    note(desk, { ...point('m2', 'publicOpinion'), until: desk.lab.now })
    expect(urgency()).toBe('usual')
    desk.do('onSite', { site: { situation: 'brokenWire', safetyRisk: true } })
    expect(urgency()).toBe('urgent')
  })

  it('follows from customers of GB/T 29328', () => {
    const desk = new Desk(BRANCH, (grid) => {
      grid.usagePoints.find(({ id }) => id === 'm5')!.important = 'second'
    })
    expect(desk.notices.at(-1)).toMatchObject({ urgency: 'urgent', grade: 2 })
  })
})

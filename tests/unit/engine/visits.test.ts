/** Visits to customers whose life hangs on supply (T10): one for each, as long as they are dark. */
import { describe, expect, it } from 'vitest'
import { Publisher } from '../../../src/engine/incidents/publish.ts'
import type { VisitChange } from '../../../src/engine/service/visit-change.ts'
import { turnVisits } from '../../../src/engine/service/visits.ts'
import { readOlderWorld, writeHeap } from '../../../src/engine/state/heap.ts'
import { succeed } from '../../../src/engine/succession.ts'
import type { VisitSettledFact } from '../../../src/facts/visits.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import type { Grid } from '../../../src/grid/model.ts'
import { BRANCH, DESK_DRAWING, Desk } from '../../support/desk.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { throughHeap } from '../../support/through-heap.ts'

const MINUTE = 60
const AREA = BRANCH.slice(0, 3)
const lives =
  (...ids: string[]) =>
  (grid: Grid) => {
    for (const point of grid.usagePoints)
      if (ids.includes(point.id)) point.sensitive = ['lifeSupport']
  }

const important =
  (...ids: string[]) =>
  (grid: Grid) => {
    for (const point of grid.usagePoints) if (ids.includes(point.id)) point.important = 'second'
  }

const visitsOf = ({ lab }: Desk): VisitChange[] =>
  lab.changes.filter((change) => change.type === 'visit')
const said = (desk: Desk) =>
  visitsOf(desk).map(({ usagePoint, state, outcome }) => `${usagePoint} ${outcome ?? state}`)
const clock = ({ incident }: Desk, of = 'visit') => incident.clocks.find(({ name }) => name === of)

function settle(desk: Desk, visit: VisitChange, over: Partial<VisitSettledFact> = {}) {
  const { lab } = desk
  const changes = lab.feed({
    ...{ type: 'visitSettled', receivedAt: lab.now, requestId: `visit-${lab.position}` },
    ...{ visit: visit.id, usagePoint: visit.usagePoint, outcome: 'seen' },
    ...{ by: 'bo', role: 'gridManager' },
    ...over,
  } as VisitSettledFact)
  return changes.find((change) => change.type === 'action')!
}

/** An outage told of, with one customer in it whose life hangs on supply. */
function told(dark: readonly string[], ...ids: string[]): Desk {
  const desk = new Desk(dark, lives(...ids))
  desk.do('confirm')
  desk.lab.pass(10)
  return desk
}

describe('a visit', () => {
  it('is due for each such customer with the rung that tells of them, and for nobody before', () => {
    const desk = new Desk(BRANCH, lives('m2', 'm5', 'm7'))
    expect(visitsOf(desk)).toEqual([])
    desk.do('confirm')
    desk.lab.pass(30)
    const at = desk.escalations.find(({ stage }) => stage === 'lifeSupport')!.at
    expect(visitsOf(desk)).toMatchObject(
      [
        ['m2', 'X1'],
        ['m5', 'X2'],
      ].map(([usagePoint, transformer]) => ({
        ...{ usagePoint, transformer, state: 'open', outcome: null },
        ...{ incident: desk.incident.id, openedAt: at, dueAt: at + 15 * 60_000 },
      })),
    )
    expect(clock(desk)).toMatchObject({ startedAt: at, dueAt: at + 15 * 60_000, doneAt: null })
  })

  it('is due where such a customer is noted, later as well, and not where the note is taken back', () => {
    const desk = told(AREA, 'm2')
    const note = (until: number) =>
      desk.lab.feed({
        ...{ type: 'careNoted', receivedAt: desk.lab.now, requestId: `care-${desk.lab.position}` },
        notes: [{ usagePoint: 'm3' as never, reason: 'lifeSupport', until }],
        ...{ by: 'ledger', role: 'program' },
      })
    note(desk.lab.now + 86_400_000)
    expect(said(desk)).toEqual(['m2 open', 'm3 open'])
    note(desk.lab.now)
    expect(said(desk)).toEqual(['m2 open', 'm3 open', 'm3 notSensitive'])
  })

  it('is told of higher and higher while nobody goes, once each over restarts', () => {
    const play = (restart: boolean) => {
      const desk = told(AREA, 'm2')
      for (let i = 0; i < 8; i++) {
        if (restart) desk.lab.restart(throughHeap)
        desk.lab.pass(5 * MINUTE)
      }
      return desk
    }
    const desk = play(true)
    // Life support is of service level 1: one level higher.
    expect(desk.rungs.filter((rung) => rung.startsWith('visit'))).toEqual([
      'visit-0',
      'visit-2',
      'visit-3',
    ])
    expect(visitsOf(desk)).toHaveLength(1)
    expect(desk.lab.changes).toEqual(play(false).lab.changes)
  })

  it('is settled once, by who says what was found, and stops the clock with the last', () => {
    const desk = told(BRANCH, 'm2', 'm5')
    const [first, second] = visitsOf(desk)
    expect(settle(desk, first!, { outcome: 'generatorBrought' })).toMatchObject({ accepted: true })
    expect(visitsOf(desk).at(-1)).toMatchObject({
      ...{ usagePoint: 'm2', state: 'settled', outcome: 'generatorBrought', by: 'bo' },
    })
    expect(clock(desk)!.doneAt).toBeNull()
    expect(settle(desk, first!)).toMatchObject({ accepted: false, refusal: 'notAllowedInState' })
    settle(desk, second!, { outcome: 'movedToHospital' })
    expect(clock(desk)!.doneAt).toBe(desk.lab.now)
    desk.lab.pass(60 * MINUTE)
    expect(desk.rungs.filter((rung) => rung.startsWith('visit'))).toEqual([])
    expect(said(desk)).toHaveLength(4)
  })

  it('is refused where it is not known', () => {
    const desk = told(AREA, 'm2')
    const [visit] = visitsOf(desk)
    expect(settle(desk, { ...visit!, id: `${desk.incident.id}-1-m2` })).toMatchObject({
      accepted: false,
    })
    expect(settle(desk, { ...visit!, usagePoint: 'm9' as never })).toMatchObject({
      accepted: false,
    })
    expect(said(desk)).toEqual(['m2 open'])
  })

  it('ends where the light is back before, in part or in whole, and not for who was seen', () => {
    const desk = told(BRANCH, 'm2', 'm5', 'm6')
    settle(desk, visitsOf(desk)[2]!)
    desk.do('partial', { transformers: ['X1' as never] })
    expect(said(desk).at(-1)).toBe('m2 restored')
    expect(clock(desk)!.doneAt).toBeNull()
    desk.do('restore')
    expect(said(desk).slice(3)).toEqual(['m6 seen', 'm2 restored', 'm5 restored'])
    expect(clock(desk)!.doneAt).toBe(desk.lab.now)
  })

  it('ends where the outage was none', () => {
    const desk = told(AREA, 'm2')
    desk.do('falseAlarm', { reasonCode: 'terminalFault' })
    desk.lab.pass(5)
    expect(said(desk)).toEqual(['m2 open', 'm2 withdrawn'])
  })

  it('goes with its customer into a larger outage, and whom that takes in gets one', () => {
    const desk = told(AREA, 'm2', 'm5')
    const [visit] = visitsOf(desk)
    for (const meter of BRANCH.slice(3)) desk.lab.say(meter, 'powerOff')
    desk.lab.pass(5 * MINUTE)
    const open = new Map(visitsOf(desk).map((one) => [one.usagePoint as string, one]))
    expect([...open.keys()]).toEqual(['m2', 'm5'])
    expect(open.get('m2')!.id).toBe(visit!.id)
    expect(open.get('m2')!.dueAt).toBe(visit!.dueAt)
    expect(new Set([...open.values()].map(({ incident }) => incident)).size).toBe(1)
    expect([...open.values()].every(({ state }) => state === 'open')).toBe(true)
  })

  it('outlives a new grid, in which its place has another number, and ends without its place', () => {
    const desk = told(BRANCH, 'm2')
    const [visit] = visitsOf(desk)
    const play = (drawing: string) => {
      const grid = drawnGrid(drawing)
      lives('m2')(grid)
      const before = throughHeap(desk.lab.engine.world!)
      const world = succeed(before, compileGrid(grid, 'next'), before.rules, desk.lab.position)
      const publisher = new Publisher(world)
      turnVisits(world, publisher)
      return { world, changes: publisher.changes }
    }
    const grown = play(
      DESK_DRAWING.replace('  F1 fuse', '  X0 transformer\n    m0 meter\n  F1 fuse'),
    )
    expect(grown.changes).toEqual([])
    expect(grown.world.visits.get('m2')).toMatchObject({ id: visit!.id, settledAt: null })
    const shrunk = play(DESK_DRAWING.replace('      m2 meter\n', ''))
    expect(shrunk.changes).toMatchObject([
      { id: visit!.id, state: 'ended', outcome: 'notSensitive' },
    ])
  })
})

describe('a contact with an important customer', () => {
  it('is due a quarter of an hour after the notice, and for nobody before it', () => {
    const desk = new Desk(AREA, important('m2', 'm8'))
    desk.lab.pass(10)
    expect(visitsOf(desk)).toEqual([])
    desk.do('confirm')
    const at = desk.lab.now
    expect(visitsOf(desk)).toMatchObject([
      { usagePoint: 'm2', reason: 'important', state: 'open', dueAt: at + 15 * 60_000 },
    ])
    expect(clock(desk, 'contact')).toMatchObject({ startedAt: at, doneAt: null })
    expect(clock(desk)).toBeUndefined()
    desk.lab.pass(20)
    expect(visitsOf(desk)).toHaveLength(1)
  })

  it('is told higher while nobody is in touch, and is over with a word', () => {
    const late = new Desk(AREA, important('m2'))
    late.do('confirm')
    late.lab.pass(31 * MINUTE)
    expect(late.rungs.filter((rung) => rung.startsWith('contact'))).toEqual([
      'contact-0',
      'contact-1',
      'contact-2',
      'contact-3',
    ])
    const inTime = new Desk(AREA, important('m2'))
    inTime.do('confirm')
    const [contact] = visitsOf(inTime)
    expect(settle(inTime, contact!, { outcome: 'phoned' })).toMatchObject({ accepted: true })
    expect(clock(inTime, 'contact')!.doneAt).toBe(inTime.lab.now)
    inTime.lab.pass(31 * MINUTE)
    expect(inTime.rungs.filter((rung) => rung.startsWith('contact'))).toEqual([])
  })

  it('is a visit where a life hangs on supply there as well, with the clock of visits', () => {
    const desk = new Desk(AREA, (grid) => {
      important('m2', 'm3')(grid)
      lives('m2')(grid)
    })
    desk.do('confirm')
    desk.lab.pass(30)
    expect(visitsOf(desk).map(({ usagePoint, reason }) => `${usagePoint} ${reason}`)).toEqual([
      'm3 important',
      'm2 lifeSupport',
    ])
    expect(desk.incident.clocks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['visit', 'contact']),
    )
  })

  it('becomes a visit where the ledger tells of life support there', () => {
    const desk = new Desk(AREA, important('m2'))
    desk.do('confirm')
    desk.lab.pass(30)
    desk.lab.feed({
      ...{ type: 'careNoted', receivedAt: desk.lab.now, requestId: 'care-1' },
      notes: [
        {
          ...{ usagePoint: 'm2' as never, reason: 'lifeSupport' },
          until: desk.lab.now + 86_400_000,
        },
      ],
      ...{ by: 'ledger', role: 'program' },
    })
    desk.lab.pass(30)
    expect(visitsOf(desk).map(({ reason, state }) => `${reason} ${state}`)).toEqual([
      'important open',
      'lifeSupport open',
    ])
    expect(clock(desk)!.doneAt).toBeNull()
    expect(clock(desk, 'contact')!.doneAt).not.toBeNull()
  })

  it('of a snapshot from before there were any stays a visit', () => {
    const desk = told(AREA, 'm2')
    desk.lab.restart((world) => {
      const heap = JSON.parse(writeHeap(world))
      for (const visit of heap.visits) delete visit.reason
      for (const incident of heap.cases) delete incident.repair.contact
      delete heap.switching.reclosingOff
      return readOlderWorld(JSON.stringify(heap), world.registers, world.grid, world.rules)
    })
    desk.lab.pass(20 * MINUTE)
    expect(clock(desk)).toMatchObject({ doneAt: null })
    expect(desk.rungs).toContain('visit-2')
  })
})

/** What a notice says beyond the incident (domain rule 4.1): trip, path, outline, cause, estimates. */
import { describe, expect, it } from 'vitest'
import type { Notice } from '../../../src/engine/changes.ts'
import { outlineOf } from '../../../src/engine/service/outline.ts'
import { compileGrid } from '../../../src/grid/compile.ts'
import type { Grid } from '../../../src/grid/model.ts'
import { BRANCH, Desk } from '../../support/desk.ts'
import { drawnGrid } from '../../support/drawn-grid.ts'
import { EngineLab } from '../../support/engine-lab.ts'
import { throughHeap } from '../../support/through-heap.ts'

const DRAWING = `
B1 breaker
  S1 switch
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
const METERS = ['o-m1', 'o-m2', 'o-m3', 'o-m4']

function lastNotice(lab: EngineLab): Notice {
  const notices = lab.changes.flatMap((one) => (one.type === 'notice' ? [one.notice] : []))
  return notices.at(-1)!
}

type Word = readonly [kind: 'protectionTrip' | 'switchOpen' | 'switchClosed', afterMs: number]

function tripped(words: readonly Word[]): EngineLab {
  const lab = new EngineLab(drawnGrid(DRAWING))
  lab.pass(60)
  const at = lab.now
  for (const [kind, afterMs] of words) lab.say('R1-ftu', kind, { device: 'R1', at: at + afterMs })
  for (const meter of METERS) lab.say(meter, 'powerOff')
  lab.pass(90)
  return lab
}

describe('protection and reclosing (保护动作, 重合闸)', () => {
  it.each<[Word[], object]>([
    [[['switchOpen', 50]], { protection: false, reclosing: 'notOperated' }],
    [
      [
        ['protectionTrip', 0],
        ['switchOpen', 50],
      ],
      { protection: true, reclosing: 'notOperated' },
    ],
    [
      [
        ['protectionTrip', 0],
        ['switchOpen', 50],
        ['switchClosed', 3000],
        ['switchOpen', 3200],
      ],
      { protection: true, reclosing: 'failed' },
    ],
  ])('of %j are %j', (words, expected) => {
    const lab = tripped(words)
    expect(lab.incidents()).toMatchObject([{ device: { id: 'R1' } }])
    expect(lastNotice(lab).trip).toMatchObject(expected)
  })

  it('are kept once the switch is closed again, and across a restart', () => {
    const lab = tripped([
      ['protectionTrip', 0],
      ['switchOpen', 50],
    ])
    const { trip } = lastNotice(lab)
    lab.restart(throughHeap)
    lab.say('R1-ftu', 'switchClosed', { device: 'R1' })
    for (const meter of METERS) lab.say(meter, 'powerOn')
    lab.pass(120)
    expect(lastNotice(lab)).toMatchObject({ status: 'archived', trip })
  })

  it('are null where automation told nothing', () => {
    const desk = new Desk(BRANCH)
    expect(desk.notices[0]!.trip).toBeNull()
  })
})

describe('reclosing out of service (重合闸未投)', () => {
  /** R1 opens at `at`, and all below it is dark. */
  function open(lab: EngineLab): void {
    lab.pass(200)
    lab.say('R1-ftu', 'protectionTrip', { device: 'R1' })
    lab.say('R1-ftu', 'switchOpen', { device: 'R1', at: lab.now + 50 })
    for (const meter of METERS) lab.say(meter, 'powerOff')
    lab.pass(90)
  }
  const fresh = () => {
    const lab = new EngineLab(drawnGrid(DRAWING))
    lab.pass(60)
    return lab
  }
  const dispatcher = (lab: EngineLab, reclosing: 'on' | 'off', at = lab.now) =>
    lab.feed({
      ...{ type: 'switching', receivedAt: lab.now, requestId: `s${lab.position}`, at },
      ...{ device: 'R1' as never, position: 'closed', reclosing, source: 'dispatcher', by: 'wu' },
    })

  it('is told where its terminal or a dispatcher had said so before the trip, across a restart', () => {
    const byTerminal = fresh()
    byTerminal.say('R1-ftu', 'switchClosed', { device: 'R1', reclosing: 'off' })
    byTerminal.restart(throughHeap)
    open(byTerminal)
    expect(lastNotice(byTerminal).trip).toMatchObject({ protection: true, reclosing: 'off' })
    const byHand = fresh()
    dispatcher(byHand, 'off')
    open(byHand)
    expect(lastNotice(byHand).trip!.reclosing).toBe('off')
    // Put back afterwards, it was out of service when it tripped all the same.
    dispatcher(byHand, 'on')
    byHand.pass(60)
    expect(lastNotice(byHand).trip!.reclosing).toBe('off')
  })

  it('is not told where it was back in service, or was put out after the trip', () => {
    const back = fresh()
    dispatcher(back, 'off')
    back.pass(60)
    dispatcher(back, 'on')
    // What is heard late of the time before changes nothing.
    dispatcher(back, 'off', back.now - 30_000)
    open(back)
    expect(lastNotice(back).trip!.reclosing).toBe('notOperated')
    const after = fresh()
    open(after)
    after.say('R1-ftu', 'switchOpen', { device: 'R1', reclosing: 'off' })
    after.pass(60)
    expect(lastNotice(after).trip!.reclosing).toBe('notOperated')
  })
})

describe('hospitals and schools (医院, 学校)', () => {
  const classed = (classes: Readonly<Record<string, string>>) => (grid: Grid) => {
    for (const point of grid.usagePoints) {
      const of = classes[point.id]
      if (of !== undefined) point.class = of
    }
  }
  const CLASSES = { m1: 'school', m2: 'hospital', m4: 'school', m5: 'commercial', m8: 'school' }

  it('are counted by kind among those without supply, and nobody else is', () => {
    const desk = new Desk(BRANCH, classed(CLASSES))
    expect(desk.notices[0]!.institutions).toEqual([
      { institution: 'hospital', count: 1 },
      { institution: 'school', count: 2 },
    ])
    desk.do('partial', { transformers: ['X1' as never], role: 'crew' })
    desk.lab.pass(10)
    expect(desk.notices.at(-1)!.institutions).toEqual([{ institution: 'school', count: 1 }])
  })

  it('are counted in a single house that is dark by itself alone', () => {
    const desk = new Desk(['o-m2'], classed(CLASSES))
    expect(desk.incident.level).toBe('service')
    expect(desk.notices.at(-1)!.institutions).toEqual([{ institution: 'hospital', count: 1 }])
  })
})

describe('the notice', () => {
  it('names the devices above, and what was asked', () => {
    const notice = lastNotice(tripped([['switchOpen', 0]]))
    expect(notice.path!.map(({ id }) => id)).toEqual(['B1', 'S1'])
    expect(notice.verification).toMatchObject({ asked: expect.any(Number) })
  })

  it('says whether its cause was found on site or supposed', () => {
    const supposed = new Desk(BRANCH)
    expect(supposed.notices.at(-1)!.causeKnown).toBeNull()
    supposed.do('cause', { causeCode: 'A11' })
    expect(supposed.notices.at(-1)).toMatchObject({
      ...{ cause: 'A11', causeKnown: 'supposed' },
      causeBy: { by: 'zhang', role: 'serviceDispatcher' },
    })
    // The same cause, confirmed by who is there.
    supposed.do('cause', { causeCode: 'A11', by: 'li', role: 'crew' })
    expect(supposed.notices.at(-1)).toMatchObject({
      causeKnown: 'confirmed',
      causeBy: { by: 'li', role: 'crew' },
    })
    const crew = new Desk(BRANCH)
    crew.do('cause', { causeCode: 'A11', role: 'crew' })
    expect(crew.notices.at(-1)!.causeKnown).toBe('confirmed')
    const told = new Desk(BRANCH)
    told.do('arrive')
    told.lab.pass(300)
    told.do('cause', { causeCode: 'A11' })
    expect(told.notices.at(-1)!.causeKnown).toBe('confirmed')
  })

  it('keeps every estimate and when the first part came back', () => {
    const desk = new Desk(BRANCH)
    desk.do('etr', { etr: desk.lab.now + 3_600_000 })
    desk.do('etr', { etr: desk.lab.now + 7_200_000, reasonCode: 'weather' })
    expect(desk.notices.at(-1)!.etrRevisions).toMatchObject([
      { reasonCode: null },
      { reasonCode: 'weather' },
    ])
    expect(desk.notices.at(-1)!.firstRestoredAt).toBeNull()
    desk.do('partial', { transformers: ['X1' as never], role: 'crew' })
    desk.lab.pass(10)
    expect(desk.notices.at(-1)).toMatchObject({
      restored: 'part',
      firstRestoredAt: expect.any(Number),
      restoredAt: null,
    })
  })
})

describe('the outline of the dark area', () => {
  const places: [string, number, number][] = [
    ['X1', 111.601, 40.801],
    ['X2', 111.651, 40.821],
    ['X3', 111.621, 40.861],
  ]

  function placed() {
    const grid = drawnGrid(DRAWING)
    for (const [id, lon, lat] of places) {
      const { to } = grid.devices.find((device) => device.id === id)!
      const index = grid.nodes.findIndex((node) => node.id === to)
      grid.nodes[index] = { ...grid.nodes[index]!, lon, lat }
    }
    return compileGrid(grid, 'outline')
  }

  const outline = (ids: readonly string[]) => {
    const grid = placed()
    return outlineOf(
      grid,
      ids.map((id) => grid.devices.ids.indexOf(id)),
    )!
  }

  it('is a closed convex ring around all of its transformers', () => {
    const ring = outline(['X1', 'X2', 'X3'])
    expect(ring[0]).toEqual(ring.at(-1))
    for (let i = 0; i + 1 < ring.length; i++) {
      const [[ax, ay], [bx, by]] = [ring[i]!, ring[i + 1]!]
      for (const [, x, y] of places)
        expect((bx - ax) * (y - ay) - (by - ay) * (x - ax)).toBeGreaterThan(0)
    }
  })

  it('of one transformer is the cell it lies in, and tells no place finer than that', () => {
    const ring = outline(['X1'])
    expect(ring).toHaveLength(5)
    const cell = [111.6, 40.8, 111.602, 40.802]
    const [lons, lats] = [ring.map(([lon]) => lon), ring.map(([, lat]) => lat)]
    const found = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
    for (const [i, edge] of found.entries()) expect(edge).toBeCloseTo(cell[i]!, 9)
    for (const edge of [...lons, ...lats])
      expect(Math.abs(edge * 500 - Math.round(edge * 500))).toBeLessThan(1e-6)
  })

  it('is null where no place is known', () => {
    const grid = compileGrid(drawnGrid(DRAWING), 'nowhere')
    grid.nodes.lon.fill(Number.NaN)
    expect(outlineOf(grid, [grid.devices.ids.indexOf('X1')])).toBeNull()
  })
})

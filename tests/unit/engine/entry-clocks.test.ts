/** How soon people enter what was done, and how soon who urged (催办) is passed on and answered. */
import { describe, expect, it } from 'vitest'
import { newCase } from '../../../src/engine/incidents/case.ts'
import { takeOver } from '../../../src/engine/repair/mother.ts'
import { BRANCH, Desk } from '../../support/desk.ts'
import { throughHeap } from '../../support/through-heap.ts'

const MINUTE = 60
const MINUTE_MS = 60_000

const clockIn = (desk: Desk, name: string) =>
  desk.lab.incidents()[0]!.clocks.find((clock) => clock.name === name)

function taken(): Desk {
  const desk = new Desk(BRANCH)
  desk.do('confirm')
  desk.do('depart')
  return desk
}

describe('entries (录入)', () => {
  it('an arrival is entered within five minutes of happening, or late', () => {
    for (const [minutes, late] of [
      [4, false],
      [6, true],
    ] as const) {
      const desk = taken()
      desk.lab.pass(20 * MINUTE)
      const arrivedAt = desk.lab.now - minutes * MINUTE_MS
      desk.do('arrive', { occurredAt: arrivedAt })
      const clock = clockIn(desk, 'enterArrive')!
      expect(clock).toMatchObject({
        ...{ startedAt: arrivedAt, dueAt: arrivedAt + 5 * MINUTE_MS },
        ...{ doneAt: arrivedAt + minutes * MINUTE_MS, legalDueAt: null },
      })
      expect(clock.doneAt! > clock.dueAt).toBe(late)
      // What is entered already is supervised no more.
      desk.lab.pass(30 * MINUTE)
      expect(desk.rungs.filter((rung) => rung.startsWith('enter'))).toEqual([])
    }
  })

  it('a restoration within ten; what the meters tell nobody has to enter', () => {
    const said = taken()
    said.lab.pass(30 * MINUTE)
    const restoredAt = said.lab.now - 12 * MINUTE_MS
    expect(said.do('restore', { occurredAt: restoredAt }).accepted).toBe(true)
    expect(clockIn(said, 'enterRestore')).toMatchObject({
      ...{ startedAt: restoredAt, dueAt: restoredAt + 10 * MINUTE_MS },
      doneAt: restoredAt + 12 * MINUTE_MS,
    })

    const seen = taken()
    seen.lab.pass(30 * MINUTE)
    for (const meter of BRANCH) seen.lab.say(meter, 'powerOn')
    seen.lab.pass(10 * MINUTE)
    expect(seen.incident.outageKind).toBe('restored')
    expect(clockIn(seen, 'enterRestore')).toBeUndefined()
  })
})

describe('a customer’s urge (催办)', () => {
  it('is passed on with its entry, and answered by the next word of who works on it', () => {
    const desk = taken()
    desk.lab.pass(30 * MINUTE)
    const urgedAt = desk.lab.now - 11 * MINUTE_MS
    desk.do('urge', { occurredAt: urgedAt })
    expect(clockIn(desk, 'enterUrge')).toMatchObject({
      ...{ startedAt: urgedAt, dueAt: urgedAt + 10 * MINUTE_MS, doneAt: desk.lab.now },
    })
    // A grade by the hotline tells nobody anything.
    desk.do('grade', { grade: 1 })
    expect(clockIn(desk, 'urge')!.doneAt).toBeNull()
    desk.lab.pass(3 * MINUTE)
    desk.do('etr', { etr: desk.lab.now + 60 * MINUTE_MS })
    expect(clockIn(desk, 'urge')).toMatchObject({ startedAt: urgedAt, doneAt: desk.lab.now })
    // The next one begins anew; a second that comes while it waits does not push it back.
    desk.lab.pass(MINUTE)
    const again = desk.lab.now
    desk.do('urge')
    desk.lab.pass(5 * MINUTE)
    desk.do('urge')
    expect(clockIn(desk, 'urge')).toMatchObject({ startedAt: again, doneAt: null })
  })

  it('without an answer reminds after eight minutes and is told to level 1 after ten, once across restart', () => {
    const desk = taken()
    const urgedAt = desk.lab.now
    desk.do('urge')
    desk.lab.pass(9 * MINUTE)
    desk.lab.restart(throughHeap)
    desk.lab.pass(20 * MINUTE)
    const told = desk.escalations.filter(({ stage }) => stage === 'urge')
    expect(told.map(({ level, at }) => [level, (at - urgedAt) / MINUTE_MS])).toEqual([
      [0, 8],
      [1, 10],
    ])
  })

  it('is answered by the light itself', () => {
    const back = taken()
    back.do('urge')
    back.lab.pass(2 * MINUTE)
    for (const meter of BRANCH) back.lab.say(meter, 'powerOn')
    back.lab.pass(10 * MINUTE)
    expect(clockIn(back, 'urge')!.doneAt).toBe(back.incident.restoredAt)
    expect(back.rungs.filter((rung) => rung.startsWith('urge'))).toEqual([])
  })

  it('of a child is the mother’s to answer; of two that wait the older one counts', () => {
    const made = (number: number) => newCase(number, { head: 0, observer: -1, phases: 7 }, 0, 0)
    const waiting = (at: number) => ({ at, enteredAt: at, answeredAt: null })
    const [mother, child] = [made(1), made(2)]
    child.repair.urge = waiting(500)
    takeOver(mother, child, 1000)
    expect(mother.repair.urge).toEqual(waiting(500))
    const [later, done] = [made(3), made(4)]
    later.repair.urge = waiting(900)
    takeOver(mother, later, 1000)
    expect(mother.repair.urge).toEqual(waiting(500))
    done.repair.urge = { ...waiting(100), answeredAt: 200 }
    takeOver(mother, done, 1000)
    expect(mother.repair.urge).toEqual(waiting(500))
  })
})

/** Severe cold (严寒): so many customers without supply for so long are one grade more urgent. */
import { expect, it } from 'vitest'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import { EngineLab } from '../../support/engine-lab.ts'
import { throughHeap } from '../../support/through-heap.ts'

/** 510 customers below F1, 490 below F2. */
const NETWORK = `
B1 breaker
  F1 fuse
    X1..X17 transformer
      C concentrator
      m1..m30 meter
  F2 fuse
    Y1..Y14 transformer
      C concentrator
      m1..m35 meter
`
const HOUR = 3600

function dark(area: string, areas: number): EngineLab {
  const lab = new EngineLab(drawnGrid(NETWORK))
  for (let i = 1; i <= areas; i++) {
    lab.say(`${area}${i}-C`, 'areaOff')
    lab.say(`${area}${i}-C`, 'powerOff')
  }
  lab.pass(300)
  return lab
}

const tell = (lab: EngineLab, celsius: number | null, receivedAt = lab.now) =>
  lab.feed({
    ...{ type: 'temperatureNoted', receivedAt, requestId: `w${lab.now}`, celsius },
    ...{ unit: lab.grid.units[0]!.id as never, by: 'weather', role: 'service' },
  })

it('raises the grade of many by one once it has lasted an hour, and says why', () => {
  const lab = dark('X', 17)
  expect(lab.open()[0]).toMatchObject({ grade: 3, metersAffected: 510 })
  tell(lab, -20)
  expect(lab.open()[0]).toMatchObject({ grade: 3, flags: [] })
  lab.pass(HOUR)
  expect(lab.open()[0]).toMatchObject({ grade: 2, flags: ['severeCold'] })
  // Warmer again it does not fall by itself.
  tell(lab, -5)
  lab.pass(120)
  expect(lab.open()[0]!.grade).toBe(2)
})

it('is known after a restart, holds for the hours of the rules, and the latest word counts', () => {
  const lab = dark('X', 17)
  tell(lab, -25)
  lab.restart(throughHeap)
  // Another grid or other rules forget nothing of it.
  lab.feed({ type: 'gridApplied', receivedAt: lab.now, digest: 'other', by: 'test' })
  lab.pass(HOUR)
  expect(lab.open()[0]!.grade).toBe(2)

  for (const [celsius, late] of [
    [-19.9, false],
    [-30, true],
  ] as const) {
    const mild = dark('X', 17)
    tell(mild, celsius)
    // What was told before that comes late, and what was taken back.
    tell(mild, -40, mild.now - 1000)
    if (late) tell(mild, null)
    mild.pass(HOUR + 60)
    expect(mild.open()[0]).toMatchObject({ grade: 3, flags: [] })
  }
})

it('at once where it has lasted; not of fewer customers, and not by what was told of another time', () => {
  const lab = dark('X', 17)
  lab.pass(HOUR)
  expect(lab.open()[0]!.grade).toBe(3)
  const changes = tell(lab, -28)
  expect(changes).toContainEqual(expect.objectContaining({ type: 'incident', reason: 'graded' }))
  expect(lab.open()[0]!.grade).toBe(2)

  const few = dark('Y', 14)
  const usual = few.open()[0]!.grade
  tell(few, -28)
  few.pass(HOUR + 60)
  expect(few.open()[0]).toMatchObject({ grade: usual, metersAffected: 490, flags: [] })
})

/** How soon a revision cites what came after an incident opened, and how few revisions that takes. */
import { expect, test } from 'vitest'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import { EngineLab, rulesWithoutCalls } from '../../support/engine-lab.ts'

const METERS = 160
/** Heard before it opens: enough to name the transformer. */
const AT_FIRST = 40

function opened(): EngineLab {
  const lab = new EngineLab(
    drawnGrid(`
      B1 breaker
        X1 transformer
          m1..m${METERS} meter
        X2 transformer
          n1..n9 meter
    `),
    rulesWithoutCalls(),
  )
  for (let m = 1; m <= AT_FIRST; m++) lab.say(`o-m${m}`, 'powerOff')
  lab.pass(5)
  expect(lab.open()).toHaveLength(1)
  return lab
}

const cites = (lab: EngineLab, m: number) =>
  lab.open()[0]!.evidence.some(({ observer }) => observer === `o-m${m}`)

/** Says a loss of the meters in turn, one a tick, for so many seconds. */
function trickle(lab: EngineLab, seconds: number, next: number): number {
  for (let tick = 0; tick < seconds * 4; tick++) {
    lab.say(`o-m${next++}`, 'powerOff')
    lab.now += 250
    lab.tick()
  }
  return next
}

test('what has just opened is told by the second while reports come', () => {
  const lab = opened()
  const before = lab.open()[0]!.revision
  const next = trickle(lab, 4, AT_FIRST + 1)
  expect(cites(lab, next - 5)).toBe(true)
  expect(lab.open()[0]!.revision - before).toBeGreaterThanOrEqual(3)
  expect(lab.open()[0]!.revision - before).toBeLessThanOrEqual(5)
})

test('later every five seconds is enough, but the last of a burst does not wait', () => {
  const lab = opened()
  lab.pass(90)
  const before = lab.open()[0]!.revision
  const next = trickle(lab, 17, AT_FIRST + 1)
  expect(lab.open()[0]!.revision - before).toBeLessThanOrEqual(5)
  lab.pass(2)
  expect(cites(lab, next - 1)).toBe(true)
})

/** Budgets of call-reads as a scenario expects them, and ids that stand for many. */
import { expect, it } from 'vitest'
import { expectationSchema } from '../../../simulators/expectation.ts'
import { type Asked, compare } from '../../../src/cli/comparison.ts'

const question = (observer: string, terminal: string, incident: string, at: number): Asked => ({
  observer,
  terminal,
  incident,
  at,
})

/** Three in the first second, three of I1 of which two through C1. */
const ASKED = [
  question('C1', 'C1', 'I1', 1000),
  question('o-m1', 'C1', 'I1', 1400),
  question('C2', 'C2', 'I2', 1900),
  question('C3', 'C3', 'I1', 2000),
]

const problemOf = (asked: Record<string, number>) =>
  compare(expectationSchema.parse({ atSeconds: 5, asked }), {
    incidents: [],
    notices: [],
    escalations: [],
    cityShares: [],
    asked: ASKED,
    heard: [],
    world: undefined,
    startMs: 0,
  })[0]!.problem

it.each([
  ['mostASecond', 3],
  ['mostOfAnIncident', 3],
  ['mostOfAnArea', 2],
])('%s holds at %i and not at one less', (budget, most) => {
  expect(problemOf({ [budget]: most })).toBe('')
  expect(problemOf({ [budget]: most - 1 })).toContain(`expected at most ${most - 1}`)
})

it('a row of devices is one incident each', () => {
  const { open } = expectationSchema.parse({
    atSeconds: 5,
    open: [{ device: 'B1..B3-X1', kind: 'fault' }, { kind: 'fault' }],
  })
  expect(open!.map(({ device }) => device)).toEqual(['B1-X1', 'B2-X1', 'B3-X1', undefined])
})

/** Frequent outages by the definitions of the domain rules, each bound from both sides. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileGrid } from '../../../src/grid/compile.ts'
import {
  type CountedOutage,
  countOutages,
  frequentTable,
  outagesOf,
} from '../../../src/records/reliability/frequent.ts'
import type { FiledSegment } from '../../../src/records/reliability/interruptions.ts'
import { segment } from '../../support/changes.ts'
import { twoFeeders } from '../../support/http-fixture.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE
const NOW = 1000 * DAY
const METHOD = { asOf: NOW, sustainedMinutes: 3, leftOut: () => false }

const outage = (daysAgo: number, more: Partial<CountedOutage> = {}): CountedOutage => {
  const from = NOW - daysAgo * DAY
  return { from, to: from + 60 * MINUTE, planned: false, cause: null, ...more }
}
const ruleOf = (...daysAgo: number[]) =>
  countOutages(
    daysAgo.map((days) => outage(days)),
    METHOD,
  ).rule

test.each<[string, number[], ReturnType<typeof ruleOf>]>([
  ['six in a year', [10, 80, 150, 220, 290, 360], 'year'],
  ['five in a year, apart', [70, 140, 210, 280, 350], 'yearWarning'],
  ['the sixth just over a year ago', [70, 140, 210, 280, 350, 366], 'yearWarning'],
  ['four within sixty days, long ago', [200, 210, 220, 259], 'sixtyDays'],
  ['four within more than sixty days', [200, 210, 220, 261], 'yearWarning'],
  ['three within sixty days, long ago', [200, 210, 220], null],
  ['two in the last thirty days', [1, 29], 'thirtyDays'],
  ['one of two before that', [1, 31], null],
  ['three in the last fifty days', [5, 40, 49], 'fiftyDays'],
  ['the third before that', [5, 40, 51], null],
  ['three in thirty days is the weightier of two', [1, 2, 3], 'thirtyDays'],
  ['one', [1], null],
  ['none', [], null],
])('%s', (_, daysAgo, rule) => {
  expect(ruleOf(...daysAgo)).toBe(rule)
})

test('more than three arranged ones in a year are frequent, three are not', () => {
  const planned = (...daysAgo: number[]) =>
    countOutages(
      daysAgo.map((days) => outage(days, { planned: true })),
      METHOD,
    ).rule
  expect(planned(80, 160, 240, 320)).toBe('plannedYear')
  expect(planned(80, 160, 240)).toBeNull()
})

test('short ones, major days and what has not begun count nowhere; the cause named most is told', () => {
  const short = outage(2, { to: NOW - 2 * DAY + 3 * MINUTE })
  const major = outage(3)
  const counts = countOutages(
    [
      outage(1, { cause: 'B12' }),
      short,
      major,
      outage(20, { cause: 'A11' }),
      outage(9, { cause: 'A11' }),
    ],
    { ...METHOD, leftOut: ({ from }) => from === major.from },
  )
  expect(counts).toMatchObject({
    yearCount: 3,
    last30Days: 3,
    mainCause: 'A11',
    rule: 'thirtyDays',
  })
  expect(countOutages([outage(-1), outage(1)], METHOD).yearCount).toBe(1)
})

test('what goes on without light between is one outage', () => {
  const stretch = (id: string, from: number, to: number | null) => ({
    ...{ id, from, to, planned: false, cause: null },
  })
  expect(
    outagesOf([stretch('a', 0, 30), stretch('b', 30, 90), stretch('c', 91, null)]),
  ).toMatchObject([
    { from: 0, to: 90 },
    { from: 91, to: null },
  ])
})

const grid = compileGrid(twoFeeders(), 'g')
const filed = (
  id: string,
  device: string,
  daysAgo: number,
  more: Partial<
    Record<'phases' | 'exceptions' | 'void' | 'momentary' | 'to' | 'refed', unknown>
  > = {},
): FiledSegment => {
  const from = NOW - daysAgo * DAY
  return {
    segment: segment(id, {
      ...{ incident: id, device: { id: device, type: 'fuse', name: '' } },
      ...{ from, to: from + 60 * MINUTE, phases: 'ABC' },
      ...more,
    }),
    ...{ kind: 'fault', cause: null, parent: null },
  }
}
async function named(...all: FiledSegment[]) {
  const { usagePoints, areas } = await frequentTable(all, grid, METHOD)
  const ids = (ranges: typeof areas, of: (index: number) => string) =>
    ranges.flatMap(({ from, to, phases, rule }) =>
      Array.from({ length: to - from }, (_, i) => ({ id: of(from + i), phases, rule })),
    )
  return {
    points: ids(usagePoints, (i) => grid.usagePoints.ids.idOf(i))
      .filter(({ id, phases }) => {
        return (grid.usagePoints.phases[grid.usagePoints.ids.indexOf(id)]! & phases) !== 0
      })
      .map(({ id }) => id),
    areas: new Set(
      ids(areas, (i) => grid.devices.ids.idOf(i))
        .map(({ id }) => id)
        .filter((id) => id.includes('-T')),
    ),
  }
}

test('a point has the outages of all devices above it, an area those that took it whole', async () => {
  const { points, areas } = await named(filed('a', 'F1-FU', 5), filed('b', 'F1-T1', 9))
  expect(points).toEqual(['F1-T1-U1', 'F1-T1-U2'])
  expect([...areas]).toEqual(['F1-T1'])
  const own = await named(filed('a', 'F1-FU', 5), filed('b', 'F1-T1-U2', 9))
  expect(own.points).toEqual(['F1-T1-U2'])
  expect([...own.areas]).toEqual([])
})

test('who kept supply, or lost it on another phase, did not have it; void ones nobody had', async () => {
  const exceptions = [{ usagePoint: 'F1-T1-U1', from: null, to: null }]
  const kept = await named(filed('a', 'F1-FU', 5, { exceptions }), filed('b', 'F1-T1', 9))
  expect(kept.points).toEqual(['F1-T1-U2'])
  const phase = await named(filed('a', 'F1-FU', 5, { phases: 'B' }), filed('b', 'F1-T1', 9))
  expect(phase.points).toEqual([])
  for (const more of [{ void: true }, { momentary: true }])
    expect((await named(filed('a', 'F1-FU', 5, more), filed('b', 'F1-T1', 9))).points).toEqual([])
})

test('all customers at once are judged as each one alone would be', async () => {
  const devices = ['F1-B', 'F1-FU', 'F1-T1', 'F1-T2', 'F2-B', 'F2-T1', 'F1-T1-U1', 'F2-T1-U2']
  const story = fc.array(
    fc.record({ device: fc.constantFrom(...devices), days: fc.integer({ min: 1, max: 400 }) }),
    { maxLength: 14 },
  )
  await fc.assert(
    fc.asyncProperty(story, async (outages) => {
      const all = outages.map(({ device, days }, i) => filed(`s${i}`, device, days))
      const { points } = await named(...all)
      const alone: string[] = []
      for (let point = 0; point < grid.usagePoints.ids.count; point++) {
        const id = grid.usagePoints.ids.idOf(point)
        const path = [id]
        for (let at = grid.usagePoints.device[point]!; at >= 0; at = grid.devices.normalParent[at]!)
          path.push(grid.devices.ids.idOf(at))
        const own = all
          .filter(({ segment: { device } }) => path.includes(device.id))
          .map(({ segment: { id: name, from, to } }) => {
            return { id: name, from, to, planned: false, cause: null }
          })
        if (countOutages(outagesOf(own), METHOD).rule !== null) alone.push(id)
      }
      expect([...points].sort()).toEqual(alone.sort())
    }),
    { numRuns: 200 },
  )
})

test('what hung elsewhere at the time has no part in it, and what a tie fed has', async () => {
  const refed = { won: ['F2-T1'], lost: ['F1-T1'] }
  const usual = await named(filed('a', 'F1-B', 1), filed('b', 'F1-B', 2))
  const switched = await named(filed('a', 'F1-B', 1, { refed }), filed('b', 'F1-B', 2, { refed }))
  const areas = ({ areas: found }: typeof usual) =>
    ['F1-T1', 'F2-T1'].map((id) => found.has(id as never))
  expect(areas(usual)).toEqual([true, false])
  expect(areas(switched)).toEqual([false, true])
  expect(usual.points).toContain('F1-T1-U1')
  expect(switched.points).toContain('F2-T1-U1')
  expect(switched.points).not.toContain('F1-T1-U1')
})

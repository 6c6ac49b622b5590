import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { IncidentPayload } from '../../../dashboards/console/api/payloads.ts'
import { formatOf } from '../../../dashboards/console/i18n/format.ts'
import { zhCN } from '../../../dashboards/console/i18n/zh-CN.ts'
import {
  type IncidentMark,
  joinMarks,
  looksLike,
  markMaker,
} from '../../../dashboards/console/map/marks.ts'
import { toIncidentView } from '../../../src/engine/incident-view.ts'
import { incident } from '../../support/changes.ts'

const REACH = 10

const mark = (id: string, x: number, y: number, urgency: number): IncidentMark => ({
  id,
  place: [0, 0],
  x,
  y,
  look: 'grade2',
  numeral: '2',
  words: '',
  urgency,
})

/** What is meant, without squares: each mark in turn to the first group it is near enough to. */
function joinedOneByOne(marks: readonly IncidentMark[], selected: string | null): string[][] {
  const groups: IncidentMark[][] = []
  for (const one of marks.toSorted((a, b) => b.urgency - a.urgency)) {
    const near = groups.find(
      ([head]) =>
        one.id !== selected &&
        head!.id !== selected &&
        Math.hypot(head!.x - one.x, head!.y - one.y) < REACH,
    )
    if (near) near.push(one)
    else groups.push([one])
  }
  return groups.map((members) => members.map(({ id }) => id))
}

test('marks that would cover each other are joined under the most urgent', () => {
  const place = fc.integer({ min: -40, max: 40 })
  const marks = fc
    .array(fc.tuple(place, place, fc.integer({ min: 0, max: 4 })), { maxLength: 60 })
    .map((all) => all.map(([x, y, urgency], n) => mark(`I${n}`, x, y, urgency)))
  fc.assert(
    fc.property(marks, fc.constantFrom(null, 'I0', 'I3'), (all, selected) => {
      const joined = joinMarks(all, selected, REACH)
      expect(joined.map(({ members }) => members.map(({ id }) => id))).toEqual(
        joinedOneByOne(all, selected),
      )
    }),
  )
})

test('the selected mark stands alone', () => {
  const joined = joinMarks([mark('I1', 0, 0, 2), mark('I2', 1, 1, 1)], 'I2', REACH)
  expect(joined.map(({ selected }) => selected)).toEqual([false, true])
})

test('an incident that did not change keeps its mark', () => {
  const view = (id: string, over = {}) =>
    toIncidentView(incident(id, 1, { centroid: [111, 40], ...over })) as unknown as IncidentPayload
  const markOf = markMaker(zhCN, formatOf(zhCN))
  const first = view('I1', { grade: 2, outageKind: 'confirmed' })
  expect(markOf(first)).toBe(markOf(first))
  const changed = markOf(view('I1', { grade: 1, outageKind: 'confirmed' }))!
  const group = (one: IncidentMark) => ({ members: [one], selected: false })
  expect(looksLike(group(markOf(first)!), group(changed))).toBe(false)
  expect(markOf(view('I2', { centroid: null }))).toBeNull()
})

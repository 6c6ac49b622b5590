import { expect, test } from 'vitest'
import type { IncidentPayload } from '../../../dashboards/console/api/payloads.ts'
import { arrivalLines } from '../../../dashboards/console/wall/arrivalLines.ts'
import { arrivals, dayUntil, outageCurve } from '../../../dashboards/console/wall/curve.ts'

const NOW = Date.parse('2026-11-22T10:00:30Z')
const at = (minutesAgo: number) => new Date(NOW - minutesAgo * 60_000).toISOString()

const outage = (over: Partial<IncidentPayload>) =>
  ({
    kind: 'fault',
    outcome: null,
    outageKind: 'confirmed',
    startedAt: at(30),
    restoredAt: null,
    metersAffected: 100,
    originalMetersAffected: 100,
    customersRestored: 0,
    clocks: [],
    ...over,
  }) as unknown as IncidentPayload

test('an outage counts from its start to its end, and is back after it', () => {
  const over = outage({ outageKind: 'restored', startedAt: at(30), restoredAt: at(10) })
  const curve = outageCurve([over, outage({ startedAt: at(5) })], NOW, 60)
  const after = (minutesAgo: number) => curve[60 - minutesAgo]!
  expect(after(40)).toMatchObject({ out: 0, back: 0 })
  expect(after(20)).toMatchObject({ out: 100, back: 0 })
  expect(after(8)).toMatchObject({ out: 0, back: 100 })
  expect(after(0)).toMatchObject({ at: NOW, out: 100, back: 100 })
})

test('a part that came back is drawn straight; what is withdrawn is not drawn', () => {
  const part = outage({ outageKind: 'partiallyRestored', startedAt: at(60), customersRestored: 60 })
  const curve = outageCurve([part, outage({ outcome: 'withdrawn' })], NOW, 60)
  expect(curve[60]).toMatchObject({ out: 40, back: 60 })
  expect(curve[30]!.out).toBeGreaterThan(65)
  expect(curve[30]!.out).toBeLessThan(75)
})

test('an arrival is in time, late, or not yet due', () => {
  const clock = (dueAgo: number, doneAgo: number | null) => ({
    name: 'arrive' as const,
    startedAt: at(90),
    dueAt: at(dueAgo),
    legalDueAt: null,
    doneAt: doneAgo === null ? null : at(doneAgo),
  })
  const incidents = [[clock(20, 30)], [clock(20, 10)], [clock(5, null)], [clock(-5, null)]]
  expect(
    arrivals(
      incidents.map((clocks) => outage({ clocks })),
      NOW,
    ),
  ).toEqual({ inTime: 1, of: 3 })
  expect(arrivals([outage({})], NOW)).toBeNull()
})

test('arrival compliance is a line for each promise, broken where nobody was due', () => {
  const hour = (nth: number, limitMinutes: number, due: number, inTime: number) => ({
    ...{ from: new Date(NOW + nth * 3_600_000).toISOString(), limitMinutes, due, inTime },
  })
  const told = [hour(0, 90, 2, 1), hour(0, 45, 4, 3), hour(1, 45, 1, 1), hour(4, 45, 2, 0)]
  const [urban, rural] = arrivalLines(told, 'hour')
  const after = (nth: number) => NOW + nth * 3_600_000
  expect(urban).toEqual({
    ...{ limitMinutes: 45, due: 7, inTime: 4 },
    points: [
      [after(0), 0.75],
      [after(1), 1],
      [after(2), null],
      [after(4), 0],
    ],
  })
  expect(rural).toMatchObject({ limitMinutes: 90, due: 2, inTime: 1, points: [[NOW, 0.5]] })
  expect(arrivalLines([], 'day')).toEqual([])
})

test('a day begins at midnight, and is a minute long at least', () => {
  const midnight = new Date(2026, 10, 24).getTime()
  expect(dayUntil(midnight)).toEqual({ from: midnight, to: midnight + 60_000 })
  expect(dayUntil(midnight - 60_000)).toEqual({
    from: new Date(2026, 10, 23).getTime(),
    to: midnight - 60_000,
  })
  expect(dayUntil(midnight + 180_000)).toEqual({ from: midnight, to: midnight + 180_000 })
})

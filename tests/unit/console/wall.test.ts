import { expect, test } from 'vitest'
import type { IncidentPayload } from '../../../dashboards/console/api/payloads.ts'
import { arrivals, outageCurve } from '../../../dashboards/console/wall/curve.ts'

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

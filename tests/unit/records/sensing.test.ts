/** The sensing indicators against an example worked by hand. */
import { expect, test } from 'vitest'
import type { Incident } from '../../../src/engine/changes.ts'
import { type SensedIncident, sensingIndicators } from '../../../src/records/reliability/sensing.ts'
import { incident } from '../../support/changes.ts'

const MINUTE = 60_000
const START = Date.UTC(2026, 10, 1)
const at = (minutes: number) => START + minutes * MINUTE

function one(
  id: string,
  of: Partial<Incident>,
  more: Partial<Omit<SensedIncident, 'incident'>> = {},
): SensedIncident {
  const startedAt = of.startedAt ?? START
  return {
    incident: incident(id, 9, { sensedAt: startedAt, ...of, startedAt }),
    ...{ publishedAt: startedAt + 3 * MINUTE, calls: 0, callers: 0 },
    ...more,
  }
}
/** Promised within `limit` minutes from `from` on, by law within twenty more; arrived then. */
const arrive = (from: number, limit: number, done: number | null) => ({
  clocks: [
    {
      ...{ name: 'arrive' as const, startedAt: at(from), dueAt: at(from + limit) },
      ...{ legalDueAt: at(from + limit + 20), doneAt: done === null ? null : at(done) },
    },
  ],
})

// Worked by hand, minutes after the beginning of the period:
const BY_HAND: SensedIncident[] = [
  // Sensed at 0, first call at 6: lead 360 s. Published at 2. In town: 45 promised, there at 40.
  // Expected at 100, back at 110. Four calls of two customers.
  one(
    'I1',
    {
      ...{ startedAt: at(0), sensedAt: at(0), firstCallAt: at(6), restoredAt: at(110) },
      ...{ estimatedPeriod: { start: at(90), end: at(100) }, ...arrive(2, 45, 40) },
    },
    { publishedAt: at(2), calls: 4, callers: 2 },
  ),
  // Called at 8, sensed at 10: lead −120 s. Published at 20. 90 promised, there at 120: late, by law too.
  // Expected at 200, back at 160.
  one(
    'I2',
    {
      ...{ startedAt: at(8), sensedAt: at(10), firstCallAt: at(8), restoredAt: at(160) },
      ...{ estimatedPeriod: { start: at(100), end: at(200) }, ...arrive(8, 90, 120) },
    },
    { publishedAt: at(20), calls: 1, callers: 1 },
  ),
  // Nobody called. Published at once. 45 promised, there after 50: late, by law in time. No estimate.
  one(
    'I3',
    { startedAt: at(30), firstCallAt: null, ...arrive(30, 45, 80) },
    { publishedAt: at(30) },
  ),
  // Nobody called; nobody has arrived, and it is not yet due.
  one('I4', { startedAt: at(1000), ...arrive(1000, 120, null) }, { publishedAt: at(1001) }),
  // A mistake that had been published; one that had not; a child; one before the period.
  one('I5', { outcome: 'falseAlarm', outageKind: 'closed' }, { calls: 9, callers: 1 }),
  one('I6', { outcome: 'withdrawn', outageKind: 'closed' }, { publishedAt: null }),
  one('I7', { outcome: 'merged', outageKind: 'closed', mergedInto: 'I1' as never }),
  one('I8', { startedAt: at(-1) }),
]

test('worked by hand', () => {
  const period = { from: at(0), to: at(1440), asOf: at(1010) }
  expect(sensingIndicators(BY_HAND, period)).toEqual({
    ...{ incidents: 4, falseAlarms: 1, precision: 4 / 5 },
    sensedFirst: {
      ...{ incidents: 3, share: 3 / 4 },
      leadSeconds: { count: 2, p50: -120, p95: 360 },
    },
    // 2, 10, 0 and 1 minutes.
    senseToPublishSeconds: { count: 4, p50: 60, p95: 600 },
    arrival: {
      ...{ due: 3, inTime: 1, compliance: 1 / 3, legallyInTime: 2, legalCompliance: 2 / 3 },
      byLimit: [
        { limitMinutes: 45, due: 2, inTime: 1 },
        { limitMinutes: 90, due: 1, inTime: 0 },
      ],
    },
    // 10 and 40 minutes off.
    etr: { count: 2, meanErrorMinutes: 25, withinHalfHour: 1 / 2 },
    // Five calls of three customers.
    calls: { count: 5, repeated: 2, repeatRate: 2 / 5 },
  })
})

test('who has not arrived by the time is late, however it goes on', () => {
  const period = { from: at(0), to: at(1440), asOf: at(1121) }
  expect(sensingIndicators(BY_HAND, period).arrival).toMatchObject({
    ...{ due: 4, inTime: 1, legallyInTime: 3 },
  })
})

test('where there is nothing nothing is divided', () => {
  const nothing = sensingIndicators([], { from: 0, to: 1, asOf: 1 })
  expect(nothing).toMatchObject({
    ...{ incidents: 0, precision: null, sensedFirst: { share: null } },
    ...{ arrival: { compliance: null, byLimit: [] }, etr: { meanErrorMinutes: null } },
    calls: { repeatRate: null },
  })
})

test('arrivals by the day and the hour, in local time, each promise by itself', () => {
  // 20 minutes after midnight of UTC+8 begins what began at minute 980 of the day of UTC.
  const late = one('I9', { startedAt: at(980), ...arrive(980, 45, 1000) })
  const period = { from: at(0), to: at(1440), asOf: at(1121) }
  const told = (by: 'hour' | 'day') =>
    sensingIndicators([...BY_HAND, late], { ...period, times: { by, utcOffsetMinutes: 480 } })
      .arrivalsByTime
  const day = (minutes: number, limitMinutes: number, due: number, inTime: number) => ({
    ...{ from: at(minutes), limitMinutes, due, inTime },
  })
  expect(told('day')).toEqual([
    day(-480, 45, 2, 1),
    day(-480, 90, 1, 0),
    day(960, 45, 1, 1),
    day(960, 120, 1, 0),
  ])
  expect(told('hour')).toEqual([
    day(0, 45, 2, 1),
    day(0, 90, 1, 0),
    day(960, 45, 1, 1),
    day(960, 120, 1, 0),
  ])
  expect(sensingIndicators(BY_HAND, period)).not.toHaveProperty('arrivalsByTime')
})

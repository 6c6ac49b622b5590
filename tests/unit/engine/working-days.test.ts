/** Working days by a calendar: against JavaScript's own dates, over weekends, holidays and their make-up days. */
import { describe, expect, it } from 'vitest'
import {
  afterWorkingDays,
  answerDueAt,
  complaintLevel,
  dayOfDate,
  isWorkingDay,
} from '../../../src/engine/service/working-days.ts'
import { shippedRules } from '../../support/engine-lab.ts'

const DAY_MS = 86_400_000
const CALENDAR = {
  weekend: [6, 7],
  holidays: ['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07'],
  workdays: ['2026-10-10'],
}
const RULES = { answerDays: 5, calendar: CALENDAR }
/** 内蒙古: eight hours east. */
const OFFSET = 480
const local = (text: string) => Date.parse(`${text}+08:00`)
const due = (text: string) => answerDueAt(local(text), RULES, OFFSET)

describe('a day', () => {
  it('has the number that JavaScript gives it, over leap years and centuries', () => {
    for (let day = -40_000; day < 60_000; day += 17) {
      const date = new Date(day * DAY_MS).toISOString().slice(0, 10)
      if (date.length === 10) expect(dayOfDate(date), date).toBe(day)
    }
    for (const none of ['2026-02-29', '2026-13-01', '2026-04-31', '1900-02-29'])
      expect(dayOfDate(none), none).toBeNaN()
    expect(dayOfDate('2000-02-29')).toBe(Date.parse('2000-02-29') / DAY_MS)
  })

  it('is worked by its weekday, unless the calendar says otherwise', () => {
    const bare = { weekend: [6, 7], holidays: [], workdays: [] }
    for (let day = 20_000; day < 20_400; day++) {
      const weekday = new Date(day * DAY_MS).getUTCDay()
      expect(isWorkingDay(day, bare)).toBe(weekday !== 0 && weekday !== 6)
    }
    expect(isWorkingDay(dayOfDate('2026-10-01'), CALENDAR)).toBe(false)
    expect(isWorkingDay(dayOfDate('2026-10-10'), CALENDAR)).toBe(true)
    expect(isWorkingDay(dayOfDate('2026-10-11'), CALENDAR)).toBe(false)
  })
})

describe('five working days', () => {
  it('end with the fifth day after, weekends left out, whatever the hour it came', () => {
    const end = local('2026-11-28T00:00:00') + 2 * DAY_MS
    // Monday to Monday.
    expect(due('2026-11-23T00:00:00')).toBe(end + DAY_MS)
    expect(due('2026-11-23T23:59:59')).toBe(end + DAY_MS)
    // Saturday and Sunday begin on Monday.
    expect(due('2026-11-21T09:00:00')).toBe(local('2026-11-28T00:00:00'))
    expect(due('2026-11-22T09:00:00')).toBe(local('2026-11-28T00:00:00'))
  })

  it('are counted by the day of the wall, not of UTC', () => {
    expect(due('2026-11-23T07:00:00')).toBe(due('2026-11-23T20:00:00'))
    expect(answerDueAt(local('2026-11-23T07:00:00'), RULES, 0)).toBeLessThan(
      due('2026-11-23T07:00:00'),
    )
  })

  it('leave holidays out and count the weekend days worked in their place', () => {
    // Wed 30 Sep: 8, 9, 10 (Saturday worked), 12, 13 October.
    expect(due('2026-09-30T10:00:00')).toBe(local('2026-10-14T00:00:00'))
  })

  it('are climbed by the ladder in working time', () => {
    const at = local('2026-11-23T10:00:00')
    const ladder = [0.8, 1, 1.5, 2]
    const level = (text: string) => complaintLevel(at, local(text), RULES, ladder, OFFSET)
    expect(level('2026-11-27T23:59:00')).toBe(-1)
    expect(level('2026-11-28T00:00:00')).toBe(0)
    expect(level('2026-11-30T23:59:00')).toBe(0)
    expect(level('2026-12-01T00:00:00')).toBe(1)
    // Seven and a half days: noon of Thursday.
    expect(level('2026-12-03T11:59:00')).toBe(1)
    expect(level('2026-12-03T12:00:00')).toBe(2)
    expect(level('2026-12-08T00:00:00')).toBe(3)
    expect(afterWorkingDays(at, 7500, CALENDAR, OFFSET)).toBe(local('2026-12-03T12:00:00'))
  })
})

it('the shipped calendar has real dates, its make-up days in weekends, and five days', () => {
  const { answerDays, calendar } = shippedRules().service.complaint
  expect(answerDays).toBe(5)
  const bare = { weekend: calendar.weekend, holidays: [], workdays: [] }
  for (const date of calendar.workdays) expect(isWorkingDay(dayOfDate(date), bare)).toBe(false)
  expect(calendar.holidays).toContain('2026-10-01')
})

/**
 * Working days (工作日) by the calendar of the rules: weekend days, holidays (法定节假日) and the weekend days
 * that are worked in their place (调休上班). Days are those of the clock on the wall, in integers.
 */
import type { InstantMs } from '../../facts/time.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** 1970-01-01 was a Thursday; Monday is 1, Sunday 7. */
const WEEKDAY_OF_DAY_0 = 4
/** Longer than any row of holidays: a calendar without a working day within it is none. */
const LONGEST_REST_DAYS = 62

/** Dates as `2026-10-01`. */
export interface WorkingCalendar {
  /** Monday is 1, Sunday 7. */
  readonly weekend: readonly number[]
  readonly holidays: readonly string[]
  /** Worked though they lie in a weekend. */
  readonly workdays: readonly string[]
}

/** What is promised of a complaint, and when it is told that it runs late. */
export interface ComplaintRules {
  /** Answered within so many working days, the first the one after it was received. */
  readonly answerDays: number
  readonly calendar: WorkingCalendar
}

/** The day of a date, counted from 1970-01-01; NaN where there is no such date. */
export function dayOfDate(date: string): number {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return Number.NaN
  // Years begin with March, so that the leap day is their last.
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear
  return era * 146_097 + dayOfEra - 719_468
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Whether the day is worked. */
export function isWorkingDay(
  day: number,
  { weekend, holidays, workdays }: WorkingCalendar,
): boolean {
  const is = (date: string) => dayOfDate(date) === day
  if (holidays.some(is)) return false
  if (workdays.some(is)) return true
  const weekday = ((((day + WEEKDAY_OF_DAY_0 - 1) % 7) + 7) % 7) + 1
  return !weekend.includes(weekday)
}

/**
 * When so many working days have passed, the first the one after `from`; thousandths of a day count from
 * the midnight with which the next working day begins.
 */
export function afterWorkingDays(
  from: InstantMs,
  thousandths: number,
  calendar: WorkingCalendar,
  utcOffsetMinutes: number,
): InstantMs {
  const offsetMs = utcOffsetMinutes * MINUTE_MS
  const whole = Math.floor(thousandths / 1000)
  let day = Math.floor((from + offsetMs) / DAY_MS)
  for (let left = whole; left > 0; left--) day = nextWorkingDay(day, calendar)
  const rest = thousandths - whole * 1000
  const end =
    rest === 0
      ? (day + 1) * DAY_MS
      : nextWorkingDay(day, calendar) * DAY_MS + Math.floor((rest * DAY_MS) / 1000)
  return end - offsetMs
}

function nextWorkingDay(day: number, calendar: WorkingCalendar): number {
  for (let next = day + 1; next <= day + LONGEST_REST_DAYS; next++)
    if (isWorkingDay(next, calendar)) return next
  return day + 1
}

/** When a complaint is to be answered: the end of the last working day of the promise. */
export function answerDueAt(
  receivedAt: InstantMs,
  { answerDays, calendar }: ComplaintRules,
  utcOffsetMinutes: number,
): InstantMs {
  return afterWorkingDays(receivedAt, answerDays * 1000, calendar, utcOffsetMinutes)
}

/** The highest rung of the ladder that an unanswered complaint has reached: −1 none, 0 a reminder. */
export function complaintLevel(
  receivedAt: InstantMs,
  now: InstantMs,
  { answerDays, calendar }: ComplaintRules,
  ladder: readonly number[],
  utcOffsetMinutes: number,
): number {
  return ladder.findLastIndex((share) => {
    const thousandths = Math.round(answerDays * share * 1000)
    return afterWorkingDays(receivedAt, thousandths, calendar, utcOffsetMinutes) <= now
  })
}

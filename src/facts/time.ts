/**
 * Time is a number of milliseconds since 1970-01-01T00:00:00Z. Nothing here reads a clock: pure
 * code is handed the time as data.
 */
export type InstantMs = number

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/

const DAY_MS = 86_400_000

/** Days from 1970-01-01 to a proleptic Gregorian date (Howard Hinnant's `days_from_civil`). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** The number in `count` decimal digits from `from` on. */
function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) value = value * 10 + text.charCodeAt(i) - ZERO
  return value
}

const ZERO = 48

/**
 * Reads an RFC 3339 time; `undefined` where the text is not one (an offset is required). Allocates
 * nothing: every report is read by it twice.
 */
export function parseInstant(text: string): InstantMs | undefined {
  if (!RFC3339.test(text)) return undefined
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  const second = digits(text, 17, 2)
  if (month < 1 || month > 12 || day < 1 || day > DAYS_IN_MONTH[month - 1]!) return undefined
  if (hour > 23 || minute > 59 || second > 60) return undefined
  const { length } = text
  const inUtc = (text.charCodeAt(length - 1) | LOWER) === Z
  const end = inUtc ? length - 1 : length - 6
  const places = Math.min(3, end - 20)
  const fractionMs = places > 0 ? digits(text, 20, places) * 10 ** (3 - places) : 0
  const east = inUtc ? 0 : digits(text, length - 5, 2) * 60 + digits(text, length - 2, 2)
  const offsetMinutes = text[end] === '-' ? -east : east
  return (
    daysFromCivil(year, month, day) * DAY_MS +
    (hour * 3600 + minute * 60 + second) * 1000 +
    fractionMs -
    offsetMinutes * 60_000
  )
}

/** Makes an ASCII letter small. */
const LOWER = 0x20
const Z = 0x7a

const pad = (value: number, width: number) => String(value).padStart(width, '0')

/** The same as `formatInstant` of what may not have happened yet. */
export const formatInstantOrNull = (at: InstantMs | null): string | null =>
  at === null ? null : formatInstant(at)

/** RFC 3339 in UTC with milliseconds, the only form this program writes. */
export function formatInstant(at: InstantMs): string {
  const days = Math.floor(at / DAY_MS)
  const msOfDay = at - days * DAY_MS
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const hour = Math.floor(msOfDay / 3_600_000)
  const minute = Math.floor(msOfDay / 60_000) % 60
  const second = Math.floor(msOfDay / 1000) % 60
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}.${pad(msOfDay % 1000, 3)}Z`
}

/** Minutes east of UTC of an offset as `+08:00`. */
export function offsetMinutesOf(offset: string): number {
  const [hours, minutes] = offset.slice(1).split(':').map(Number)
  return (offset.startsWith('-') ? -1 : 1) * (hours! * 60 + minutes!)
}

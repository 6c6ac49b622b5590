/** Times as they are read to people: of the clock on the wall, by an offset from UTC. */
import { formatInstant, type InstantMs } from './time.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** `14:05`, or `06-24 09:00` on another day than `now`; minutes east of UTC as the rules say. */
export function clockTime(at: InstantMs, utcOffsetMinutes: number, now: InstantMs): string {
  const local = at + utcOffsetMinutes * MINUTE_MS
  const day = Math.floor(local / DAY_MS)
  const text = formatInstant(local)
  const time = text.slice(11, 16)
  const today = Math.floor((now + utcOffsetMinutes * MINUTE_MS) / DAY_MS)
  return day === today ? time : `${text.slice(5, 10)} ${time}`
}

/** The next time at or after `now` that the wall shows `HH:MM`. */
export function nextAt(wall: string, utcOffsetMinutes: number, now: InstantMs): InstantMs {
  const local = now + utcOffsetMinutes * MINUTE_MS
  const midnight = local - (((local % DAY_MS) + DAY_MS) % DAY_MS)
  const today = midnight + minutesOf(wall) * MINUTE_MS
  return (today >= local ? today : today + DAY_MS) - utcOffsetMinutes * MINUTE_MS
}

/** Whether the wall shows a time from `from` up to, not including, `to`; over midnight as well. */
export function isBetween(
  { from, to }: { readonly from: string; readonly to: string },
  utcOffsetMinutes: number,
  now: InstantMs,
): boolean {
  const local = now + utcOffsetMinutes * MINUTE_MS
  const minute = Math.floor((((local % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS)
  const [start, end] = [minutesOf(from), minutesOf(to)]
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end
}

function minutesOf(wall: string): number {
  const [hours, minutes] = wall.split(':').map(Number)
  return hours! * 60 + minutes!
}

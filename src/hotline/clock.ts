/** Times as they are read to a caller: of the clock on the wall, with the day where it is another. */
import type { InstantMs } from '../facts/time.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const two = (value: number) => String(value).padStart(2, '0')

/** `14:05`, or `06-24 09:00` on another day; minutes east of UTC as the rules say. */
export function clockTime(at: InstantMs, utcOffsetMinutes: number, now: InstantMs): string {
  const local = at + utcOffsetMinutes * MINUTE_MS
  const day = Math.floor(local / DAY_MS)
  const minutes = Math.floor((local - day * DAY_MS) / MINUTE_MS)
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
  if (day === Math.floor((now + utcOffsetMinutes * MINUTE_MS) / DAY_MS)) return time
  return `${new Date(day * DAY_MS).toISOString().slice(5, 10)} ${time}`
}

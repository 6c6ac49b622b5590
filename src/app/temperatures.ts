/** The temperatures that hold now, as the engines know them. */
import type { Rules } from '../engine/rules.ts'
import type { Temperature } from '../engine/weather/temperature.ts'
import type { InstantMs } from '../facts/time.ts'
import type { Temperatures } from '../http/weather-port.ts'
import type { Worlds } from './worlds.ts'

const HOUR_MS = 3_600_000

/** Of several engines that were told of a unit the newest word holds; none was before they have a network. */
export function temperaturesIn(
  worlds: Worlds,
  { belowCelsius, staysHours }: Rules['grading']['cold'],
  now: InstantMs,
): Temperatures {
  const newest = new Map<string, Temperature>()
  for (const { temperatures } of worlds.all())
    for (const [unit, told] of temperatures)
      if (told.at > (newest.get(unit)?.at ?? Number.NEGATIVE_INFINITY)) newest.set(unit, told)
  const told = [...newest]
    .map(([unit, { celsius, at }]) => ({ unit, celsius, at, until: at + staysHours * HOUR_MS }))
    .filter(({ until }) => until > now)
    .sort((a, b) => (a.unit < b.unit ? -1 : 1))
  return { belowCelsius, told }
}

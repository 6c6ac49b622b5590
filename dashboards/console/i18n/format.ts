/** How numbers, shares, times and durations are written in one language. */
import type { Catalogue } from './zh-CN.ts'

/** Writers of values in one language; durations in milliseconds, instants as RFC 3339. */
export interface Format {
  number(value: number): string
  /** A probability of 0 to 1, as a percentage. */
  probability(share: number): string
  /** A share to a tenth of a percent, where a legal bound may lie between two whole ones. */
  share(share: number): string
  /** A share that was counted, as a percentage; all is 100 %. */
  percent(share: number): string
  duration(ms: number): string
  /** How old something is, in its largest whole unit. */
  age(ms: number): string
  /** A running time as a clock shows it: `4:05`, `1:02:09`. */
  countdown(ms: number): string
  /** Hours, minutes and seconds of today; with the date on other days. */
  time(at: string | number): string
  /** Hours and minutes only. */
  clock(at: string | number): string
  /** Month and day. */
  day(at: string | number): string
  /** What is promised for about then: no seconds, with the date on other days. */
  about(at: string | number): string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export function formatOf(text: Catalogue): Format {
  const number = new Intl.NumberFormat(text.locale)
  const percent = new Intl.NumberFormat(text.locale, { style: 'percent' })
  const tenths = new Intl.NumberFormat(text.locale, { style: 'percent', maximumFractionDigits: 1 })
  const time = new Intl.DateTimeFormat(text.locale, { timeStyle: 'medium', hourCycle: 'h23' })
  const clock = new Intl.DateTimeFormat(text.locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const dated = new Intl.DateTimeFormat(text.locale, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const day = new Intl.DateTimeFormat(text.locale, { month: 'numeric', day: 'numeric' })
  return {
    number: (value) => number.format(value),
    share: (share) => tenths.format(share),
    percent: (share) => percent.format(share),
    // 99.6 % is not certainty: a probability is never written as 100 or 0 %.
    probability(share) {
      if (share > 0.99) return `>${percent.format(0.99)}`
      return share < 0.01 ? `<${percent.format(0.01)}` : percent.format(share)
    },
    duration(ms) {
      const t = Math.max(0, ms)
      if (t < MINUTE) return text.duration.seconds(Math.floor(t / SECOND))
      if (t < HOUR)
        return text.duration.minutes(Math.floor(t / MINUTE), Math.floor((t % MINUTE) / SECOND))
      if (t < DAY) return text.duration.hours(Math.floor(t / HOUR), Math.floor((t % HOUR) / MINUTE))
      return text.duration.days(Math.floor(t / DAY), Math.floor((t % DAY) / HOUR))
    },
    age(ms) {
      const t = Math.max(0, ms)
      if (t < MINUTE) return text.age.seconds(Math.floor(t / SECOND))
      if (t < HOUR) return text.age.minutes(Math.floor(t / MINUTE))
      if (t < DAY) return text.age.hours(Math.floor(t / HOUR))
      return text.age.days(Math.floor(t / DAY))
    },
    countdown(ms) {
      const seconds = Math.floor(Math.abs(ms) / SECOND)
      const two = (value: number) => String(value).padStart(2, '0')
      const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
      return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
    },
    time(at) {
      const date = new Date(at)
      return date.toDateString() === new Date().toDateString()
        ? time.format(date)
        : dated.format(date)
    },
    clock: (at) => clock.format(new Date(at)),
    day: (at) => day.format(new Date(at)),
    about(at) {
      const date = new Date(at)
      const today = date.toDateString() === new Date().toDateString()
      return (today ? clock : dated).format(date)
    },
  }
}

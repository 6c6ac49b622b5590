/** Which language the console speaks, and how numbers, times and durations are written in it. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { readPreference, writePreference } from '../app/preferences.ts'
import { en } from './en.ts'
import { type Catalogue, zhCN } from './zh-CN.ts'

export const LANGUAGES = { 'zh-CN': zhCN, en } as const satisfies Record<string, Catalogue>
export type Language = keyof typeof LANGUAGES

interface LanguageState {
  readonly language: Language
  readonly text: Catalogue
  readonly format: Format
  setLanguage(language: Language): void
}

/** Writers of values in one language; durations in milliseconds, instants as RFC 3339. */
export interface Format {
  number(value: number): string
  percent(share: number): string
  duration(ms: number): string
  /** Hours, minutes and seconds of today; with the date on other days. */
  time(at: string | number): string
  /** Hours and minutes only. */
  clock(at: string | number): string
}

const LanguageContext = createContext<LanguageState | null>(null)

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() =>
    readPreference('language') === 'en' ? 'en' : 'zh-CN',
  )
  useEffect(() => {
    document.documentElement.lang = language
    document.title = `${LANGUAGES[language].product.title} · ${LANGUAGES[language].product.name}`
  }, [language])
  const state = useMemo<LanguageState>(
    () => ({
      language,
      text: LANGUAGES[language],
      format: formatOf(LANGUAGES[language]),
      setLanguage(next) {
        writePreference('language', next)
        setLanguage(next)
      },
    }),
    [language],
  )
  return <LanguageContext value={state}>{children}</LanguageContext>
}

/** Texts and formats of the chosen language. */
export function useLanguage(): LanguageState {
  const state = useContext(LanguageContext)
  if (state === null) throw new Error('useLanguage is called outside its provider')
  return state
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export function formatOf(text: Catalogue): Format {
  const number = new Intl.NumberFormat(text.locale)
  const percent = new Intl.NumberFormat(text.locale, { style: 'percent' })
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
  return {
    number: (value) => number.format(value),
    // 99.6 % is not certainty: never round up to 100 or down to 0.
    percent: (share) => percent.format(share > 0 && share < 1 ? clamp(share, 0.01, 0.99) : share),
    duration(ms) {
      const t = Math.max(0, ms)
      if (t < MINUTE) return text.duration.seconds(Math.floor(t / SECOND))
      if (t < HOUR)
        return text.duration.minutes(Math.floor(t / MINUTE), Math.floor((t % MINUTE) / SECOND))
      if (t < DAY) return text.duration.hours(Math.floor(t / HOUR), Math.floor((t % HOUR) / MINUTE))
      return text.duration.days(Math.floor(t / DAY), Math.floor((t % DAY) / HOUR))
    },
    time(at) {
      const date = new Date(at)
      return date.toDateString() === new Date().toDateString()
        ? time.format(date)
        : dated.format(date)
    },
    clock: (at) => clock.format(new Date(at)),
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

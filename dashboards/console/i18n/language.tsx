/** Which language the console speaks, and how numbers, times and durations are written in it. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { readPreference, writePreference } from '../app/preferences.ts'
import { en } from './en.ts'
import { type Format, formatOf } from './format.ts'
import { type Catalogue, zhCN } from './zh-CN.ts'

export const LANGUAGES = { 'zh-CN': zhCN, en } as const satisfies Record<string, Catalogue>
export type Language = keyof typeof LANGUAGES

interface LanguageState {
  readonly language: Language
  readonly text: Catalogue
  readonly format: Format
  setLanguage(language: Language): void
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

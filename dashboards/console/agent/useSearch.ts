/** One question at a time: typed or handed over by the telephone system, answered by the ledger. */
import { useEffect, useRef, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { type CustomerPayload, type SearchAnswer, searchCustomers } from '../api/customers.ts'
import { useLanguage } from '../i18n/language.tsx'
import { questionsOf } from './ask.ts'

export type Search =
  | { readonly state: 'idle' }
  | { readonly state: 'searching' }
  | { readonly state: 'failed'; readonly loading: boolean }
  | { readonly state: 'found'; readonly answer: SearchAnswer }

export interface Searching {
  readonly search: Search
  /** Whose card is open; null while several, or none, are listed. */
  readonly opened: CustomerPayload | null
  ask(text: string): void
  open(customer: CustomerPayload): void
  /** Back to the list where there was one. */
  close(): void
  /** Everything gone, for the next call. */
  clear(): void
}

export function useSearch(): Searching {
  const { language } = useLanguage()
  const [search, setSearch] = useState<Search>({ state: 'idle' })
  const [opened, setOpened] = useState<CustomerPayload | null>(null)
  const running = useRef<AbortController>(null)
  useEffect(() => () => running.current?.abort(), [])

  async function ask(text: string) {
    running.current?.abort()
    const abort = new AbortController()
    running.current = abort
    setOpened(null)
    const questions = questionsOf(text)
    if (questions.length === 0) return setSearch({ state: 'idle' })
    setSearch({ state: 'searching' })
    try {
      let answer: SearchAnswer | null = null
      for (const question of questions) {
        answer = await searchCustomers(question, { language: scriptOf(language) }, abort.signal)
        if (answer.customers.length > 0) break
      }
      if (abort.signal.aborted || answer === null) return
      setSearch({ state: 'found', answer })
      setOpened(answer.customers.length === 1 ? answer.customers[0]! : null)
    } catch (error) {
      if (abort.signal.aborted) return
      const loading = error instanceof ApiError && error.code === 'records.loading'
      setSearch({ state: 'failed', loading })
    }
  }

  return {
    search,
    opened,
    ask: (text) => void ask(text),
    open: setOpened,
    close: () => setOpened(null),
    clear() {
      running.current?.abort()
      setOpened(null)
      setSearch({ state: 'idle' })
    },
  }
}

export const scriptOf = (language: string) => (language === 'en' ? 'en' : 'zh')

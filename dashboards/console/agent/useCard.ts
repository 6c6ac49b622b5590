/** The answer card of one account, renewed while it is open: an agent reads from it aloud. */
import { useEffect, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { type CardPayload, searchCustomers } from '../api/customers.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useIncidents, useNowEvery } from '../live/context.tsx'
import { scriptOf } from './useSearch.ts'

/** What the meter said and the age of an estimate change without a revision of the incident. */
const RENEW_MS = 15_000

export interface CardView {
  readonly card: CardPayload | null
  readonly failed: boolean
  /** Asks again at once, after something was filed. */
  renew(): void
}

export function useCard(account: string, identityVerified: boolean): CardView {
  const { language } = useLanguage()
  const [card, setCard] = useState<CardPayload | null>(null)
  const [failed, setFailed] = useState(false)
  const [asked, setAsked] = useState(0)
  const turn = useNowEvery(RENEW_MS)
  const { byId } = useIncidents()
  const revision = byId.get(card?.incident?.id ?? '')?.revision ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn`, `asked` and the revision say when to ask again
  useEffect(() => {
    const abort = new AbortController()
    const wanted = { language: scriptOf(language), identityVerified } as const
    searchCustomers({ account }, wanted, abort.signal).then(
      (answer) => {
        setCard(answer.card)
        setFailed(answer.card === null)
      },
      (error) => {
        if (!abort.signal.aborted || error instanceof ApiError) setFailed(!abort.signal.aborted)
      },
    )
    return () => abort.abort()
  }, [account, identityVerified, language, turn, asked, revision])
  return { card, failed, renew: () => setAsked((count) => count + 1) }
}

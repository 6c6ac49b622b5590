/**
 * What the phone knew last, for when there is no connection: outages of the own units and notices,
 * references and numbers alone, each with its age. Of the account that is signed in, and nobody else.
 */
import { useEffect, useRef, useState } from 'react'
import { serverNow } from '../api/clock.ts'
import { type NoticePayload, notices } from '../api/notices.ts'
import type { IncidentPayload } from '../api/payloads.ts'
import { useFreshness, useIncidents } from '../live/context.tsx'
import { fieldStore } from './store.ts'

/** A storm brings twenty changes a second; the phone's disk need not see each, ms. */
const KEEP_EVERY_MS = 5_000
/** Of a large unit the outages that matter most; a phone lists no more in any case. */
const MAX_KEPT = 500

interface Kept<Value> {
  readonly account: string
  readonly asOfMs: number
  readonly value: Value
}

export interface LastIncidents {
  readonly incidents: readonly IncidentPayload[]
  /** False until there is something to show, live or kept. */
  readonly known: boolean
  /** Age of what is shown; null before anything is known. */
  readonly asOfMs: number | null
}

/** Outages as they are; without a connection since the page was opened, as they were. */
export function useLastIncidents(account: string): LastIncidents {
  const { all, phase } = useIncidents()
  const { ageMs } = useFreshness()
  const [kept, setKept] = useState<Kept<readonly IncidentPayload[]> | null>(null)
  useEffect(() => {
    void fieldStore()
      .then((store) => store.last<Kept<readonly IncidentPayload[]>>('incidents'))
      .then((found) => setKept(found?.account === account ? found : null))
  }, [account])

  const newest = useRef(all)
  newest.current = all
  const current = phase === 'current'
  const asOf = useRef(0)
  asOf.current = ageMs === null ? 0 : serverNow() - ageMs
  useEffect(() => {
    if (!current) return
    const keep = () => {
      const value = newest.current.slice(0, MAX_KEPT)
      void fieldStore().then((store) =>
        store.keepLast('incidents', { account, asOfMs: asOf.current, value }),
      )
    }
    keep()
    const timer = window.setInterval(keep, KEEP_EVERY_MS)
    return () => window.clearInterval(timer)
  }, [account, current])

  if (phase !== 'waiting' || kept === null) {
    const known = phase !== 'waiting'
    return { incidents: all, known, asOfMs: known && ageMs !== null ? asOf.current : null }
  }
  return { incidents: kept.value, known: true, asOfMs: kept.asOfMs }
}

/** Notices as the server has them, or as it had them when it was last reached. */
export async function rememberedNotices(
  account: string,
  signal: AbortSignal,
): Promise<Kept<readonly NoticePayload[]>> {
  const store = await fieldStore()
  try {
    const fresh = { account, asOfMs: serverNow(), value: await notices(null, signal) }
    await store.keepLast('notices', fresh)
    return fresh
  } catch (error) {
    const kept = await store.last<Kept<readonly NoticePayload[]>>('notices')
    if (kept?.account !== account || signal.aborted) throw error
    return kept
  }
}

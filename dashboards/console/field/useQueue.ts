/** The queue of the field: kept first, then sent in order whenever the connection is there. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError, act, attach, incident as loadIncident, newRequestId } from '../api/client.ts'
import { report } from '../api/customers.ts'
import type { IncidentPayload } from '../api/payloads.ts'
import { settleVisit } from '../api/visits.ts'
import { useLink } from '../live/context.tsx'
import { type Entry, MAX_ENTRIES, type Progress, type Sent, sendAll } from './queue.ts'
import { fieldStore } from './store.ts'

const RETRY_MS = 15_000

export interface FieldQueue {
  /** Of this account, oldest first. */
  readonly entries: readonly Entry[]
  /** Entries that somebody else made on this phone; they wait for that person. */
  readonly others: number
  /** False until it is known what an earlier visit to this page left here. */
  readonly known: boolean
  readonly sending: boolean
  /** False where the phone keeps nothing beyond this page. */
  readonly lasts: boolean
  /** Neither kept nor sent: there are too many, or the phone has no room. */
  readonly full: boolean
  add(what: Entry['what']): void
  /** Sends what came too late again, on what is known now. */
  again(entry: Entry): void
  drop(entry: Entry): void
}

export function useQueue(account: string): FieldQueue {
  const [all, setAll] = useState<readonly Entry[]>([])
  const [state, setState] = useState({ known: false, sending: false, lasts: true, full: false })
  const newest = useRef(all)
  const busy = useRef(false)
  const linked = useLink().state === 'live'
  const live = useRef(linked)
  live.current = linked

  const show = useCallback((next: readonly Entry[]) => {
    newest.current = next
    setAll(next)
  }, [])

  const flush = useCallback(async () => {
    const waits = () => newest.current.filter((one) => one.by === account && one.problem === null)
    if (busy.current || !live.current || waits().length === 0) return
    busy.current = true
    setState((before) => ({ ...before, sending: true }))
    try {
      const store = await fieldStore()
      const progress: Progress = {
        async sent({ requestId }) {
          await store.remove(requestId)
          show(newest.current.filter((one) => one.requestId !== requestId))
        },
        async changed(entry) {
          await store.put(entry)
          show(newest.current.map((one) => (one.requestId === entry.requestId ? entry : one)))
        },
      }
      // What is entered meanwhile goes in the next round, unless the server went away.
      while (live.current && waits().length > 0) {
        const left = await sendAll(waits(), send, progress)
        if (left.some(({ problem }) => problem === null)) break
      }
    } finally {
      busy.current = false
      setState((before) => ({ ...before, sending: false }))
    }
  }, [account, show])

  useEffect(() => {
    let left = false
    void fieldStore().then(async (store) => {
      const kept = await store.entries()
      if (left) return
      setState((before) => ({ ...before, known: true, lasts: store.lasts }))
      // What was entered while the store was being read stands there already.
      const known = new Set(kept.map(({ requestId }) => requestId))
      show([...kept, ...newest.current.filter(({ requestId }) => !known.has(requestId))])
      void flush()
    })
    return () => {
      left = true
    }
  }, [flush, show])

  useEffect(() => {
    if (!linked) return
    void flush()
    const timer = window.setInterval(() => void flush(), RETRY_MS)
    return () => window.clearInterval(timer)
  }, [linked, flush])

  const keep = useCallback(
    async (entry: Entry, replaced?: Entry) => {
      const others = () => newest.current.filter((one) => one.requestId !== replaced?.requestId)
      try {
        if (others().length >= MAX_ENTRIES) throw new Error('too many entries')
        const store = await fieldStore()
        await store.put(entry)
        // After the new one is kept: a phone that dies in between loses nothing.
        if (replaced !== undefined) await store.remove(replaced.requestId)
        show([...others(), entry])
        setState((before) => ({ ...before, full: false }))
        await flush()
      } catch {
        setState((before) => ({ ...before, full: true }))
      }
    },
    [flush, show],
  )

  async function drop({ requestId }: Entry) {
    await (await fieldStore()).remove(requestId)
    show(newest.current.filter((one) => one.requestId !== requestId))
  }

  const entries = all.filter(({ by }) => by === account)
  return {
    ...state,
    entries,
    others: all.length - entries.length,
    add: (what) => void keep({ requestId: newRequestId(), by: account, what, problem: null }),
    async again(entry) {
      if (entry.what.kind !== 'action') return
      const onto = await incidentThatGoesOn(entry.what.incident).catch(() => null)
      // Out of reach it stays as it is; pressed twice, it is gone by now.
      if (onto === null || !newest.current.includes(entry)) return
      const request = { ...entry.what.request, revision: onto.revision }
      const what = { ...entry.what, incident: onto.id, request }
      await keep({ requestId: newRequestId(), by: account, what, problem: null }, entry)
    },
    drop: (entry) => void drop(entry),
  }
}

async function send({ requestId, what }: Entry): Promise<Sent> {
  try {
    if (what.kind === 'action') {
      const outcome = await act(what.incident, what.request, requestId)
      return outcome.kind === 'done' ? { state: 'done', revision: outcome.revision } : WITHOUT_WORD
    }
    if (what.kind === 'photo') await attach(what.incident, what.picture)
    else if (what.kind === 'settle')
      await settleVisit(what.visit, what.outcome, what.note, requestId)
    else {
      const { incident, usagePoint, account, says, note } = what
      const body = { channel: 'grid' as const, usagePoint, says, ...(account ? { account } : {}) }
      await report({ ...body, ...(note === '' ? {} : { incident, note }) }, requestId)
    }
    return WITHOUT_WORD
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) return AWAY
    // Signed out, or too fast: neither is a word about the entry.
    if (error.status === 401 || error.status === 429) return AWAY
    // A visit that is over is not sent again on what is known now.
    const again = (error.status === 409 || error.mergedInto !== null) && what.kind !== 'settle'
    if (again) return { state: 'stale' }
    return { state: error.code === 'action.time' ? 'time' : 'refused' }
  }
}

/** The incident as it stands; where it went into another while the phone was away, that one (母单). */
async function incidentThatGoesOn(id: string): Promise<IncidentPayload> {
  const known = await loadIncident(id)
  return known.mergedInto === null ? known : incidentThatGoesOn(known.mergedInto)
}

const WITHOUT_WORD: Sent = { state: 'done' }
const AWAY: Sent = { state: 'unreachable' }

/** The queue of the field, sent whenever the connection is there. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError, act, incident as loadIncident, newRequestId } from '../api/client.ts'
import { report } from '../api/customers.ts'
import { useLink } from '../live/context.tsx'
import { type Entry, readQueue, type Sent, sendAll, writeQueue } from './queue.ts'

const RETRY_MS = 15_000

export interface FieldQueue {
  readonly entries: readonly Entry[]
  add(what: Entry['what']): void
  /** Sends what came too late again, on what is known now. */
  again(entry: Entry): void
  drop(entry: Entry): void
}

export function useQueue(): FieldQueue {
  const [entries, setEntries] = useState<readonly Entry[]>(() => readQueue(localStorage))
  const newest = useRef(entries)
  const sending = useRef(false)
  const linked = useLink().state === 'live'

  const keep = useCallback((next: readonly Entry[]) => {
    newest.current = next
    writeQueue(localStorage, next)
    setEntries(next)
  }, [])

  const flush = useCallback(async () => {
    if (sending.current) return
    sending.current = true
    try {
      const before = newest.current
      const left = await sendAll(before, send)
      // What was entered meanwhile comes after.
      const added = newest.current.filter(
        (one) => !before.some((old) => old.requestId === one.requestId),
      )
      keep([...left, ...added])
    } finally {
      sending.current = false
    }
  }, [keep])

  useEffect(() => {
    if (!linked) return
    void flush()
    const timer = window.setInterval(() => {
      if (newest.current.some(({ problem }) => problem === null)) void flush()
    }, RETRY_MS)
    return () => window.clearInterval(timer)
  }, [linked, flush])

  return {
    entries,
    add(what) {
      keep([...newest.current, { requestId: newRequestId(), what, problem: null }])
      if (linked) void flush()
    },
    async again(entry) {
      if (entry.what.kind !== 'action') return
      const { revision } = await loadIncident(entry.what.incident)
      const request = { ...entry.what.request, revision }
      const renewed = { requestId: newRequestId(), what: { ...entry.what, request }, problem: null }
      keep(newest.current.map((one) => (one.requestId === entry.requestId ? renewed : one)))
      void flush()
    },
    drop: (entry) => keep(newest.current.filter(({ requestId }) => requestId !== entry.requestId)),
  }
}

async function send({ requestId, what }: Entry): Promise<Sent> {
  try {
    if (what.kind === 'action') await act(what.incident, what.request, requestId)
    else {
      const { usagePoint, account, says } = what
      await report({ channel: 'grid', usagePoint, account, says }, requestId)
    }
    return 'done'
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500)
      return 'unreachable'
    return error.status === 409 ? 'stale' : error.status === 429 ? 'unreachable' : 'refused'
  }
}

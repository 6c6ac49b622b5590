/** The network's description: loaded once, tried again while the server does not answer. */
import { useCallback, useEffect, useState } from 'react'
import { network } from '../api/client.ts'
import type { NetworkPayload } from '../api/payloads.ts'
import { retryDelayMs } from '../live/backoff.ts'

export interface NetworkState {
  readonly value: NetworkPayload | null
  readonly failed: boolean
  reload(): void
}

export function useNetwork(): NetworkState {
  const [value, setValue] = useState<NetworkPayload | null>(null)
  const [failed, setFailed] = useState(false)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const abort = new AbortController()
    let timer: number | undefined
    network(abort.signal).then(
      (loaded) => {
        setValue(loaded)
        setFailed(false)
      },
      () => {
        if (abort.signal.aborted) return
        setFailed(true)
        timer = window.setTimeout(
          () => setAttempt(attempt + 1),
          retryDelayMs(attempt + 1, Math.random()),
        )
      },
    )
    return () => {
      abort.abort()
      window.clearTimeout(timer)
    }
  }, [attempt])
  const reload = useCallback(() => setAttempt((count) => count + 1), [])
  return { value, failed, reload }
}

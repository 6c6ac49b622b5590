/**
 * The network's description: loaded once, tried again while the server does not answer, and while it
 * still draws the map of a large network.
 */
import { useCallback, useEffect, useState } from 'react'
import { ApiError, network } from '../api/client.ts'
import type { NetworkPayload } from '../api/payloads.ts'
import { retryDelayMs } from '../live/backoff.ts'

export interface NetworkState {
  readonly value: NetworkPayload | null
  /** Why there is none: the server is not ready with it, or does not give it. */
  readonly wanting: 'preparing' | 'error' | null
  reload(): void
}

export function useNetwork(): NetworkState {
  const [value, setValue] = useState<NetworkPayload | null>(null)
  const [wanting, setWanting] = useState<NetworkState['wanting']>(null)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const abort = new AbortController()
    let timer: number | undefined
    network(abort.signal).then(
      (loaded) => {
        setValue(loaded)
        setWanting(null)
      },
      (error: unknown) => {
        if (abort.signal.aborted) return
        const isPreparing = error instanceof ApiError && error.code === 'map.preparing'
        setWanting(isPreparing ? 'preparing' : 'error')
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
  return { value, wanting, reload }
}

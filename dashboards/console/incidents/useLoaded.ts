/** Something fetched beside the live feed: loaded again when `key` changes, kept meanwhile. */
import { useEffect, useState } from 'react'

export type Loaded<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed' }
  | { readonly state: 'ready'; readonly value: Value }

/** `retry` loads again at once. A failed renewal keeps what was there. */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  key: string,
): readonly [Loaded<Value>, retry: () => void] {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ state: 'loading' })
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` and `attempt` say when to load
  useEffect(() => {
    const abort = new AbortController()
    load(abort.signal).then(
      (value) => setLoaded({ state: 'ready', value }),
      () => {
        if (abort.signal.aborted) return
        setLoaded((kept) => (kept.state === 'ready' ? kept : { state: 'failed' }))
      },
    )
    return () => abort.abort()
  }, [key, attempt])
  return [loaded, () => setAttempt((count) => count + 1)]
}

/** Something fetched beside the live feed: loaded again when `key` changes, kept meanwhile. */
import { useEffect, useState } from 'react'
import { serverNow } from '../api/clock.ts'

export type Loaded<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed' }
  | {
      readonly state: 'ready'
      readonly value: Value
      /** When it came, server time in ms. */
      readonly at: number
      /** What was asked for since did not come: this is as old as it says. */
      readonly outdated: boolean
    }

interface Kept<Value> {
  readonly of: string
  readonly loaded: Loaded<Value>
}

/**
 * `retry` loads again at once. A failed renewal keeps what was there and says so; of another `subject`
 * (another feeder, class, incident) nothing is kept.
 */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  key: string,
  subject = '',
): readonly [Loaded<Value>, retry: () => void] {
  const [kept, setKept] = useState<Kept<Value>>({ of: subject, loaded: { state: 'loading' } })
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` and `attempt` say when to load
  useEffect(() => {
    const abort = new AbortController()
    load(abort.signal).then(
      (value) => {
        const loaded = { state: 'ready', value, at: serverNow(), outdated: false } as const
        setKept({ of: subject, loaded })
      },
      () => {
        if (abort.signal.aborted) return
        setKept(({ of, loaded }) => ({
          of: subject,
          loaded:
            of === subject && loaded.state === 'ready'
              ? { ...loaded, outdated: true }
              : { state: 'failed' },
        }))
      },
    )
    return () => abort.abort()
  }, [key, attempt])
  const loaded: Loaded<Value> = kept.of === subject ? kept.loaded : { state: 'loading' }
  return [loaded, () => setAttempt((count) => count + 1)]
}

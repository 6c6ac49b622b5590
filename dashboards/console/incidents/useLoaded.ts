/** Something fetched beside the live feed: loaded again when `key` changes, kept meanwhile. */
import { useEffect, useRef, useState } from 'react'
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

/** What is under way. */
interface Loading {
  readonly of: string
  readonly attempt: number
  readonly abort: AbortController
  /** Asked for again meanwhile: once it has come. */
  again: boolean
}

/**
 * `retry` loads again at once. A renewal waits for what is under way, so that an answer slower than the
 * time between two of them is shown all the same. A failed renewal keeps what was there and says so; of
 * another `subject` (another feeder, class, incident) nothing is kept.
 */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  key: string,
  subject = '',
): readonly [Loaded<Value>, retry: () => void] {
  const [kept, setKept] = useState<Kept<Value>>({ of: subject, loaded: { state: 'loading' } })
  const [attempt, setAttempt] = useState(0)
  const [renewal, setRenewal] = useState(0)
  const underWay = useRef<Loading | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key`, `attempt` and `renewal` say when to load
  useEffect(() => {
    const before = underWay.current
    if (before?.of === subject && before.attempt === attempt) {
      before.again = true
      return
    }
    before?.abort.abort()
    const now: Loading = { of: subject, attempt, abort: new AbortController(), again: false }
    underWay.current = now
    const end = (next: (before: Kept<Value>) => Loaded<Value>) => {
      if (underWay.current !== now) return
      underWay.current = null
      setKept((one) => ({ of: subject, loaded: next(one) }))
      if (now.again) setRenewal((count) => count + 1)
    }
    load(now.abort.signal).then(
      (value) => end(() => ({ state: 'ready', value, at: serverNow(), outdated: false })),
      () =>
        end(({ of, loaded }) =>
          of === subject && loaded.state === 'ready'
            ? { ...loaded, outdated: true }
            : { state: 'failed' },
        ),
    )
  }, [key, attempt, renewal])
  useEffect(
    () => () => {
      underWay.current?.abort.abort()
      underWay.current = null
    },
    [],
  )
  const loaded: Loaded<Value> = kept.of === subject ? kept.loaded : { state: 'loading' }
  return [loaded, () => setAttempt((count) => count + 1)]
}

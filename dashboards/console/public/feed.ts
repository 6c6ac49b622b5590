/** The public feed: asked for again and again, kept while it cannot be had, with its age. */
import { useEffect, useState } from 'react'

export type Ring = readonly (readonly [number, number])[]

export interface OutageFeature {
  readonly id: string
  readonly geometry: { readonly coordinates: readonly Ring[] }
  readonly properties: {
    readonly name: string
    readonly customersOut: number
    readonly planned: boolean
    readonly since: string
    readonly expected: string | null
  }
}

export interface OutageFeed {
  readonly asOf: string
  readonly smallestGroup: number
  readonly territory: readonly { readonly name: string; readonly outline: Ring }[]
  readonly features: readonly OutageFeature[]
}

/** The server makes it anew four times a minute; a phone asks less often. */
const RENEW_MS = 60_000
const RETRY_MS = 10_000

export interface FeedState {
  readonly feed: OutageFeed | null
  readonly failed: boolean
}

export function useOutageFeed(): FeedState {
  const [state, setState] = useState<FeedState>({ feed: null, failed: false })
  useEffect(() => {
    let timer: number | undefined
    const abort = new AbortController()
    async function load() {
      let failed = false
      try {
        const response = await fetch('/public/outages.geojson', { signal: abort.signal })
        if (!response.ok) throw new Error(String(response.status))
        setState({ feed: (await response.json()) as OutageFeed, failed: false })
      } catch {
        if (abort.signal.aborted) return
        failed = true
        setState((kept) => ({ ...kept, failed: true }))
      }
      timer = window.setTimeout(() => void load(), failed ? RETRY_MS : RENEW_MS)
    }
    void load()
    return () => {
      abort.abort()
      window.clearTimeout(timer)
    }
  }, [])
  return state
}

/** The transformers in view whose supply is not normal, live. */
import { useEffect, useState } from 'react'
import type { MapStatePayload } from '../api/payloads.ts'
import { useFeed } from '../live/context.tsx'
import { topicsOf, type ViewState } from './squares.ts'

export function useMapStates(view: ViewState | null): ReadonlyMap<string, MapStatePayload> {
  const feed = useFeed()
  const [states, setStates] = useState<ReadonlyMap<string, MapStatePayload>>(new Map())
  const key = topicsOf(view).join(' ')
  useEffect(() => {
    const topics = key === '' ? [] : key.split(' ')
    const gather = () => {
      const merged = new Map<string, MapStatePayload>()
      for (const topic of topics) {
        for (const item of feed.topic(topic).items.values()) {
          merged.set(item.id, item as unknown as MapStatePayload)
        }
      }
      setStates(merged)
    }
    const leave = topics.map((topic) => feed.follow(topic, gather))
    gather()
    return () => {
      for (const stop of leave) stop()
    }
  }, [feed, key])
  return states
}

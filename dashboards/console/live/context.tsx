/** The live feed for views: hooks that re-render when a topic, the link or the second changes. */
import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from 'react'
import { serverNow } from '../api/clock.ts'
import type {
  CrewPayload,
  IncidentPayload,
  StatsPayload,
  StirringPayload,
} from '../api/payloads.ts'
import type { LinkStatus, LiveFeed } from './feed.ts'
import type { TopicState } from './topic.ts'

export const FeedContext = createContext<LiveFeed | null>(null)

export function useFeed(): LiveFeed {
  const feed = useContext(FeedContext)
  if (feed === null) throw new Error('useFeed is called outside its provider')
  return feed
}

export function useLink(): LinkStatus {
  const feed = useFeed()
  return useSyncExternalStore(feed.onLink, () => feed.link)
}

export function useTopic(name: string): TopicState {
  const feed = useFeed()
  const follow = useCallback((listener: () => void) => feed.follow(name, listener), [feed, name])
  return useSyncExternalStore(follow, () => feed.topic(name))
}

export interface IncidentsView {
  readonly phase: TopicState['phase']
  readonly byId: ReadonlyMap<string, IncidentPayload>
  readonly all: readonly IncidentPayload[]
}

export function useIncidents(): IncidentsView {
  const topic = useTopic('incidents')
  return useMemo(() => {
    const byId = topic.items as ReadonlyMap<string, unknown> as ReadonlyMap<string, IncidentPayload>
    return { phase: topic.phase, byId, all: [...byId.values()] }
  }, [topic])
}

export function useStats(): StatsPayload | null {
  const item = useTopic('stats').items.get('stats')
  return (item as StatsPayload | undefined) ?? null
}

/** Crews by id; none where the role may not see them. */
export function useCrews(): ReadonlyMap<string, CrewPayload> {
  const { items } = useTopic('crews')
  return items as ReadonlyMap<string, unknown> as ReadonlyMap<string, CrewPayload>
}

/** What stirs now, by feeder; nothing where the role may not see it. */
export function useStirring(): ReadonlyMap<string, StirringPayload> {
  const { items } = useTopic('stirring')
  return items as ReadonlyMap<string, unknown> as ReadonlyMap<string, StirringPayload>
}

const everySecond = new Set<() => void>()
let timer: number | undefined
let second = Math.floor(serverNow() / 1000)

function onSecond(listener: () => void): () => void {
  everySecond.add(listener)
  timer ??= window.setInterval(() => {
    second = Math.floor(serverNow() / 1000)
    for (const tell of [...everySecond]) tell()
  }, 1000)
  return () => {
    everySecond.delete(listener)
    if (everySecond.size === 0) {
      window.clearInterval(timer)
      timer = undefined
    }
  }
}

/** Server time in ms, whole seconds, renewed once a second by one shared timer. */
export function useNow(): number {
  return useNowEvery(1000)
}

/** Server time in whole steps: what needs no second hand is not drawn again each second. */
export function useNowEvery(stepMs: number): number {
  return useSyncExternalStore(onSecond, () => Math.floor((second * 1000) / stepMs)) * stepMs
}

/** Without anything new for this long the screen says so (`domain.md` §5.3). */
export const STALE_AFTER_MS = 30_000

export interface Freshness {
  readonly state: LinkStatus['state'] | 'stale'
  /** Age of the newest data, ms; null before any. */
  readonly ageMs: number | null
}

export function useFreshness(): Freshness {
  const link = useLink()
  const now = useNow()
  const ageMs = link.asOfMs === null ? null : Math.max(0, now - link.asOfMs)
  const stale = link.state === 'live' && ageMs !== null && ageMs > STALE_AFTER_MS
  return { state: stale ? 'stale' : link.state, ageMs }
}

/** What the slots of a customer's message are filled with. */
import type { CustomerLanguage } from '../facts/channels.ts'
import type { InstantMs } from '../facts/time.ts'
import { clockTime } from '../facts/wall-clock.ts'
import type { Episode } from './decide.ts'
import type { News } from './news.ts'
import { MAX_PLACE, type Slots } from './templates.ts'

export interface SlotSources {
  readonly now: InstantMs
  readonly utcOffsetMinutes: number
  /** Name of the customer's transformer; never anything finer. */
  readonly area: string | null
  readonly episode: Episode | undefined
  readonly news: News | undefined
  /** Since when the customer has supply again. */
  readonly restoredAt: InstantMs | null
  /** A cause in words for customers, undefined where it is not spoken of. */
  causeIn(language: CustomerLanguage): string | undefined
}

export function slotsOf(sources: SlotSources, language: CustomerLanguage): Slots {
  const { now, utcOffsetMinutes, episode, news, restoredAt } = sources
  const time = (at: InstantMs | null | undefined) =>
    at == null ? undefined : clockTime(at, utcOffsetMinutes, now)
  const etr = news?.etr != null && news.etr > now ? news.etr : null
  const moved = etr !== null && episode?.etr != null
  const all: Record<string, string | undefined> = {
    place: placeOf(sources.area),
    startedAt: time(news?.startedAt),
    arrivedAt: time(news?.arrivedAt),
    [news?.etrSource === 'estimated' ? 'estimate' : 'etr']: time(etr),
    ...(moved ? { [etr >= episode.etr! ? 'later' : 'earlier']: time(etr) } : {}),
    cause: sources.causeIn(language),
    restoredAt: time(restoredAt),
    toldAt: time(episode?.firstAt),
  }
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== undefined))
}

/** As customers call it; a name too long for one short message is left out. */
export function placeOf(area: string | null): string | undefined {
  const name = area?.replace(/(公变|专变)$/, '')
  return name && name.length <= MAX_PLACE ? name : undefined
}

/** One customer's turn on one channel: decided, worded, and what stands afterwards. */
import type { Channel, CustomerLanguage } from '../facts/channels.ts'
import type { InstantMs } from '../facts/time.ts'
import { nextAt } from '../facts/wall-clock.ts'
import { decide, type Episode, type Moment, type OwnSupply, type Person } from './decide.ts'
import { afterEnd, afterSaying } from './episode.ts'
import { slotsOf } from './slots.ts'
import { type CustomerTexts, messageText, type TemplateName } from './templates.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** What is said, in words. */
export interface Saying {
  readonly template: TemplateName
  readonly language: CustomerLanguage
  readonly text: string
  readonly notAfter: InstantMs
  readonly incident: string
  /** With customer and channel, what makes it one and the same message. */
  readonly key: string
}

/** What comes of a turn; `undefined` members: nothing changes there. */
export interface TurnTaken {
  readonly saying?: Saying
  /** Stands afterwards, `null`: the episode is over. */
  readonly episode?: ((message: string) => Episode) | null
  readonly follows?: string
  readonly wakeAt?: InstantMs
}

export interface TurnOf {
  readonly person: Person & { readonly channel: Channel; readonly language: CustomerLanguage }
  readonly episode: Episode | undefined
  readonly supply: OwnSupply
  /** Name of the customer's transformer. */
  readonly area: string | null
}

/** What turns are worded with. */
export interface Words {
  readonly texts: CustomerTexts
  causeIn(code: string | null, language: CustomerLanguage): string | undefined
}

export function takeTurn(of: TurnOf, moment: Moment, words: Words): TurnTaken {
  const { person, episode, supply } = of
  const decision = decide(person, episode, supply, moment)
  switch (decision.do) {
    case 'wait':
      return decision.until === null ? {} : { wakeAt: decision.until }
    case 'follow':
      return { follows: decision.incident }
    case 'end':
      return { episode: null, ...(decision.until == null ? {} : { wakeAt: decision.until }) }
    case 'say':
      return say(of, decision.template, moment, words)
  }
}

function say(
  { person, episode, supply, area }: TurnOf,
  template: TemplateName,
  moment: Moment,
  words: Words,
): TurnTaken {
  const { now, utcOffsetMinutes } = moment
  const news = supply.is === 'dark' ? supply.news : undefined
  const incident = news?.incident ?? episode!.incident
  // Dark again after its end was told, they hear of it from the beginning.
  const told = news && episode?.toldEnd ? undefined : episode
  const isFirst = news !== undefined && !told?.heard
  const form = person.channel !== 'sms' ? 'plain' : isFirst ? 'firstSms' : 'sms'
  const slotsIn = (language: CustomerLanguage) =>
    slotsOf(
      {
        ...{ now, utcOffsetMinutes, area, news },
        // What was never heard is as if it had not been said.
        episode: told?.heard ? told : undefined,
        restoredAt: supply.is === 'lit' ? supply.since : null,
        causeIn: (of) => words.causeIn(news?.cause ?? null, of),
      },
      language,
    )
  const { text, language } = messageText(words.texts, template, person.language, slotsIn, form)
  const revision = news?.revision ?? 'end'
  const key = [incident, revision, template, episode?.firstAt ?? '', episode?.messages ?? 0]
  return {
    saying: {
      ...{ template, language, text, incident },
      key: key.join('/'),
      notAfter: notAfterOf(person, template, moment),
    },
    episode: news
      ? (message) => afterSaying(told, news, template, message, now)
      : supply.is === 'lit' && supply.ending === 'restored' && !supply.filed
        ? (message) => afterEnd(episode!, message, now)
        : null,
    ...(news ? { wakeAt: now + moment.rules.againMinutes * MINUTE_MS } : {}),
  }
}

/** News goes stale; an end is owed longer, but does not ring at night. */
function notAfterOf(
  { channel, atNight, lifeSupport }: Person,
  template: TemplateName,
  { now, rules, utcOffsetMinutes }: Moment,
): InstantMs {
  const news = now + rules.newsMinutes * MINUTE_MS
  if (template !== 'T6' && template !== 'T7') return news
  const end = now + rules.endHours * HOUR_MS
  if (channel !== 'sms' || atNight || lifeSupport) return end
  return Math.max(news, Math.min(end, nextAt(rules.quiet.from, utcOffsetMinutes, now)))
}

/**
 * What one customer is told on one channel now (`domain.md` §4.5): from what they were told before,
 * the news of the outage over them, and the rules. A pure function of its arguments: the same at
 * whatever moment the program was stopped and started.
 */
import type { InformingRules } from '../engine/rules.ts'
import type { Channel } from '../facts/channels.ts'
import type { InstantMs } from '../facts/time.ts'
import { isBetween, nextAt } from '../facts/wall-clock.ts'
import type { Ending, News } from './news.ts'
import type { TemplateName } from './templates.ts'

/** Whom it is about, and what of them the rules ask. */
export interface Person {
  readonly channel: Channel
  /** Somebody's life depends on supply (生命支持). */
  readonly lifeSupport: boolean
  /** Asked for short messages at night. */
  readonly atNight: boolean
}

/** What a customer was told of the outage they are in, on one channel. */
export interface Episode {
  /** The incident it is about now. */
  readonly incident: string
  /** Something may have reached them. */
  readonly heard: boolean
  /** The last message, where it is certain that it has not gone out yet. */
  readonly waiting: string | null
  readonly firstAt: InstantMs
  readonly lastAt: InstantMs
  /** Messages so far. */
  readonly messages: number
  readonly etr: InstantMs | null
  /** Times that a moved estimate was told. */
  readonly etrMoves: number
  readonly toldArrived: boolean
  readonly toldPartial: boolean
  /** A message of this outage did not arrive: what follows would not either. */
  readonly unreachable: boolean
  /** They were told that it is over; kept until the incident is filed, for it may still be called a mistake. */
  readonly toldEnd: boolean
}

/** What is so for the customer's own supply. */
export type OwnSupply =
  | { readonly is: 'dark'; readonly news: News }
  | {
      readonly is: 'lit'
      readonly ending: Ending
      readonly since: InstantMs
      /** What it was, its mother where it was merged; `filed`: nothing will be found out of it any more. */
      readonly incident: string
      readonly filed: boolean
    }
  /** A suspicion, or a meter that says otherwise: nothing is said either way. */
  | { readonly is: 'unsure' }

export type Decision =
  | { readonly do: 'say'; readonly template: TemplateName }
  /** It is over, and they never heard that it began, or nobody waits for the end any more. `until`: look again then. */
  | { readonly do: 'end'; readonly until?: InstantMs | null }
  /** The same outage goes on under another incident's number. */
  | { readonly do: 'follow'; readonly incident: string }
  /** Nothing now; look again then, or when there is news. */
  | { readonly do: 'wait'; readonly until: InstantMs | null }

export interface Moment {
  readonly now: InstantMs
  readonly rules: InformingRules
  readonly utcOffsetMinutes: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const NOTHING: Decision = { do: 'wait', until: null }

/** Decides for one customer and channel. */
export function decide(
  person: Person,
  episode: Episode | undefined,
  supply: OwnSupply,
  moment: Moment,
): Decision {
  if (supply.is === 'unsure') return NOTHING
  if (supply.is === 'lit') return episode ? whenLit(person, episode, supply, moment) : NOTHING
  const { news } = supply
  if (episode?.toldEnd) return whenDarkAnew(person, episode, news, moment)
  if (episode?.unreachable)
    return episode.incident === news.incident ? NOTHING : { do: 'follow', incident: news.incident }
  const told = episode && (episode.heard || episode.waiting !== null) ? episode : undefined
  const decision = news.tellable
    ? told
      ? whenTold(person, told, news, moment)
      : whenNew(person, news, moment)
    : NOTHING
  if (decision.do === 'wait' && told && told.incident !== news.incident)
    return { do: 'follow', incident: news.incident }
  return decision
}

/** Supply is there: who heard of the outage hears of its end, who did not hears nothing. */
function whenLit(
  person: Person,
  { heard, lastAt, toldEnd, incident: told }: Episode,
  { ending, since, incident, filed }: OwnSupply & { is: 'lit' },
  moment: Moment,
): Decision {
  if (!heard) return { do: 'end' }
  const owedUntil = Math.max(since, lastAt) + moment.rules.endHours * HOUR_MS
  if (moment.now >= owedUntil) return { do: 'end' }
  if (toldEnd && ending === 'restored') {
    if (filed) return { do: 'end' }
    return told === incident ? NOTHING : { do: 'follow', incident }
  }
  // Good news does not wake anyone, whatever the grade was.
  const wishesIt = person.lifeSupport || person.atNight
  if (isQuiet(person, moment) && !wishesIt) return { do: 'wait', until: morning(moment) }
  return { do: 'say', template: ending === 'mistaken' ? 'T7' : 'T6' }
}

/** They heard that it was over, and it is not, or there is another: told from the beginning. */
function whenDarkAnew(person: Person, before: Episode, news: News, moment: Moment): Decision {
  const decision = news.tellable ? whenNew(person, news, moment) : NOTHING
  // Without supply again nobody is told that there was none of the outages before.
  if (decision.do === 'wait' && before.incident !== news.incident)
    return { do: 'end', until: decision.until }
  return decision
}

/** Nothing was told yet. */
function whenNew(person: Person, news: News, moment: Moment): Decision {
  const { now, rules } = moment
  // Announced work was told in advance; only that it lasts longer is news.
  if (news.kind === 'planned' && !news.overrun) return NOTHING
  const from = news.startedAt + rules.firstAfterMinutes * MINUTE_MS
  if (now < from) return { do: 'wait', until: from }
  if (isHushed(person, news, moment)) return { do: 'wait', until: morning(moment) }
  return { do: 'say', template: firstOf(person, news, now) }
}

function firstOf({ lifeSupport }: Person, news: News, now: InstantMs): TemplateName {
  if (news.kind === 'planned') return 'T9'
  if (lifeSupport) return 'T10'
  if (expects(news, now)) return 'T3'
  if (news.arrivedAt !== null) return 'T2'
  return news.accepted ? 'T1' : 'T1-verifying'
}

/** An estimate that can still come true; the program's own only once a repair is really arranged. */
const expects = ({ etr, etrSource, accepted }: News, now: InstantMs) =>
  etr !== null && etr > now && (accepted || etrSource === 'field')

/** Something was told: is there news since? */
function whenTold(person: Person, told: Episode, news: News, moment: Moment): Decision {
  const { now, rules } = moment
  const template = updateOf(person, told, news, moment)
  const again = person.channel === 'sms' ? null : told.lastAt + rules.againMinutes * MINUTE_MS
  if (template === undefined) {
    if (again === null) return NOTHING
    if (now < again) return { do: 'wait', until: again }
  }
  if (person.channel === 'sms' && told.messages >= rules.smsPerIncident) return NOTHING
  if (isHushed(person, news, moment)) return { do: 'wait', until: morning(moment) }
  // What replaces a message that never went out is the first that they hear.
  if (!told.heard) return { do: 'say', template: firstOf(person, news, now) }
  return { do: 'say', template: template ?? 'T2-ongoing' }
}

/** The most that can be said of what has changed; undefined for nothing. */
function updateOf(
  person: Person,
  told: Episode,
  news: News,
  moment: Moment,
): TemplateName | undefined {
  if (news.kind === 'planned')
    return expects(news, moment.now) && movedEnough(person, told, news, moment) ? 'T9' : undefined
  if (news.partial && !told.toldPartial) return 'T5'
  if (expects(news, moment.now)) {
    if (told.etr === null) return 'T3'
    if (movedEnough(person, told, news, moment)) return 'T4'
  }
  if (news.arrivedAt !== null && !told.toldArrived && told.etr === null) return 'T2'
  return undefined
}

/** By short message only what comes later, and not again and again. */
function movedEnough(
  { channel }: Person,
  { etr: was, etrMoves }: Episode,
  { etr }: News,
  { rules }: Moment,
): boolean {
  const movedMs = etr! - (was ?? 0)
  if (channel !== 'sms') return Math.abs(movedMs) >= rules.etrMovedMinutes * MINUTE_MS
  const { laterMinutes, most } = rules.smsEtr
  return movedMs >= laterMinutes * MINUTE_MS && etrMoves < most
}

/** Quiet hours bind short messages alone. */
const isQuiet = ({ channel }: Person, { rules, utcOffsetMinutes, now }: Moment) =>
  channel === 'sms' && isBetween(rules.quiet, utcOffsetMinutes, now)

/** … and not where much is at stake, or where it was asked for. */
const isHushed = (person: Person, { grade }: News, moment: Moment) =>
  isQuiet(person, moment) &&
  grade > moment.rules.nightGrade &&
  !person.lifeSupport &&
  !person.atNight

const morning = ({ rules, utcOffsetMinutes, now }: Moment) =>
  nextAt(rules.quiet.to, utcOffsetMinutes, now)

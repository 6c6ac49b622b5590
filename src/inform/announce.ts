/** Announced outages (计划停电): each customer concerned is told once, before it begins. */
import type { Channel, CustomerLanguage } from '../facts/channels.ts'
import type { InstantMs } from '../facts/time.ts'
import { clockTime, isBetween, nextAt } from '../facts/wall-clock.ts'
import type { Moment } from './decide.ts'
import { placeOf } from './slots.ts'
import { type CustomerTexts, messageText } from './templates.ts'
import type { TurnTaken } from './turn.ts'

export interface Announced {
  readonly channel: Channel
  readonly language: CustomerLanguage
  readonly atNight: boolean
  readonly area: string | null
  /** The plan and its beginning: a plan that is moved is told again. */
  readonly subject: string
  readonly from: InstantMs
  readonly to: InstantMs
  /** 临时停电: the work was planned at short notice. */
  readonly temporary: boolean
}

/** The announcement to one customer; a short message waits for the morning if there is one before it begins. */
export function announcement(to: Announced, moment: Moment, texts: CustomerTexts): TurnTaken {
  const { now, rules, utcOffsetMinutes } = moment
  if (now >= to.from) return {}
  const quiet = to.channel === 'sms' && isBetween(rules.quiet, utcOffsetMinutes, now)
  const morning = nextAt(rules.quiet.to, utcOffsetMinutes, now)
  if (quiet && !to.atNight && morning < to.from) return { wakeAt: morning }
  const time = (at: InstantMs) => clockTime(at, utcOffsetMinutes, now)
  const place = placeOf(to.area)
  const slots = () => ({
    ...(place === undefined ? {} : { place }),
    from: time(to.from),
    to: time(to.to),
  })
  const form = to.channel === 'sms' ? 'firstSms' : 'plain'
  const template = to.temporary ? 'T8-temporary' : 'T8'
  const { text, language } = messageText(texts, template, to.language, slots, form)
  return {
    saying: {
      ...{ template, language, text, incident: to.subject, key: `${to.subject}/T8` },
      notAfter: to.from,
    },
  }
}

/**
 * What a customer's answer to a message means. The words are looked at and forgotten: nothing of them
 * is kept or logged.
 */

export const REPLY_MEANINGS = ['dark', 'live', 'thanks', 'unsubscribe', 'unclear'] as const
/** No light; light again; only thanks, which says nothing of the light; no more messages; something else. */
export type ReplyMeaning = (typeof REPLY_MEANINGS)[number]

/** The whole answer, as operators of SMS ask for it (退订). */
const UNSUBSCRIBE = /^(t|td|n|qx|退订|取消订阅|取消|不要再发|unsubscribe|stop)[。.!！]?$/
/** 没有停电: there is light, though both 没…电 and 停电 stand there. */
const NO_OUTAGE = /(没|未|不|无)(有|再)?停电/
/** Looked for before "light again": 没来电 holds 来电. */
const DARK = [
  /(没|未|无|不)(有|来|送|通|见|恢复)*(电|供电)/,
  /没(有)?恢复|还没好|还没亮|没亮|不亮/,
  /停电|断电|缺电|(还|仍|依旧|一直)(是)?(黑|没|无|停)/,
  /\b(still|no|not|without)\b.*\b(dark|off|out|power|light|lights|electricity|supply|back)\b/,
  /\b(power|light|lights|electricity|supply)\b.*\b(out|off|gone)\b/,
]
/** Who asks when it comes back does not say that it has: 什么时候来电. */
const QUESTION = /什么时候|何时|几点|多久|啥时|吗|呢|\?|\b(when|how long)\b/
const LIVE = [
  /(来|有|通|送|供)(了)?电|电(已经|已)?(来|有|通)了/,
  /(恢复|好|亮)了|已(经)?(恢复|好|亮|送)/,
  /\b(back|on again|restored|have power|works)\b/,
]
const THANKS = /谢|感谢|辛苦|\bthanks?\b|\bthank you\b/

/** Reads an answer of whatever case and width. */
export function meaningOf(answer: string): ReplyMeaning {
  const text = answer.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
  if (UNSUBSCRIBE.test(text)) return 'unsubscribe'
  if (NO_OUTAGE.test(text)) return 'live'
  if (DARK.some((pattern) => pattern.test(text))) return 'dark'
  if (QUESTION.test(text)) return 'unclear'
  if (LIVE.some((pattern) => pattern.test(text))) return 'live'
  return THANKS.test(text) ? 'thanks' : 'unclear'
}

/** Puts a notice, an escalation or a late complaint into words for people: without anything personal, never exact. */
import type { EscalationChange, Notice } from '../../engine/changes.ts'
import type { ComplaintReason } from '../../facts/complaints.ts'
import { formatInstant, type InstantMs } from '../../facts/time.ts'
import type { Complaint } from '../complaints.ts'
import { fill, type NoticeTexts, type Slots, type TextLanguage } from './texts.ts'

const MINUTE_MS = 60_000
const GRADES = ['Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ'] as const

/** In which words, and by which clock. */
export interface Wording {
  readonly texts: NoticeTexts
  /** East of UTC, as the rules say. */
  readonly utcOffsetMinutes: number
}

/** The text of a notice; undefined for states that nobody is told of in words. */
export function noticeText(
  { texts, utcOffsetMinutes }: Wording,
  notice: Notice,
  language: TextLanguage,
): string | undefined {
  const { status } = notice
  if (status === 'proposed' || status === 'archived') return undefined
  const time = (at: InstantMs | null) => wallTime(at, utcOffsetMinutes)
  return fill(texts.messages[status][language], language, {
    ...subject(notice, language),
    level: texts.levels[notice.level][language],
    grade: GRADES[notice.grade - 1]!,
    transformers: String(notice.publicTransformers + notice.dedicatedTransformers),
    customers: String(notice.customers),
    ...slot('startedAt', time(notice.startedAt)),
    ...slot('restoredAt', time(notice.restoredAt)),
    ...slot(notice.etrSource === 'field' ? 'etr' : 'estimate', time(notice.etr)),
  })
}

/** The text of an escalation of this notice. */
export function escalationText(
  { texts, utcOffsetMinutes }: Wording,
  { stage, level, dueAt, replyBy }: EscalationChange,
  notice: Notice,
  language: TextLanguage,
): string {
  const rung = texts.rungs[Math.min(level, texts.rungs.length - 1)]!
  return fill(texts.messages.escalation[language], language, {
    ...subject(notice, language),
    stage: texts.stages[stage][language],
    rung: rung[language],
    ...slot('dueAt', wallTime(dueAt, utcOffsetMinutes)),
    ...slot('replyBy', wallTime(replyBy, utcOffsetMinutes)),
  })
}

/** The text of a complaint that waits for its answer; none in words kept by an earlier program. */
export function complaintText(
  { texts, utcOffsetMinutes }: Wording,
  { number, unit, reason, level, dueAt }: Complaint,
  language: TextLanguage,
): string | undefined {
  if (!('complaint' in texts.messages)) return undefined
  const rung = texts.rungs[Math.min(level, texts.rungs.length - 1)]!
  return fill(texts.messages.complaint[language], language, {
    ...{ complaint: `cp-${number}`, unit },
    reason: texts.complaints[reason as ComplaintReason][language],
    rung: rung[language],
    ...slot('dueAt', wallTime(dueAt, utcOffsetMinutes)),
  })
}

function subject({ no, feeder, device }: Notice, language: TextLanguage): Slots {
  const place = [feeder, device.name || device.id].filter((name) => name !== null)
  return { ...(no === null ? {} : { no }), place: place.join(language === 'zh' ? '' : ' ') }
}

const slot = (name: keyof Slots, text: string | undefined): Slots =>
  text === undefined ? {} : { [name]: text }

/** `11-22 14:05` on the wall; the day stands with it, for a group is read later too. */
function wallTime(at: InstantMs | null, utcOffsetMinutes: number): string | undefined {
  if (at === null) return undefined
  const local = formatInstant(at + utcOffsetMinutes * MINUTE_MS)
  return local.slice(5, 16).replace('T', ' ')
}

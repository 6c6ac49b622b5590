/**
 * What of a change is told to other systems: which message, to whom it makes sense, until when, and
 * its thin data. References and counts alone; whoever may see more asks for it.
 */
import type {
  Change,
  EscalationChange,
  Incident,
  IncidentChange,
  Notice,
  NoticeChange,
} from '../../engine/changes.ts'
import { formatInstant, type InstantMs } from '../../facts/time.ts'
import type { Complaint } from '../complaints.ts'
import { type Beside, besideKey } from './beside.ts'

export const MESSAGE_TOPICS = ['incident', 'notice', 'escalation'] as const
export type MessageTopic = (typeof MESSAGE_TOPICS)[number]

export interface Message {
  readonly topic: MessageTopic
  /** `incident.confirmed`, `notice.published`, `escalation.raised` … */
  readonly type: string
  readonly incident: string
  readonly at: InstantMs
  readonly notAfter: InstantMs
  /** With type and incident, what makes it one and the same message. */
  readonly key: string
  /** Says nothing to those who have not heard of the matter before: an end, a correction. */
  readonly follows: boolean
  readonly data: object
}

const MINUTE_MS = 60_000
/** News of an outage older than this misleads more than it tells. */
const NEWS_MS = 30 * MINUTE_MS
/** An end is owed to who heard the beginning; after a day nobody waits for it any more. */
const END_MS = 24 * 60 * MINUTE_MS

/** The message of a change, undefined where nobody outside is told. */
export function messageOf(
  change: Change,
  besideOf: (incident: string) => Beside,
): Message | undefined {
  if (change.type === 'incident') return incidentMessage(change)
  if (change.type === 'notice') return noticeMessage(change, besideOf)
  if (change.type === 'escalation') return escalationMessage(change)
  return undefined
}

/** A suspicion is for our own staff; elsewhere it only corrects what was told as certain. */
function incidentMessage({ incident, reason, at }: IncidentChange): Message {
  const { id, revision, outageKind } = incident
  const isNews = outageKind === 'confirmed' || outageKind === 'partiallyRestored'
  return {
    topic: 'incident',
    type: `incident.${reason}`,
    incident: id,
    at,
    notAfter: at + (isNews ? NEWS_MS : END_MS),
    key: String(revision),
    follows: !isNews,
    data: incidentData(incident),
  }
}

function noticeMessage(
  { notice, at }: NoticeChange,
  besideOf: (incident: string) => Beside,
): Message | undefined {
  const { status, no, incident, revision } = notice
  // What was never published needs no end: it is only filed.
  if (no === null || status === 'proposed') return undefined
  const isNews = status === 'published' || status === 'changed'
  return {
    topic: 'notice',
    type: `notice.${status}`,
    incident,
    at,
    notAfter: at + (isNews ? NEWS_MS : END_MS),
    key: String(revision),
    follows: !isNews,
    data: noticeData(notice, besideOf(incident)),
  }
}

/** States of a notice in which news of pushes, places and photos belongs to it. */
const IN_FORCE: ReadonlySet<Notice['status']> = new Set(['published', 'changed', 'restored'])

/** Customers were told, places counted or photos taken, and the notice itself says nothing new. */
export function besideMessage(notice: Notice, beside: Beside, at: InstantMs): Message | undefined {
  const { no, status, incident } = notice
  if (no === null || !IN_FORCE.has(status)) return undefined
  const { push, places, photos } = beside
  if (push.lastAt === null && places.length === 0 && photos.count === 0) return undefined
  return {
    topic: 'notice',
    type: 'notice.pushed',
    incident,
    at,
    notAfter: at + NEWS_MS,
    key: besideKey(beside),
    follows: true,
    data: noticeData(notice, beside),
  }
}

/** Of levels passed at once only the highest goes out. */
function escalationMessage(change: EscalationChange): Message | undefined {
  if (!change.sent) return undefined
  const { id, incident, revision, stage, level, reason, at, dueAt, replyBy } = change
  return {
    topic: 'escalation',
    type: 'escalation.raised',
    incident,
    at,
    notAfter: at + NEWS_MS,
    key: id,
    follows: false,
    data: { id, incident, revision, stage, level, reason, ...times({ at, dueAt, replyBy }) },
  }
}

/** A complaint that waits for its answer has come to a further level of the ladder. */
export function complaintMessage(complaint: Complaint, at: InstantMs): Message {
  const { number, unit, incident, reason, level, receivedAt, dueAt } = complaint
  const id = `cp-${number}`
  return {
    topic: 'escalation',
    type: 'complaint.late',
    incident: id,
    at,
    notAfter: at + END_MS,
    key: String(level),
    follows: false,
    data: { id, unit, incident, reason, level, ...times({ at, receivedAt, dueAt }) },
  }
}

function incidentData(incident: Incident): object {
  const { id, revision, parent, noticeNo, kind, outageKind, outcome, mergedInto } = incident
  const { level, grade, unit, feeder, stage, cause, probability, etrSource } = incident
  const { transformersAffected, metersAffected, originalMetersAffected } = incident
  const { customersRestored, important, sensitiveCount } = incident
  const { startedAt, sensedAt, restoredAt, estimatedPeriod } = incident
  return {
    ...{ id, revision, parent, noticeNo, kind, outageKind, outcome, mergedInto },
    ...{ level, grade, unit, feeder, stage, cause, probability },
    ...{ transformersAffected, metersAffected, originalMetersAffected },
    ...{ customersRestored, important, sensitiveCount },
    ...times({ startedAt, sensedAt, restoredAt }),
    estimatedPeriod: estimatedPeriod && times(estimatedPeriod),
    etrSource,
  }
}

/** All of the notice but its important users: their number is enough outside. */
function noticeData({ importantUsers: _, ...notice }: Notice, beside: Beside): object {
  const { startedAt, sensedAt, proposedAt, publishedAt, arrivedAt, restoredAt, etr } = notice
  const { trip, plannedPeriod, causeBy, etrRevisions = [], firstRestoredAt = null } = notice
  return {
    ...notice,
    trip: trip ? { ...trip, ...times({ at: trip.at }) } : null,
    plannedPeriod: plannedPeriod
      ? {
          ...times({ start: plannedPeriod.start, end: plannedPeriod.end }),
          temporary: plannedPeriod.temporary === true,
        }
      : null,
    // Whose account that is concerns nobody outside.
    causeBy: causeBy ? { role: causeBy.role } : null,
    // The words of a reason are a code; references to remarks say nothing outside.
    etrRevisions: etrRevisions.map(({ etr, at, reasonCode }) => ({
      ...times({ etr, at }),
      reasonCode,
    })),
    ...times({ firstRestoredAt }),
    ...times({ startedAt, sensedAt, proposedAt, publishedAt, arrivedAt, restoredAt, etr }),
    ...beside,
  }
}

function times(given: Readonly<Record<string, InstantMs | null>>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(given).map(([name, at]) => [name, at === null ? null : formatInstant(at)]),
  )
}

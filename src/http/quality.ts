/**
 * The record of how one incident was handled (工单质量): everything that happened to it in order, every
 * clock with what was promised and what was kept, who did what, and of late entries both times.
 */
import type {
  ActionChange,
  EscalationChange,
  Incident,
  IncidentReason,
  Notice,
} from '../engine/changes.ts'
import type { ActionRequestedFact } from '../facts/facts.ts'
import { formatInstant, type InstantMs } from '../facts/time.ts'
import type { Measures } from './notice-port.ts'

/** What the ledger keeps beside the revisions. */
export interface QualityParts {
  /** 处理措施, 材料, by the request they came with. */
  readonly measures: readonly Measures[]
  readonly notice: Notice | null
  readonly acts: readonly {
    readonly at: InstantMs
    readonly by: string
    readonly role: string
    readonly what: string
    readonly detail: string
  }[]
  readonly children: readonly string[]
  readonly contacts: Readonly<Record<string, number>>
  readonly callBacks: {
    readonly count: number
    readonly answered: number
    readonly skipped: number
    readonly satisfaction: number | null
  }
}

export interface QualitySources {
  readonly incident: Incident
  readonly now: InstantMs
  readonly revisions: readonly {
    readonly at: InstantMs
    readonly reason: string
    readonly incident: Incident
  }[]
  /** By request, where the journal still has them. */
  readonly requests: ReadonlyMap<string, ActionRequestedFact>
  readonly parts: QualityParts
  readonly escalations: readonly EscalationChange[]
  answerTo(request: string): ActionChange | undefined
}

/** One thing that happened. */
export interface QualityStep {
  readonly kind: 'state' | 'clock' | 'action' | 'estimate' | 'escalation'
  readonly what: string
  /** When it was so. */
  readonly at: InstantMs
  /** When it was entered, where that was later. */
  readonly enteredAt: InstantMs | null
  readonly by: string | null
  readonly role: string | null
  readonly dueAt: InstantMs | null
  readonly legalDueAt: InstantMs | null
  /** Null where nothing was promised. */
  readonly late: boolean | null
  readonly detail: string | null
  /** 处理措施, 材料. */
  readonly measure: string | null
  readonly materials: string | null
}

/** Reasons that mark a turn of the story; the others only refine figures. */
const TURNS: ReadonlySet<string> = new Set<IncidentReason>([
  ...(['opened', 'confirmed', 'relocated', 'absorbed', 'split', 'partiallyRestored'] as const),
  ...(['restored', 'withdrawn', 'momentary', 'merged', 'graded', 'closed', 'corrected'] as const),
])

const BARE = {
  enteredAt: null,
  by: null,
  role: null,
  dueAt: null,
  legalDueAt: null,
  late: null,
  detail: null,
  measure: null,
  materials: null,
} as const

/** The whole story in order of time. */
export function qualitySteps(sources: QualitySources): readonly QualityStep[] {
  const { incident, parts } = sources
  const steps: QualityStep[] = [
    { ...BARE, kind: 'state', what: 'started', at: incident.startedAt },
    { ...BARE, kind: 'state', what: 'sensed', at: incident.sensedAt },
    ...(incident.firstCallAt == null
      ? []
      : [{ ...BARE, kind: 'state' as const, what: 'firstCall', at: incident.firstCallAt }]),
    ...published(parts.notice),
    ...turnsOf(sources),
    ...sources.incident.clocks.map((clock) => clockStep(clock, sources)),
    ...parts.acts.map((act) => actStep(act, sources)),
    ...sources.escalations.map(escalationStep),
  ]
  // A stable sort: at one moment they stand as above.
  return steps.sort((a, b) => a.at - b.at)
}

function published(notice: Notice | null): QualityStep[] {
  if (!notice || notice.publishedAt === null) return []
  const { publishedAt: at, publishedBy: by, no: detail } = notice
  return [{ ...BARE, kind: 'state', what: 'published', at, by, detail }]
}

/** Turns of the story, and what was expected of its end and known of its cause. */
function turnsOf({ revisions }: QualitySources): QualityStep[] {
  const steps: QualityStep[] = []
  let before: Incident | undefined
  for (const { at, reason, incident } of revisions) {
    if (TURNS.has(reason))
      steps.push({ ...BARE, kind: 'state', what: reason, at, detail: detailOf(reason, incident) })
    const { estimatedPeriod: period, etrSource, cause } = incident
    if (period && period.end !== before?.estimatedPeriod?.end) {
      const detail = `${formatInstant(period.end)} ${etrSource}`
      steps.push({ ...BARE, kind: 'estimate', what: 'etr', at, detail })
    }
    if (cause !== null && cause !== before?.cause)
      steps.push({ ...BARE, kind: 'state', what: 'cause', at, detail: cause })
    before = incident
  }
  return steps
}

function detailOf(reason: string, { grade, device, mergedInto, crew }: Incident): string | null {
  if (reason === 'graded' || reason === 'opened') return `grade ${grade}`
  if (reason === 'merged') return mergedInto
  if (reason === 'relocated' || reason === 'split') return device.id
  return reason === 'closed' ? crew : null
}

/** A promise: at the time it was kept, or at which it should have been. */
function clockStep(
  clock: Incident['clocks'][number],
  { now, requests }: QualitySources,
): QualityStep {
  const { name: what, dueAt, legalDueAt, doneAt, enteredAt } = clock
  const kept = doneAt === null ? undefined : keeperOf(requests, doneAt, enteredAt ?? doneAt)
  return {
    ...BARE,
    ...{ kind: 'clock', what, at: doneAt ?? dueAt, dueAt, legalDueAt },
    ...(kept && { by: kept.by, role: kept.role }),
    enteredAt: enteredAt != null && enteredAt !== doneAt ? enteredAt : null,
    late: (doneAt ?? now) > dueAt,
    detail: doneAt === null ? 'notDone' : null,
  }
}

/** Whose entry kept a promise: the one that says it was done then. None where the meters said so. */
function keeperOf(
  requests: QualitySources['requests'],
  doneAt: InstantMs,
  enteredAt: InstantMs,
): ActionRequestedFact | undefined {
  const said = [...requests.values()].filter(
    ({ occurredAt, receivedAt }) => (occurredAt ?? receivedAt) === doneAt,
  )
  return (
    said.find(({ receivedAt }) => receivedAt === enteredAt) ??
    said[0] ??
    // An entry is done when it is entered, whenever what it says was so.
    [...requests.values()].find(({ receivedAt }) => receivedAt === enteredAt)
  )
}

function actStep(
  { at: enteredAt, by, role, what, detail }: QualityParts['acts'][number],
  { requests, answerTo, parts }: QualitySources,
): QualityStep {
  const done = parts.measures.find(({ request }) => request === detail)
  const fact = requests.get(detail)
  const answer = answerTo(detail)
  const occurredAt = fact?.occurredAt
  const late = occurredAt !== undefined && occurredAt < enteredAt
  const said = [fact?.crew, fact?.causeCode, fact?.reasonCode].filter((one) => one !== undefined)
  return {
    ...BARE,
    ...{ kind: 'action', what: what.replace(/^action\./, ''), by, role },
    at: late ? occurredAt : enteredAt,
    enteredAt: late ? enteredAt : null,
    detail: answer && !answer.accepted ? `refused ${answer.refusal}` : said.join(' ') || null,
    ...(done && { measure: done.measure, materials: done.materials }),
  }
}

function escalationStep({ stage, level, at, dueAt, sent }: EscalationChange): QualityStep {
  const detail = sent ? null : 'notSent'
  return { ...BARE, kind: 'escalation', what: `${stage}-${level}`, at, dueAt, late: true, detail }
}

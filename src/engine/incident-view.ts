/**
 * The incident as everyone outside sees it (CONTRACT §5): times as RFC 3339, nothing computed that
 * the engine did not decide. One shape for REST and WebSocket, so a console needs one reader.
 * It never drops a field; what a role may not see is removed by `withoutEvidence` alone.
 */
import { formatInstant, formatInstantOrNull } from '../facts/time.ts'
import type { EvidenceItem, Incident } from './changes.ts'
import { type RepairText, repairText } from './repair/repair-text.ts'
import type { Clock } from './service/clock.ts'

type Times =
  | 'firstCallAt'
  | 'startedAt'
  | 'sensedAt'
  | 'restoredAt'
  | 'estimatedPeriod'
  | 'evidence'
  | 'clocks'
  | 'repair'

/** An `Incident` with every time as RFC 3339 UTC text. */
export interface IncidentView extends Omit<Incident, Times> {
  readonly startedAt: string
  readonly sensedAt: string
  readonly restoredAt: string | null
  readonly estimatedPeriod: { readonly start: string; readonly end: string } | null
  /** Addition: the latest evidence, newest first; empty for roles that may not see it. */
  readonly evidence: readonly EvidenceView[]
  /** Addition: what is promised and since when, in the order of the work. */
  readonly clocks: readonly ClockView[]
  /** Addition: when the first customer told of it. */
  readonly firstCallAt: string | null
  /** Addition: how the repair goes; null before anybody did anything. */
  readonly repair: RepairText | null
}

/** A clock of the repair, its times as text. */
export interface ClockView {
  readonly name: Clock['name']
  readonly startedAt: string
  readonly dueAt: string
  readonly legalDueAt: string | null
  readonly doneAt: string | null
  readonly enteredAt?: string | null
}

export interface EvidenceView extends Omit<EvidenceItem, 'at'> {
  readonly at: string
}

/** The JSON shape of `incident`, fields in the contract's order, additions last. */
export function toIncidentView(incident: Incident): IncidentView {
  const { estimatedPeriod: period } = incident
  return {
    id: incident.id,
    revision: incident.revision,
    parent: incident.parent,
    noticeNo: incident.noticeNo,
    kind: incident.kind,
    flags: incident.flags,
    outageKind: incident.outageKind,
    outcome: incident.outcome,
    mergedInto: incident.mergedInto,
    level: incident.level,
    grade: incident.grade,
    unit: incident.unit,
    feeder: incident.feeder,
    device: incident.device,
    phases: incident.phases,
    centroid: incident.centroid,
    probability: incident.probability,
    rivals: incident.rivals,
    transformersAffected: incident.transformersAffected,
    metersAffected: incident.metersAffected,
    originalMetersAffected: incident.originalMetersAffected,
    customersRestored: incident.customersRestored,
    important: incident.important,
    sensitiveCount: incident.sensitiveCount,
    startedAt: formatInstant(incident.startedAt),
    sensedAt: formatInstant(incident.sensedAt),
    restoredAt: formatInstantOrNull(incident.restoredAt),
    estimatedPeriod: period && {
      start: formatInstant(period.start),
      end: formatInstant(period.end),
    },
    etrSource: incident.etrSource,
    crew: incident.crew,
    stage: incident.stage,
    cause: incident.cause,
    ruleVersion: incident.ruleVersion,
    sources: incident.sources,
    verification: incident.verification,
    notice: incident.notice,
    urges: incident.urges,
    clocks: incident.clocks.map(({ name, startedAt, dueAt, legalDueAt, doneAt, enteredAt }) => ({
      name,
      startedAt: formatInstant(startedAt),
      dueAt: formatInstant(dueAt),
      legalDueAt: formatInstantOrNull(legalDueAt),
      doneAt: formatInstantOrNull(doneAt),
      // Clocks of incidents filed before entries had times of their own.
      enteredAt: formatInstantOrNull(enteredAt ?? null),
    })),
    evidence: incident.evidence.map((item) => ({ ...item, at: formatInstant(item.at) })),
    // What was filed before this was kept has none.
    firstCallAt: formatInstantOrNull(incident.firstCallAt ?? null),
    serviceLevel: incident.serviceLevel ?? 4,
    serviceReasons: incident.serviceReasons ?? [],
    repair: incident.repair ? repairText(incident.repair) : null,
    ...(incident.suspectedTie ? { suspectedTie: incident.suspectedTie } : {}),
  }
}

/** The same incident for roles that see verdicts but not raw telemetry (`domain.md` §5.3). */
export function withoutEvidence(view: IncidentView): IncidentView {
  return view.evidence.length === 0 ? view : { ...view, evidence: [] }
}

/**
 * An incident that still concerns someone now: what `state=open` lists. Restored ones wait for
 * verification and the field's result before they close, and still count as open work.
 */
export function isOpen(incident: Incident): boolean {
  return incident.outcome === null && incident.outageKind !== 'closed'
}

/**
 * What the engine puts out. Everything else in the program follows these changes: the ledger, the
 * consoles, the series, the pushes. Each names the facts that caused it.
 */

import type { Position, QuarantinedFact } from '../facts/facts.ts'
import type { DeviceId, FeederId, IncidentId, ObserverId, UnitId } from '../facts/ids.ts'
import type { InstantMs } from '../facts/time.ts'
import type { Verification } from './callreads/verification.ts'
import type { CareChange } from './care/care-change.ts'
import type { DeviceRef } from './device-ref.ts'
import type { FeederChange, ReportsChange, TerminalChange } from './figure-changes.ts'
import type { ActionRefusal } from './incidents/refusal.ts'
import type { EtrOutcomeChange } from './repair/etr-outcome.ts'
import type { RepairEntryChange, RepairView } from './repair/repair-view.ts'
import type { Clock } from './service/clock.ts'
import type { EscalationChange } from './service/escalation-change.ts'
import type { NoticeChange } from './service/notice-change.ts'
import type { NoticeStatus } from './service/notice-state.ts'
import type { SupervisionChange } from './service/supervision-order.ts'
import type { VisitChange } from './service/visit-change.ts'
import type { StormChange } from './storm/state.ts'
import type { CityShareChange } from './summary/state.ts'
import type {
  IncidentFlag,
  IncidentKind,
  Level,
  OutageKind,
  ServiceReason,
  Stage,
} from './vocabulary.ts'

export type { Verification } from './callreads/verification.ts'
export type { DeviceRef } from './device-ref.ts'
export type { FeederChange, ReportsChange, TerminalChange } from './figure-changes.ts'
export type { EscalationChange } from './service/escalation-change.ts'
export type { Notice, NoticeChange, NoticeRoute } from './service/notice-change.ts'
export {
  ESCALATION_STAGES,
  type EscalationStage,
  INCIDENT_FLAGS,
  INCIDENT_KINDS,
  type IncidentFlag,
  type IncidentKind,
  LEVELS,
  type Level,
  OUTAGE_KINDS,
  type OutageKind,
  SERVICE_REASONS,
  type ServiceReason,
  STAGES,
  type Stage,
} from './vocabulary.ts'

export interface Rival {
  readonly device: DeviceRef
  readonly probability: number
  /** The rival cannot be told from the named device by any observer. */
  readonly indistinguishable?: boolean
}

/** One piece of evidence as shown to staff. */
export interface EvidenceItem {
  readonly position: Position
  readonly observer: ObserverId
  readonly observerClass: string
  /** What was said: `off`, `on`, `areaOff`, `switchOpen`, `reading:deenergised` … */
  readonly said: string
  readonly at: InstantMs
  readonly device: DeviceId | null
  /** The time it came with could not be used: `at` is its receipt. */
  readonly clockInvalid?: boolean
}

/** The incident of CONTRACT §5, times as milliseconds; HTTP and WebSocket write RFC 3339. */
export interface Incident {
  readonly id: IncidentId
  readonly revision: number
  readonly parent: IncidentId | null
  readonly noticeNo: string | null
  readonly kind: IncidentKind
  readonly flags: readonly IncidentFlag[]
  readonly outageKind: OutageKind
  readonly outcome: null | 'withdrawn' | 'falseAlarm' | 'merged'
  readonly mergedInto: IncidentId | null
  readonly level: Level
  readonly grade: 1 | 2 | 3 | 4
  readonly unit: UnitId
  readonly feeder: FeederId | null
  readonly device: DeviceRef
  /** `"ABC"`, `"B"` … */
  readonly phases: string
  readonly centroid: readonly [number, number] | null
  readonly probability: number
  readonly rivals: readonly Rival[]
  /** A tie that may have closed unreported, and others as likely; named, never applied by itself. */
  readonly suspectedTie?: Rival & { readonly rivals?: readonly Rival[] }
  readonly transformersAffected: number
  readonly metersAffected: number
  readonly originalMetersAffected: number
  readonly customersRestored: number
  readonly important: number
  readonly sensitiveCount: number
  readonly startedAt: InstantMs
  readonly sensedAt: InstantMs
  readonly restoredAt: InstantMs | null
  readonly estimatedPeriod: { readonly start: InstantMs; readonly end: InstantMs } | null
  readonly etrSource: 'none' | 'estimated' | 'field'
  readonly crew: string | null
  readonly stage: Stage
  readonly cause: string | null
  readonly ruleVersion: string
  /** Authenticated identities that vouch for it, at most the rule of confirmation needs. */
  readonly sources: number
  readonly verification: Verification
  readonly notice: { readonly status: NoticeStatus; readonly revision: number } | null
  /** The clocks of the repair, in the order of the work. */
  readonly clocks: readonly Clock[]
  /** How often customers urged (催办). */
  readonly urges: number
  /** When the first customer told of it; null where none did. */
  readonly firstCallAt: InstantMs | null
  /** 服务等级 of its areas, 1 the most attentive to 4: never told to customers. */
  readonly serviceLevel: 1 | 2 | 3 | 4
  /** Why, the gravest first: for staff alone. */
  readonly serviceReasons: readonly ServiceReason[]
  /** How the repair goes, beside crew, stage and cause; null before anybody did anything. */
  readonly repair: RepairView | null
  /** Latest evidence, newest first, at most `MAX_EVIDENCE_SHOWN`. */
  readonly evidence: readonly EvidenceItem[]
}

/** Why an incident has a new revision. */
export type IncidentReason =
  | 'opened'
  | 'confirmed'
  | 'revised'
  | 'relocated'
  | 'absorbed'
  | 'split'
  | 'partiallyRestored'
  | 'restored'
  | 'withdrawn'
  | 'momentary'
  | 'merged'
  | 'graded'
  | 'acted'
  | 'closed'
  | 'corrected'
  | 'pushed'
  | 'supervised'

export interface IncidentChange {
  readonly type: 'incident'
  readonly at: InstantMs
  readonly reason: IncidentReason
  readonly incident: Incident
  readonly causes: readonly Position[]
}

/** Which transformers (台区) of an incident are dark, and which came back. */
export interface AreaChange {
  readonly type: 'area'
  readonly at: InstantMs
  readonly incident: IncidentId
  readonly revision: number
  readonly dark: readonly DeviceId[]
  readonly restored: readonly DeviceId[]
}

/**
 * A stretch of interruption below one device; what every usage point's history and SAIDI are
 * computed from. A segment is rewritten (same id) until it is closed or void;
 * after that only its beginning may be corrected, to an earlier one.
 */
export interface InterruptionSegment {
  readonly id: string
  readonly incident: IncidentId
  readonly device: DeviceRef
  readonly feeder: FeederId | null
  readonly unit: UnitId
  readonly phases: string
  readonly from: InstantMs
  readonly to: InstantMs | null
  readonly customers: number
  readonly transformers: number
  /** Where what hung below the device then differed from the normal state; absent where nothing did. */
  readonly refed?: { readonly won: readonly DeviceId[]; readonly lost: readonly DeviceId[] }
  /** Taken back: the judgement it rests on was withdrawn or moved. */
  readonly void: boolean
  readonly momentary: boolean
  /** Usage points that differ from the rest. */
  readonly exceptions: readonly {
    readonly usagePoint: string
    readonly from: InstantMs | null
    readonly to: InstantMs | null
  }[]
}

export interface SegmentChange {
  readonly type: 'segment'
  readonly at: InstantMs
  readonly segment: InterruptionSegment
  readonly causes: readonly Position[]
}

/** The answer to an `actionRequested` fact. */
export interface ActionChange {
  readonly type: 'action'
  readonly at: InstantMs
  readonly requestId: string
  readonly incident: IncidentId
  readonly accepted: boolean
  readonly refusal: ActionRefusal | null
  readonly revision: number
  readonly causes: readonly Position[]
}

/** Passed through so that the ledger can list it. */
export interface QuarantineChange {
  readonly type: 'quarantine'
  readonly position: Position
  readonly fact: QuarantinedFact
}

/** A message of the quarantine was taken again, and became a fact. */
export interface QuarantineReplayedChange {
  readonly type: 'quarantineReplayed'
  readonly of: Position
  readonly at: InstantMs
}

/**
 * Where the network differs from its normal state, whenever that changes: devices away from their
 * normal position, loops (a closed device between two fed parts), islands (fed by nothing).
 */
export interface TopologyChange {
  readonly type: 'topology'
  readonly at: InstantMs
  readonly operated: readonly {
    readonly device: DeviceId
    readonly position: 'open' | 'closed'
    readonly since: InstantMs
    readonly source: 'terminal' | 'dispatcher' | 'planned'
  }[]
  readonly loops: readonly DeviceId[]
  /** By the open device that keeps each from its supply. */
  readonly islands: readonly {
    readonly device: DeviceId
    readonly customers: number
    readonly transformers: number
  }[]
  readonly causes: readonly Position[]
}

export const CALL_READ_REASONS = ['verify', 'refine', 'restoration'] as const
export type CallReadReason = (typeof CALL_READ_REASONS)[number]

/** A terminal is to be asked about the supply of targets; answers arrive as readings. */
export interface CallReadChange {
  readonly type: 'callRead'
  readonly at: InstantMs
  /** `c-81`; never used twice. */
  readonly call: string
  readonly terminal: ObserverId
  readonly targets: readonly ObserverId[]
  /** Answers after this time are readings, and no longer wait for. */
  readonly by: InstantMs
  readonly incident: IncidentId
  readonly round: number
  readonly reason: CallReadReason
}

/** From here on this grid, or these rules, hold. */
export interface AppliedChange {
  readonly type: 'applied'
  readonly at: InstantMs
  readonly what: 'grid' | 'rules'
  readonly digest: string
  /** The rules' version, or the grid's name. */
  readonly version: string
  /** Who had it applied. */
  readonly by: string
}

export type Change =
  | CareChange
  | VisitChange
  | CityShareChange
  | StormChange
  | IncidentChange
  | NoticeChange
  | EscalationChange
  | SupervisionChange
  | RepairEntryChange
  | EtrOutcomeChange
  | AreaChange
  | SegmentChange
  | ActionChange
  | QuarantineChange
  | QuarantineReplayedChange
  | FeederChange
  | ReportsChange
  | TerminalChange
  | TopologyChange
  | CallReadChange
  | AppliedChange

/** All changes one fact caused, in order. */
export interface ChangeBatch {
  readonly position: Position
  /** Engine time when they were made. */
  readonly at: InstantMs
  readonly changes: readonly Change[]
}

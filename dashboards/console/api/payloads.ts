/** Shapes of what the server sends (CONTRACT §5 and §6). Types only: the server validates. */
import type { EscalationStage, EvidenceItem, Incident } from '../../../src/engine/changes.ts'
import type { ClockView } from '../../../src/engine/incident-view.ts'
import type { ActionName } from '../../../src/facts/facts.ts'
import type { PlanKind } from '../../../src/facts/plans.ts'
import type { SiteReport } from '../../../src/facts/repair.ts'

/** RFC 3339, UTC. */
export type Instant = string

type Times = 'startedAt' | 'sensedAt' | 'restoredAt' | 'estimatedPeriod' | 'evidence' | 'clocks'

export interface IncidentPayload extends Omit<Incident, Times> {
  readonly startedAt: Instant
  readonly sensedAt: Instant
  readonly restoredAt: Instant | null
  readonly estimatedPeriod: { readonly start: Instant; readonly end: Instant } | null
  readonly evidence: readonly EvidencePayload[]
  /** What is promised and since when, in the order of the work. */
  readonly clocks: readonly ClockView[]
}

/** One step of the ladder (提级督办): what ran late or is grave, and which level was told. */
export interface EscalationPayload {
  readonly id: string
  readonly stage: EscalationStage
  readonly level: number
  readonly reason: 'late' | 'grade'
  readonly at: Instant
  readonly dueAt: Instant
  /** False where a higher level was told in its place. */
  readonly sent: boolean
  readonly replyBy: Instant | null
}

/** What a unit answered to a supervision order. */
export interface EscalationReplyPayload {
  readonly at: Instant
  readonly by: string | null
  readonly role: string | null
  readonly text: string | null
  readonly inTime: boolean
}

export interface PlanPayload {
  readonly id: string
  readonly kind: PlanKind
  readonly devices: readonly string[]
  readonly usagePoints: readonly string[]
  readonly from: Instant
  readonly to: Instant
  readonly state: 'ahead' | 'inForce' | 'over'
  readonly by: string
}

/** A crew (抢修班组) of topic `crews`: what it is on and where it was seen last. */
export interface CrewPayload {
  readonly id: string
  readonly name: string
  readonly active: boolean
  readonly position: { readonly lon: number; readonly lat: number; readonly at: Instant } | null
  readonly orders: readonly {
    readonly incident: string
    /** To the open device; null where either has no place. */
    readonly metres: number | null
  }[]
}

type Position = 'open' | 'closed'

/** Where the network differs from its normal state. */
export interface SwitchingPayload {
  readonly asOf: Instant
  readonly operated: readonly {
    readonly device: Incident['device']
    readonly feeder: string | null
    readonly unit: string | null
    readonly position: Position
    readonly normally: Position
    readonly since: Instant
    readonly source: 'terminal' | 'dispatcher' | 'planned'
    readonly by: string | null
  }[]
  readonly planned: readonly {
    readonly requestId: string
    readonly device: string
    readonly position: Position
    readonly at: Instant
    readonly by: string
  }[]
  readonly loops: readonly Incident['device'][]
  readonly islands: readonly {
    readonly device: Incident['device']
    readonly customers: number
    readonly transformers: number
  }[]
}

export interface EvidencePayload extends Omit<EvidenceItem, 'at'> {
  readonly at: Instant
}

/** What stirs on a feeder and is no incident (异动), of topic `stirring`. */
export interface StirringPayload {
  readonly id: string
  readonly feeder: string | null
  readonly name: string
  readonly unit: string
  readonly reports: number
  readonly since: Instant
  readonly latestAt: Instant
}

/** A transformer or device whose supply is not normal, of topic `map:{z}/{x}/{y}`. */
export interface MapStatePayload {
  readonly id: string
  readonly state: 'predicted' | 'dark' | 'restored'
  readonly incident: string
  readonly grade: 1 | 2 | 3 | 4
  readonly kind: Incident['kind']
  readonly lon: number
  readonly lat: number
}

export interface StatsPayload {
  readonly id: 'stats'
  readonly customers: number
  readonly customersOut: number
  readonly transformersOut: number
  readonly incidents: { readonly open: number; readonly byGrade: Readonly<Record<string, number>> }
  readonly reportsPerMinute: number
  readonly storm: {
    readonly on: boolean
    readonly by: 'rule' | 'person'
    readonly since: Instant | null
    readonly reason: string | null
  }
  readonly asOf: Instant
}

export interface NetworkFeeder {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly substation: string
  readonly customers: number
  readonly transformers: number
  readonly bbox: readonly [number, number, number, number] | null
  readonly centroid: readonly [number, number] | null
}

export interface NetworkPayload {
  readonly name: string
  readonly digest: string
  readonly bounds: readonly [number, number, number, number] | null
  readonly units: readonly { id: string; name: string; parent: string | null }[]
  readonly substations: readonly { id: string; name: string; unit: string }[]
  readonly feeders: readonly NetworkFeeder[]
}

export interface Account {
  readonly name: string
  readonly role: string
  readonly units: readonly string[]
  /** Sees every unit; `units` is then empty. */
  readonly allUnits?: boolean
  readonly rights: readonly string[]
}

export interface ActionRequest {
  readonly action: ActionName
  readonly revision: number
  readonly crew?: string
  readonly etr?: Instant
  readonly causeCode?: string
  readonly reasonCode?: string
  readonly grade?: 1 | 2 | 3 | 4
  /** 处理措施, 材料. */
  readonly measure?: string
  readonly materials?: string
  /** Words that go with it. */
  readonly remark?: string
  /** When it happened, where it is told later. */
  readonly occurredAt?: Instant
  readonly site?: SiteReport
  /** Of an urge: whose it is. */
  readonly account?: string
}

/** One line of an incident's history: what was heard or done, or what was concluded from it. */
export type TimelineEntry =
  | {
      readonly type: 'fact'
      readonly at: Instant
      readonly position: number
      readonly fact: { readonly type: string; readonly [field: string]: unknown }
    }
  | {
      readonly type: 'change'
      readonly at: Instant
      readonly position: number
      readonly reason: string
      readonly revision: number
      readonly incident: IncidentPayload
    }

/** RFC 9457. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly problems?: readonly string[]
  /** Of an incident that is filed: the one it went into (母单). */
  readonly mergedInto?: string | null
}

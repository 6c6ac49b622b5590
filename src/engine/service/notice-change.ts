/** The notice (故障感知信息) as it is told, `domain.md` §4.1. */
import type { Position } from '../../facts/facts.ts'
import type { DeviceId, IncidentId, UnitId } from '../../facts/ids.ts'
import type { SiteSituation } from '../../facts/repair.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { Importance, Institution } from '../../grid/model.ts'
import type { Verification } from '../callreads/verification.ts'
import type { DeviceRef } from '../device-ref.ts'
import type { CauseSaid, EtrRevision } from '../repair/state.ts'
import type { IncidentKind, Level, Stage, Urgency } from '../vocabulary.ts'
import type { NoticeStatus, Trip } from './notice-state.ts'
import type { Outline } from './outline.ts'

/** Roles that a notice is routed to. */
export type NoticeRoute = 'serviceDispatcher' | 'networkDispatcher' | 'gridManager'

/** 故障感知信息, `domain.md` §4.1. */
export interface Notice {
  /** Null until it is published. */
  readonly no: string | null
  readonly incident: IncidentId
  readonly revision: number
  readonly status: NoticeStatus
  /** Number of the mother's notice (母单). */
  readonly parentNo: string | null
  readonly ruleVersion: string
  readonly trigger: 'terminal' | 'automation' | 'caller' | 'staff'
  readonly probability: number
  readonly outageType: IncidentKind
  readonly level: Level
  readonly grade: 1 | 2 | 3 | 4
  /** 紧急程度. */
  readonly urgency: Urgency
  readonly device: DeviceRef
  readonly phases: string
  readonly unit: UnitId
  /** What was put to meters and what came of it (召测结果); absent in notices of earlier programs, as all that follow. */
  readonly verification?: Verification
  /** What automation told of the trip: 保护动作, 重合闸; null where it told nothing. */
  readonly trip?: Trip | null
  /** Devices above the one named, the feeder's breaker first (分段, 支线). */
  readonly path?: readonly DeviceRef[]
  /** Coarse ring around the dark transformers, lon and lat; null where none has a place. */
  readonly area?: Outline | null
  /** Of an announced outage that explains it, or that it outgrew. */
  readonly plannedPeriod?: {
    readonly start: InstantMs
    readonly end: InstantMs
    /** 临时停电: announced at short notice. */
    readonly temporary?: boolean
  } | null
  /** What the field said of the restoration, oldest first. */
  readonly etrRevisions?: readonly EtrRevision[]
  /** When the first part came back; null where none has, or where all came back at once. */
  readonly firstRestoredAt?: InstantMs | null
  /** 初判 by who is not on site, 现场确认 by the crew; null without a cause. */
  readonly causeKnown?: 'supposed' | 'confirmed' | null
  /** Who said it last: account and role. */
  readonly causeBy?: CauseSaid | null
  /** 现场情况 in a code. */
  readonly site?: SiteSituation | null
  /** Names, null where unknown. */
  readonly substation: string | null
  readonly feeder: string | null
  /** At most 200; the counts are whole. */
  readonly transformers: readonly {
    readonly id: DeviceId
    readonly name: string
    readonly dedicated: boolean
    readonly kva: number | null
  }[]
  readonly publicTransformers: number
  readonly dedicatedTransformers: number
  /** LV customers (户). */
  readonly customers: number
  readonly importantUsers: readonly {
    readonly usagePoint: string
    readonly importance: Importance
  }[]
  readonly importantCount: number
  readonly sensitiveCount: number
  /** 医院, 学校 …: how many of each that there is; absent in notices of earlier programs. */
  readonly institutions?: readonly { readonly institution: Institution; readonly count: number }[]
  readonly startedAt: InstantMs
  readonly sensedAt: InstantMs
  readonly proposedAt: InstantMs
  readonly publishedAt: InstantMs | null
  readonly publishedBy: 'staff' | 'rule' | null
  readonly arrivedAt: InstantMs | null
  readonly restoredAt: InstantMs | null
  readonly etr: InstantMs | null
  readonly etrSource: 'none' | 'estimated' | 'field'
  readonly cause: string | null
  readonly crew: string | null
  readonly stage: Stage
  /** 未送电, 部分送电, 全部送电. */
  readonly restored: 'none' | 'part' | 'all'
  readonly routes: readonly NoticeRoute[]
}

export interface NoticeChange {
  readonly type: 'notice'
  readonly at: InstantMs
  readonly notice: Notice
  readonly causes: readonly Position[]
}

/**
 * Outages that somebody announced: planned work (计划停电), rationing (有序用电), disconnection for
 * arrears (欠费停电), suspended supply (暂停), what customers asked for, and open orders to exchange or install
 * meters (换表, 装拆工单), one by one or all of an area. What a plan explains is
 * decided by the engine.
 */
import type { DeviceId, UsagePointId } from './ids.ts'
import type { InstantMs } from './time.ts'

export const PLAN_KINDS = [
  'planned',
  'rationing',
  'arrears',
  'suspension',
  'customerRequested',
  'meterExchange',
] as const
export type PlanKind = (typeof PLAN_KINDS)[number]

/** The plan of this id holds from here on; announced again it replaces what was announced before. */
export interface PlanAnnouncedFact {
  readonly type: 'planAnnounced'
  readonly receivedAt: InstantMs
  readonly plan: string
  readonly kind: PlanKind
  /** Planned work that was announced at short notice (临时停电), where it was. */
  readonly temporary?: true
  /** Devices that will be open; what lies below them has no supply. */
  readonly devices: readonly DeviceId[]
  /** Usage points that will be disconnected one by one. */
  readonly usagePoints: readonly UsagePointId[]
  readonly from: InstantMs
  readonly to: InstantMs
  /** Account name of who announced it, and the role used. */
  readonly by: string
  readonly role: string
}

/** The plan of this id is off. */
export interface PlanWithdrawnFact {
  readonly type: 'planWithdrawn'
  readonly receivedAt: InstantMs
  readonly plan: string
  readonly by: string
  readonly role: string
}

/** The words of an incident (CONTRACT §5): kinds, states of supply, levels, stages, flags. */

import { CLOCKS } from './service/clock.ts'

export const INCIDENT_KINDS = [
  'fault',
  'planned',
  'rationing',
  'arrears',
  'customerRequested',
  'customerInternal',
  'terminalFault',
  'commsFault',
  'momentary',
  'partialPhase',
  'metering',
  'unknown',
] as const
export type IncidentKind = (typeof INCIDENT_KINDS)[number]

export const OUTAGE_KINDS = [
  'predicted',
  'confirmed',
  'partiallyRestored',
  'restored',
  'closed',
] as const
export type OutageKind = (typeof OUTAGE_KINDS)[number]

/** 主线 … 单户, `domain.md` §1.1. */
export const LEVELS = [
  'substation',
  'feeder',
  'section',
  'branch',
  'transformer',
  'lvBranch',
  'meterBox',
  'service',
] as const
export type Level = (typeof LEVELS)[number]

/** Repair stages, `domain.md` §5.1. */
export const STAGES = [
  'sensed',
  'verifying',
  'confirmed',
  'pushed',
  'accepted',
  'dispatched',
  'enRoute',
  'arrived',
  'surveying',
  'causeFound',
  'repairing',
  'partiallyRestored',
  'restored',
  'verified',
  'resultReturned',
  'closed',
  'falseAlarm',
  'merged',
  'planned',
  'suspended',
  'reassigned',
  'returned',
] as const
export type Stage = (typeof STAGES)[number]

export const INCIDENT_FLAGS = [
  'flapping',
  'overrun',
  'beyondPlan',
  'temporary',
  'ledgerError',
  'clockInvalid',
  'stormMode',
  'severeCold',
  'contradicted',
  'deviceVanished',
] as const
export type IncidentFlag = (typeof INCIDENT_FLAGS)[number]

/** Why an area is served more attentively (服务等级), the gravest first. Never told to customers. */
export const SERVICE_REASONS = [
  'publicOpinion',
  'lifeSupport',
  'complaint',
  'frequentOutage',
  'urges',
  'sensitive',
  'outageWarning',
] as const
export type ServiceReason = (typeof SERVICE_REASONS)[number]

/** 紧急程度 of a repair: 紧急, 一般. */
export const URGENCIES = ['urgent', 'usual'] as const
export type Urgency = (typeof URGENCIES)[number]

/**
 * What is supervised: the clocks of a repair, its estimate, its gravity, the share of its city, and
 * customers whose life hangs on their supply.
 */
export const ESCALATION_STAGES = [...CLOCKS, 'etr', 'grade', 'cityShare', 'lifeSupport'] as const
export type EscalationStage = (typeof ESCALATION_STAGES)[number]

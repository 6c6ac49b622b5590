/**
 * Which of the situations of the script book (话术, `domain.md` §4.3) a caller is in. In doubt a
 * customer hears less: what is not confirmed is "being verified", what is old is not read out.
 */
import type { Incident, IncidentKind, Stage } from '../engine/changes.ts'
import type { PlanKind } from '../facts/plans.ts'
import type { InstantMs } from '../facts/time.ts'

export const SITUATIONS = [
  'suspected',
  'sensed',
  'enRoute',
  'arrived',
  'etrKnown',
  'etrKnownCause',
  'etrEstimated',
  'etrPassed',
  'partial',
  'restoredButDark',
  'planned',
  'verifyIdentity',
  'arrears',
  'customerInternal',
  'unknown',
] as const
export type Situation = (typeof SITUATIONS)[number]

/** All that decides the situation. */
export interface Circumstances {
  readonly now: InstantMs
  /** The incident over this usage point, open or just over. */
  readonly incident: Incident | undefined
  /** The caller's own area, or their own meter, is back already. */
  readonly areaRestored: boolean
  /** Kinds of announced outages in force over this usage point. */
  readonly plans: readonly PlanKind[]
  readonly identityVerified: boolean
  /** This very meter answered with supply, lately. */
  readonly meterEnergised: boolean
  /** The cause has words for customers. */
  readonly causeSpeakable: boolean
  /** The engine's data is too old to read a time from. */
  readonly stale: boolean
}

/** Stages by what a customer sees of them: five steps (已感知 · 抢修途中 · 现场抢修 · 部分恢复 · 已恢复). */
export const STEPS = ['sensed', 'enRoute', 'onSite', 'partiallyRestored', 'restored'] as const
export type Step = (typeof STEPS)[number]

const STEP_OF: Readonly<Partial<Record<Stage, Step>>> = {
  accepted: 'sensed',
  dispatched: 'enRoute',
  enRoute: 'enRoute',
  arrived: 'onSite',
  surveying: 'onSite',
  causeFound: 'onSite',
  repairing: 'onSite',
  suspended: 'onSite',
  partiallyRestored: 'partiallyRestored',
  restored: 'restored',
  verified: 'restored',
  resultReturned: 'restored',
  closed: 'restored',
}

/** How far the incident is in the customer's five steps. */
export function stepOf(incident: Incident): Step {
  if (incident.outageKind === 'restored' || incident.outageKind === 'closed') return 'restored'
  if (incident.outageKind === 'partiallyRestored') return 'partiallyRestored'
  return STEP_OF[incident.stage] ?? 'sensed'
}

/** The situation, from the most to the least that is known. */
export function situationOf(about: Circumstances): Situation {
  const { incident, plans, identityVerified } = about
  if (incident && isFault(incident)) return duringFault(about, incident)
  if (plans.includes('arrears') || incident?.kind === 'arrears')
    return identityVerified ? 'arrears' : 'verifyIdentity'
  if (plans.length > 0) return 'planned'
  if (about.meterEnergised || incident?.kind === 'customerInternal') return 'customerInternal'
  return 'unknown'
}

const NO_FAULTS: ReadonlySet<IncidentKind> = new Set([
  ...(['planned', 'rationing', 'arrears', 'customerRequested', 'customerInternal'] as const),
  'metering',
])

/** True for what is repaired; an announced outage, or the customer's own, is told otherwise. */
export function isFault({ kind }: Incident): boolean {
  return !NO_FAULTS.has(kind)
}

function duringFault(about: Circumstances, incident: Incident): Situation {
  if (incident.outageKind === 'predicted') return 'suspected'
  const step = stepOf(incident)
  if (step === 'restored' || about.areaRestored) return 'restoredButDark'
  if (step === 'partiallyRestored') return 'partial'
  const etr = incident.estimatedPeriod?.end
  if (etr !== undefined && !about.stale) {
    if (etr <= about.now) return 'etrPassed'
    if (incident.etrSource === 'estimated') return 'etrEstimated'
    return about.causeSpeakable ? 'etrKnownCause' : 'etrKnown'
  }
  if (step === 'onSite') return 'arrived'
  return step === 'enRoute' ? 'enRoute' : 'sensed'
}

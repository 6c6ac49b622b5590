/** What of an incident may be told to customers, and what has become of it for those it left. */
import type { Incident, Stage } from '../engine/changes.ts'
import type { InformingRules } from '../engine/rules.ts'
import type { InstantMs } from '../facts/time.ts'

/** An incident as far as customers hear of it. */
export interface News {
  readonly incident: string
  readonly revision: number
  /** False: nobody hears anything of it now, whatever they heard before. */
  readonly tellable: boolean
  readonly kind: 'fault' | 'planned'
  /** Announced work that has not ended in time (延时送电). */
  readonly overrun: boolean
  readonly grade: 1 | 2 | 3 | 4
  readonly startedAt: InstantMs
  /** A crew's dispatcher has taken the order: "repair is arranged" is true. */
  readonly accepted: boolean
  readonly arrivedAt: InstantMs | null
  /** Supply is back for others. */
  readonly partial: boolean
  /** Expected restoration, and whose word it is. */
  readonly etr: InstantMs | null
  readonly etrSource: Incident['etrSource']
  readonly cause: string | null
}

/** Outages that customers are told of; the others are their own, or none. */
const FAULTS: ReadonlySet<string> = new Set(['fault', 'partialPhase', 'unknown'])
const ANNOUNCED: ReadonlySet<string> = new Set(['planned', 'rationing'])

const NOT_ACCEPTED: ReadonlySet<Stage> = new Set(['sensed', 'verifying', 'confirmed', 'pushed'])

/** What is to be told of the incident as it stands. */
export function newsOf(incident: Incident, { follows }: Pick<InformingRules, 'follows'>): News {
  const { kind, outageKind, outcome, flags, clocks, estimatedPeriod: period } = incident
  const sure = outageKind === 'confirmed' || outageKind === 'partiallyRestored'
  const released = follows === 'confirmed' || incident.noticeNo !== null || ANNOUNCED.has(kind)
  const known = FAULTS.has(kind) || ANNOUNCED.has(kind)
  return {
    incident: incident.id,
    revision: incident.revision,
    // Flapping: supply comes and goes, and each word would be wrong by the time it is read.
    tellable: sure && released && known && outcome === null && !flags.includes('flapping'),
    kind: ANNOUNCED.has(kind) ? 'planned' : 'fault',
    overrun: flags.includes('overrun'),
    grade: incident.grade,
    startedAt: incident.startedAt,
    accepted: !NOT_ACCEPTED.has(incident.stage),
    arrivedAt: clocks.find(({ name }) => name === 'arrive')?.doneAt ?? null,
    // Some came back and it has become smaller by them; before, which ones is not settled.
    partial:
      outageKind === 'partiallyRestored' &&
      incident.metersAffected < incident.originalMetersAffected,
    etr: period?.end ?? null,
    etrSource: incident.etrSource,
    cause: incident.cause,
  }
}

/** Why a customer who heard of this incident has supply now. */
export type Ending = 'restored' | 'mistaken'

/**
 * What has become of an outage for those who heard of it and have supply now. One that never was is a
 * mistake, any other was restored there; until it is filed it may still be called a mistake.
 */
export function endOf({ id, outcome, outageKind }: Incident) {
  const ending: Ending =
    outcome === 'withdrawn' || outcome === 'falseAlarm' ? 'mistaken' : 'restored'
  return { incident: id, ending, filed: outageKind === 'closed' }
}

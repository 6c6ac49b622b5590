/** An incident of the summary: it stands for others, and has no device of its own. */
import type { Position } from '../../facts/facts.ts'
import { ALL_PHASES, formatPhases } from '../../facts/phases.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { Incident, IncidentChange, IncidentReason } from '../changes.ts'
import { MAX_CAUSES } from '../incidents/case.ts'
import { incidentId } from '../incidents/incident-id.ts'
import type { World } from '../world.ts'

/** What is known of it; the rest follows. */
type Known = Pick<
  Incident,
  | 'kind'
  | 'level'
  | 'grade'
  | 'outageKind'
  | 'unit'
  | 'device'
  | 'transformersAffected'
  | 'metersAffected'
  | 'startedAt'
  | 'sources'
> &
  Partial<Pick<Incident, 'outcome'>>

/** The next revision of a summary's incident, as a change. */
export function summaryChange(
  world: World,
  state: { readonly number: number; revision: number },
  reason: IncidentReason,
  known: Known,
  causes: readonly Position[],
  restoredAt: InstantMs | null = null,
): IncidentChange {
  state.revision++
  const over = known.outageKind === 'closed' || known.outageKind === 'restored'
  const incident: Incident = {
    outcome: null,
    ...known,
    id: incidentId(state.number),
    revision: state.revision,
    parent: null,
    noticeNo: null,
    flags: [],
    mergedInto: null,
    feeder: null,
    phases: formatPhases(ALL_PHASES),
    centroid: null,
    probability: 1,
    rivals: [],
    originalMetersAffected: known.metersAffected,
    customersRestored: over && known.outcome !== 'withdrawn' ? known.metersAffected : 0,
    important: 0,
    sensitiveCount: 0,
    sensedAt: known.startedAt,
    restoredAt,
    estimatedPeriod: null,
    etrSource: 'none',
    crew: null,
    stage: over ? 'closed' : 'sensed',
    cause: null,
    ruleVersion: world.rules.version,
    evidence: [],
    verification: { state: 'notAsked', asked: 0, answered: 0 },
    notice: null,
    clocks: [],
    urges: 0,
    firstCallAt: null,
    serviceLevel: 4,
    serviceReasons: [],
    repair: null,
  }
  return {
    type: 'incident',
    at: world.now,
    reason,
    incident,
    causes: causes.slice(-MAX_CAUSES),
  }
}

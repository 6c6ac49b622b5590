/** Incidents as they are first published, picked out of what was committed. */
import type { ChangeBatch, Incident } from '../engine/changes.ts'

export function tellNew(
  batches: readonly ChangeBatch[],
  onIncident: (incident: Incident) => void,
): void {
  for (const { changes } of batches)
    for (const change of changes)
      if (change.type === 'incident' && change.incident.revision === 1) onIncident(change.incident)
}

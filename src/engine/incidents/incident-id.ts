/** Incident numbers as everyone outside writes them. */
import type { IncidentId } from '../../facts/ids.ts'

/** The incident number as everyone says it. */
export function incidentId(number: number): IncidentId {
  return `I${String(number).padStart(6, '0')}` as IncidentId
}

/** The number behind an id, or −1. */
export function incidentNumber(id: string): number {
  return /^I\d{6,15}$/.test(id) ? Number(id.slice(1)) : -1
}

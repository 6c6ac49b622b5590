/** Three sorts of incidents that different people look for: faults, what was announced, findings. */
import type { IncidentPayload } from '../api/payloads.ts'

export const GROUPS = ['fault', 'planned', 'finding'] as const
export type Group = (typeof GROUPS)[number]

const PLANNED: ReadonlySet<string> = new Set([
  'planned',
  'rationing',
  'arrears',
  'customerRequested',
  'metering',
])

type Scope = Pick<
  IncidentPayload,
  'kind' | 'transformersAffected' | 'metersAffected' | 'originalMetersAffected'
>

/** A sign that is no outage of the network: nobody is without supply by it (`docs/judgement.md`). */
export function isFinding(incident: Scope): boolean {
  return (
    incident.transformersAffected === 0 &&
    incident.metersAffected === 0 &&
    incident.originalMetersAffected === 0
  )
}

export function groupOf(incident: Scope): Group {
  if (isFinding(incident)) return 'finding'
  return PLANNED.has(incident.kind) ? 'planned' : 'fault'
}

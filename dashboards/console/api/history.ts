/** What happened lately, and the reliability of a period: for figures that look back. */
import { getJson } from './client.ts'
import type { IncidentPayload, Instant } from './payloads.ts'

const PAGE = 500
/** A storm of this many pages is drawn from what was changed last. */
const MAX_PAGES = 10

/** Incidents that changed since then, whatever became of them; newest pages first. */
export async function incidentsSince(
  since: number,
  signal?: AbortSignal,
): Promise<readonly IncidentPayload[]> {
  const found: IncidentPayload[] = []
  let cursor: string | null = null
  for (let page = 0; page < MAX_PAGES; page++) {
    const asked = new URLSearchParams({
      state: 'all',
      limit: String(PAGE),
      since: new Date(since).toISOString(),
      ...(cursor === null ? {} : { cursor }),
    })
    const answer: { incidents: IncidentPayload[]; cursor: string | null } = await getJson(
      `/api/v1/incidents?${asked}`,
      signal,
    )
    found.push(...answer.incidents)
    cursor = answer.cursor
    if (cursor === null) break
  }
  return found
}

interface Indices {
  readonly served: number
  readonly saidiMinutes: number
  readonly saifi: number
}

export interface ReliabilityPayload {
  readonly from: Instant
  readonly to: Instant
  readonly asOf: Instant
  readonly customers: Indices
  readonly transformers: Indices
}

export function reliability(
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<ReliabilityPayload> {
  const asked = new URLSearchParams({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  })
  return getJson(`/api/v1/reports/reliability?${asked}`, signal)
}

/** Arrivals of one hour or day and one promise: who was due, and who was in time. */
export interface ArrivalsPayload {
  readonly from: Instant
  readonly limitMinutes: number
  readonly due: number
  readonly inTime: number
}

export async function arrivalsSince(
  from: number,
  to: number,
  by: 'hour' | 'day',
  signal?: AbortSignal,
): Promise<readonly ArrivalsPayload[]> {
  const asked = new URLSearchParams({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    by,
  })
  const answer: { arrivalsByTime: ArrivalsPayload[] } = await getJson(
    `/api/v1/reports/sensing?${asked}`,
    signal,
  )
  return answer.arrivalsByTime
}

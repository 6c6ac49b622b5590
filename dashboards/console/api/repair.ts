/** What came back from the field about an incident: visits to customers, and photos. */
import { getJson } from './client.ts'
import type { Instant } from './payloads.ts'

export interface RepairPayload {
  readonly asOf: Instant
  readonly visits: readonly { readonly at: Instant; readonly by: string; readonly text: string }[]
  readonly attachments: readonly {
    readonly id: string
    readonly at: Instant
    readonly by: string
  }[]
}

const pathOf = (incident: string) => `/api/v1/incidents/${encodeURIComponent(incident)}`

export const repair = (incident: string, signal?: AbortSignal): Promise<RepairPayload> =>
  getJson(`${pathOf(incident)}/repair`, signal)

/** Address of a photo; the session's cookie opens it. */
export const photoOf = (incident: string, photo: string): string =>
  `${pathOf(incident)}/attachments/${encodeURIComponent(photo)}`

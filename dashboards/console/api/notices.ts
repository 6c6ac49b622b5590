/** Notices of faults (故障感知信息), as they stand. */
import type { NoticeStatus } from '../../../src/engine/service/notice-state.ts'
import { getJson } from './client.ts'
import type { IncidentPayload, Instant } from './payloads.ts'

export interface NoticePayload {
  readonly no: string | null
  readonly incident: string
  readonly revision: number
  readonly status: NoticeStatus
  readonly outageType: IncidentPayload['kind']
  readonly level: IncidentPayload['level']
  readonly grade: 1 | 2 | 3 | 4
  readonly device: IncidentPayload['device']
  readonly unit: string
  readonly feeder: string | null
  readonly publicTransformers: number
  readonly dedicatedTransformers: number
  readonly customers: number
  readonly importantUsers: readonly { readonly usagePoint: string; readonly importance: string }[]
  readonly sensitiveCount: number
  readonly startedAt: Instant
  readonly proposedAt: Instant
  readonly publishedAt: Instant | null
  readonly publishedBy: 'staff' | 'rule' | null
}

export async function notices(
  status: NoticeStatus | null,
  signal?: AbortSignal,
): Promise<readonly NoticePayload[]> {
  const asked = status === null ? '' : `&status=${status}`
  return (await getJson<{ notices: NoticePayload[] }>(`/api/v1/notices?limit=100${asked}`, signal))
    .notices
}

/** Sensitive and important customers of an outage, by reference. */
export interface AttentivePayload {
  readonly count: number
  readonly customers: readonly {
    readonly usagePoint: string
    readonly care: 'lifeSupport' | 'important' | 'sensitive'
    readonly importance: string | null
  }[]
}

export const attentive = (incident: string, signal?: AbortSignal): Promise<AttentivePayload> =>
  getJson(`/api/v1/incidents/${encodeURIComponent(incident)}/attentive`, signal)

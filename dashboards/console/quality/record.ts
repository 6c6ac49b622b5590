/** The quality record as the server gives it. */
import { getJson } from '../api/client.ts'

export interface QualityStepPayload {
  readonly kind: 'state' | 'clock' | 'action' | 'estimate' | 'escalation'
  readonly what: string
  readonly at: string
  readonly enteredAt: string | null
  readonly by: string | null
  readonly role: string | null
  readonly dueAt: string | null
  readonly legalDueAt: string | null
  readonly late: boolean | null
  readonly detail: string | null
  /** 处理措施, 材料; absent from an earlier server. */
  readonly measure?: string | null
  readonly materials?: string | null
}

export interface QualityRecord {
  readonly asOf: string
  readonly incident: string
  readonly noticeNo: string | null
  readonly outcome: string | null
  readonly late: number
  readonly steps: readonly QualityStepPayload[]
  readonly children: readonly string[]
  readonly contacts: Readonly<Record<string, number>>
  readonly callBacks: {
    readonly count: number
    readonly answered: number
    readonly skipped: number
    readonly satisfaction: number | null
  }
}

export function loadRecord(id: string, signal?: AbortSignal): Promise<QualityRecord> {
  return getJson(`/api/v1/incidents/${encodeURIComponent(id)}/quality`, signal)
}

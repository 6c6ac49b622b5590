/** Complaints (投诉) that wait for their answer. */
import { getJson, postJson } from './client.ts'
import type { Instant } from './payloads.ts'

export const RESOLUTIONS = [
  'resolved',
  'explained',
  'planned',
  'compensated',
  'unfounded',
  'withdrawn',
] as const
export type Resolution = (typeof RESOLUTIONS)[number]

export interface ComplaintPayload {
  readonly id: string
  readonly account: string
  readonly incident: string | null
  readonly reason: ComplaintReason
  readonly dueAt: Instant
  readonly overdue: boolean
  /** Highest level of the ladder told, 0 a reminder. */
  readonly level: number | null
}

export type ComplaintReason =
  | 'frequentOutage'
  | 'longOutage'
  | 'lateArrival'
  | 'noInformation'
  | 'wrongInformation'
  | 'attitude'
  | 'plannedWork'
  | 'other'

export interface ComplaintList {
  readonly waiting: number
  readonly overdue: number
  readonly complaints: readonly ComplaintPayload[]
}

/** The first that are due. */
export const waitingComplaints = (signal?: AbortSignal): Promise<ComplaintList> =>
  getJson('/api/v1/complaints?limit=5', signal)

export async function answerComplaint(id: string, resolution: Resolution): Promise<void> {
  await postJson(`/api/v1/complaints/${encodeURIComponent(id)}/answer`, { resolution })
}

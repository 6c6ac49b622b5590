/** Call-backs (回访): who is to be asked whether all is well. */
import { getJson, postJson } from './client.ts'
import type { CustomerPayload } from './customers.ts'
import type { Instant } from './payloads.ts'

export interface CallBackPayload {
  readonly id: string
  readonly incident: string | null
  readonly account: string
  readonly complained: boolean
  readonly dueAt: Instant
  readonly overdue: boolean
  readonly attempts: number
}

export interface CallBackDetail extends CallBackPayload {
  readonly customer: CustomerPayload | null
  readonly scripts: readonly { readonly language: string; readonly text: string }[]
}

export interface CallBackList {
  readonly waiting: number
  readonly overdue: number
  readonly callBacks: readonly CallBackPayload[]
}

export const callBacks = (signal?: AbortSignal): Promise<CallBackList> =>
  getJson('/api/v1/callbacks?limit=20', signal)

const path = (id: string, verb: string) => `/api/v1/callbacks/${encodeURIComponent(id)}/${verb}`

export async function takeCallBack(id: string): Promise<CallBackDetail> {
  return (await (await postJson(path(id, 'take'), {})).json()) as CallBackDetail
}

export const DISSATISFIED_REASONS = [
  'slowRepair',
  'noInformation',
  'wrongTime',
  'attitude',
  'frequentOutage',
  'notRestored',
  'other',
] as const
export type DissatisfiedReason = (typeof DISSATISFIED_REASONS)[number]

export async function answerCallBack(
  id: string,
  satisfaction: number,
  reason?: DissatisfiedReason,
): Promise<void> {
  await postJson(path(id, 'answer'), { satisfaction, ...(reason === undefined ? {} : { reason }) })
}

export async function nobodyAnswered(id: string): Promise<void> {
  await postJson(path(id, 'skip'), { reason: 'noAnswer' })
}

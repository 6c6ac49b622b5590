/** Calls of the HTTP interface (CONTRACT §5), same origin, signed in by cookie. */

import { learnServerDate } from './clock.ts'
import type {
  Account,
  ActionRequest,
  EscalationPayload,
  EscalationReplyPayload,
  IncidentPayload,
  NetworkPayload,
  PlanPayload,
  Problem,
  SwitchingPayload,
  TimelineEntry,
} from './payloads.ts'

/** An answer that is not a success; `status` 0 where there was no answer at all. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  /** What is wrong where, of a file that was sent. */
  readonly problems: readonly string[]
  /** The incident that what was refused may still be said of. */
  readonly mergedInto: string | null
  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'ApiError'
    this.status = problem.status
    this.code = problem.code
    this.problems = problem.problems ?? []
    this.mergedInto = problem.mergedInto ?? null
  }
}

/** An answer later than this is as good as none: the console retries or says so. */
const TIMEOUT_MS = 15_000

export async function call(
  path: string,
  init: RequestInit = {},
  signal?: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<Response> {
  const sentMs = Date.now()
  const timeout = AbortSignal.timeout(timeoutMs)
  let response: Response
  try {
    response = await fetch(path, {
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...init.headers },
      ...init,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError({ status: 0, code: 'unreachable', detail: String(error) })
  }
  learnServerDate(response.headers.get('date'), sentMs, Date.now())
  if (!response.ok) throw new ApiError(await problemOf(response))
  return response
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Partial<Problem>
    const { code = '', detail = '', problems = [], mergedInto = null } = body
    return { status: response.status, code, detail, problems, mergedInto }
  } catch {
    return { status: response.status, code: '', detail: response.statusText }
  }
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await call(path, {}, signal)).json()) as T
}

export function postJson(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
  timeoutMs = TIMEOUT_MS,
) {
  const init = {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
  return call(path, init, undefined, timeoutMs)
}

export async function signIn(name: string, password: string): Promise<Account> {
  const response = await postJson('/api/v1/session', { name, password })
  return ((await response.json()) as { account: Account }).account
}

export async function signOut(): Promise<void> {
  await call('/api/v1/session', { method: 'DELETE' })
}

/** The account that is signed in; null where none is. */
export async function whoAmI(): Promise<Account | null> {
  try {
    return (await getJson<{ account: Account }>('/api/v1/me')).account
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null
    throw error
  }
}

export function network(signal?: AbortSignal): Promise<NetworkPayload> {
  return getJson('/api/v1/network', signal)
}

export function incident(id: string, signal?: AbortSignal): Promise<IncidentPayload> {
  return getJson(`/api/v1/incidents/${encodeURIComponent(id)}`, signal)
}

/** Facts and changes of an incident, oldest first. */
export async function timeline(id: string, signal?: AbortSignal): Promise<TimelineEntry[]> {
  const path = `/api/v1/incidents/${encodeURIComponent(id)}/timeline`
  return (await getJson<{ entries: TimelineEntry[] }>(path, signal)).entries
}

/** What of an incident ran late or was grave, and whom it was told; oldest first. */
export async function escalations(id: string, signal?: AbortSignal): Promise<EscalationPayload[]> {
  const path = `/api/v1/incidents/${encodeURIComponent(id)}/escalations`
  return (await getJson<{ escalations: EscalationPayload[] }>(path, signal)).escalations
}

/** What was replied to the supervision orders of an incident, by order. */
export async function escalationReplies(
  id: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, EscalationReplyPayload>> {
  const path = `/api/v1/escalations?state=all&incident=${encodeURIComponent(id)}`
  const { escalations: found } = await getJson<{
    escalations: { readonly id: string; readonly reply: EscalationReplyPayload | null }[]
  }>(path, signal)
  return new Map(found.flatMap((one) => (one.reply === null ? [] : [[one.id, one.reply]])))
}

/** What a unit answers to a supervision order; stops no clock. */
export async function replyTo(escalation: string, text: string, requestId: string): Promise<void> {
  const path = `/api/v1/escalations/${encodeURIComponent(escalation)}/reply`
  await postJson(path, { text }, { 'idempotency-key': requestId })
}

export function switching(signal?: AbortSignal): Promise<SwitchingPayload> {
  return getJson('/api/v1/switching', signal)
}

/** As many plans as a person reads through; the rest is for the planning system. */
const PLANS_SHOWN = 100

/** Plans that are not over. */
export async function plans(signal?: AbortSignal): Promise<PlanPayload[]> {
  const path = `/api/v1/plans?limit=${PLANS_SHOWN}`
  return (await getJson<{ plans: PlanPayload[] }>(path, signal)).plans
}

/** GeoJSON of the dark part: lines, transformer points with `state`, the device by `role`. */
export function area(id: string, signal?: AbortSignal): Promise<unknown> {
  return getJson(`/api/v1/incidents/${encodeURIComponent(id)}/area`, signal)
}

export type ActionOutcome =
  | { readonly kind: 'done'; readonly revision: number }
  | { readonly kind: 'received' }

/** A key no other desk will make; `crypto.randomUUID` exists over https only. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Asks for an action; a repeated `requestId` is answered, not done twice. */
export async function act(
  id: string,
  request: ActionRequest,
  requestId: string,
): Promise<ActionOutcome> {
  const path = `/api/v1/incidents/${encodeURIComponent(id)}/actions`
  const response = await postJson(path, request, { 'idempotency-key': requestId })
  if (response.status === 202) return { kind: 'received' }
  return { kind: 'done', revision: ((await response.json()) as { revision: number }).revision }
}

/** Hands in a photo of an incident; the same picture again is the same photo. */
export async function attach(id: string, picture: Blob): Promise<void> {
  await call(`/api/v1/incidents/${encodeURIComponent(id)}/attachments`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/octet-stream' },
    body: picture,
  })
}

/** A one-use ticket for the live connection. */
export async function ticket(): Promise<string> {
  const response = await postJson('/api/v1/tickets', {})
  return ((await response.json()) as { ticket: string }).ticket
}

/** How one may sign in here. */
export const signInWays = () => getJson<{ readonly oidc: boolean }>('/api/v1/session/ways')

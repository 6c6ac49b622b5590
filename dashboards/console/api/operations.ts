/** What runs the program: its state, what it could not use, terminals, rules, receivers. */
import { call, getJson, postJson } from './client.ts'
import type { IncidentPayload, Instant, StatsPayload } from './payloads.ts'

/** A grid that comes into force once nothing is open on the feeders that it moves. */
export interface GridWaiting {
  readonly digest: string
  readonly moving: number
  readonly openIncidents: number
}

export interface StatusPayload extends Omit<StatsPayload, 'id'> {
  readonly version: string
  readonly ready: boolean
  readonly grid: { readonly name: string; readonly digest: string }
  readonly gridWaiting: GridWaiting | null
  readonly rules: { readonly version: string; readonly digest: string }
  readonly sockets: number
  readonly cities: readonly CityPayload[]
}

export type CityLevel = 'none' | 'warning' | 'general' | 'larger' | 'major' | 'extraordinary'

/** A city's shares under Order 599: suspected, never more. */
export interface CityPayload {
  readonly city: string
  readonly units: readonly string[]
  readonly level: CityLevel
  /** Of customers. */
  readonly share: number
  readonly customersOut: number
  readonly customers: number
  /** Of load, by rated capacity; null where none is known. */
  readonly loadShare: number | null
  /** From which shares the next level would be suspected; null on the highest. */
  readonly next: {
    readonly level: CityLevel
    readonly share: number | null
    readonly loadShare: number | null
  } | null
}

export const status = (signal?: AbortSignal): Promise<StatusPayload> =>
  getJson('/api/v1/status', signal)

/** Prometheus samples, those of one name added up. */
export async function metrics(signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
  return sumsOf(await (await call('/metrics', {}, signal)).text())
}

/** Pure: the sum of each name over its labels; buckets left out. */
export function sumsOf(text: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const line of text.split('\n')) {
    const found = /^([a-z_]+)(?:\{[^}]*\})? (\S+)$/.exec(line)
    if (found === null || found[1]!.endsWith('_bucket')) continue
    sums.set(found[1]!, (sums.get(found[1]!) ?? 0) + Number(found[2]))
  }
  return sums
}

export interface QuarantinePayload {
  readonly asOf: Instant
  readonly cursor: string | null
  readonly counts: Readonly<Record<string, number>>
  readonly messages: readonly {
    readonly position: number
    readonly receivedAt: Instant
    readonly reason: string
    readonly terminal: string | null
    readonly topic: string
    readonly detail: string
    readonly raw: string
    readonly replayedAt: Instant | null
  }[]
}

export function quarantine(
  reason: string | null,
  signal?: AbortSignal,
): Promise<QuarantinePayload> {
  const asked = reason === null ? '' : `&reason=${encodeURIComponent(reason)}`
  return getJson(`/api/v1/quarantine?limit=50${asked}`, signal)
}

export interface ReplayPayload {
  readonly replayed: number
  readonly already: number
  readonly refused: readonly { readonly position: number; readonly reason: string }[]
  readonly cursor: string | null
}

type ReplayAsked =
  | { readonly positions: readonly number[] }
  | { readonly reason: string; readonly cursor?: string }

/** Has messages of the quarantine decoded again; each is taken once. */
export async function replayQuarantine(asked: ReplayAsked): Promise<ReplayPayload> {
  return (await postJson('/api/v1/quarantine/replay', asked)).json()
}

export interface TerminalPayload {
  readonly id: string
  readonly class: string
  readonly feeder: string | null
  readonly link: 'online' | 'offline' | null
  readonly lastHeardAt: Instant | null
  readonly reliability: {
    readonly delivery: number
    readonly outagesHeard: number
    readonly outagesMissed: number
    readonly late: boolean
    readonly falseReports: number
    readonly clockCorrectionMs: number
  } | null
}

export function terminals(
  kind: string,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<{ readonly cursor: string | null; readonly terminals: readonly TerminalPayload[] }> {
  const from = cursor === null ? '' : `&cursor=${cursor}`
  return getJson(`/api/v1/terminals?limit=200&class=${kind}${from}`, signal)
}

export interface NoisyPayload {
  readonly asOf: Instant
  readonly terminals: number
  readonly online: number
  readonly offline: number
  readonly noisy: readonly {
    readonly id: string
    readonly feeder: string | null
    readonly link: TerminalPayload['link']
    readonly statements: number
    readonly spanSeconds: number
    readonly lastAt: Instant
    readonly alternating: boolean
    /** Other noisy ones on its feeder. */
    readonly besides: number
    readonly reliability: TerminalPayload['reliability']
  }[]
}

/** Those of a class that chatter, the noisiest first, and the links of the whole class. */
export const noisyTerminals = (kind: string, signal?: AbortSignal): Promise<NoisyPayload> =>
  getJson(`/api/v1/terminals/noisy?limit=20&class=${kind}`, signal)

export async function resetTerminal(id: string): Promise<void> {
  await postJson(`/api/v1/terminals/${encodeURIComponent(id)}/reset`, {})
}

export interface WebhookPayload {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly topics: readonly string[]
  readonly waiting: number
  readonly resting: boolean
  readonly disabledAt: Instant | null
}

export async function webhooks(signal?: AbortSignal): Promise<readonly WebhookPayload[]> {
  return (await getJson<{ webhooks: WebhookPayload[] }>('/api/v1/webhooks', signal)).webhooks
}

export async function tryWebhook(id: string): Promise<void> {
  await postJson(`/api/v1/webhooks/${encodeURIComponent(id)}/test`, {})
}

export interface RulesPayload {
  readonly version: string
  readonly since: Instant | null
  readonly by: string | null
  readonly files: readonly { readonly name: string; readonly text: string }[]
}

export const rules = (signal?: AbortSignal): Promise<RulesPayload> =>
  getJson('/api/v1/rules', signal)

export async function applyRules(name: string, text: string): Promise<void> {
  await postJson('/api/v1/rules', { files: [{ name, text }] })
}

export async function checkRules(
  name: string,
  text: string,
): Promise<{ readonly version: string | null; readonly problems: readonly string[] }> {
  return (await postJson('/api/v1/rules/check', { files: [{ name, text }] })).json()
}

export interface TriedIncidentPayload {
  readonly id: string
  readonly kind: IncidentPayload['kind']
  readonly outageKind: IncidentPayload['outageKind']
  readonly outcome: string | null
  readonly level: IncidentPayload['level']
  readonly grade: IncidentPayload['grade']
  readonly device: { readonly id: string; readonly name: string }
  readonly customers: number
}

export interface RuleTrialPayload {
  readonly tried: readonly TriedIncidentPayload[]
  readonly inForce: readonly TriedIncidentPayload[]
}

/** A trial plays some minutes of a storm twice. */
const TRIAL_TIMEOUT_MS = 90_000

/** Plays a scenario under this file and under the rules in force. */
export async function testRules(
  name: string,
  text: string,
  scenario: string,
): Promise<RuleTrialPayload> {
  const body = { files: [{ name, text }], scenario }
  return (await postJson('/api/v1/rules/test', body, {}, TRIAL_TIMEOUT_MS)).json()
}

export async function orderStorm(mode: 'on' | 'off' | 'rule'): Promise<void> {
  await postJson('/api/v1/storm-mode', { mode })
}

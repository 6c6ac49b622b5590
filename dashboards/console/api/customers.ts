/** Customers and their answer cards. Questions are bodies: no URL and no log ever holds one. */

import type { ServiceReason } from '../../../src/engine/changes.ts'
import type { Question } from '../agent/ask.ts'
import { call, postJson } from './client.ts'
import type { IncidentPayload, Instant } from './payloads.ts'

/** A customer, masked. */
export interface CustomerPayload {
  readonly account: string
  readonly meter: string
  readonly usagePoint: string
  readonly unit: string
  readonly name: string
  readonly phones: readonly string[]
  readonly address: string
  readonly gridManager: string
  readonly important: string | null
  readonly sensitivities: readonly string[]
  readonly language: ScriptLanguage
  readonly preferences: readonly string[]
}

export type ScriptLanguage = 'zh' | 'en' | 'mn'

export interface ScriptPayload {
  readonly language: ScriptLanguage
  readonly text: string
  readonly reviewStatus: 'draft' | 'proposed' | 'reviewed'
  readonly staffOnly: boolean
}

export interface ContactPayload {
  readonly at: Instant
  readonly channel: string
  readonly kind: string
  readonly incident: string | null
}

/** Whether it is time to urge (催办), and what to answer where it is not. */
export interface UrgingPayload {
  readonly urges: number
  readonly most: number
  readonly promised: { readonly what: 'arrival' | 'restoration'; readonly at: Instant } | null
  readonly risk: boolean
  readonly advice: 'may' | 'early' | 'enough'
  readonly scripts: readonly ScriptPayload[]
}

export interface CardPayload {
  /** 服务等级, for staff alone. */
  readonly service: {
    readonly level: number
    readonly reasons: readonly { readonly reason: ServiceReason }[]
  }
  readonly asOf: Instant
  readonly stale: boolean
  readonly situation: string
  readonly supply: {
    readonly state: 'energised' | 'deenergised' | 'unknown'
    readonly probabilityDead: number | null
    readonly meterSaid: 'off' | 'on' | 'nothing'
    readonly meterHeardAt: Instant | null
    readonly path: readonly IncidentPayload['device'][]
  }
  /** Without its evidence. */
  readonly incident: IncidentPayload | null
  readonly changedAt: Instant | null
  readonly progress: { readonly step: string; readonly of: readonly string[] } | null
  readonly restoration: {
    readonly at: Instant
    readonly source: 'estimated' | 'field'
    readonly ageSeconds: number
    readonly passed: boolean
  } | null
  readonly plans: readonly {
    readonly id: string
    readonly kind: string
    readonly from: Instant
    readonly to: Instant
  }[]
  readonly arrears: 'withheld' | 'none' | 'suspended'
  readonly outages: {
    readonly days: number
    readonly count: number
    readonly listed: readonly {
      readonly incident: string
      readonly from: Instant
      readonly to: Instant | null
    }[]
  }
  readonly contacts: {
    readonly recent: readonly ContactPayload[]
    readonly onIncident: number
    readonly urges: number
    readonly repeated: boolean
  }
  /** Of who has spoken about this outage before. */
  readonly urging: UrgingPayload | null
  /** Newest first. */
  readonly messages: readonly {
    readonly at: Instant
    readonly channel: string
    readonly template: string
    readonly incident: string
    readonly state: 'waiting' | 'sent' | 'unsure' | 'delivered' | 'failed'
    readonly receiptAt: Instant | null
  }[]
  readonly scripts: readonly ScriptPayload[]
  readonly safety: string
}

export interface SearchAnswer {
  readonly asOf: Instant
  readonly refine: boolean
  readonly customers: readonly CustomerPayload[]
  readonly card: CardPayload | null
}

export async function searchCustomers(
  question: Question,
  asked: { readonly language?: ScriptLanguage; readonly identityVerified?: boolean },
  signal?: AbortSignal,
): Promise<SearchAnswer> {
  const response = await call(
    '/api/v1/customers/search',
    {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ ...question, ...asked }),
    },
    signal,
  )
  return (await response.json()) as SearchAnswer
}

export const REVEAL_REASONS = [
  'identityCheck',
  'callBack',
  'fieldVisit',
  'complaint',
  'safety',
] as const
export type RevealReason = (typeof REVEAL_REASONS)[number]

export interface RevealedCustomer {
  readonly account: string
  readonly name: string
  readonly phones: readonly string[]
  readonly address: string
}

/** In full; who asked and why is in the audit chain before anything is answered. */
export async function unmask(account: string, reason: RevealReason): Promise<RevealedCustomer> {
  const path = `/api/v1/customers/${encodeURIComponent(account)}/unmask`
  return (await (await postJson(path, { reason })).json()) as RevealedCustomer
}

export const SAYINGS = ['dark', 'partial', 'flicker', 'live'] as const
export type Saying = (typeof SAYINGS)[number]

export interface ReportAnswer {
  readonly requestId: string
  readonly incident: string | null
  readonly contact: 'report' | 'urge' | null
}

/** What a customer says of their own supply; a repeated `requestId` is recorded once. */
export async function report(
  body: {
    readonly channel: 'phone' | 'grid'
    readonly usagePoint: string
    readonly says: Saying
    readonly account?: string
    /** What somebody found on a visit about an incident. */
    readonly incident?: string
    readonly note?: string
  },
  requestId: string,
): Promise<ReportAnswer> {
  const response = await postJson('/api/v1/reports', body, { 'idempotency-key': requestId })
  return (await response.json()) as ReportAnswer
}

/** The customer was asked and agreed: from now on told by short message. */
export async function subscribe(account: string, requestId: string): Promise<void> {
  const body = { account, channel: 'sms', source: 'agent', consent: true }
  await postJson('/api/v1/subscriptions', body, { 'idempotency-key': requestId })
}

/** Channels on which the account is told of outages. */
export async function subscribed(account: string): Promise<readonly string[]> {
  const response = await postJson('/api/v1/subscriptions/search', { account })
  const { subscriptions } = (await response.json()) as {
    subscriptions: readonly { channel: string; inForce: boolean }[]
  }
  return subscriptions.filter((one) => one.inForce).map((one) => one.channel)
}

/** What the courier needs of the ledger, and what it says back. */
import type { InstantMs } from '../facts/time.ts'

/** How a receiver wants to be told. */
export const ENDPOINT_FORMS = ['standard', 'wecom', 'mqtt'] as const
export type EndpointForm = (typeof ENDPOINT_FORMS)[number]

/** A receiver of messages. */
export interface Endpoint {
  readonly id: string
  readonly url: string
  /** `standard`: Standard Webhooks; `wecom`: a 企业微信 group robot; `mqtt`: by topic. */
  readonly form: EndpointForm
  /** Signing secrets (`whsec_…`), newest first; while one is rotated out both sign. */
  readonly secrets: readonly string[]
}

/** One message to one endpoint. */
export interface Parcel {
  /** The same at each attempt: the receiver's key against doubles. */
  readonly id: string
  readonly endpoint: string
  /** Parcels of an endpoint that share it (an incident) arrive one after the other. */
  readonly order: string
  /** `incident.confirmed`, `notice.published` … */
  readonly type: string
  /** JSON, or for a robot the text; nothing personal unless the endpoint is a customer channel. */
  readonly body: string
  readonly at: InstantMs
  /** From then on it is stale and is not sent any more. */
  readonly notAfter: InstantMs
  /** Failed attempts so far. */
  readonly attempts: number
}

/** What became of a parcel; `retry` comes up again at `nextAt`. */
export type Outcome =
  | { readonly id: string; readonly result: 'delivered' | 'expired'; readonly at: InstantMs }
  | {
      readonly id: string
      readonly result: 'retry'
      readonly at: InstantMs
      readonly nextAt: InstantMs
      readonly said: string
    }

export interface Outbox {
  endpoints(): readonly Endpoint[]
  /**
   * Parcels of the endpoint whose turn it is: of each `order` the oldest that is not settled, if its
   * time to be tried, or to expire, has come. Oldest first, at most `limit`.
   */
  due(endpoint: string, now: InstantMs, limit: number): readonly Parcel[]
  /** What to send of a parcel now; undefined where nothing of it is left to be said. */
  bodyOf(parcel: Parcel): Promise<string | undefined>
  /** When the earliest waiting parcel of the endpoint comes up; undefined for none. */
  nextAt(endpoint: string): InstantMs | undefined
  /** Durable when it resolves. */
  settle(outcomes: readonly Outcome[]): Promise<void>
  /** The receiver said that it is gone for good (410). */
  disable(endpoint: string, at: InstantMs): Promise<void>
}

/** The way to receivers that listen by topic. */
export interface TopicWay {
  /** False: nobody is there to take anything; it waits. */
  hears(endpoint: string): boolean
  /** Resolves once it is taken; rejects where it is not. */
  publish(endpoint: string, parcel: Parcel): Promise<void>
}

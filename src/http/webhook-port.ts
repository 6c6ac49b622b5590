/** Receivers of messages and gateways to customers, as the routes see them. */
import { CHANNELS, type Channel } from '../facts/channels.ts'
import type { InstantMs } from '../facts/time.ts'
import type { AuditEntry } from './audit-port.ts'

export const WEBHOOK_FORMS = ['standard', 'wecom', 'mqtt'] as const
export const WEBHOOK_LANGUAGES = ['zh', 'en'] as const
export const WEBHOOK_TOPICS = ['incident', 'notice', 'escalation'] as const
export const WEBHOOK_CHANNELS = CHANNELS
export const RECEIPT_STATES = ['delivered', 'failed'] as const

/** A receiver of messages, without its secrets. */
export interface Webhook {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly form: (typeof WEBHOOK_FORMS)[number]
  readonly language: (typeof WEBHOOK_LANGUAGES)[number]
  readonly topics: readonly (typeof WEBHOOK_TOPICS)[number][]
  /** Channels to customers that it carries: a gateway of short messages, of an app. */
  readonly channels: readonly Channel[]
  /** Of this unit and those below it; null: of all. */
  readonly unit: string | null
  readonly createdAt: InstantMs
  readonly by: string
  readonly disabledAt: InstantMs | null
  /** Messages not yet taken. */
  readonly waiting: number
  readonly resting: boolean
}

/** What became of one message to a customer. */
export interface Receipt {
  readonly id: string
  readonly state: (typeof RECEIPT_STATES)[number]
  readonly at: InstantMs
}

/** A text and the headers of Standard Webhooks that it came with. */
export interface SignedText {
  readonly id: string
  readonly timestamp: string
  readonly signature: string
  readonly body: string
}

/** The list of receivers. What changes it resolves once it is on disk. */
export interface Webhooks {
  list(): readonly Webhook[]
  /** What is wrong with an address, undefined if nothing. */
  problemOfUrl(url: string): string | undefined
  /** `auditOf` its new id stands in the audit chain with it. */
  add(
    webhook: Pick<
      Webhook,
      'name' | 'url' | 'form' | 'language' | 'topics' | 'channels' | 'unit' | 'by'
    >,
    auditOf?: (id: string) => AuditEntry,
  ): Promise<{ readonly webhook: Webhook; readonly secret: string | null }>
  remove(id: string): Promise<void>
  /** The new secret. */
  rotate(id: string): Promise<string>
  /** Id of the trial message. */
  test(id: string): Promise<string>
  /** Whether one of its secrets signed this, just now. */
  isSigned(id: string, signed: SignedText): boolean
  /** What its gateway says became of messages to customers; what is said again changes nothing. */
  receive(id: string, receipts: readonly Receipt[]): Promise<void>
}

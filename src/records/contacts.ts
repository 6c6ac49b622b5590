/**
 * Contacts: when a customer spoke to us, through which channel, about which incident. By account
 * alone, and without what was said.
 */
import { CALL_CHANNELS, type CallChannel } from '../facts/calls.ts'
import type { InstantMs } from '../facts/time.ts'

export const CONTACT_KINDS = ['inquiry', 'report', 'urge', 'reply', 'complaint'] as const
/** Asked, reported an outage, urged its repair (催办), answered a message, or complained. */
export type ContactKind = (typeof CONTACT_KINDS)[number]

export interface Contact {
  readonly account: string
  readonly at: InstantMs
  readonly channel: CallChannel
  readonly kind: ContactKind
  readonly incident: string | null
  /** Who took it: an account or the subject of a token. */
  readonly by: string
  /** Of the request that told of it; repeated, it is the same contact. */
  readonly requestId: string
  /** Where the customer says it is dark; absent: nothing of the kind was said. */
  readonly usagePoint?: string
}

/** A report of darkness that no incident was known for. */
export interface UnlinkedCall {
  readonly requestId: string
  readonly at: InstantMs
  readonly usagePoint: string
}

/** Contacts of one customer that anyone reads. */
export const MAX_CONTACTS = 50

export type ContactColumns = [string, InstantMs, string, string, string | null, string, string]

export function contactOf([
  account,
  at,
  channel,
  kind,
  incident,
  by,
  requestId,
]: ContactColumns): Contact {
  return {
    account,
    at,
    channel: CALL_CHANNELS.find((one) => one === channel) ?? 'phone',
    kind: CONTACT_KINDS.find((one) => one === kind) ?? 'inquiry',
    incident,
    by,
    requestId,
  }
}

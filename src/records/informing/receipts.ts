/**
 * Receipts: what a gateway says became of messages it took. A message that did not arrive was not
 * heard, so its end is not owed on that channel either, and its audience is looked at again: another
 * channel may be left.
 */
import type { Connection } from '../../config/sqlite.ts'
import type { Channel } from '../../facts/channels.ts'
import type { InstantMs } from '../../facts/time.ts'

export const RECEIPT_STATES = ['delivered', 'failed'] as const
export type ReceiptState = (typeof RECEIPT_STATES)[number]

export interface Receipt {
  /** Of the message, as its gateway got it. */
  readonly id: string
  readonly state: ReceiptState
  /** When it arrived, or was given up. */
  readonly at: InstantMs
}

/** A message as it stands, for the answer card. */
export interface MessageLine {
  readonly at: InstantMs
  readonly channel: Channel
  readonly template: string
  readonly incident: string
  /** Not gone out yet; taken by a gateway; perhaps taken; or what the gateway said became of it. */
  readonly state: 'waiting' | 'sent' | 'unsure' | ReceiptState
  readonly receiptAt: InstantMs | null
}

/** Failures of a minute are looked at together. */
const GATHER_MS = 60_000

/** Files them, inside the ledger's transaction. */
export function receiptFiler(db: Connection) {
  // The first word stands, but what was given up may have arrived after all. Only its gateway may speak of it.
  const note = db
    .prepare(`UPDATE customer_messages SET receipt = ?1, receipt_at = ?2
      WHERE id = ?3 AND state IN ('tried', 'delivered', 'failed')
        AND (receipt IS NULL OR (receipt = 'failed' AND ?1 = 'delivered'))
        AND EXISTS (SELECT 1 FROM parcels WHERE parcels.id = parcel AND endpoint = ?4)
      RETURNING account, channel, at`)
    .raw()
  const reached = db.prepare(`UPDATE episodes SET heard = 1, unreachable = 0
    WHERE account = ? AND channel = ? AND first_at <= ?`)
  // Heard is only what may have arrived of this outage.
  const missed = db
    .prepare(`UPDATE episodes SET unreachable = 1, heard = EXISTS (SELECT 1 FROM customer_messages AS one
        WHERE one.account = episodes.account AND one.channel = episodes.channel
          AND one.at >= episodes.first_at AND one.state IN ('tried', 'delivered', 'failed')
          AND one.receipt IS NOT 'failed')
      WHERE account = ? AND channel = ? AND first_at <= ? RETURNING incident`)
    .raw()
  const again = db.prepare(`UPDATE audiences SET wanted = wanted + 1,
    due_at = min(coalesce(due_at, ?1), ?1) WHERE subject = ?2`)
  return (endpoint: string, receipts: readonly Receipt[], now: InstantMs): void => {
    const subjects = new Set<string>()
    for (const { id, state, at } of receipts) {
      const [row] = note.all([state, at, id, endpoint]) as [string, Channel, InstantMs][]
      if (!row) continue
      if (state === 'delivered') reached.run(row)
      else for (const [incident] of missed.all(row) as [string][]) subjects.add(incident)
    }
    for (const subject of subjects) again.run([now + GATHER_MS, subject])
  }
}

type Row = [...[InstantMs, Channel, string, string, string, ReceiptState | null, InstantMs | null]]

const STATES: Readonly<Record<string, MessageLine['state']>> = {
  waiting: 'waiting',
  tried: 'sent',
  delivered: 'sent',
  failed: 'unsure',
}

/** Reads what one customer was sent, on a connection of its own. */
export function messageReader(db: Connection) {
  const sent = db
    .prepare(`SELECT at, channel, template, incident, state, receipt, receipt_at
      FROM customer_messages WHERE account = ? AND at >= ? AND state NOT IN ('superseded', 'expired')
      ORDER BY at DESC, id LIMIT ?`)
    .raw()
  return (account: string, since: InstantMs, limit: number): readonly MessageLine[] =>
    (sent.all([account, since, limit]) as Row[]).map(
      ([at, channel, template, incident, state, receipt, receiptAt]) => {
        return { at, channel, template, incident, state: receipt ?? STATES[state]!, receiptAt }
      },
    )
}

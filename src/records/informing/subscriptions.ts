/**
 * Subscriptions: who asked to be told of outages, on which channel, until when. Of a customer by
 * account, or of all customers of a transformer's area (台区). They hold no name and no number; where
 * to reach a customer is looked up in the customer ledger when a message is sent.
 */
import type { Connection } from '../../config/sqlite.ts'
import type { Channel, CustomerLanguage } from '../../facts/channels.ts'
import type { InstantMs } from '../../facts/time.ts'

/** Where it was asked for: at the hotline, by the customer, or after a complaint (90-day service). */
export type SubscriptionSource = 'agent' | 'self' | 'complaint'

export interface Subscription {
  readonly id: string
  /** 户号; null where it is for an area. */
  readonly account: string | null
  /** Transformer whose customers are all told; null where it is for an account. */
  readonly area: string | null
  readonly channel: Channel
  /** Null: the customer's own. */
  readonly language: CustomerLanguage | null
  /** Wants short messages at night as well. */
  readonly atNight: boolean
  readonly source: SubscriptionSource
  readonly createdAt: InstantMs
  readonly by: string
  /** From then on it holds no more; null: until it is ended. */
  readonly until: InstantMs | null
  readonly endedAt: InstantMs | null
}

/** Subscriptions shown of one account or area, newest first. */
export const MAX_SUBSCRIPTIONS_SHOWN = 50

type Row = [
  ...[string, string | null, string | null, Channel, Subscription['language'], number],
  ...[SubscriptionSource, InstantMs, string, InstantMs | null, InstantMs | null],
]

const COLUMNS =
  'id, account, area, channel, language, at_night, source, created_at, by, until, ended_at'

function subscriptionOf([
  ...[id, account, area, channel, language, atNight, source, createdAt, by, until, endedAt]
]: Row): Subscription {
  return {
    ...{ id, account, area, channel, language, atNight: atNight === 1 },
    ...{ source, createdAt, by, until, endedAt },
  }
}

/** Writes them, inside the ledger's transaction. */
export function subscriptionFiler(db: Connection) {
  const add = db.prepare(`INSERT OR IGNORE INTO subscriptions (${COLUMNS})
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const end = db.prepare('UPDATE subscriptions SET ended_at = ? WHERE id = ? AND ended_at IS NULL')
  const refuse = db.prepare('INSERT OR REPLACE INTO refusals VALUES (?, ?, ?)')
  const refuseNoMore = db.prepare('DELETE FROM refusals WHERE account = ? AND channel = ?')
  return {
    /** The same id is the same request: it is kept once. */
    add(one: Subscription): void {
      const { id, account, area, channel, language, source, createdAt, by, until, endedAt } = one
      const night = one.atNight ? 1 : 0
      const row = [
        id,
        account,
        area,
        channel,
        language,
        night,
        source,
        createdAt,
        by,
        until,
        endedAt,
      ]
      // Only what was not there before takes a refusal back.
      if (add.run(row).changes > 0) refuseNoMore.run([account ?? '', channel])
    },
    end: (id: string, at: InstantMs) => void end.run([at, id]),
    refuse: (account: string, channel: Channel, at: InstantMs) =>
      void refuse.run([account, channel, at]),
  }
}

/** Reads them on a connection of its own. */
export function subscriptionReader(db: Connection) {
  const one = db.prepare(`SELECT ${COLUMNS} FROM subscriptions WHERE id = ?`).raw()
  const of = (column: 'account' | 'area') =>
    db
      .prepare(`SELECT ${COLUMNS} FROM subscriptions WHERE ${column} = ?
        ORDER BY created_at DESC, id LIMIT ?`)
      .raw()
  const ofAccount = of('account')
  const ofArea = of('area')
  const list = (rows: unknown) => (rows as Row[]).map(subscriptionOf)
  return {
    subscription(id: string): Subscription | undefined {
      const row = one.get([id]) as Row | undefined
      return row && subscriptionOf(row)
    },
    ofAccount: (account: string): readonly Subscription[] =>
      list(ofAccount.all([account, MAX_SUBSCRIPTIONS_SHOWN])),
    ofArea: (area: string): readonly Subscription[] =>
      list(ofArea.all([area, MAX_SUBSCRIPTIONS_SHOWN])),
  }
}

/**
 * What customers are told, as it is kept: an episode for each customer and channel in an outage, and
 * the messages of it. A message waits (certainly not heard), is tried (perhaps heard), and settles.
 * What a decision took for granted is checked again here, where nothing can come in between.
 */
import type { Connection } from '../../config/sqlite.ts'
import type { Channel } from '../../facts/channels.ts'
import type { InstantMs } from '../../facts/time.ts'

export interface EpisodeRow {
  readonly account: string
  readonly channel: Channel
  readonly incident: string
  readonly heard: boolean
  /** Id of the last message, while it is certain that it has not gone out. */
  readonly waiting: string | null
  readonly firstAt: InstantMs
  readonly lastAt: InstantMs
  readonly messages: number
  readonly etr: InstantMs | null
  readonly etrMoves: number
  readonly toldArrived: boolean
  readonly toldPartial: boolean
  /** A message of this outage did not arrive, as the gateway says. */
  readonly unreachable: boolean
  /** They were told that supply is back; the incident may still be called a mistake. */
  readonly toldEnd: boolean
}

export interface CustomerMessage {
  readonly id: string
  readonly account: string
  readonly channel: Channel
  readonly incident: string
  readonly template: string
  readonly language: string
  readonly text: string
  readonly at: InstantMs
  readonly notAfter: InstantMs
}

/** One customer's turn: what is said, and what stands afterwards. */
export interface Turn {
  readonly account: string
  readonly channel: Channel
  /** Must still wait, and is replaced; null where nothing waits. */
  readonly cancels: string | null
  readonly message: CustomerMessage | null
  /** Receiver that carries the message. */
  readonly endpoint: string | null
  /** `null`: the episode is over. Absent: it stays as it is. */
  readonly episode?: EpisodeRow | null
}

export type Row = [
  ...[string, Channel, string, number, string | null, InstantMs, InstantMs, number],
  ...[InstantMs | null, number, number, number, number, number],
]

export const EPISODE_COLUMNS =
  'account, channel, incident, heard, waiting, first_at, last_at, messages, etr, etr_moves, told_arrived, told_partial, unreachable, told_end'

export function episodeOf([
  ...[account, channel, incident, heard, waiting, firstAt, lastAt, messages, ...rest]
]: Row): EpisodeRow {
  const [etr, etrMoves, toldArrived, toldPartial, unreachable, toldEnd] = rest
  return {
    ...{ account, channel, incident, heard: heard === 1, waiting, firstAt, lastAt, messages },
    ...{ etr, etrMoves, toldArrived: toldArrived === 1, toldPartial: toldPartial === 1 },
    ...{ unreachable: unreachable === 1, toldEnd: toldEnd === 1 },
  }
}

/** Writes them, inside the ledger's transaction. */
export function episodeFiler(db: Connection) {
  const cancel = db.prepare(
    "UPDATE customer_messages SET state = 'superseded' WHERE id = ? AND state = 'waiting'",
  )
  const add = db.prepare(`INSERT OR IGNORE INTO customer_messages (id, account, channel, incident,
    template, language, text, at, not_after, parcel, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')`)
  const keep = db.prepare(`INSERT OR REPLACE INTO episodes (${EPISODE_COLUMNS})
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const end = db.prepare('DELETE FROM episodes WHERE account = ? AND channel = ?')
  const follow = db.prepare('UPDATE episodes SET incident = ? WHERE account = ? AND channel = ?')
  const ofParcel = db
    .prepare(`SELECT id, account, channel, not_after FROM customer_messages
      WHERE parcel = ? AND state = 'waiting'`)
    .raw()
  const turn = db.prepare('UPDATE customer_messages SET state = ? WHERE id = ?')
  const heard = db.prepare(`UPDATE episodes SET heard = 1, waiting = NULL
    WHERE account = ? AND channel = ? AND waiting = ?`)
  const unheard = db.prepare(`UPDATE episodes SET waiting = NULL
    WHERE account = ? AND channel = ? AND waiting = ?`)
  const drop = db.prepare(
    'DELETE FROM episodes WHERE account = ? AND channel = ? AND heard = 0 AND waiting IS NULL',
  )
  const settle = db.prepare(
    "UPDATE customer_messages SET state = ? WHERE parcel = ? AND state = 'tried'",
  )
  const old = db.prepare(`DELETE FROM customer_messages WHERE id IN (
    SELECT id FROM customer_messages WHERE at < ? AND state != 'waiting' ORDER BY at LIMIT ?)`)
  type Waiting = [id: string, account: string, channel: string, notAfter: InstantMs]

  const expire = ([id, account, channel]: Waiting) => {
    turn.run(['expired', id])
    unheard.run([account, channel, id])
    drop.run([account, channel])
  }
  return {
    /** False where the message to be replaced has gone out meanwhile: nothing was done. */
    turn({ account, channel, cancels, message, episode }: Turn, parcel: string): boolean {
      if (cancels !== null && cancel.run([cancels]).changes === 0) return false
      if (message) {
        const { id, incident, template, language, text, at, notAfter } = message
        const values = [id, account, channel, incident, template, language, text, at, notAfter]
        // Said already, under the same id: it is not said again, and nothing changes.
        if (add.run([...values, parcel]).changes === 0) return true
      }
      if (episode === null) end.run([account, channel])
      else if (episode) keep.run(valuesOf(episode))
      return true
    },
    follow: (account: string, channel: string, incident: string) =>
      void follow.run([incident, account, channel]),
    /** The parcel is about to be sent: from here on its messages may have been heard. */
    take(parcel: string, at: InstantMs): void {
      for (const row of ofParcel.all([parcel]) as Waiting[]) {
        const [id, account, channel, notAfter] = row
        if (notAfter <= at) expire(row)
        else {
          turn.run(['tried', id])
          heard.run([account, channel, id])
        }
      }
    },
    settle(parcel: string, result: 'delivered' | 'expired'): void {
      settle.run([result === 'delivered' ? 'delivered' : 'failed', parcel])
      if (result === 'expired') for (const row of ofParcel.all([parcel]) as Waiting[]) expire(row)
    },
    retain: (before: InstantMs, rows: number): number => old.run([before, rows]).changes,
  }
}

function valuesOf(one: EpisodeRow): unknown[] {
  const { account, channel, incident, waiting, firstAt, lastAt, messages, etr, etrMoves } = one
  const flag = (is: boolean) => (is ? 1 : 0)
  const flags = [one.heard, one.toldArrived, one.toldPartial, one.unreachable, one.toldEnd]
  const [heard, arrived, partial, unreachable, end] = flags.map(flag)
  return [
    ...[account, channel, incident, heard, waiting, firstAt, lastAt, messages],
    ...[etr, etrMoves, arrived, partial, unreachable, end],
  ]
}

/** Reads them on a connection of its own. */
export function episodeReader(db: Connection) {
  const tried = db
    .prepare(`SELECT id, account, channel, incident, template, language, text, at, not_after
      FROM customer_messages WHERE parcel = ? AND state = 'tried' ORDER BY id`)
    .raw()
  const counts = db
    .prepare('SELECT state, count(*) FROM customer_messages WHERE incident = ? GROUP BY state')
    .raw()
  type MessageRow = [
    ...[string, string, Channel, string, string, string, string],
    ...[InstantMs, InstantMs],
  ]
  return {
    /** Messages that the parcel carries. */
    triedIn: (parcel: string): readonly CustomerMessage[] =>
      (tried.all([parcel]) as MessageRow[]).map(
        ([id, account, channel, incident, template, language, text, at, notAfter]) => {
          return { id, account, channel, incident, template, language, text, at, notAfter }
        },
      ),
    /** How many messages of an incident stand how; all of them, for figures and tests. */
    messagesOf: (incident: string): Readonly<Record<string, number>> =>
      Object.fromEntries(counts.all([incident]) as [string, number][]),
  }
}

/**
 * Messages to receivers as they are kept. Of each order (an incident) at an endpoint the oldest that
 * is not settled is its head; only heads are sent, and an index over them finds those that are due.
 */
import type { Connection } from '../../config/sqlite.ts'
import type { InstantMs } from '../../facts/time.ts'

/** One message to one endpoint. */
export interface KeptParcel {
  /** The same at each attempt: the receiver's key against doubles. */
  readonly id: string
  readonly endpoint: string
  /** Parcels of an endpoint that share it arrive one after the other. */
  readonly order: string
  readonly type: string
  readonly body: string
  readonly at: InstantMs
  /** From then on it is stale and is not sent any more. */
  readonly notAfter: InstantMs
  /** Failed attempts so far. */
  readonly attempts: number
}

export interface NewParcel extends Omit<KeptParcel, 'attempts'> {
  /** Only for a receiver that may have heard of the matter before. */
  readonly follows: boolean
  /** What it speaks of: `incident`, `notice` … */
  readonly topic: string
}

/** What became of a parcel. */
export type ParcelOutcome =
  | { readonly id: string; readonly result: 'delivered' | 'expired'; readonly at: InstantMs }
  | {
      readonly id: string
      readonly result: 'retry'
      readonly at: InstantMs
      readonly nextAt: InstantMs
      readonly said: string
    }

/** True where the receiver may have heard of the parcel's matter, or still will. */
const HEARD = `EXISTS (SELECT 1 FROM parcels AS earlier
  WHERE earlier.endpoint = ?1 AND earlier.ord = ?2 AND earlier.topic = ?3 AND earlier.seq < ?4
    AND (earlier.state IN ('waiting', 'delivered') OR earlier.attempts > 0))`

/** Writes them, inside the ledger's transaction. */
export function parcelFiler(db: Connection) {
  const heard = db.prepare(`SELECT ${HEARD}`).raw()
  const supersede = db.prepare(`UPDATE parcels SET state = 'superseded', head = 0, settled_at = ?
    WHERE endpoint = ? AND ord = ? AND type = ? AND state = 'waiting'`)
  const add = db.prepare(`INSERT OR IGNORE INTO parcels
    (id, endpoint, ord, topic, type, body, at, not_after, follows, wake_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const known = db.prepare('SELECT 1 FROM parcels WHERE id = ?').raw()
  const promote = db.prepare(`UPDATE parcels SET head = 1 WHERE seq = (
    SELECT min(seq) FROM parcels WHERE endpoint = ? AND ord = ? AND state = 'waiting')`)
  const retry = db.prepare(`UPDATE parcels SET attempts = attempts + 1, said = ?,
    wake_at = min(?, not_after) WHERE id = ? AND state = 'waiting'`)
  // One that was replaced while it was under way has arrived all the same.
  const settle = db
    .prepare(`UPDATE parcels SET state = ?, head = 0, settled_at = ?
      WHERE id = ? AND state IN ('waiting', 'superseded') RETURNING endpoint, ord`)
    .raw()
  const followers = db
    .prepare(`SELECT seq, topic FROM parcels
      WHERE endpoint = ? AND ord = ? AND state = 'waiting' AND follows = 1 ORDER BY seq`)
    .raw()
  const unheard = db.prepare(
    "UPDATE parcels SET state = 'unheard', head = 0, settled_at = ? WHERE seq = ?",
  )
  const drop = db.prepare(`UPDATE parcels SET state = 'expired', head = 0, settled_at = ?
    WHERE endpoint = ? AND state = 'waiting'`)
  const retain = db.prepare(
    'DELETE FROM parcels WHERE seq IN (SELECT seq FROM parcels WHERE settled_at < ? LIMIT ?)',
  )
  const isHeard = (endpoint: string, order: string, topic: string, before: number) =>
    (heard.get([endpoint, order, topic, before]) as [number])[0] === 1

  /** What follows on something that never arrived is not sent either. */
  function dropUnheard(endpoint: string, order: string, at: InstantMs): void {
    for (const [seq, topic] of followers.all([endpoint, order]) as [number, string][])
      if (!isHeard(endpoint, order, topic, seq)) unheard.run([at, seq])
  }

  return {
    /**
     * Files it; one of the same type that still waits is replaced: it says what is no longer so.
     * Escalations are each their own, and messages to customers are replaced one by one.
     */
    add(parcel: NewParcel): void {
      const { id, endpoint, order, topic, type, body, at, notAfter, follows } = parcel
      // Said already, or waiting under the same id: it must not replace itself.
      if (known.get([id]) !== undefined) return
      if (follows && !isHeard(endpoint, order, topic, Number.MAX_SAFE_INTEGER)) return
      if (topic !== 'escalation' && topic !== 'customer') supersede.run([at, endpoint, order, type])
      add.run([id, endpoint, order, topic, type, body, at, notAfter, follows ? 1 : 0, at])
      promote.run([endpoint, order])
    },
    settle(outcome: ParcelOutcome): void {
      if (outcome.result === 'retry') {
        retry.run([outcome.said, outcome.nextAt, outcome.id])
        return
      }
      const { result, at, id } = outcome
      const [settled] = settle.all([result, at, id]) as [string, string][]
      if (!settled) return
      if (result === 'expired') dropUnheard(...settled, at)
      promote.run(settled)
    },
    /** Nothing more goes to the endpoint. */
    drop: (endpoint: string, at: InstantMs) => void drop.run([at, endpoint]),
    /** Drops up to `rows` settled before `before`; how many. */
    retain: (before: InstantMs, rows: number) => retain.run([before, rows]).changes,
  }
}

/** Reads them on a connection of its own. */
export function parcelReader(db: Connection) {
  const due = db
    .prepare(`SELECT id, endpoint, ord, type, body, at, not_after, attempts FROM parcels
      WHERE endpoint = ? AND head = 1 AND wake_at <= ? ORDER BY wake_at, seq LIMIT ?`)
    .raw()
  const next = db.prepare('SELECT min(wake_at) FROM parcels WHERE endpoint = ? AND head = 1').raw()
  const waiting = db
    .prepare("SELECT count(*) FROM parcels WHERE endpoint = ? AND state = 'waiting'")
    .raw()
  type Row = [string, string, string, string, string, InstantMs, InstantMs, number]
  return {
    /** Heads whose time to be tried, or to expire, has come; oldest first. */
    due: (endpoint: string, now: InstantMs, limit: number): readonly KeptParcel[] =>
      (due.all([endpoint, now, limit]) as Row[]).map(
        ([id, of, order, type, body, at, notAfter, attempts]) => {
          return { id, endpoint: of, order, type, body, at, notAfter, attempts }
        },
      ),
    /** When the next head comes up; undefined for none. */
    nextAt: (endpoint: string): InstantMs | undefined =>
      (next.get([endpoint]) as [InstantMs | null])[0] ?? undefined,
    waiting: (endpoint: string): number => (waiting.get([endpoint]) as [number])[0],
  }
}

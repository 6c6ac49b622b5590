/**
 * Complaints (投诉) until they are answered: by account and code, what was said is not kept. How far up the
 * ladder one has been told stands with it, so that no restart tells it twice.
 */
import type { Connection } from '../config/sqlite.ts'
import type { CallChannel } from '../facts/calls.ts'
import type { InstantMs } from '../facts/time.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

export interface Complaint {
  readonly number: number
  readonly account: string
  readonly unit: string
  readonly incident: string | null
  /** A code. */
  readonly reason: string
  readonly channel: CallChannel
  /** Account of who took it. */
  readonly by: string
  readonly receivedAt: InstantMs
  readonly dueAt: InstantMs
  /** Highest level told: −1 none, 0 a reminder, 1 班组, 2 旗县, 3 盟市. */
  readonly level: number
  readonly answeredAt: InstantMs | null
  readonly answeredBy: string | null
  /** A code. */
  readonly resolution: string | null
}

/** What may be done to one. What does not fit its state changes nothing. */
export type ComplaintEntry =
  | ({ readonly do: 'file'; readonly request: string } & Pick<
      Complaint,
      'account' | 'unit' | 'incident' | 'reason' | 'channel' | 'by' | 'receivedAt' | 'dueAt'
    >)
  | { readonly do: 'tell'; readonly number: number; readonly level: number; readonly at: InstantMs }
  | {
      readonly do: 'answer'
      readonly number: number
      readonly resolution: string
      readonly by: string
      readonly at: InstantMs
    }

export interface ComplaintQuery {
  readonly state: 'waiting' | 'overdue' | 'answered' | 'all'
  readonly units?: readonly string[]
  readonly now: InstantMs
  readonly limit: number
  readonly cursor?: string
}

type Row = [
  ...[number, string, string, string | null, string, CallChannel, string, InstantMs, InstantMs],
  ...[number, InstantMs | null, string | null, string | null],
]

const COLUMNS = `seq, account, unit, incident, reason, channel, by, received_at, due_at, level,
  answered_at, answered_by, resolution`

function complaintOf(row: Row): Complaint {
  const [number, account, unit, incident, reason, channel, by, receivedAt, dueAt, ...then] = row
  const [level, answeredAt, answeredBy, resolution] = then
  return {
    ...{ number, account, unit, incident, reason, channel, by, receivedAt, dueAt },
    ...{ level, answeredAt, answeredBy, resolution },
  }
}

/** Files and changes them, inside the ledger's transaction. */
export function complaintFiler(db: Connection) {
  const add = db.prepare(`INSERT OR IGNORE INTO complaints
    (request, account, unit, incident, reason, channel, by, received_at, due_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const tell = db.prepare(
    'UPDATE complaints SET level = ?2 WHERE seq = ?1 AND level < ?2 AND answered_at IS NULL',
  )
  const answer =
    db.prepare(`UPDATE complaints SET resolution = ?2, answered_by = ?3, answered_at = ?4
    WHERE seq = ?1 AND answered_at IS NULL`)
  const one = db.prepare(`SELECT ${COLUMNS} FROM complaints WHERE seq = ?`).raw()
  /** The complaint where it has newly come to a level. */
  return (entry: ComplaintEntry): Complaint | undefined => {
    switch (entry.do) {
      case 'file': {
        const { request, account, unit, incident, reason, channel, by, receivedAt, dueAt } = entry
        add.run([request, account, unit, incident, reason, channel, by, receivedAt, dueAt])
        return undefined
      }
      case 'answer':
        answer.run([entry.number, entry.resolution, entry.by, entry.at])
        return undefined
      case 'tell':
        if (tell.run([entry.number, entry.level]).changes === 0) return undefined
        return complaintOf(one.get([entry.number]) as Row)
    }
  }
}

const STATES: Readonly<Record<ComplaintQuery['state'], string>> = {
  waiting: 'answered_at IS NULL',
  overdue: 'answered_at IS NULL AND due_at <= ?3',
  answered: 'answered_at IS NOT NULL',
  all: 'true',
}

/** Reads them on a connection of its own. */
export function complaintReader(db: Connection) {
  const one = db.prepare(`SELECT ${COLUMNS} FROM complaints WHERE seq = ?`).raw()
  const seen = '(?1 IS NULL OR unit IN (SELECT value FROM json_each(?1)))'
  const pages = Object.fromEntries(
    Object.entries(STATES).map(([state, condition]) => [
      state,
      db
        .prepare(`SELECT ${COLUMNS} FROM complaints WHERE ${seen} AND seq > ?2
          AND (${condition}) AND ?3 = ?3 ORDER BY seq LIMIT ?4`)
        .raw(),
    ]),
  )
  const counts = db
    .prepare(`SELECT count(*), coalesce(sum(due_at <= ?2), 0) FROM complaints
      WHERE ${seen} AND answered_at IS NULL`)
    .raw()
  const unanswered = db
    .prepare(`SELECT ${COLUMNS} FROM complaints WHERE answered_at IS NULL ORDER BY seq`)
    .raw()
  const amongOf = (units: readonly string[] | undefined) =>
    units === undefined ? null : JSON.stringify(units)
  return {
    one(number: number): Complaint | undefined {
      const row = one.get([number]) as Row | undefined
      return row && complaintOf(row)
    },
    /** All that wait. */
    unanswered: () => (unanswered.all([]) as Row[]).map(complaintOf),
    /** Oldest first. */
    page({ state, units, now, limit, cursor }: ComplaintQuery) {
      const after = cursor === undefined ? 0 : decodeCursor('complaints', cursor)
      const rows = pages[state]!.all([amongOf(units), after, now, limit + 1]) as Row[]
      const complaints = rows.slice(0, limit).map(complaintOf)
      const next =
        rows.length > limit ? encodeCursor('complaints', complaints.at(-1)!.number) : null
      return { complaints, cursor: next }
    },
    counts(units: readonly string[] | undefined, now: InstantMs) {
      const [waiting, overdue] = counts.get([amongOf(units), now]) as [number, number]
      return { waiting, overdue }
    },
  }
}

/**
 * Complaints (投诉) until they are answered: by account and code, what was said is not kept. How far up the
 * ladder one has been told stands with it, so that no restart tells it twice.
 */
import type { Connection } from '../config/sqlite.ts'
import type { CallChannel } from '../facts/calls.ts'
import type { InstantMs } from '../facts/time.ts'
import { workListReader } from './work-list.ts'

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
  /** The complaint where it has newly come to a level, or was answered by this. */
  return (entry: ComplaintEntry): Complaint | undefined => {
    switch (entry.do) {
      case 'file': {
        const { request, account, unit, incident, reason, channel, by, receivedAt, dueAt } = entry
        add.run([request, account, unit, incident, reason, channel, by, receivedAt, dueAt])
        return undefined
      }
      case 'answer': {
        const { changes } = answer.run([entry.number, entry.resolution, entry.by, entry.at])
        return changes === 0 ? undefined : complaintOf(one.get([entry.number]) as Row)
      }
      case 'tell':
        if (tell.run([entry.number, entry.level]).changes === 0) return undefined
        return complaintOf(one.get([entry.number]) as Row)
    }
  }
}

/** Reads them on a connection of its own. */
export function complaintReader(db: Connection) {
  const waiting = 'answered_at IS NULL'
  const { one, page, counts } = workListReader<Row, Complaint, ComplaintQuery['state']>(db, {
    ...{ table: 'complaints', columns: COLUMNS, itemOf: complaintOf, waiting, dueAt: 'due_at' },
    states: { answered: 'answered_at IS NOT NULL', all: 'true' },
  })
  const unanswered = db
    .prepare(`SELECT ${COLUMNS} FROM complaints WHERE ${waiting} ORDER BY seq`)
    .raw()
  return {
    one,
    counts,
    /** All that wait. */
    unanswered: () => (unanswered.all([]) as Row[]).map(complaintOf),
    /** Oldest first. */
    page({ now, ...query }: ComplaintQuery) {
      const { items, cursor } = page({ ...query, overdueUpTo: now })
      return { complaints: items, cursor }
    },
  }
}

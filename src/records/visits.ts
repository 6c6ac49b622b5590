/**
 * Visits to customers whose life hangs on supply, and contacts with important ones: opened, moved and ended as the engine says, taken by
 * whoever goes. By place alone; the customer ledger knows who lives there and whose customer it is.
 */
import type { Connection } from '../config/sqlite.ts'
import type { VisitChange, VisitReason } from '../engine/service/visit-change.ts'
import type { InstantMs } from '../facts/time.ts'
import { workListReader } from './work-list.ts'

export interface Visit {
  readonly number: number
  /** As the engine named it. */
  readonly id: string
  readonly incident: string
  readonly usagePoint: string
  readonly transformer: string | null
  readonly unit: string
  readonly reason: VisitReason
  readonly openedAt: InstantMs
  readonly dueAt: InstantMs
  /** `ended`: nobody needs to go any more. */
  readonly state: 'open' | 'taken' | 'settled' | 'ended'
  readonly takenBy: string | null
  readonly takenAt: InstantMs | null
  /** What was found, or why nobody needs to go: a code. */
  readonly outcome: string | null
  readonly settledBy: string | null
  readonly settledAt: InstantMs | null
}

/** What a person does beside settling it, which the engine decides. What does not fit its state changes nothing. */
export interface VisitEntry {
  readonly do: 'take'
  readonly number: number
  readonly by: string
  readonly at: InstantMs
  /** From who has it only where it was due by this time. */
  readonly othersUpTo: InstantMs
}

export interface VisitQuery {
  readonly state: 'waiting' | 'overdue' | 'settled' | 'all'
  readonly units?: readonly string[]
  readonly incident?: string
  readonly now: InstantMs
  readonly limit: number
  readonly cursor?: string
}

/** Files and changes them, inside the ledger's transaction. */
export function visitFiler(db: Connection) {
  // One that moves to another incident stays with who has taken it.
  const open = db.prepare(`INSERT INTO visits
    (id, incident, usage_point, transformer, unit, opened_at, due_at, reason, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open')
    ON CONFLICT (id) DO UPDATE SET incident = excluded.incident, reason = excluded.reason`)
  const over = db.prepare(`UPDATE visits SET state = ?2, outcome = ?3, settled_by = ?4,
    settled_at = ?5 WHERE id = ?1 AND state IN ('open', 'taken')`)
  const take = db.prepare(`UPDATE visits SET state = 'taken', taken_by = ?2, taken_at = ?3
    WHERE seq = ?1 AND state IN ('open', 'taken') AND (due_at <= ?4 OR coalesce(taken_by, ?2) = ?2)`)
  return {
    file(change: VisitChange): void {
      const { id, incident, usagePoint, transformer, unit, openedAt, dueAt, reason, state } = change
      if (state === 'open')
        open.run([id, incident, usagePoint, transformer, unit, openedAt, dueAt, reason])
      else over.run([id, state, change.outcome, change.by, change.at])
    },
    /** Whether it was done. */
    apply: ({ number, by, at, othersUpTo }: VisitEntry): boolean =>
      take.run([number, by, at, othersUpTo]).changes > 0,
  }
}

type Row = [
  ...[number, string, string, string, string | null, string, InstantMs, InstantMs, Visit['state']],
  ...[string | null, InstantMs | null, string | null, string | null, InstantMs | null],
  VisitReason,
]

const COLUMNS = `seq, id, incident, usage_point, transformer, unit, opened_at, due_at, state,
  taken_by, taken_at, outcome, settled_by, settled_at, reason`

function visitOf(row: Row): Visit {
  const [number, id, incident, usagePoint, transformer, unit, openedAt, dueAt, ...then] = row
  const [state, takenBy, takenAt, outcome, settledBy, settledAt, reason] = then
  return {
    ...{ number, id, incident, usagePoint, transformer, unit, reason, openedAt, dueAt },
    ...{ state, takenBy, takenAt, outcome, settledBy, settledAt },
  }
}

/** Reads them on a connection of its own. */
export function visitReader(db: Connection) {
  const waiting = `state IN ('open', 'taken')`
  const { one, page, counts } = workListReader<Row, Visit, VisitQuery['state']>(db, {
    ...{ table: 'visits', columns: COLUMNS, itemOf: visitOf, waiting, dueAt: 'due_at' },
    states: { settled: `state IN ('settled', 'ended')`, all: 'true' },
    among: 'incident = ?2',
  })
  const waits = db
    .prepare(`SELECT ${COLUMNS} FROM visits WHERE ${waiting} AND usage_point = ?`)
    .raw()
  return {
    one,
    counts,
    /** The one that waits at a place: there is no second before it is over. */
    waitingAt(usagePoint: string): Visit | undefined {
      const row = waits.get([usagePoint]) as Row | undefined
      return row && visitOf(row)
    },
    /** Oldest first, and so the first that is due. */
    page({ now, incident, ...query }: VisitQuery) {
      const { items, cursor } = page({ ...query, of: incident, overdueUpTo: now })
      return { visits: items, cursor }
    },
  }
}

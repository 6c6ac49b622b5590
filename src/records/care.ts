/**
 * Why customers and areas are served more attentively (服务等级), as the engine took it in: one row a place,
 * account and reason. What holds no longer stays until it is said anew, for the record.
 */
import type { Connection } from '../config/sqlite.ts'
import type { CareChange } from '../engine/care/care-change.ts'
import type { CareReason } from '../facts/care.ts'
import type { InstantMs } from '../facts/time.ts'

/** A note as it stands. */
export interface CareRow {
  readonly usagePoint: string | null
  readonly transformer: string | null
  readonly account: string | null
  readonly reason: CareReason
  readonly since: InstantMs
  readonly until: InstantMs
  readonly by: string
  readonly role: string
}

export interface CareQuery {
  /** Notes that hold at this time. */
  readonly at: InstantMs
  readonly reason?: CareReason
  readonly limit: number
}

/** Files what the engine took in. */
export function careFiler(db: Connection) {
  const note = db.prepare('INSERT OR REPLACE INTO care VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  return ({ notes, since, by, role }: CareChange) => {
    for (const { usagePoint, transformer, account, reason, until } of notes)
      note.run([usagePoint ?? '', transformer ?? '', account ?? '', reason, since, until, by, role])
  }
}

type Columns = readonly [string, string, string, CareReason, InstantMs, InstantMs, string, string]

export function careReader(db: Connection) {
  const columns = 'usage_point, transformer, account, reason, since, until, by, role'
  const over = db
    .prepare(`SELECT ${columns} FROM care WHERE until > ?1
      AND ((usage_point != '' AND usage_point = ?2) OR (transformer != '' AND transformer = ?3)
        OR (account != '' AND account = ?4))
      ORDER BY reason, since`)
    .raw()
  const list = db
    .prepare(`SELECT ${columns} FROM care WHERE until > ?1 AND (?2 IS NULL OR reason = ?2)
      ORDER BY since DESC, usage_point, transformer, account, reason LIMIT ?3`)
    .raw()
  const byRole = db
    .prepare(`SELECT ${columns} FROM care WHERE role = ?1 AND until > ?2
      ORDER BY usage_point, transformer, reason`)
    .raw()
  return {
    /** What holds of one customer and of the area they are in; empty texts name nothing. */
    over: (at: InstantMs, usagePoint: string, transformer: string, account: string) =>
      (over.all([at, usagePoint, transformer, account]) as Columns[]).map(rowOf),
    list: ({ at, reason, limit }: CareQuery) =>
      (list.all([at, reason ?? null, limit]) as Columns[]).map(rowOf),
    /** What holds by the word of a role. */
    byRole: (role: string, at: InstantMs) => (byRole.all([role, at]) as Columns[]).map(rowOf),
  }
}

function rowOf([
  usagePoint,
  transformer,
  account,
  reason,
  since,
  until,
  by,
  role,
]: Columns): CareRow {
  const orNull = (id: string) => (id === '' ? null : id)
  return {
    usagePoint: orNull(usagePoint),
    transformer: orNull(transformer),
    account: orNull(account),
    ...{ reason, since, until, by, role },
  }
}

/**
 * Incidents whose customers are to be looked at: the transactional outbox of messages to customers.
 * A change of an incident marks its row, in the transaction that files the change; a walk over its
 * customers goes on from where it stopped, whatever stopped it. News that comes during a walk is
 * told by the rest of it, and those passed already are looked at again.
 */
import type { Connection } from '../../config/sqlite.ts'
import type { Incident } from '../../engine/changes.ts'
import type { InstantMs } from '../../facts/time.ts'

/** Of a walk: first who was told something, then who is without supply. */
export const WALK_PHASES = ['told', 'dark'] as const
export type WalkPhase = (typeof WALK_PHASES)[number]

/** A walk that is due, or under way. */
export interface Walk {
  /** An incident, or an announced outage as `plan:ID@from`. */
  readonly subject: string
  readonly walking: number
  readonly phase: WalkPhase
  /** The last place that is done with, −1 for none. */
  readonly after: number
  /** Of the grid of that place. */
  readonly grid: string
  readonly wakeAt: InstantMs | null
}

/** Where a walk has got. */
export type Progress =
  | Pick<Walk, 'subject' | 'phase' | 'after' | 'grid' | 'wakeAt'>
  /** Its end; `over`: nothing more will happen to the subject. */
  | { readonly subject: string; readonly wakeAt: InstantMs | null; readonly over: boolean }

/** What of an incident customers would notice; anything else makes no walk. */
export function noticeable(incident: Incident): string {
  const { outageKind, outcome, mergedInto, kind, flags, device, grade, stage, cause } = incident
  const { transformersAffected, metersAffected, estimatedPeriod, etrSource, noticeNo } = incident
  return JSON.stringify([
    ...[outageKind, outcome, mergedInto, kind, flags, device.id, grade, stage, cause],
    ...[transformersAffected, metersAffected, estimatedPeriod?.end, etrSource, noticeNo],
  ])
}

/** Writes them, inside the ledger's transaction. */
export function audienceFiler(db: Connection) {
  const known = db.prepare('SELECT said FROM audiences WHERE subject = ?').raw()
  const mark = db.prepare(`INSERT INTO audiences (subject, said, wanted, due_at) VALUES (?, ?, 1, ?)
    ON CONFLICT (subject) DO UPDATE SET said = excluded.said, wanted = wanted + 1,
      due_at = min(coalesce(due_at, excluded.due_at), excluded.due_at)`)
  const announce = db.prepare(
    "INSERT OR IGNORE INTO audiences (subject, said, wanted, due_at) VALUES (?, '', 1, ?)",
  )
  const advance = db.prepare(`UPDATE audiences SET walking = coalesce(walking, wanted), phase = ?,
    after = ?, grid = ?, wake_at = ? WHERE subject = ?`)
  const again = db.prepare('UPDATE audiences SET wanted = wanted + 1 WHERE subject = ?')
  const everybody = db.prepare(`UPDATE audiences SET wanted = wanted + 1,
    due_at = min(coalesce(due_at, ?1), ?1)`)
  const finish = db.prepare(`UPDATE audiences SET phase = NULL, after = -1, wake_at = NULL,
    due_at = CASE WHEN wanted > walking THEN ? ELSE ? END, walking = NULL WHERE subject = ?`)
  const forget = db.prepare('DELETE FROM audiences WHERE subject = ? AND due_at IS NULL')
  return {
    /** An incident has a new revision. What nobody was told of and nobody may be told of makes no row. */
    incident(incident: Incident, at: InstantMs): void {
      const row = known.get([incident.id]) as [string] | undefined
      if (!row && incident.outageKind === 'predicted') return
      const said = noticeable(incident)
      if (row?.[0] !== said) mark.run([incident.id, said, at])
    },
    announced: (subject: string, at: InstantMs) => void announce.run([subject, at]),
    /** Somebody of it is to be looked at again, when this walk is over. */
    again: (subject: string) => void again.run([subject]),
    /** There is a new way to tell them: all are looked at again. */
    everybody: (at: InstantMs) => void everybody.run([at]),
    progress(progress: Progress, at: InstantMs): void {
      const { subject, wakeAt } = progress
      if ('phase' in progress) {
        advance.run([progress.phase, progress.after, progress.grid, wakeAt, subject])
        return
      }
      finish.run([at, wakeAt, subject])
      if (progress.over) forget.run([subject])
    },
  }
}

/** Reads them on a connection of its own. */
export function audienceReader(db: Connection) {
  const due = db
    .prepare(`SELECT subject, coalesce(walking, wanted), phase, after, grid, wake_at, due_at
      FROM audiences WHERE due_at IS NOT NULL ORDER BY phase IS NULL, due_at, subject LIMIT 1`)
    .raw()
  type Row = [string, number, WalkPhase | null, number, string, InstantMs | null, InstantMs]
  return {
    /** The walk under way, else the one that is due first, and when. */
    nextWalk(): (Walk & { readonly dueAt: InstantMs }) | undefined {
      const row = due.get([]) as Row | undefined
      if (!row) return undefined
      const [subject, walking, phase, after, grid, wakeAt, dueAt] = row
      return { subject, walking, phase: phase ?? 'told', after, grid, wakeAt, dueAt }
    },
  }
}

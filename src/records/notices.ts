/** Notices and escalations in the ledger: filed as the engine made them, listed for people. */
import type { Connection } from '../config/sqlite.ts'
import type { EscalationChange, Notice, NoticeChange } from '../engine/changes.ts'
import type { InstantMs } from '../facts/time.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { type Place, placeReader } from './informing/places.ts'
import { type PushSummary, pushReader } from './informing/pushes.ts'
import { type MeasuresEntered, measureReader } from './repair/measures.ts'

export interface NoticeQuery {
  /** Units whose notices may be seen; absent: all. */
  readonly units?: readonly string[]
  readonly status?: Notice['status']
  readonly limit: number
  readonly cursor?: string
}

export interface NoticePage {
  readonly notices: readonly Notice[]
  readonly cursor: string | null
}

/** What belongs to a notice and is no word of the engine's. */
export interface BesideNotice {
  /** When what it says changed last (停送电变更时间); null where there is none. */
  readonly changedAt: InstantMs | null
  readonly push: PushSummary
  /** Where those without supply are; empty where that is not known. */
  readonly places: readonly Place[]
  /** 处理措施, 材料, as the field entered them, oldest first. */
  readonly measures: readonly MeasuresEntered[]
  readonly photos: { readonly count: number; readonly lastAt: InstantMs | null }
}

/** Files notices and escalations, inside the ledger's transaction. */
export function noticeFiler(db: Connection) {
  const notice = db.prepare(`INSERT INTO notices (incident, no, unit, status, revision, at, json)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (incident) DO UPDATE SET no = excluded.no, unit = excluded.unit,
      status = excluded.status, revision = excluded.revision, at = excluded.at, json = excluded.json`)
  const escalation = db.prepare(
    'INSERT INTO escalations (id, incident, level, at, json) VALUES (?, ?, ?, ?, ?)',
  )
  return {
    notice({ notice: told, at }: NoticeChange): void {
      const { incident, no, unit, status, revision } = told
      notice.run([incident, no, unit, status, revision, at, JSON.stringify(told)])
    },
    /** The id is unique for ever: a second one is a broken invariant and stops the ledger. */
    escalation(change: EscalationChange): void {
      const { id, incident, level, at } = change
      escalation.run([id, incident, level, at, JSON.stringify(change)])
    },
  }
}

/** Reads them on a connection of its own. */
export function noticeReader(db: Connection) {
  const page = db
    .prepare(`SELECT seq, json FROM notices WHERE seq < ?1 AND (?2 IS NULL OR status = ?2)
      AND (?3 IS NULL OR unit IN (SELECT value FROM json_each(?3))) ORDER BY seq DESC LIMIT ?4`)
    .raw()
  const escalations = db
    .prepare('SELECT json FROM escalations WHERE incident = ? ORDER BY seq')
    .raw()
  const one = db.prepare('SELECT json FROM notices WHERE incident = ?').raw()
  const photos = db.prepare('SELECT count(*), max(at) FROM attachments WHERE incident = ?').raw()
  const changed = db.prepare('SELECT at FROM notices WHERE incident = ?').raw()
  const pushesOf = pushReader(db)
  const placesOf = placeReader(db)
  const measuresOf = measureReader(db)
  return {
    notices({ units, status, limit, cursor }: NoticeQuery): NoticePage {
      const before =
        cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor('notices', cursor)
      const among = units === undefined ? null : JSON.stringify(units)
      const rows = page.all([before, status ?? null, among, limit + 1]) as [number, string][]
      const kept = rows.slice(0, limit)
      return {
        notices: kept.map(([, json]) => JSON.parse(json) as Notice),
        cursor: rows.length > limit ? encodeCursor('notices', kept.at(-1)![0]) : null,
      }
    },
    notice(incident: string): Notice | undefined {
      const row = one.get([incident]) as [string] | undefined
      return row && (JSON.parse(row[0]) as Notice)
    },
    besideNotice(incident: string): BesideNotice {
      const [count, lastAt] = photos.get([incident]) as [number, InstantMs | null]
      const [changedAt] = (changed.get([incident]) ?? [null]) as [InstantMs | null]
      const push = pushesOf(incident)
      const [places, measures] = [placesOf(incident), measuresOf(incident)]
      return { changedAt, push, places, measures, photos: { count, lastAt } }
    },
    escalations: (incident: string): readonly EscalationChange[] =>
      (escalations.all([incident]) as [string][]).map(([json]) => JSON.parse(json)),
  }
}

/** What the ledger is asked about repairs, on a connection of its own. */
import type { Connection } from '../../config/sqlite.ts'
import type { EscalationChange, Incident } from '../../engine/changes.ts'
import type { EtrOutcomeChange } from '../../engine/repair/etr-outcome.ts'
import type { RepairEntryChange } from '../../engine/repair/repair-view.ts'
import type { SupervisionChange } from '../../engine/service/supervision-order.ts'
import type { InstantMs } from '../../facts/time.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import { attachmentReader } from './attachments.ts'
import { crewReader } from './crews.ts'

/** An escalation with what became of it. */
export interface EscalationRow {
  readonly escalation: EscalationChange
  readonly reply: SupervisionChange | null
  /** The words of the reply. */
  readonly replyText: string | null
  readonly closedAt: InstantMs | null
  /** The incident as it is by now. */
  readonly incident: Incident
}

export interface EscalationQuery {
  /** `open`: supervision orders that wait for what they ask. */
  readonly state: 'open' | 'all'
  readonly incident?: string
  readonly units?: readonly string[]
  readonly limit: number
  readonly cursor?: string
}

/** An entry of a repair's log with its words. */
export interface RepairLogEntry {
  readonly entry: RepairEntryChange
  readonly text: string | null
}

export function repairReader(db: Connection) {
  const page = db
    .prepare(`SELECT escalations.seq, escalations.json, reply, remarks.text, closed_at,
        incidents.json
      FROM escalations JOIN incidents ON incidents.id = escalations.incident
      LEFT JOIN remarks ON remarks.id = json_extract(reply, '$.remark')
      WHERE escalations.seq < ?1
        AND (?2 = 'all' OR (closed_at IS NULL AND level > 0 AND incidents.open = 1
          AND json_extract(escalations.json, '$.sent')))
        AND (?3 IS NULL OR unit IN (SELECT value FROM json_each(?3)))
        AND (?4 IS NULL OR escalations.incident = ?4)
      ORDER BY escalations.seq DESC LIMIT ?5`)
    .raw()
  const one = db.prepare('SELECT json FROM escalations WHERE id = ?').raw()
  const log = db
    .prepare(`SELECT repair_log.json, text FROM repair_log
      LEFT JOIN remarks ON remarks.id = json_extract(repair_log.json, '$.remark')
      WHERE repair_log.incident = ? ORDER BY seq`)
    .raw()
  const visits = db
    .prepare(
      "SELECT at, by, text FROM remarks WHERE incident = ? AND id GLOB 'v-*' ORDER BY at, id",
    )
    .raw()
  const children = db
    .prepare(`SELECT json FROM incidents
      WHERE merged_into = ?1 OR json_extract(json, '$.parent') = ?1 ORDER BY seq`)
    .raw()
  const outcomes = db
    .prepare(`SELECT json FROM etr_outcomes AS one WHERE restored_at >= ? AND restored_at < ?
      AND NOT EXISTS (SELECT 1 FROM incidents
        WHERE incidents.id = one.incident AND outcome IS NOT NULL)
      ORDER BY restored_at LIMIT ?`)
    .raw()
  return {
    crews: crewReader(db),
    ...attachmentReader(db),
    escalationPage({ state, incident, units, limit, cursor }: EscalationQuery) {
      const before =
        cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor('escalations', cursor)
      const among = units === undefined ? null : JSON.stringify(units)
      const rows = page.all([before, state, among, incident ?? null, limit + 1]) as [
        ...[number, string, string | null, string | null, InstantMs | null, string],
      ][]
      const kept = rows.slice(0, limit)
      return {
        rows: kept.map(([, json, reply, replyText, closedAt, of]): EscalationRow => {
          return {
            escalation: JSON.parse(json),
            reply: reply === null ? null : JSON.parse(reply),
            replyText,
            closedAt,
            incident: JSON.parse(of),
          }
        }),
        cursor: rows.length > limit ? encodeCursor('escalations', kept.at(-1)![0]) : null,
      }
    },
    /** Of outages: what was called a false alarm after it was restored lasted no time. */
    etrOutcomes: (from: InstantMs, to: InstantMs, limit: number): readonly EtrOutcomeChange[] =>
      (outcomes.all([from, to, limit]) as [string][]).map(([json]) => JSON.parse(json)),
    escalation(id: string): EscalationChange | undefined {
      const row = one.get([id]) as [string] | undefined
      return row && JSON.parse(row[0])
    },
    repairLog: (incident: string): readonly RepairLogEntry[] =>
      (log.all([incident]) as [string, string | null][]).map(([json, text]) => {
        return { entry: JSON.parse(json), text }
      }),
    visits: (incident: string) =>
      (visits.all([incident]) as [InstantMs, string, string][]).map(([at, by, text]) => {
        return { at, by, text }
      }),
    childrenOf: (incident: string): readonly Incident[] =>
      (children.all([incident]) as [string][]).map(([json]) => JSON.parse(json)),
  }
}

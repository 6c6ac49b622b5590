/**
 * What was done on site and what it took (处理措施, 材料), in the field's words: kept beside the remark of the same
 * request, and forgotten with it. An entry that was refused is none.
 */
import type { Connection } from '../../config/sqlite.ts'
import type { InstantMs } from '../../facts/time.ts'

export interface MeasuresEntered {
  /** Of the action that they came with. */
  readonly request: string
  readonly at: InstantMs
  readonly measure: string | null
  readonly materials: string | null
}

/** How the ids of these words begin; the rest is the request. */
const MEASURE_WORDS = 'm-'
const MATERIAL_WORDS = 't-'

/** Reads them on a connection of its own, oldest first. */
export function measureReader(db: Connection) {
  const entered = db
    .prepare(`SELECT json_extract(repair_log.json, '$.id'), repair_log.at, measure.text, materials.text
      FROM repair_log
      LEFT JOIN remarks measure ON measure.id = ?2 || json_extract(repair_log.json, '$.id')
      LEFT JOIN remarks materials ON materials.id = ?3 || json_extract(repair_log.json, '$.id')
      WHERE repair_log.incident = ?1 AND coalesce(measure.text, materials.text) IS NOT NULL
      ORDER BY repair_log.seq`)
    .raw()
  return (incident: string): readonly MeasuresEntered[] => {
    const rows = entered.all([incident, MEASURE_WORDS, MATERIAL_WORDS]) as [
      ...[string, InstantMs, string | null, string | null],
    ][]
    return rows.map(([request, at, measure, materials]) => ({ request, at, measure, materials }))
  }
}

/** Reads what the sensing indicators rest on, page by page on a connection of its own. */
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { openForReading } from '../../config/sqlite.ts'
import type { InstantMs } from '../../facts/time.ts'
import {
  type SensedIncident,
  type SensingIndicators,
  type SensingPeriod,
  sensingIndicators,
} from './sensing.ts'

/** Some milliseconds of reading. */
const ROWS_A_PAGE = 500

/** A call that came before its incident was numbered is not filed under it; it counts as its first call. */
const PAGE = `SELECT i.seq, i.json, i.unit, n.json ->> '$.publishedAt',
    (SELECT count(*) FROM contacts AS c WHERE c.incident = i.id AND c.kind IN ('report', 'urge')),
    (SELECT count(DISTINCT c.account) FROM contacts AS c
      WHERE c.incident = i.id AND c.kind IN ('report', 'urge'))
  FROM incidents AS i JOIN notices AS n ON n.incident = i.id
  WHERE i.seq > ? AND i.started_at >= ? AND i.started_at < ? ORDER BY i.seq LIMIT ${ROWS_A_PAGE}`

type Row = [number, string, string, InstantMs | null, number, number]

export interface SensingReader {
  /** Of these units; undefined: of all. */
  report(
    asked: SensingPeriod & { readonly units: ReadonlySet<string> | undefined },
  ): Promise<SensingIndicators>
  close(): void
}

/** Opens the reader on `records.db`. */
export function openSensingReader(path: string): SensingReader {
  const db = openForReading(path)
  const page = db.prepare(PAGE).raw()
  return {
    async report({ units, ...period }) {
      const found: SensedIncident[] = []
      for (let last = 0; ; ) {
        const rows = page.all([last, period.from, period.to]) as Row[]
        for (const [, json, unit, publishedAt, calls, callers] of rows)
          if (!units || units.has(unit))
            found.push({ incident: JSON.parse(json), publishedAt, calls, callers })
        if (rows.length < ROWS_A_PAGE) return sensingIndicators(found, period)
        last = rows.at(-1)![0]
        await yieldToOthers()
      }
    },
    close: () => db.close(),
  }
}

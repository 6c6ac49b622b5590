/**
 * Reads the segments that a reliability report rests on, page by page on a connection of its own, so
 * that years of history do not hold up anybody else.
 */
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { openForReading } from '../../config/sqlite.ts'
import type { IncidentKind, InterruptionSegment } from '../../engine/changes.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { Method, Period } from './indices.ts'
import type { FiledSegment } from './interruptions.ts'
import { HISTORY_YEARS } from './major-event-days.ts'
import { type ReliabilityReport, reliabilityReport, type Served } from './report.ts'

/** About ten milliseconds of reading. */
const ROWS_A_PAGE = 2000
const YEAR_MS = 366 * 86_400_000

export interface ReliabilityQuery extends Period, Method {
  readonly served: readonly Served[]
  readonly utcOffsetMinutes: number
}

export interface ReliabilityReader {
  report(query: ReliabilityQuery): Promise<ReliabilityReport>
  /** What began between these times, of these units; undefined: of all. */
  filed(from: InstantMs, to: InstantMs, units?: ReadonlySet<string>): Promise<FiledSegment[]>
  close(): void
}

/** Opens the reader on `records.db`. */
export function openReliabilityReader(path: string): ReliabilityReader {
  const db = openForReading(path)
  const page = db
    .prepare(`SELECT s.id, s.json, i.json ->> '$.kind', i.json ->> '$.cause', i.json ->> '$.parent'
      FROM segments AS s JOIN incidents AS i ON i.id = s.incident
      WHERE s.id > ? AND s.from_at >= ? AND s.from_at < ? ORDER BY s.id LIMIT ${ROWS_A_PAGE}`)
    .raw()

  async function read(from: number, to: number, units: ReadonlySet<string> | undefined) {
    const found: FiledSegment[] = []
    let last = ''
    for (;;) {
      const rows = page.all([last, from, to]) as Row[]
      for (const [, json, kind, cause, parent] of rows) {
        const segment = JSON.parse(json) as InterruptionSegment
        if (!units || units.has(segment.unit)) found.push({ segment, kind, cause, parent })
      }
      if (rows.length < ROWS_A_PAGE) return found
      last = rows.at(-1)![0]
      await yieldToOthers()
    }
  }

  return {
    async report({ served, utcOffsetMinutes, from, to, ...method }) {
      const units = new Set(served.map(({ unit }) => unit))
      const segments = await read(from - HISTORY_YEARS * YEAR_MS, to, units)
      return reliabilityReport(segments, served, { from, to }, method, utcOffsetMinutes)
    },
    filed: (from, to, units) => read(from, to, units),
    close: () => db.close(),
  }
}

type Row = [
  id: string,
  json: string,
  kind: IncidentKind,
  cause: string | null,
  parent: string | null,
]

/**
 * What the ledger is asked: prepared statements on a connection of its own, pages by key, units
 * filtered in SQL. Every statement is read to its end, so none pins the write-ahead log.
 */

import { type Connection, eachAtOneMoment, openForReading } from '../config/sqlite.ts'
import type { ActionChange, ChangeBatch, Incident, InterruptionSegment } from '../engine/changes.ts'
import type { Position, QuarantinedFact } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'
import { auditPage } from './audit.ts'
import { callBackReader } from './callbacks.ts'
import { careReader } from './care.ts'
import { complaintReader } from './complaints.ts'
import { type ContactColumns, contactOf, MAX_CONTACTS } from './contacts.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { audienceReader } from './informing/audiences.ts'
import { episodeReader } from './informing/episodes.ts'
import { messageReader } from './informing/receipts.ts'
import { subscriptionReader } from './informing/subscriptions.ts'
import { noticeReader } from './notices.ts'
import { endpointReader } from './outbox/endpoints.ts'
import { parcelReader } from './outbox/parcels.ts'
import { pushCountReader } from './outbox/push-counts.ts'
import type {
  IncidentPage,
  IncidentQuery,
  QuarantineRow,
  RecordsPort,
  SegmentQuery,
  TimelineEntry,
} from './port.ts'
import { type QualityParts, qualityReader } from './quality.ts'
import { repairReader } from './repair/reader.ts'
import { visitReader } from './visits.ts'

/** Dark and restored transformers of an incident. */
export interface IncidentArea {
  readonly dark: readonly string[]
  readonly restored: readonly string[]
}

export interface Queries
  extends Pick<
    RecordsPort,
    | 'incidents'
    | 'incident'
    | 'timeline'
    | 'openIncidents'
    | 'segments'
    | 'quarantine'
    | 'applied'
    | 'action'
    | 'changesAfter'
    | 'sources'
    | 'cursor'
    | 'notices'
    | 'notice'
    | 'besideNotice'
    | 'escalations'
    | 'audited'
    | 'contacts'
    | 'unlinkedCalls'
  > {
  /** Areas of the open incidents. */
  areas(): Iterable<readonly [incident: string, area: IncidentArea]>
  /** Receivers of messages, and what waits for them. */
  readonly outbox: ReturnType<typeof outboxReader>
  readonly callBacks: ReturnType<typeof callBackReader>
  /** Why customers and areas are served more attentively. */
  readonly care: ReturnType<typeof careReader>
  /** How an incident was handled, beside its revisions. */
  quality(incident: string): QualityParts
  readonly repair: ReturnType<typeof repairReader>
  readonly complaints: ReturnType<typeof complaintReader>
  /** Visits to customers whose life hangs on supply. */
  readonly visits: ReturnType<typeof visitReader>
  /** Who asked to be told, whose turn it is, and what they are told. */
  readonly informing: ReturnType<typeof informingReader>
  close(): void
}

/** `undefined` conditions fall away; the others are joined with their parameters in order. */
function where(conditions: readonly (readonly [sql: string, value: unknown] | undefined)[]) {
  const present = conditions.filter((condition) => condition !== undefined)
  const sql = present.length > 0 ? `WHERE ${present.map(([text]) => text).join(' AND ')}` : ''
  return { sql, values: present.map(([, value]) => value) }
}

/** As the partial index has it. */
const REFED = `json_extract(json, '$.refed') IS NOT NULL`

const among = (column: string) => `${column} IN (SELECT value FROM json_each(?))`

const outboxReader = (db: Connection) => {
  return { endpoints: endpointReader(db), ...parcelReader(db), ...pushCountReader(db) }
}

const informingReader = (db: Connection) => {
  return {
    ...subscriptionReader(db),
    ...audienceReader(db),
    ...episodeReader(db),
    sentTo: messageReader(db),
  }
}

/** The incident of a contact as it is called now: who called about a part called about the whole. */
const HEIR = `coalesce((
  WITH RECURSIVE heir (id, merged_into) AS (
    SELECT id, merged_into FROM incidents WHERE id = contacts.incident
    UNION SELECT incidents.id, incidents.merged_into FROM incidents
      JOIN heir ON incidents.id = heir.merged_into)
  SELECT id FROM heir WHERE merged_into IS NULL), incident)`

/** Opens the reader of `records.db`; each answer is of one moment, while commits go on. */
export function openQueries(path: string): Queries {
  const db = openForReading(path)
  return { ...eachAtOneMoment(db, questions(db)), close: () => db.close() }
}

function questions(db: Connection): Omit<Queries, 'close'> {
  type Statement = ReturnType<typeof db.prepare>
  const prepared = new Map<string, Statement>()
  /** One statement a text; the texts are few, being made of fixed conditions. */
  const statement = (sql: string): Statement => {
    const known = prepared.get(sql)
    if (known) return known
    const made = db.prepare(sql).raw()
    prepared.set(sql, made)
    return made
  }
  const all = <Row>(sql: string, values: readonly unknown[] = []) =>
    statement(sql).all(values) as Row[]
  const one = <Row>(sql: string, values: readonly unknown[]) =>
    statement(sql).get(values) as Row | undefined
  const parse = <Value>(json: string) => JSON.parse(json) as Value

  /** Rows beyond `limit` tell that there is a next page. */
  const page = <Row extends readonly [key: number, ...rest: unknown[]]>(
    list: string,
    rows: Row[],
    limit: number,
  ) => {
    const kept = rows.slice(0, limit)
    const cursor = rows.length > limit ? encodeCursor(list, kept.at(-1)![0]) : null
    return { kept, cursor }
  }

  return {
    incidents({ state, units, since, limit, cursor }: IncidentQuery): IncidentPage {
      const { sql, values } = where([
        state === 'open' ? ['open = ?', 1] : undefined,
        units && [among('unit'), JSON.stringify(units)],
        since === undefined ? undefined : ['changed_at >= ?', since],
        cursor === undefined ? undefined : ['seq < ?', decodeCursor('incidents', cursor)],
      ])
      const rows = all<[number, string]>(
        `SELECT seq, json FROM incidents ${sql} ORDER BY seq DESC LIMIT ?`,
        [...values, limit + 1],
      )
      const { kept, cursor: next } = page('incidents', rows, limit)
      const [asOf] = one<[InstantMs]>('SELECT at FROM state LIMIT 1', [])!
      return { incidents: kept.map(([, json]) => parse<Incident>(json)), cursor: next, asOf }
    },

    incident(id) {
      const row = one<[string]>('SELECT json FROM incidents WHERE id = ?', [id])
      return row && parse<Incident>(row[0])
    },

    timeline(id, latest = -1) {
      const rows = all<[InstantMs, Position, string, number, string, string]>(
        `SELECT at, position, reason, revision, json, causes FROM incident_revisions
         WHERE incident = ? ORDER BY revision DESC LIMIT ?`,
        [id, latest],
      )
      return rows.reverse().map(([at, position, reason, revision, json, causes]): TimelineEntry => {
        return {
          at,
          position,
          reason,
          revision,
          incident: parse(json),
          causes: parse(causes),
        }
      })
    },

    openIncidents: () =>
      all<[string]>('SELECT json FROM incidents WHERE open = 1 ORDER BY seq').map(([json]) =>
        parse<Incident>(json),
      ),

    areas: () =>
      all<[string, string, string]>(
        `SELECT areas.incident, dark, restored FROM areas
         JOIN incidents ON incidents.id = areas.incident WHERE incidents.open = 1`,
      ).map(([id, dark, restored]) => [id, { dark: parse(dark), restored: parse(restored) }]),

    segments({ incident, devices, from, to }: SegmentQuery) {
      const { sql, values } = where([
        incident === undefined ? undefined : ['incident = ?', incident],
        devices && [`(${among('device')} OR ${REFED})`, JSON.stringify(devices)],
        to === undefined ? undefined : ['from_at < ?', to],
        from === undefined ? undefined : ['(to_at IS NULL OR to_at > ?)', from],
      ])
      return all<[string]>(`SELECT json FROM segments ${sql} ORDER BY from_at, id`, values).map(
        ([json]) => parse<InterruptionSegment>(json),
      )
    },

    quarantine({ limit, cursor, reason, replayed, positions }) {
      const { sql, values } = where([
        reason === undefined ? undefined : ['reason = ?', reason],
        cursor === undefined ? undefined : ['id < ?', decodeCursor('quarantine', cursor)],
        replayed === undefined ? undefined : ['(replayed_at IS NOT NULL) = ?', Number(replayed)],
        positions && [among('position'), JSON.stringify(positions)],
      ])
      const rows = all<[number, Position, string, InstantMs | null]>(
        `SELECT id, position, json, replayed_at FROM quarantine ${sql} ORDER BY id DESC LIMIT ?`,
        [...values, limit + 1],
      )
      const { kept, cursor: next } = page('quarantine', rows, limit)
      const counts = all<[string, number]>('SELECT reason, count FROM quarantine_counts')
      return {
        rows: kept.map(
          ([, position, json, replayedAt]): QuarantineRow => ({
            ...parse<QuarantinedFact>(json),
            position,
            replayedAt,
          }),
        ),
        cursor: next,
        counts: Object.fromEntries(counts),
      }
    },

    applied: (what, limit) =>
      all<[string, string, InstantMs, string]>(
        `SELECT digest, version, at, by FROM applied WHERE what = ? ORDER BY position DESC LIMIT ?`,
        [what, limit],
      ).map(([digest, version, since, by]) => ({ digest, version, since, by })),

    action(requestId) {
      const row = one<[string]>('SELECT json FROM actions WHERE request_id = ?', [requestId])
      return row && parse<ActionChange>(row[0])
    },

    changesAfter: (position, limit) =>
      all<[Position, InstantMs, string]>(
        'SELECT position, at, json FROM changes WHERE position > ? ORDER BY position LIMIT ?',
        [position, limit],
      ).map(([at, when, json]): ChangeBatch => ({ position: at, at: when, changes: parse(json) })),

    sources: () =>
      all<[number, number, number]>('SELECT partition, offset, epoch FROM sources', []).map(
        ([partition, offset, epoch]) => ({ partition, offset, epoch }),
      ),

    audited({ limit, cursor }) {
      const before = cursor === undefined ? undefined : decodeCursor('audit', cursor)
      const rows = auditPage(db, limit + 1, before)
      const entries = rows.slice(0, limit)
      const next = rows.length > limit ? encodeCursor('audit', entries.at(-1)!.no) : null
      return { entries, cursor: next }
    },

    contacts: (account, since) =>
      all<ContactColumns>(
        `SELECT account, at, channel, kind, ${HEIR}, by, request FROM contacts
         WHERE account = ? AND at >= ? ORDER BY at DESC, id DESC LIMIT ?`,
        [account, since, MAX_CONTACTS],
      ).map(contactOf),

    unlinkedCalls: (since) =>
      all<[string, InstantMs, string]>(
        `SELECT request, at, usage_point FROM contacts
         WHERE incident IS NULL AND usage_point IS NOT NULL AND at >= ? ORDER BY at, id`,
        [since],
      ).map(([requestId, at, usagePoint]) => ({ requestId, at, usagePoint })),

    ...noticeReader(db),

    outbox: outboxReader(db),

    repair: repairReader(db),
    informing: informingReader(db),

    callBacks: callBackReader(db),
    visits: visitReader(db),
    complaints: complaintReader(db),
    care: careReader(db),

    quality: qualityReader(db),

    cursor: (name) =>
      one<[Position]>('SELECT position FROM cursors WHERE name = ?', [name])?.[0] ?? 0,
  }
}

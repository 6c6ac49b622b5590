/**
 * The judge of `bench kill`: reads the two databases of a stopped program straight from disk and
 * says what of the acknowledged is lost and what is there twice. It shares no memory with what it
 * judges.
 */

import { openForReading } from '../../config/sqlite.ts'
import type { ChangeBatch, Incident, InterruptionSegment } from '../../engine/changes.ts'
import { rowFrom } from '../../journal/database.ts'
import { decodeRow } from '../../journal/row.ts'

export interface KillVerdict {
  /** Acknowledged message ids that the journal does not hold. */
  readonly lost: readonly string[]
  /** What is there twice, in words. */
  readonly duplicated: readonly string[]
  /** Anything else that must not be. */
  readonly faults: readonly string[]
  readonly facts: number
  readonly incidents: number
  readonly position: number
  readonly digest: string
}

interface JournalContent {
  readonly messages: ReadonlySet<string>
  readonly last: number
  readonly faults: readonly string[]
}

/** Every row, its checksum, and that positions follow each other without a hole. */
export function messagesInJournal(path: string): JournalContent {
  const db = openForReading(path)
  const next = db
    .prepare(
      'SELECT first, count, checksum, facts FROM commits WHERE first > ? ORDER BY first LIMIT 1',
    )
    .raw()
  const messages = new Set<string>()
  const faults: string[] = []
  let last = 0
  for (let row = rowFrom(next.get([0])); row; row = rowFrom(next.get([row.first]))) {
    if (row.first !== last + 1) faults.push(`journal: position ${row.first} follows ${last}`)
    for (const { fact } of decodeRow(row))
      if (fact.type === 'report' && fact.messageId !== undefined) messages.add(fact.messageId)
    last = row.first + row.count - 1
  }
  db.close()
  return { messages, last, faults }
}

/** True while the supply is judged to be gone. */
function isActive({ outcome, outageKind }: Incident): boolean {
  return outcome === null && outageKind !== 'restored' && outageKind !== 'closed'
}

function repeated<Value>(values: readonly Value[], keyOf: (value: Value) => string): string[] {
  const seen = new Set<string>()
  const twice: string[] = []
  for (const value of values) {
    const key = keyOf(value)
    if (seen.has(key)) twice.push(key)
    seen.add(key)
  }
  return twice
}

/** Incidents that a crash told twice: in the tables, and in the changes followers read. */
function findDuplicates(incidents: readonly Incident[], batches: readonly ChangeBatch[]): string[] {
  const changes = batches.flatMap((batch) => batch.changes)
  const told = changes.filter((change) => change.type === 'incident')
  const opened = told.filter(({ reason }) => reason === 'opened')
  return [
    ...repeated(incidents, ({ id }) => `incident number ${id}`),
    ...repeated(incidents.filter(isActive), ({ device, phases }) => {
      return `active incident at ${device.id} (${phases})`
    }),
    ...repeated(told, ({ incident }) => `revision ${incident.revision} of ${incident.id}`),
    ...repeated(opened, ({ incident }) => `opening of ${incident.id}`),
    ...repeated(batches, ({ position }) => `change batch ${position}`),
  ]
}

/** Revisions grow with positions, and what followers read is what the tables say. */
function findContradictions(
  incidents: readonly Incident[],
  batches: readonly ChangeBatch[],
  revisions: number,
): string[] {
  const faults: string[] = []
  const latest = new Map<string, number>()
  let told = 0
  for (const batch of batches) {
    for (const change of batch.changes) {
      if (change.type !== 'incident') continue
      told++
      const { id, revision } = change.incident
      const before = latest.get(id) ?? 0
      if (revision <= before) faults.push(`${id}: revision ${revision} follows ${before}`)
      latest.set(id, revision)
    }
  }
  if (told !== revisions) faults.push(`${told} incident changes, ${revisions} kept revisions`)
  for (const { id, revision } of incidents)
    if (latest.get(id) !== revision)
      faults.push(`${id}: stands at revision ${revision}, told up to ${latest.get(id)}`)
  return faults
}

/** Open stretches of one device on one phase at the same time would be counted twice in SAIDI. */
function findOverlaps(segments: readonly InterruptionSegment[]): string[] {
  const open = segments.filter((segment) => !segment.void && segment.to === null)
  return repeated(open, ({ device, phases }) => `open interruption of ${device.id} (${phases})`)
}

/** Judges the data of a program that has stopped. */
export function auditKilledData(
  paths: { readonly journal: string; readonly records: string },
  acknowledged: ReadonlySet<string>,
): KillVerdict {
  const journal = messagesInJournal(paths.journal)
  const db = openForReading(paths.records)
  const all = (sql: string) => db.prepare(sql).raw().all([]) as unknown[][]
  const parsed = <Value>(table: string) =>
    all(`SELECT json FROM ${table}`).map(([json]) => JSON.parse(json as string) as Value)
  const incidents = parsed<Incident>('incidents')
  const segments = parsed<InterruptionSegment>('segments')
  const batches = all('SELECT position, at, json FROM changes ORDER BY position').map(
    ([position, at, json]) =>
      ({ position, at, changes: JSON.parse(json as string) }) as ChangeBatch,
  )
  const [revisions] = all('SELECT count(*) FROM incident_revisions')[0] as [number]
  const [position, digest] = all('SELECT position, digest FROM state')[0] as [number, string]
  db.close()

  const faults = [...journal.faults, ...findContradictions(incidents, batches, revisions)]
  if (position > journal.last)
    faults.push(`records stand at ${position}, the journal only at ${journal.last}`)
  return {
    lost: [...acknowledged].filter((id) => !journal.messages.has(id)),
    duplicated: [...findDuplicates(incidents, batches), ...findOverlaps(segments)],
    faults,
    facts: journal.last,
    incidents: incidents.length,
    position,
    digest,
  }
}

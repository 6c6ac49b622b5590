/**
 * Applies changes to the tables of `records.db`. It decides nothing: it files what the engine
 * decided, and throws where that contradicts what is already committed.
 */

import type { Connection } from '../config/sqlite.ts'
import type {
  ActionChange,
  AppliedChange,
  AreaChange,
  Change,
  IncidentChange,
  InterruptionSegment,
  QuarantineChange,
  TerminalChange,
} from '../engine/changes.ts'
import { isOpen } from '../engine/incident-view.ts'
import type { Position } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'
import { AuditChain, type AuditEntry, type AuditSource } from './audit.ts'
import { type CallBackEntry, callBackFiler } from './callbacks.ts'
import { careFiler } from './care.ts'
import { type ComplaintEntry, complaintFiler } from './complaints.ts'
import type { Contact } from './contacts.ts'
import { RecordsError } from './errors.ts'
import { type InformingEntry, InformingFiler } from './informing/filer.ts'
import { noticeFiler } from './notices.ts'
import { Outbox, type OutboxEntry } from './outbox/outbox.ts'
import type { ChangeSource } from './port.ts'
import { type RepairEntry, RepairFiler } from './repair/filer.ts'
import { type VisitEntry, visitFiler } from './visits.ts'

/** A change batch, its changes as JSON. */
export interface EncodedBatch {
  readonly position: Position
  readonly at: InstantMs
  readonly json: string
}

/** What one call of the port asks to be committed. An `audit` stands in the chain where it was done, with it. */
export type LedgerEntry =
  | {
      readonly kind: 'changes'
      readonly batches: readonly EncodedBatch[]
      readonly position: Position
      readonly digest: string
      readonly source?: ChangeSource
    }
  | { readonly kind: 'cursor'; readonly name: string; readonly position: Position }
  | { readonly kind: 'audit'; readonly entry: AuditEntry; readonly once?: AuditSource }
  | { readonly kind: 'contact'; readonly contact: Contact }
  /** A call that was known before its incident. */
  | { readonly kind: 'linkCall'; readonly requestId: string; readonly incident: string }
  | { readonly kind: 'outbox'; readonly entry: OutboxEntry; readonly audit?: AuditEntry }
  | { readonly kind: 'informing'; readonly entry: InformingEntry }
  | { readonly kind: 'callBack'; readonly entry: CallBackEntry; readonly audit?: AuditEntry }
  | { readonly kind: 'repair'; readonly entry: RepairEntry }
  | { readonly kind: 'visit'; readonly entry: VisitEntry; readonly audit?: AuditEntry }
  | { readonly kind: 'complaint'; readonly entry: ComplaintEntry; readonly audit?: AuditEntry }

/** Where the ledger stands. */
export interface LedgerState {
  readonly position: Position
  readonly digest: string
  /** Engine time of the last change. */
  readonly at: InstantMs
}

export interface LedgerOptions {
  /** File that names the last entry of the audit chain; absent: none is kept. */
  readonly anchor?: string
}

function invariant(holds: boolean, broken: string): asserts holds {
  if (!holds) throw new RecordsError('records.invariant', broken)
}

export class Ledger {
  readonly #db: Connection
  readonly #statements: ReturnType<typeof prepare>
  readonly #notices: ReturnType<typeof noticeFiler>
  readonly #outbox: Outbox
  readonly #informing: InformingFiler
  readonly #callBacks: ReturnType<typeof callBackFiler>
  readonly #repair: RepairFiler
  readonly #care: ReturnType<typeof careFiler>
  readonly #visits: ReturnType<typeof visitFiler>
  readonly #complaints: ReturnType<typeof complaintFiler>
  readonly #audit: AuditChain
  readonly #epoch: number
  #state: LedgerState

  /** Takes the ledger over: whoever wrote it before is fenced off from here on. */
  constructor(db: Connection, options: LedgerOptions = {}) {
    this.#db = db
    this.#outbox = new Outbox(db)
    this.#informing = new InformingFiler(db)
    this.#callBacks = callBackFiler(db)
    this.#repair = new RepairFiler(db)
    this.#care = careFiler(db)
    this.#visits = visitFiler(db)
    this.#complaints = complaintFiler(db)
    this.#audit = new AuditChain(db, options.anchor)
    this.#statements = prepare(db)
    this.#notices = noticeFiler(db)
    db.exec('UPDATE state SET epoch = epoch + 1')
    const [position, digest, at, epoch] = this.#statements.state.get([]) as [
      number,
      string,
      number,
      number,
    ]
    this.#state = { position, digest, at }
    this.#epoch = epoch
  }

  get state(): LedgerState {
    return this.#state
  }

  /** All entries in one transaction with the position they lead to; all or nothing. */
  commit(entries: readonly LedgerEntry[]): void {
    let next = this.#state
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      for (const entry of entries) {
        if (entry.kind === 'changes') next = this.#file(entry, next)
        else if (entry.kind === 'cursor') this.#statements.cursor.run([entry.name, entry.position])
        else if (entry.kind === 'audit') this.#fileAudit(entry.entry, entry.once)
        else if (entry.kind === 'outbox') this.#fileOutbox(entry)
        else if (entry.kind === 'informing') this.#fileInforming(entry.entry)
        else if (entry.kind === 'callBack')
          this.#audited(entry.audit, this.#callBacks.apply(entry.entry))
        else if (entry.kind === 'repair') this.#fileRepair(entry.entry)
        else if (entry.kind === 'visit') this.#audited(entry.audit, this.#visits.apply(entry.entry))
        else if (entry.kind === 'complaint') this.#fileComplaint(entry)
        else if (entry.kind === 'linkCall')
          this.#statements.linkCall.run([entry.incident, entry.requestId])
        else this.#fileContact(entry.contact)
      }
      const { position, digest, at } = next
      const { changes } = this.#statements.move.run([position, digest, at, this.#epoch])
      if (changes !== 1)
        throw new RecordsError('records.fenced', 'another process has taken the ledger over')
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
    this.#state = next
    if (this.#audit.isBehind) this.#audit.anchor()
  }

  /** Who of two does it first is decided here: the one who did stands in the chain. */
  #audited(audit: AuditEntry | undefined, isDone: boolean): void {
    if (audit && isDone) this.#audit.add(audit)
  }

  /** Drops up to `rows` change batches, quarantine rows and settled messages older than `before`; how many. */
  retain(before: InstantMs, rows: number): number {
    const { dropChanges, dropQuarantine } = this.#statements
    const dropped = [dropChanges, dropQuarantine].map((drop) => drop.run([before, rows]).changes)
    const settled =
      this.#outbox.retain(before, rows) +
      this.#informing.retain(before, rows) +
      this.#repair.retain(before, rows)
    return dropped.reduce((sum, count) => sum + count, settled)
  }

  #file(entry: LedgerEntry & { kind: 'changes' }, from: LedgerState): LedgerState {
    if (entry.position <= from.position) return from
    let { position, at } = from
    for (const batch of entry.batches) {
      if (batch.position <= from.position) continue
      invariant(
        batch.position > position && batch.position <= entry.position,
        `batch ${batch.position} after ${position} in a commit up to ${entry.position}`,
      )
      this.#fileBatch(batch)
      position = batch.position
      at = Math.max(at, batch.at)
    }
    const { source } = entry
    if (source) this.#statements.source.run([source.partition, source.offset, source.epoch])
    return { position: entry.position, digest: entry.digest, at }
  }

  #fileBatch({ position, at, json }: EncodedBatch): void {
    this.#statements.change.run([position, at, json])
    const changes = JSON.parse(json) as Change[]
    for (const change of changes) {
      this.#fileChange(change, position)
      this.#outbox.file(change)
      this.#informing.file(change)
    }
    for (const change of changes) if (change.type === 'incident') this.#checkMerge(change)
  }

  #fileChange(change: Change, position: Position): void {
    switch (change.type) {
      case 'incident':
        this.#fileIncident(change, position)
        break
      case 'area':
        this.#fileArea(change)
        break
      case 'segment':
        this.#fileSegment(change.segment)
        break
      case 'action':
        this.#fileAction(change, position)
        break
      case 'quarantine':
        this.#fileQuarantine(change)
        break
      case 'quarantineReplayed':
        this.#statements.replayed.run([change.at, change.of])
        break
      case 'terminal':
        this.#fileTerminal(change)
        break
      case 'applied':
        this.#fileApplied(change, position)
        break
      case 'notice':
        this.#notices.notice(change)
        break
      case 'escalation':
        this.#notices.escalation(change)
        break
      case 'repairEntry':
      case 'etrOutcome':
      case 'supervision':
        this.#repair.file(change)
        break
      case 'visit':
        this.#visits.file(change)
        break
      // Followers read these from the change batches.
      case 'care':
        this.#care(change)
        break
      case 'callRead':
      case 'storm':
      case 'cityShare':
      case 'feeder':
      case 'reports':
        break
    }
  }

  #fileIncident({ incident, at, reason, causes }: IncidentChange, position: Position): void {
    const { id, revision } = incident
    const known = this.#statements.revision.get([id]) as [number] | undefined
    invariant(
      !known || revision > known[0],
      `incident ${id} goes from revision ${known?.[0]} to ${revision}`,
    )
    const json = JSON.stringify(incident)
    this.#statements.incident.run([
      id,
      revision,
      incident.unit,
      incident.feeder,
      incident.device.id,
      isOpen(incident) ? 1 : 0,
      incident.grade,
      incident.outageKind,
      incident.outcome,
      incident.mergedInto,
      incident.startedAt,
      at,
      position,
      json,
    ])
    const causesJson = JSON.stringify(causes)
    this.#statements.timeline.run([id, revision, position, at, reason, causesJson, json])
    if (incident.outageKind === 'closed') this.#callBacks.close(incident, at)
  }

  /** A merged number still resolves: its mother is filed by the end of the same batch. */
  #checkMerge({ incident: { id, mergedInto } }: IncidentChange): void {
    if (mergedInto === null) return
    invariant(
      this.#statements.revision.get([mergedInto]) !== undefined,
      `incident ${id} is merged into ${mergedInto}, which is unknown`,
    )
  }

  #fileArea({ incident, revision, dark, restored }: AreaChange): void {
    this.#statements.area.run([incident, revision, JSON.stringify(dark), JSON.stringify(restored)])
  }

  #fileSegment(segment: InterruptionSegment): void {
    const { id, incident, device, from, to } = segment
    this.#statements.segment.run([id, incident, device.id, from, to, JSON.stringify(segment)])
  }

  /** The first answer to a request id stands. */
  #fileAction(change: ActionChange, position: Position): void {
    this.#statements.action.run([change.requestId, position, JSON.stringify(change)])
  }

  #fileQuarantine({ position, fact }: QuarantineChange): void {
    const json = JSON.stringify(fact)
    this.#statements.quarantine.run([position, fact.receivedAt, fact.reason, json])
    this.#statements.quarantineCount.run([fact.reason])
  }

  #fileApplied({ what, digest, version, at, by }: AppliedChange, position: Position): void {
    // Every engine of several says it once.
    this.#statements.applied.run([position, what, digest, version, at, by])
  }

  /** One that has come to a further level is told. */
  #fileComplaint({ entry, audit }: LedgerEntry & { kind: 'complaint' }): void {
    const changed = this.#complaints(entry)
    if (changed && entry.do === 'tell') this.#outbox.fileComplaint(changed, entry.at)
    this.#audited(audit, changed !== undefined)
  }

  #fileOutbox({ entry, audit }: LedgerEntry & { kind: 'outbox' }): void {
    const told = this.#informing.before(entry)
    this.#outbox.apply(entry)
    this.#audited(audit, true)
    for (const [incident, at] of told) this.#outbox.fileBeside(incident, at)
  }

  /** At the end of a walk over its customers, who heard of a notice is told with it. */
  #fileInforming(entry: InformingEntry): void {
    const walked = this.#informing.apply(entry)
    if (walked) this.#outbox.fileBeside(walked.subject, walked.at)
  }

  #fileRepair(entry: RepairEntry): void {
    this.#repair.apply(entry)
    if (entry.do !== 'attach') return
    const { incident, at } = entry.attachment
    this.#outbox.fileBeside(incident, at)
  }

  #fileAudit(entry: AuditEntry, once?: AuditSource): void {
    if (once) {
      const [reached] = (this.#statements.cursorAt.get([once.name]) as [number] | undefined) ?? [0]
      if (once.position <= reached) return
      this.#statements.cursor.run([once.name, once.position])
    }
    this.#audit.add(entry)
  }

  #fileContact(contact: Contact): void {
    const { account, at, channel, kind, incident, by, requestId, usagePoint = null } = contact
    const row = [account, at, channel, kind, incident, by, requestId, usagePoint]
    this.#statements.contact.run(row)
  }

  #fileTerminal({ terminal, link, at }: TerminalChange): void {
    this.#statements.terminal.run([terminal, link, at])
  }
}

function prepare(db: Connection) {
  return {
    state: db.prepare('SELECT position, digest, at, epoch FROM state').raw(),
    move: db.prepare('UPDATE state SET position = ?, digest = ?, at = ? WHERE epoch = ?'),
    change: db.prepare('INSERT INTO changes VALUES (?, ?, ?)'),
    cursorAt: db.prepare('SELECT position FROM cursors WHERE name = ?').raw(),
    cursor: db.prepare(`INSERT INTO cursors VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET position = excluded.position`),
    revision: db.prepare('SELECT revision FROM incidents WHERE id = ?').raw(),
    incident: db.prepare(`INSERT INTO incidents (id, revision, unit, feeder, device, open, grade,
        outage_kind, outcome, merged_into, started_at, changed_at, position, json)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, unit = excluded.unit,
        feeder = excluded.feeder, device = excluded.device, open = excluded.open,
        grade = excluded.grade, outage_kind = excluded.outage_kind, outcome = excluded.outcome,
        merged_into = excluded.merged_into, started_at = excluded.started_at,
        changed_at = excluded.changed_at, position = excluded.position, json = excluded.json`),
    timeline: db.prepare('INSERT INTO incident_revisions VALUES (?, ?, ?, ?, ?, ?, ?)'),
    area: db.prepare('INSERT OR REPLACE INTO areas VALUES (?, ?, ?, ?)'),
    segment: db.prepare('INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?, ?, ?)'),
    action: db.prepare('INSERT OR IGNORE INTO actions VALUES (?, ?, ?)'),
    quarantine: db.prepare(
      'INSERT INTO quarantine (position, at, reason, json) VALUES (?, ?, ?, ?)',
    ),
    replayed: db.prepare('UPDATE quarantine SET replayed_at = ? WHERE position = ?'),
    quarantineCount: db.prepare(`INSERT INTO quarantine_counts VALUES (?, 1)
      ON CONFLICT (reason) DO UPDATE SET count = count + 1`),
    contact: db.prepare(
      `INSERT OR IGNORE INTO contacts (account, at, channel, kind, incident, by, request, usage_point)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    // Who had called about it before was urging its repair (催办).
    linkCall: db.prepare(`UPDATE contacts SET incident = ?1,
      kind = CASE WHEN kind = 'report' AND EXISTS (SELECT 1 FROM contacts AS earlier
        WHERE earlier.account = contacts.account AND earlier.incident = ?1 AND earlier.kind <> 'inquiry'
          AND earlier.at <= contacts.at AND earlier.id < contacts.id) THEN 'urge' ELSE kind END
      WHERE request = ?2 AND incident IS NULL`),
    terminal: db.prepare('INSERT OR REPLACE INTO terminals VALUES (?, ?, ?)'),
    source: db.prepare('INSERT OR REPLACE INTO sources VALUES (?, ?, ?)'),
    applied: db.prepare(
      `INSERT INTO applied SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?3 IS NOT
        (SELECT digest FROM applied WHERE what = ?2 ORDER BY position DESC LIMIT 1)`,
    ),
    // A batch that made a revision of an incident still open is kept for it.
    dropChanges: db.prepare(`DELETE FROM changes WHERE position IN (
      SELECT position FROM changes AS old WHERE at < ? AND NOT EXISTS (
        SELECT 1 FROM incident_revisions AS revision
        JOIN incidents ON incidents.id = revision.incident
        WHERE revision.position = old.position AND incidents.open = 1)
      ORDER BY at LIMIT ?)`),
    dropQuarantine: db.prepare(
      'DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine WHERE at < ? ORDER BY at LIMIT ?)',
    ),
  }
}

/**
 * The ledger: what the changes add up to, in SQL, with the outbox and the engine's position in one
 * transaction. It decides nothing.
 */
import type {
  ActionChange,
  ChangeBatch,
  EscalationChange,
  Incident,
  InterruptionSegment,
  Notice,
} from '../engine/changes.ts'
import type { Position, QuarantinedFact } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'
import type { AuditEntry, AuditRow, AuditSource } from './audit.ts'
import type { Contact, UnlinkedCall } from './contacts.ts'
import type { BesideNotice, NoticePage, NoticeQuery } from './notices.ts'

export interface RecordsState {
  /** Last position whose changes are committed; 0 for none. */
  readonly position: Position
  /** Running SHA-256 over all changes, hex; the same as `replay --digest` prints. */
  readonly digest: string
}

/** Where a change stood that came from elsewhere. */
export interface ChangeSource {
  readonly partition: number
  /** The last one of this commit. */
  readonly offset: number
  /** Of the engine that said it. */
  readonly epoch: number
}

export interface IncidentQuery {
  readonly state: 'open' | 'all'
  /** Units whose incidents may be seen; absent: all. */
  readonly units?: readonly string[]
  readonly since?: InstantMs
  readonly limit: number
  /** Opaque, from the previous page. */
  readonly cursor?: string
}

export interface IncidentPage {
  readonly incidents: readonly Incident[]
  /** Of the next page, null at the end. */
  readonly cursor: string | null
  readonly asOf: InstantMs
}

export interface TimelineEntry {
  readonly at: InstantMs
  readonly position: Position
  readonly reason: string
  readonly revision: number
  readonly incident: Incident
  readonly causes: readonly Position[]
}

export interface QuarantineRow extends QuarantinedFact {
  readonly position: Position
  readonly replayedAt: InstantMs | null
}

/** A grid or rules as a fact applied them. */
export interface AppliedRow {
  readonly digest: string
  readonly version: string
  readonly since: InstantMs
  readonly by: string
}

export interface SegmentQuery {
  readonly incident?: string
  /** Of these devices; with them those that stood over more or less than normally hangs below theirs. */
  readonly devices?: readonly string[]
  readonly from?: InstantMs
  readonly to?: InstantMs
}

/** What a fact changed, for the ledger. */
export interface FiledBatch extends ChangeBatch {
  /** `changes` as JSON, where whoever judged has encoded them: in a storm once more is dear. */
  readonly json?: string
}

export interface RecordsPort {
  readonly state: RecordsState
  /**
   * Commits change batches, the messages they give rise to and the new position in one transaction. Batches at or
   * below the committed position are skipped (recovery regenerates them). `position` may be
   * beyond the last batch: facts without changes move it too. `source`: where they came from.
   */
  commit(
    batches: readonly FiledBatch[],
    position: Position,
    digest: string,
    source?: ChangeSource,
  ): Promise<void>
  /** Where the last changes of each partition stood. */
  sources(): readonly ChangeSource[]
  /** Called after each commit, in order. */
  onCommitted(listener: (batches: readonly ChangeBatch[]) => void): void
  incidents(query: IncidentQuery): IncidentPage
  incident(id: string): Incident | undefined
  /** Revisions in order; of many only the `latest`. */
  timeline(id: string, latest?: number): readonly TimelineEntry[]
  openIncidents(): readonly Incident[]
  segments(query: SegmentQuery): readonly InterruptionSegment[]
  quarantine(query: {
    readonly limit: number
    readonly cursor?: string
    readonly reason?: string
    readonly replayed?: boolean
    readonly positions?: readonly Position[]
  }): {
    readonly rows: readonly QuarantineRow[]
    readonly cursor: string | null
    readonly counts: Readonly<Record<string, number>>
  }
  /** The latest grids or rules applied, newest first. */
  applied(what: 'grid' | 'rules', limit: number): readonly AppliedRow[]
  /** Answer to an action already decided, by its request id. */
  action(requestId: string): ActionChange | undefined
  /** Change batches after `position`, for followers with a cursor (series, live after restart). */
  changesAfter(position: Position, limit: number): readonly ChangeBatch[]
  /** Notices newest first, each as it stands. */
  notices(query: NoticeQuery): NoticePage
  /** The notice of an incident as it stands. */
  notice(incident: string): Notice | undefined
  /** What belongs to it and is no word of the engine's: pushes to customers, photos. */
  besideNotice(incident: string): BesideNotice
  /** Escalations of an incident, oldest first. */
  escalations(incident: string): readonly EscalationChange[]
  /** Durable cursors of followers, by name. */
  cursor(name: string): Position
  /**
   * Adds an entry to the audit chain; resolves once it is on disk. With `once` it moves that cursor in
   * the same transaction, and one that is not beyond the cursor is skipped.
   */
  audit(entry: AuditEntry, once?: AuditSource): Promise<void>
  /** Entries of the audit chain, newest first. */
  audited(query: { limit: number; cursor?: string }): {
    readonly entries: readonly AuditRow[]
    readonly cursor: string | null
  }
  /** Notes that a customer spoke to us; resolves once it is on disk. */
  contact(contact: Contact): Promise<void>
  /** A customer's contacts since then, newest first; of a merged incident under the one it was merged into. */
  contacts(account: string, since: InstantMs): readonly Contact[]
  /** Calls since then whose incident is not known, oldest first. */
  unlinkedCalls(since: InstantMs): readonly UnlinkedCall[]
  /** The incident of such a call; one that has an incident keeps it. */
  linkCall(requestId: string, incident: string): Promise<void>
  saveCursor(name: string, position: Position): Promise<void>
  /** Drops change batches, quarantine rows and settled messages older than `before` (open incidents keep theirs). */
  retain(before: InstantMs): Promise<void>
  close(): Promise<void>
}

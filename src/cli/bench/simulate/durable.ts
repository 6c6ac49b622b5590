/**
 * What outlives a crash of the simulated program: committed rows of the journal in their own
 * encoding, the ledger in its own SQL, the snapshots on a disk that loses what was not synced. All
 * of it in memory, so that a seed takes milliseconds.
 */
import type { Connection } from '../../../config/sqlite.ts'
import type { ActionChange, Change, ChangeBatch } from '../../../engine/changes.ts'
import type { Fact, JournalledFact, Position } from '../../../facts/facts.ts'
import type { JournalPort } from '../../../journal/port.ts'
import { decodeRow, encodeRow, type JournalRow } from '../../../journal/row.ts'
import { openForWriting } from '../../../records/database.ts'
import { Ledger, type LedgerEntry } from '../../../records/ledger.ts'
import type { RecordsPort, RecordsState } from '../../../records/port.ts'
import { MemoryDisk } from './memory-disk.ts'

/** Everything on disk. */
export class Durable {
  readonly rows: JournalRow[] = []
  readonly ledger: Connection = openForWriting(':memory:')
  readonly disk = new MemoryDisk()
  readonly #changes = this.ledger
    .prepare('SELECT position, json FROM changes WHERE position > ? ORDER BY position')
    .raw()

  get lastPosition(): Position {
    const last = this.rows.at(-1)
    return last ? last.first + last.count - 1 : 0
  }

  /** Committed facts from one position to another. */
  *factsFrom(from: Position, until: Position): Generator<JournalledFact> {
    let at = this.rows.length
    while (at > 0 && this.rows[at - 1]!.first + this.rows[at - 1]!.count > from) at--
    for (const row of this.rows.slice(at))
      for (const fact of decodeRow(row))
        if (fact.position >= from && fact.position <= until) yield fact
  }

  /** Change batches that the ledger holds after a position, as followers read them. */
  changesAfter(position: Position): Map<Position, Change[]> {
    const rows = this.#changes.all([position]) as [Position, string][]
    return new Map(rows.map(([at, json]) => [at, JSON.parse(json) as Change[]]))
  }

  close(): void {
    this.ledger.close()
  }
}

interface Waiting {
  readonly fact: Fact
  readonly line: string
  readonly resolve: (position: Position) => void
}

/** The journal of one life of the program: what waits for its commit dies with it. */
export class MemoryJournal implements Pick<JournalPort, 'append' | 'read' | 'onCommitted'> {
  readonly #durable: Durable
  #waiting: Waiting[] = []
  #listener: (facts: readonly JournalledFact[]) => void = () => {}

  constructor(durable: Durable) {
    this.#durable = durable
  }

  /** Something waits for the next commit. */
  get waits(): boolean {
    return this.#waiting.length > 0
  }

  append(fact: Fact): Promise<Position> {
    return new Promise((resolve) => {
      this.#waiting.push({ fact, line: JSON.stringify(fact), resolve })
    })
  }

  onCommitted(listener: (facts: readonly JournalledFact[]) => void): void {
    this.#listener = listener
  }

  /** One group commit of all that waits; `crash` loses the program right behind it. */
  commit(crash = false): void {
    const group = this.#waiting.splice(0)
    if (group.length === 0) return
    const first = this.#durable.lastPosition + 1
    this.#durable.rows.push(
      encodeRow(
        first,
        group.map(({ line }) => line),
      ),
    )
    if (crash) return
    this.#listener(group.map(({ fact }, index) => ({ position: first + index, fact })))
    group.forEach(({ resolve }, index) => {
      resolve(first + index)
    })
  }

  async *read(from: Position): AsyncGenerator<readonly JournalledFact[]> {
    for (const row of this.#durable.rows)
      if (row.first + row.count > from)
        yield decodeRow(row).filter(({ position }) => position >= from)
  }
}

interface Asked {
  readonly entry: LedgerEntry
  readonly batches: readonly ChangeBatch[]
  readonly resolve: () => void
}

type KeptRecords = Pick<RecordsPort, 'state' | 'commit' | 'onCommitted' | 'action'>

/** The records of one life of the program. What is asked for is kept by `flush`. */
export class MemoryRecords implements KeptRecords {
  readonly #ledger: Ledger
  #accepted: Position
  #asked: Asked[] = []
  #listener: (batches: readonly ChangeBatch[]) => void = () => {}
  /** Commits at once, as long as nobody decides otherwise. */
  patient = false

  constructor(durable: Durable) {
    this.#ledger = new Ledger(durable.ledger)
    this.#accepted = this.#ledger.state.position
  }

  get state(): RecordsState {
    const { position, digest } = this.#ledger.state
    return { position, digest }
  }

  onCommitted(listener: (batches: readonly ChangeBatch[]) => void): void {
    this.#listener = listener
  }

  commit(batches: readonly ChangeBatch[], position: Position, digest: string): Promise<void> {
    if (position <= this.#accepted) return Promise.resolve()
    const fresh = batches.filter((batch) => batch.position > this.#accepted)
    const encoded = fresh.map(({ position, at, changes }) => {
      return { position, at, json: JSON.stringify(changes) }
    })
    this.#accepted = position
    const done = new Promise<void>((resolve) => {
      const entry = { kind: 'changes', batches: encoded, position, digest } as const
      this.#asked.push({ entry, batches: fresh, resolve })
    })
    if (!this.patient) this.flush()
    return done
  }

  action(): ActionChange | undefined {
    return undefined
  }

  /** All that was asked for, in one transaction. */
  flush(): void {
    const group = this.#asked.splice(0)
    if (group.length === 0) return
    this.#ledger.commit(group.map(({ entry }) => entry))
    for (const { batches, resolve } of group) {
      this.#listener(batches)
      resolve()
    }
  }
}

/**
 * The journal in SQLite. Groups what arrives while a commit runs into the next one, tells the
 * listener, then the callers; says when the disk is full or failing. It never looks inside a fact.
 */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { Fact, JournalledFact, Position } from '../facts/facts.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { JOURNAL_LIMITS, type JournalLimits } from './limits.ts'
import { JournalError, type JournalPort } from './port.ts'
import { type JournalReader, openReader } from './reader.ts'
import { ReadingTable } from './readings.ts'
import { encodeRow } from './row.ts'
import type { WriterExtent } from './writer.ts'
import { startWriter, type WriterThread } from './writer-thread.ts'

export interface SqliteJournalOptions {
  /** `journal.db`; its folder exists. */
  readonly path: string
  readonly telemetry: Telemetry
  /** Monotonic milliseconds, for the measured length of commits. */
  readonly clock?: () => number
  readonly limits?: Partial<JournalLimits>
}

/**
 * `full`: the last commit found no room; every append tries again, so it ends by itself.
 * `failing`: the disk cannot be trusted until the program is started again.
 */
export type JournalCondition = 'writing' | 'full' | 'failing' | 'closed'

export interface SqliteJournal extends JournalPort {
  /** For `/readyz`. */
  readonly condition: JournalCondition
  /** Periodic readings beside the facts. */
  readonly readings: ReadingTable
}

interface Waiting {
  readonly fact: Fact
  readonly line: string
  readonly bytes: number
  readonly resolve: (position: Position) => void
  readonly reject: (error: JournalError) => void
}

/** Opens or creates the journal. Rejects with `journal.corrupt` where its last row is damaged. */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<SqliteJournal> {
  const limits = { ...JOURNAL_LIMITS, ...options.limits }
  const { path, telemetry } = options
  const { checkpointBytes, fileBytes } = limits
  const writer = await startWriter({ path, checkpointBytes, fileBytes })
  const clock = options.clock ?? (() => performance.now())
  return new GroupCommit(path, writer, limits, telemetry, clock)
}

class GroupCommit implements SqliteJournal {
  readonly readings: ReadingTable
  readonly #writer: WriterThread
  readonly #reader: JournalReader
  readonly #limits: JournalLimits
  readonly #telemetry: Telemetry
  readonly #clock: () => number
  #extent: WriterExtent
  #condition: JournalCondition = 'writing'
  #failure: JournalError | undefined
  #listener: (facts: readonly JournalledFact[]) => void = () => {}
  /** Not yet handed to the writer. */
  #waiting: Waiting[] = []
  #inFlight = 0
  /** When the last commit began. */
  #begunAtMs = Number.NEGATIVE_INFINITY
  /** The loop that commits while anything waits. */
  #pump: Promise<void> | undefined

  constructor(
    path: string,
    writer: WriterThread,
    limits: JournalLimits,
    telemetry: Telemetry,
    clock: () => number,
  ) {
    this.#writer = writer
    this.#reader = openReader(path)
    this.#limits = limits
    this.#telemetry = telemetry
    this.#clock = clock
    this.#extent = writer.opened
    this.readings = new ReadingTable({
      ...{ path, writer, limits, telemetry },
      refusal: () => this.#broken(),
      onFailing: (error) => this.#fail(error),
    })
    telemetry.gauge(
      'lastgasp_journal_pending_facts',
      'Facts waiting for their commit',
      () => this.pending,
    )
    telemetry.gauge(
      'lastgasp_journal_wal_pages',
      'Pages of the write-ahead log that the last checkpoint could not copy',
      () => this.#extent.walPages,
    )
  }

  get condition(): JournalCondition {
    return this.#condition
  }
  get lastPosition(): Position {
    return this.#extent.last
  }
  get firstPosition(): Position {
    return this.#extent.first
  }
  get pending(): number {
    return this.#waiting.length + this.#inFlight
  }

  append(fact: Fact, ahead?: 'ahead'): Promise<Position> {
    const refusal = this.#refusal()
    if (refusal) return Promise.reject(this.#refused(refusal, 1))
    return new Promise((resolve, reject) => {
      const line = JSON.stringify(fact)
      const waiting = { fact, line, bytes: Buffer.byteLength(line), resolve, reject }
      if (ahead) this.#waiting.unshift(waiting)
      else this.#waiting.push(waiting)
      this.#pump ??= this.#commitAll()
    })
  }

  /** The listener is called before the promises of the same commit resolve. */
  onCommitted(listener: (facts: readonly JournalledFact[]) => void): void {
    this.#listener = listener
  }

  async *read(from: Position, until = Number.POSITIVE_INFINITY) {
    let next = Math.max(from, this.firstPosition)
    for (;;) {
      const end = Math.min(until, this.lastPosition)
      if (next > end) return
      const facts = this.#reader.from(next)
      const over = next + facts.length - 1 - end
      if (over > 0) facts.length -= over
      next += facts.length
      yield facts as readonly JournalledFact[]
      // Reading is synchronous; sockets get their turn between rows.
      await nextTurn()
    }
  }

  async at(positions: readonly Position[]): Promise<readonly JournalledFact[]> {
    const wanted = [...new Set(positions)]
      .filter((position) => position >= this.firstPosition && position <= this.lastPosition)
      .sort((a, b) => a - b)
    const facts: JournalledFact[] = []
    for (let index = 0; index < wanted.length; ) {
      const picked = this.#reader.pick(wanted.slice(index))
      facts.push(...picked.facts)
      index += picked.used
      if (index < wanted.length) await nextTurn()
    }
    return facts
  }

  async retain(before: Position): Promise<void> {
    const rows = this.#limits.retainRows
    for (;;) {
      this.#extent = await this.#writer.send({ kind: 'retain', before, rows })
      if (this.#extent.dropped > 0)
        this.#telemetry.emit('journal.retained', { count: this.#extent.dropped })
      if (this.#extent.dropped < rows) return
    }
  }

  async close(): Promise<void> {
    if (this.#condition === 'closed') return
    const failed = this.#condition === 'failing'
    this.#condition = 'closed'
    await this.#pump
    await this.readings.close()
    this.#reader.close()
    await (failed ? this.#writer.abandon() : this.#writer.close())
  }

  #broken(): JournalError | undefined {
    if (this.#condition === 'closed') return new JournalError('journal.closed', 'journal is closed')
    return this.#failure
  }

  #refusal(): JournalError | undefined {
    const broken = this.#broken()
    if (broken) return broken
    if (this.pending >= this.#limits.pendingFacts)
      return new JournalError('journal.busy', `${this.pending} facts wait for their commit`)
    return undefined
  }

  #refused(error: JournalError, count: number): JournalError {
    this.#telemetry.emit('journal.refused', { code: error.code, count })
    return error
  }

  /** One commit after another; what arrives during one is the next. */
  async #commitAll(): Promise<void> {
    // What the same turn of the event loop reads from its sockets shares the first commit.
    await nextTurn()
    while (this.#waiting.length > 0) {
      await this.#gathered()
      await this.#commit(this.#take())
    }
    this.#pump = undefined
  }

  /**
   * Resolves when the next commit may begin: at once where none began lately. On a disk that flushes
   * in a tenth of a millisecond each message would otherwise be a commit of its own, with its ways
   * between threads.
   */
  async #gathered(): Promise<void> {
    const waitMs = this.#begunAtMs + this.#limits.gatherMs - performance.now()
    if (waitMs > 0 && this.#waiting.length < this.#limits.rowFacts) await delay(waitMs)
    this.#begunAtMs = performance.now()
  }

  #take(): Waiting[] {
    const { rowFacts, rowBytes } = this.#limits
    let count = 0
    let bytes = 0
    for (const waiting of this.#waiting) {
      bytes += waiting.bytes + 1
      if (count > 0 && (count >= rowFacts || bytes > rowBytes)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const first = this.lastPosition + 1
    const started = this.#clock()
    this.#inFlight = group.length
    try {
      const row = encodeRow(
        first,
        group.map((waiting) => waiting.line),
      )
      this.#extent = await this.#writer.send({ kind: 'commit', row })
    } catch (error) {
      this.#inFlight = 0
      this.#failed(group, error as JournalError)
      return
    }
    this.#inFlight = 0
    this.#committed(group, first, (this.#clock() - started) / 1000)
  }

  #committed(group: readonly Waiting[], first: Position, seconds: number): void {
    if (this.#condition === 'full') {
      this.#condition = 'writing'
      this.#telemetry.emit('journal.writable')
    }
    this.#telemetry.emit('journal.committed', { count: group.length, seconds })
    try {
      this.#listener(group.map(({ fact }, index) => ({ position: first + index, fact })))
    } finally {
      group.forEach((waiting, index) => {
        waiting.resolve(first + index)
      })
    }
  }

  #fail(error: JournalError): void {
    if (!this.#failure) this.#telemetry.emit('journal.failed', {}, error)
    this.#failure ??= error
    if (this.#condition !== 'closed') this.#condition = 'failing'
  }

  #failed(group: readonly Waiting[], error: JournalError): void {
    const refused = [...group]
    if (error.code === 'journal.full') {
      if (this.#condition === 'writing') {
        this.#condition = 'full'
        this.#telemetry.emit('journal.full', {}, error)
      }
    } else {
      this.#fail(error)
      refused.push(...this.#waiting.splice(0))
    }
    this.#refused(error, refused.length)
    for (const waiting of refused) waiting.reject(error)
  }
}

/**
 * Periodic voltage readings, committed beside the facts in a table of their own: kept for days, followed
 * by the series, and never seen by the engine. What arrives while a commit runs shares the next one.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openForReading } from '../config/sqlite.ts'
import type { ReadingFact } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { JournalLimits } from './limits.ts'
import { JournalError, type KeptReading, type ReadingLog } from './port.ts'
import type { ReadingRow } from './writer.ts'
import type { WriterThread } from './writer-thread.ts'

interface Waiting {
  readonly row: ReadingRow
  readonly resolve: (id: number) => void
  readonly reject: (error: JournalError) => void
}

export interface ReadingTableParts {
  readonly path: string
  readonly writer: Pick<WriterThread, 'opened' | 'send'>
  readonly limits: JournalLimits
  readonly telemetry: Telemetry
  /** Why the file takes nothing at present. */
  refusal(): JournalError | undefined
  /** The disk cannot be trusted any more: nothing is acknowledged until a restart, facts or readings. */
  onFailing(error: JournalError): void
}

export class ReadingTable implements ReadingLog {
  readonly #parts: ReadingTableParts
  readonly #db: ReturnType<typeof openForReading>
  readonly #after: ReturnType<ReturnType<typeof openForReading>['prepare']>
  #last: number
  #waiting: Waiting[] = []
  #inFlight = 0
  #pump: Promise<void> | undefined

  constructor(parts: ReadingTableParts) {
    this.#parts = parts
    this.#last = parts.writer.opened.lastReading
    this.#db = openForReading(parts.path)
    const select = 'SELECT id, reading FROM readings WHERE id > ? ORDER BY id LIMIT ?'
    this.#after = this.#db.prepare(select).raw()
  }

  get last(): number {
    return this.#last
  }

  get pending(): number {
    return this.#waiting.length + this.#inFlight
  }

  keep(reading: ReadingFact): Promise<number> {
    const refusal = this.#parts.refusal() ?? this.#busy()
    if (refusal) {
      this.#parts.telemetry.emit('journal.refused', { code: refusal.code, count: 1 })
      return Promise.reject(refusal)
    }
    return new Promise((resolve, reject) => {
      const row = { receivedAt: reading.receivedAt, reading: JSON.stringify(reading) }
      this.#waiting.push({ row, resolve, reject })
      this.#pump ??= this.#commitAll()
    })
  }

  after(id: number, limit: number): readonly KeptReading[] {
    const rows = this.#after.all([id, limit]) as [number, string][]
    return rows.map(([of, reading]) => ({ id: of, reading: JSON.parse(reading) as ReadingFact }))
  }

  async retain(before: InstantMs): Promise<void> {
    const { writer, limits, telemetry } = this.#parts
    const rows = limits.retainReadings
    for (;;) {
      const { dropped } = await writer.send({ kind: 'retainReadings', before, rows })
      if (dropped > 0) telemetry.emit('readings.retained', { count: dropped })
      if (dropped < rows) return
    }
  }

  /** Waits for what is being committed, once nothing more is taken; the writer is somebody else's to close. */
  async close(): Promise<void> {
    await this.#pump
    this.#db.close()
  }

  #busy(): JournalError | undefined {
    if (this.pending < this.#parts.limits.pendingFacts) return undefined
    return new JournalError('journal.busy', `${this.pending} readings wait for their commit`)
  }

  async #commitAll(): Promise<void> {
    await nextTurn()
    while (this.#waiting.length > 0) await this.#commit(this.#take())
    this.#pump = undefined
  }

  /** As much as one commit of facts holds. */
  #take(): Waiting[] {
    const { rowFacts, rowBytes } = this.#parts.limits
    let [count, length] = [0, 0]
    for (const { row } of this.#waiting) {
      length += row.reading.length
      if (count > 0 && (count >= rowFacts || length > rowBytes)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const first = this.#last + 1
    this.#inFlight = group.length
    try {
      const rows = group.map(({ row }) => row)
      await this.#parts.writer.send({ kind: 'keep', first, rows })
      this.#last += group.length
      this.#parts.telemetry.emit('readings.kept', { count: group.length })
      group.forEach(({ resolve }, index) => {
        resolve(first + index)
      })
    } catch (cause) {
      const error = cause as JournalError
      if (error.code !== 'journal.full') this.#parts.onFailing(error)
      this.#parts.telemetry.emit('journal.refused', { code: error.code, count: group.length })
      for (const { reject } of group) reject(error)
    } finally {
      this.#inFlight = 0
    }
  }
}

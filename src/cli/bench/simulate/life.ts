/**
 * One life of the simulated program: recovery, group commits, ticks, snapshots, and a sudden end.
 * The parts are the program's own; only disk, wall clock and sockets are simulated.
 */

import type { Shelf } from '../../../app/judge.ts'
import { Pipeline } from '../../../app/pipeline.ts'
import { newestBeginning, Snapshotting } from '../../../app/snapshotting.ts'
import type { ChangeBatch } from '../../../engine/changes.ts'
import { askedOf } from '../../../engine/storm/storm.ts'
import type { Fact } from '../../../facts/facts.ts'
import type { InstantMs } from '../../../facts/time.ts'
import { openSnapshots } from '../../../journal/snapshots.ts'
import { createTicker, type Ticker } from '../../../journal/ticks.ts'
import type { Telemetry } from '../../../telemetry/telemetry.ts'
import { type Durable, MemoryJournal, MemoryRecords } from './durable.ts'
import { CrashError } from './memory-disk.ts'

export interface Surroundings {
  readonly durable: Durable
  readonly shelf: Shelf
  readonly telemetry: Telemetry
  /** The program's wall clock. */
  readonly now: () => InstantMs
  /** Follows what the records hold. */
  readonly told: (batches: readonly ChangeBatch[]) => void
}

export class Life {
  readonly journal: MemoryJournal
  readonly records: MemoryRecords
  readonly pipeline: Pipeline
  readonly #snapshotting: Snapshotting
  readonly #ticker: Ticker
  /** What went wrong where nobody waited for it. */
  failure: unknown
  #over = false

  /** Starts the program on what is on disk. */
  static async begin(around: Surroundings): Promise<Life> {
    const { durable, shelf, telemetry } = around
    const { dir, open } = durable.disk
    const store = await openSnapshots({ dir, telemetry, openFile: open })
    const journal = new MemoryJournal(durable)
    const records = new MemoryRecords(durable)
    const beginning = await newestBeginning(store, shelf, records.state)
    const pipeline = new Pipeline(journal, records, shelf, beginning)
    pipeline.onCommitted = around.told
    records.onCommitted(around.told)
    await pipeline.recover()
    pipeline.start()
    const recorded = () => pipeline.recorded()
    const snapshotting = new Snapshotting(store, pipeline.judge, recorded, telemetry)
    pipeline.onApplied = () => snapshotting.follow()
    return new Life(around, journal, records, pipeline, snapshotting)
  }

  private constructor(
    around: Surroundings,
    journal: MemoryJournal,
    records: MemoryRecords,
    pipeline: Pipeline,
    snapshotting: Snapshotting,
  ) {
    this.journal = journal
    this.records = records
    this.pipeline = pipeline
    this.#snapshotting = snapshotting
    this.#ticker = createTicker({
      append: (fact) => journal.append(fact),
      nextDeadline: () => pipeline.judge.engine.nextDeadline(),
      isBehind: () => pipeline.judge.engine.isBehind,
      asked: () => askedOf(pipeline.judge.engine.world),
      last: pipeline.judge.engine.world?.now ?? 0,
      now: around.now,
    })
    pipeline.onFailure = (error) => {
      this.failure ??= error
    }
    records.patient = true
  }

  /** Time passes: a tick is appended where one is due. */
  look(): void {
    this.#ticker.look()
  }

  /** `acknowledge` is called once the fact is committed, if the program lives that long. */
  append(fact: Fact, acknowledge: () => void = () => {}): void {
    void this.journal.append(fact).then(() => {
      if (!this.#over) acknowledge()
    })
  }

  snapshot(): void {
    this.#snapshotting.take().catch((error) => {
      if (!this.#over && !(error instanceof CrashError)) this.failure ??= error
    })
  }

  /** The process is gone; whatever it still does reaches nothing. */
  end(): void {
    this.#over = true
  }
}

/** Lets everything that waits for nothing but its turn go on. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

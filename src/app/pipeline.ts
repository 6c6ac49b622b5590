/**
 * From committed fact to committed change: the journal's commits drive the engine, the engine's
 * changes go to the records, and what the records hold is told to everyone who follows.
 */
import type { ActionChange, ChangeBatch } from '../engine/changes.ts'
import type { JournalledFact, Position } from '../facts/facts.ts'
import type { JournalPort } from '../journal/port.ts'
import type { RecordsPort } from '../records/port.ts'
import { ActionWaits } from './action-waits.ts'
import { type Beginning, Judge, type JudgedBatch, type Shelf } from './judge.ts'

/** The journal replays otherwise than it was lived: never go on from that. */
export class DivergedError extends Error {
  readonly code = 'engine.diverged'
  constructor(position: Position, lived: string, replayed: string) {
    super(
      `changes up to ${position} were ${lived} and replay as ${replayed}; where another version of this ` +
        'program judged them: start that version once more and stop it with Ctrl-C, then start this one',
    )
    this.name = 'DivergedError'
  }
}

/** What it needs of the journal and of the records. */
type FollowedJournal = Pick<JournalPort, 'read' | 'onCommitted'>
type KeptRecords = Pick<RecordsPort, 'state' | 'commit' | 'onCommitted' | 'action'>

export class Pipeline {
  readonly judge: Judge
  readonly #journal: FollowedJournal
  readonly #records: KeptRecords
  readonly #actions: ActionWaits
  /** Where the last commit to the records ends; rejections surface through `onFailure`. */
  #recorded: Promise<void> = Promise.resolve()
  /** Facts were judged since that changed nothing. */
  #isBehind = false
  onFailure: (error: unknown) => void = () => {}
  onCommitted: (batches: readonly ChangeBatch[]) => void = () => {}
  onApplied: () => void = () => {}

  constructor(journal: FollowedJournal, records: KeptRecords, library: Shelf, from: Beginning) {
    this.#journal = journal
    this.#records = records
    this.#actions = new ActionWaits(records)
    this.judge = new Judge(library, from)
  }

  /**
   * Replays what the journal holds beyond the beginning. Changes the records already have are
   * regenerated and compared, not written again. Resolves with the number of facts replayed.
   */
  async recover(): Promise<number> {
    const lived = this.#records.state
    const { judge } = this
    let facts = 0
    for await (const batch of this.#journal.read(judge.position + 1)) {
      const changes: JudgedBatch[] = []
      for (const fact of batch) {
        await judge.prepare(fact)
        const change = judge.apply(fact)
        if (change) changes.push(change)
        if (fact.position === lived.position && judge.digest !== lived.digest)
          throw new DivergedError(lived.position, lived.digest, judge.digest)
      }
      facts += batch.length
      if (judge.position > lived.position) await this.#commit(changes)
    }
    return facts
  }

  /** From now on every commit of the journal is judged at once. */
  start(): void {
    this.#records.onCommitted((batches) => this.#told(batches))
    this.#journal.onCommitted((facts) => {
      try {
        this.#take(facts)
      } catch (error) {
        this.onFailure(error)
      }
    })
  }

  /** Resolves when the records hold all changes up to now, and stand at its position. */
  recorded(): Promise<void> {
    if (this.#isBehind) this.#record([])
    return this.#recorded
  }

  /** The engine's decision on a request, or undefined after `timeoutMs`. Ask before appending. */
  awaitAction(requestId: string, timeoutMs: number): Promise<ActionChange | undefined> {
    return this.#actions.await(requestId, timeoutMs)
  }

  #take(facts: readonly JournalledFact[]): void {
    const changes = this.judge.applyAll(facts)
    this.onApplied()
    // Most reports change nothing until the next tick, and a position alone is not worth a transaction:
    // it goes with the next change, or when somebody asks.
    if (changes.length > 0) this.#record(changes)
    else this.#isBehind = true
  }

  #record(changes: readonly JudgedBatch[]): void {
    this.#isBehind = false
    this.#recorded = this.#commit(changes)
    this.#recorded.catch(this.onFailure)
  }

  #commit(changes: readonly JudgedBatch[]): Promise<void> {
    return this.#records.commit(changes, this.judge.position, this.judge.digest)
  }

  #told(batches: readonly ChangeBatch[]): void {
    this.#actions.follow(batches)
    this.onCommitted(batches)
  }
}

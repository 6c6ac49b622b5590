/**
 * The engine with the digest of what it said: applies facts in order, loading grids and rules that a
 * fact names before the engine meets it. Used alike by the running program and by `replay`.
 */
import type { Change, ChangeBatch } from '../engine/changes.ts'
import { Engine, type Loaded } from '../engine/engine.ts'
import { READ_AHEAD } from '../engine/inference/read-ahead.ts'
import type { World } from '../engine/world.ts'
import type { JournalledFact } from '../facts/facts.ts'
import { NO_CHANGES_DIGEST, nextDigest } from './change-digest.ts'

/** Grids and rules by digest, each loaded before the engine meets the fact that names it. */
export interface Shelf extends Loaded {
  load(what: 'grid' | 'rules', digest: string): Promise<void>
}

/** Where a run of the engine begins: at the first fact, or behind a snapshot. */
export interface Beginning {
  readonly position: number
  readonly digest: string
  readonly gridDigest: string
  readonly rulesDigest: string
  readonly world: World | undefined
  /** The snapshot is an earlier engine's. */
  readonly isOlder: boolean
}

export const FROM_THE_START: Beginning = {
  position: 0,
  digest: NO_CHANGES_DIGEST,
  gridDigest: '',
  rulesDigest: '',
  world: undefined,
  isOlder: false,
}

/** What a fact changed, encoded once for the digest and whoever keeps it. */
export interface JudgedBatch extends ChangeBatch {
  /** `changes` as JSON. */
  readonly json: string
}

export class Judge {
  readonly engine: Engine
  readonly #library: Shelf
  position: number
  digest: string
  gridDigest: string
  rulesDigest: string

  /** `lane`: of judges side by side, whose numbers it gives. */
  constructor(library: Shelf, from: Beginning, lane = 0) {
    this.#library = library
    this.engine = new Engine(library, from.world, lane)
    this.position = from.position
    this.digest = from.digest
    this.gridDigest = from.gridDigest
    this.rulesDigest = from.rulesDigest
  }

  /** Loads what the fact names. Needed in replays; live, it was loaded before the append. */
  async prepare({ fact }: JournalledFact): Promise<void> {
    if (fact.type === 'gridApplied') await this.#library.load('grid', fact.digest)
    if (fact.type === 'rulesApplied') await this.#library.load('rules', fact.digest)
  }

  /** What each fact of a commit changes, in order; facts that change nothing give no batch. */
  applyAll(facts: readonly JournalledFact[]): JudgedBatch[] {
    const batches: JudgedBatch[] = []
    for (let i = 0; i < facts.length; i++) {
      if (i % READ_AHEAD === 0) this.engine.readAhead(facts, i)
      const batch = this.apply(facts[i]!)
      if (batch) batches.push(batch)
    }
    return batches
  }

  /** What the fact changes, as a batch; undefined where nothing. */
  apply(journalled: JournalledFact): JudgedBatch | undefined {
    const { position, fact } = journalled
    const changes: Change[] = this.engine.apply(journalled)
    this.position = position
    if (fact.type === 'gridApplied') this.gridDigest = fact.digest
    if (fact.type === 'rulesApplied') this.rulesDigest = fact.digest
    if (changes.length === 0) return undefined
    const json = JSON.stringify(changes)
    this.digest = nextDigest(this.digest, position, json)
    const at = this.engine.world?.now ?? 0
    return { position, at, changes, json }
  }
}

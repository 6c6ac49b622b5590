/**
 * Another grid or other rules for roles that run: the file for all of them first, then the intention,
 * then, of a grid, what the engines say of preparing it, then the fact for every partition. An intention that a stop left half done is carried out by the
 * next start.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fact, Position } from '../../facts/facts.ts'
import { Problem } from '../../http/problem.ts'
import type { InForceKind, InForceTopic, PutInForce } from '../../journal/kafka/in-force.ts'
import { positionOf } from '../../journal/kafka/messages.ts'
import type { SharedLibrary } from './shared-library.ts'

/** An engine that is there takes a fact up within moments, on a busy machine within some seconds. */
const FILED_WITHIN_MS = 20_000
const LOOK_MS = 50

/** An engine that is there says within a second that it prepares a grid; on a busy machine within some. */
const HEARD_WITHIN_MS = 10_000
/** Nine million customers take three minutes, a slow machine some more; beyond it the engine stops at the fact. */
const READY_WITHIN_MS = 900_000

export interface PuttingParts {
  readonly topic: InForceTopic
  readonly library: Pick<SharedLibrary, 'share'>
  readonly partitions: number
  /** What each partition is judged by, in their order. */
  digests(what: InForceKind): readonly string[]
  /** Appends to one partition; resolves with the offset. */
  append(fact: Fact, partition: number): Promise<number>
  /** Whether what engines say of this fact is filed. */
  hasFiled(position: Position): boolean
  now(): number
}

export class PuttingInForce {
  readonly #parts: PuttingParts
  /** One after the other: the order of two is the same in every partition. */
  #putting: Promise<unknown> = Promise.resolve()

  constructor(parts: PuttingParts) {
    this.#parts = parts
  }

  /**
   * Puts what the library keeps in force in all partitions; resolves when the records say so.
   * @throws JournalError; Problem `unavailable` where no engine has taken it up within some seconds
   */
  async put(what: InForceKind, digest: string, by: string): Promise<void> {
    const asked = { digest, by }
    // Beside the others: rules need not wait for a grid that is being compiled.
    if (what === 'grid') await this.#prepared(asked)
    const put = this.#putting.then(() => this.#put(what, asked))
    this.#putting = put.catch(() => {})
    await put
  }

  /** Carries out what was asked for and is not done. @throws JournalError */
  async finish(): Promise<void> {
    for (const what of ['rules', 'grid'] as const) {
      const asked = this.#parts.topic.latest(what)
      if (asked && !asked.isDone) await this.#toAll(what, asked)
    }
  }

  async #put(what: InForceKind, asked: { digest: string; by: string }): Promise<void> {
    const intention = await this.#announced(what, asked)
    if (intention) await this.#filed(what, await this.#toAll(what, intention))
  }

  /** Has the engines prepare it, those that are there and until they are ready. */
  async #prepared(asked: { digest: string; by: string }): Promise<void> {
    const { topic, now } = this.#parts
    if (!(await this.#announced('grid', asked))) return
    const begun = now()
    const isAwaited = (partition: number) => {
      const said = topic.prepared(partition)
      const isHeard = said?.digest === asked.digest
      if (isHeard && said.isReady) return false
      return now() - begun < (isHeard ? READY_WITHIN_MS : HEARD_WITHIN_MS)
    }
    while (this.#missing('grid', asked.digest).some(isAwaited)) await sleep(LOOK_MS)
  }

  /** The file for all, then the intention; undefined where every partition is judged by it already. */
  async #announced(
    what: InForceKind,
    asked: { digest: string; by: string },
  ): Promise<PutInForce | undefined> {
    const { topic, library, now } = this.#parts
    await library.share(what, asked.digest)
    if (this.#missing(what, asked.digest).length === 0) return undefined
    const intention = { ...asked, at: now(), isDone: false }
    await topic.say(what, intention)
    return intention
  }

  #missing(what: InForceKind, digest: string): readonly number[] {
    const digests = this.#parts.digests(what)
    return [...digests.keys()].filter((partition) => digests[partition] !== digest)
  }

  /** The fact for the partitions that are judged by something else. */
  async #toAll(what: InForceKind, asked: PutInForce): Promise<readonly Position[]> {
    const { topic, append, partitions, now } = this.#parts
    const type = what === 'grid' ? 'gridApplied' : 'rulesApplied'
    const { digest, by } = asked
    const fact: Fact = { type, receivedAt: now(), digest, by }
    const positions: Position[] = []
    for (const partition of this.#missing(what, digest))
      positions.push(positionOf(await append(fact, partition), partition, partitions))
    await topic.say(what, { ...asked, isDone: true })
    return positions
  }

  async #filed(what: InForceKind, positions: readonly Position[]): Promise<void> {
    const { hasFiled, now } = this.#parts
    const until = now() + FILED_WITHIN_MS
    while (!positions.every(hasFiled)) {
      if (now() > until)
        throw new Problem(
          'unavailable',
          `the ${what} are in the journal and no engine has taken them up yet; they come into force when one does`,
        )
      await sleep(LOOK_MS)
    }
  }
}

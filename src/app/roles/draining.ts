/**
 * A grid that joins feeders of two partitions, or hangs something over between them, waits until those that must move are drained: nothing is
 * open on them, nothing stirs. Then they move, one engine lets go of what another has taken, and the
 * grid comes into force like any other (ADR 11). What is asked for outlasts restarts; where the moving
 * was cut short, the table of partitions follows the engines.
 */
import { type Hold, heldBy } from '../../engine/moves/held.ts'
import { knownOf } from '../../engine/moves/moved.ts'
import type { Fact } from '../../facts/facts.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import type { WaitingGrid } from '../../http/grid-port.ts'
import { Problem } from '../../http/problem.ts'
import type { InForceTopic, WaitingFor } from '../../journal/kafka/in-force.ts'
import { positionOf } from '../../journal/kafka/messages.ts'
import { JournalError } from '../../journal/port.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { FollowedWorlds } from './followed-worlds.ts'
import { type FeederMove, type Placement, placeGrid } from './moves.ts'

/** Between two looks: draining is a matter of minutes. */
export const DRAIN_LOOK_MS = 1_000
/** Moves, incidents and other holds that are named; the first are enough to go on with. */
const MOST_NAMED = 50

export interface DrainingParts {
  readonly topic: Pick<InForceTopic, 'partitions' | 'sayPartitions' | 'waiting' | 'sayWaiting'>
  readonly worlds: Pick<FollowedWorlds, 'of' | 'reached'>
  readonly partitions: number
  readonly telemetry: Telemetry
  gridInForce(): CompiledGrid
  /** Gives a kept grid to all roles, so that it is there whoever starts next. */
  share(digest: string): Promise<void>
  load(digest: string): Promise<CompiledGrid>
  /** Appends to one partition; resolves with the offset. */
  append(fact: Fact, partition: number): Promise<number>
  /** Puts a kept grid in force that moves nothing any more. */
  put(digest: string, by: string): Promise<void>
  now(): number
}

export class Draining {
  readonly #parts: DrainingParts
  #seen: WaitingGrid | null = null
  #placed: { readonly of: readonly unknown[]; readonly placement: Placement } | undefined
  #working: Promise<unknown> = Promise.resolve()
  #isLooking = false
  /** For minutes, where engines compile it first. */
  #isPutting = false

  constructor(parts: DrainingParts) {
    this.#parts = parts
  }

  /** The grid that waits, as it was looked at last; null where none does. */
  get waiting(): WaitingGrid | null {
    const asked = this.#parts.topic.waiting
    if (!asked) return null
    return this.#seen?.digest === asked.digest ? this.#seen : seenAs(asked, [], [], null)
  }

  /**
   * Has the grid wait where it moves feeders; undefined where it moves none and may be put in force.
   * @throws JournalError
   */
  begin(after: CompiledGrid, by: string): Promise<WaitingGrid | undefined> {
    return this.#next(async () => {
      const { topic, share, telemetry, now } = this.#parts
      const placement = await this.#place(after)
      const { moves } = placement
      if (moves.length === 0) return undefined
      await share(after.digest)
      const asked = { digest: after.digest, by, at: now() }
      await topic.sayWaiting(asked)
      telemetry.emit('grid.waits', { digest: after.digest, feeders: moves.length })
      this.#seen = seenAs(asked, moves, this.#holds(placement), null)
      return this.#seen
    })
  }

  /** Takes it back; false where none waits, or it comes into force at this moment. @throws JournalError */
  async cancel(): Promise<boolean> {
    if (this.#isPutting) return false
    return this.#next(async () => {
      const { topic, telemetry } = this.#parts
      if (!topic.waiting) return false
      telemetry.emit('grid.takenBack', { digest: topic.waiting.digest })
      await topic.sayWaiting(null)
      return true
    })
  }

  /** Moves what is drained, and puts the grid in force that nothing holds any more. */
  async look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      await this.#next(() => this.#look())
    } catch (error) {
      // The brokers come back, or the role says by itself what is wrong with them.
      if (!(error instanceof JournalError)) throw error
      if (this.#seen) this.#seen = { ...this.#seen, problem: error.message }
    } finally {
      this.#isLooking = false
    }
  }

  /** One after the other: nothing is taken back while it comes into force. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#working.then(work)
    this.#working = done.catch(() => {})
    return done
  }

  async #look(): Promise<void> {
    await this.#tellWhoLeft()
    const asked = this.#parts.topic.waiting
    if (!asked) return
    const after = await this.#parts.load(asked.digest)
    const placement = await this.#place(after)
    const { moves } = placement
    if (moves.length === 0) return this.#put(asked)
    const unjudged = moves.find(({ from, to }) => !this.#world(from) || !this.#world(to))
    const holds = unjudged ? [] : this.#holds(placement)
    const problem = unjudged ? `no engine has judged partitions of ${unjudged.feeder} yet` : null
    this.#seen = seenAs(asked, moves, holds, problem)
    if (!unjudged && holds.length === 0) await this.#move(placement)
  }

  /** The table says where facts go: it follows what engines have let go. */
  async #tellWhoLeft(): Promise<void> {
    const { topic, telemetry } = this.#parts
    const table = topic.partitions
    const left = [...table].flatMap(([feeder, judge]) => {
      const to = this.#world(judge)?.left.get(feeder)
      return to === undefined ? [] : [[feeder, to] as const]
    })
    if (left.length === 0) return
    await topic.sayPartitions(new Map([...table, ...left]))
    telemetry.emit('feeders.moved', { feeders: left.length })
  }

  async #put({ digest, by }: WaitingFor): Promise<void> {
    const { topic, put } = this.#parts
    this.#isPutting = true
    try {
      await put(digest, by)
    } catch (error) {
      // It is in the journal, and comes into force with the next engine.
      if (!(error instanceof Problem)) throw error
    } finally {
      this.#isPutting = false
    }
    await topic.sayWaiting(null)
  }

  /** What takes a feeder hears of it before what has it is asked to let it go. */
  async #move(placement: Placement): Promise<void> {
    const { known, moves } = placement
    const { topic, worlds, append, partitions, now } = this.#parts
    // Put in force by an earlier program, which left it to the grid.
    if (topic.partitions.size === 0) await topic.sayPartitions(known)
    const receivedAt = now()
    for (const { feeder, from, to } of moves) {
      const told = knownOf(this.#world(from)!, feeder, receivedAt)
      await append({ type: 'feederTaken', receivedAt, feeder, ...told }, to)
    }
    for (const { from, to, feeders } of together(placement)) {
      const offset = await append({ type: 'feedersLeft', receivedAt, feeders, part: to }, from)
      await worlds.reached(positionOf(offset, from, partitions))
    }
    await this.#tellWhoLeft()
  }

  /** Looked through once for a pair of grids and where feeders are: millions of things may hang elsewhere. */
  async #place(after: CompiledGrid): Promise<Placement> {
    const { topic, gridInForce, partitions: count } = this.#parts
    const before = gridInForce()
    const placed = topic.partitions
    const of = [before, after, placed]
    if (!this.#placed || of.some((one, i) => one !== this.#placed!.of[i]))
      this.#placed = { of, placement: await placeGrid(before, after, { count, placed }) }
    return this.#placed.placement
  }

  #holds(placement: Placement): readonly Hold[] {
    return together(placement).flatMap(({ from, feeders }) => {
      const world = this.#world(from)
      return world ? heldBy(world, feeders) : []
    })
  }

  #world(partition: number) {
    return this.#parts.worlds.of(partition)
  }
}

/**
 * Moves from one partition to one other: feeders that are joined today leave in one. With them what the
 * grid hangs over leaves for good: the engine passes on what comes of it, by the feeder it will hang on.
 */
function together({ moves, hungOver }: Pick<Placement, 'moves' | 'hungOver'>): readonly {
  readonly from: number
  readonly to: number
  readonly feeders: readonly string[]
}[] {
  const groups = new Map<string, { from: number; to: number; feeders: Set<string> }>()
  for (const { feeder, from, to } of moves) {
    const group = groups.get(`${from} ${to}`) ?? { from, to, feeders: new Set() }
    groups.set(`${from} ${to}`, group)
    group.feeders.add(feeder)
    for (const [before, after] of hungOver) if (before === feeder) group.feeders.add(after)
  }
  return [...groups.values()].map((group) => ({ ...group, feeders: [...group.feeders] }))
}

function seenAs(
  { digest, by, at }: WaitingFor,
  moves: readonly FeederMove[],
  holds: readonly Hold[],
  problem: string | null,
): WaitingGrid {
  return {
    ...{ digest, by, at, problem },
    moving: moves.length,
    moves: moves.slice(0, MOST_NAMED),
    openIncidents: holds.filter((hold) => hold.by === 'incident').length,
    holds: holds.slice(0, MOST_NAMED),
  }
}

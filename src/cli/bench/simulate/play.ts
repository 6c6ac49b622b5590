/**
 * Plays one seed: the story's messages reach the program, people act, time ticks, snapshots are
 * taken, and the program is killed at any moment. Then its journal is played twice more: once as it
 * is, once with reports between ticks shuffled and doubled, and nothing may come out otherwise.
 */

import { answerTo, type Call } from '../../../../simulators/seeded/answers.ts'
import type { Arrival } from '../../../../simulators/seeded/arrival.ts'
import { START } from '../../../../simulators/seeded/happenings.ts'
import {
  FIRST_GRID,
  FIRST_RULES,
  type Story,
  storyOf,
} from '../../../../simulators/seeded/story.ts'
import { FROM_THE_START, Judge, type Shelf } from '../../../app/judge.ts'
import type { ChangeBatch } from '../../../engine/changes.ts'
import type { Rules } from '../../../engine/rules.ts'
import type { Fact, JournalledFact, Position } from '../../../facts/facts.ts'
import type { InstantMs } from '../../../facts/time.ts'
import { decodeRow } from '../../../journal/row.ts'
import type { Telemetry } from '../../../telemetry/telemetry.ts'
import { Auditor } from './auditor.ts'
import { Durable } from './durable.ts'
import { Life, turn } from './life.ts'
import { outcomeOf, shuffled } from './order.ts'
import { People } from './people.ts'
import { shelfOf } from './shelf.ts'
import { Upheaval } from './upheaval.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
/** Paces of the ticker: its own, and slower ones of a busy machine. */
const PACES_MS = [250, 1000, 2000, 3000]
/** How often the program is killed; seldom where each start plays a whole county from its first fact. */
const KILLED_EVERY_MS = 3 * MINUTE_MS
const COUNTY_KILLED_EVERY_MS = 15 * MINUTE_MS
/** The auditor looks for what is forgotten this often, beside before each change of the network. */
const PROBED_EVERY_MS = 30 * SECOND_MS
/** Restoration is settled and the last silence has its full meaning. */
const QUIET_AFTER_MS = 15 * MINUTE_MS
/** Restored incidents close by themselves within half an hour. */
const CLOSED_AFTER_MS = 35 * MINUTE_MS

export interface SeedResult {
  readonly seed: number
  /** Of all that the program said: the same seed gives the same one on any machine. */
  readonly digest: string
  readonly failures: readonly string[]
  /** Acknowledged reports that the journal does not hold. */
  readonly lost: number
  /** Change batches that followers were told twice. */
  readonly duplicated: number
  readonly facts: number
  /** How often the journal has storm mode begin or end by rule. */
  readonly storms: number
  readonly incidents: number
  readonly crashes: number
}

/** Plays a seed, as it was in an edition of the world, under these rules, and judges it. */
export async function playSeed(
  seed: number,
  rules: Rules,
  telemetry: Telemetry,
  edition?: number,
): Promise<SeedResult> {
  const story = storyOf(seed, edition)
  const stage = new Stage(story, rules, telemetry)
  try {
    await stage.play()
    await stage.compare()
  } catch (error) {
    stage.auditor.fail((error as Error).stack ?? String(error))
  }
  return stage.close()
}

class Stage {
  readonly auditor: Auditor
  readonly #story: Story
  readonly #durable = new Durable()
  readonly #shelf: Shelf
  readonly #telemetry: Telemetry
  readonly #people: People
  readonly #upheaval: Upheaval
  readonly #acknowledged = new Set<string>()
  /** What the ticker's look takes in this run. */
  readonly #stepMs: number
  #life: Life | undefined
  #now: InstantMs = START
  /** Wall clock less true time. */
  #wallOff = 0
  #crashes = 0
  #duplicated = 0
  #told: Position = 0
  #audited: Position = 0
  /** Messages that the program has not acknowledged: sent again when it is back. */
  #unacknowledged = new Set<Arrival>()
  /** Answers to call-reads under way. */
  #answers: Arrival[] = []
  /** The program is down until then. */
  #downUntil: InstantMs = 0
  #upSince: InstantMs = START
  #probedAt: InstantMs = START

  constructor(story: Story, rules: Rules, telemetry: Telemetry) {
    this.#story = story
    this.#telemetry = telemetry
    this.#people = new People(story)
    this.#stepMs = PACES_MS[story.random.below(PACES_MS.length)]!
    this.#upheaval = new Upheaval(story)
    this.#shelf = shelfOf(story, rules)
    this.auditor = new Auditor(story, (digest) => this.#shelf.rules(digest))
  }

  async play(): Promise<void> {
    const { messages, truth } = this.#story
    await this.#begin()
    const start = { receivedAt: this.#now, by: 'start' }
    this.#start({ type: 'rulesApplied', digest: FIRST_RULES, ...start })
    this.#start({ type: 'gridApplied', digest: FIRST_GRID, ...start })
    await this.#commit()
    const over = Math.max(messages.over, truth.happenings.over)
    const ends = truth.happenings.all.map(({ at }) => at).sort((a, b) => a - b)
    let arrived = 0
    let ended = 0
    for (; this.#now <= over + QUIET_AFTER_MS; this.#now += this.#stepMs) {
      for (; (messages.arrivals[arrived]?.arrivesAt ?? Number.POSITIVE_INFINITY) <= this.#now; )
        this.#arrive(messages.arrivals[arrived++]!)
      await this.#step()
      // Just before the network changes, all that is dark has been so for a while.
      const next = ends[ended]
      if (next === undefined || next > this.#now + this.#stepMs) continue
      while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= this.#now + this.#stepMs) ended++
      this.#flush()
      if (this.#life) this.auditor.probe(this.#now)
    }
    await this.#settle()
    this.auditor.probe(this.#now)
    this.auditor.finish(this.#now)
    for (const end = this.#now + CLOSED_AFTER_MS; this.#now < end; this.#now += MINUTE_MS)
      await this.#step()
    await this.#settle()
  }

  /** The journal once more as it is, and once more in another order. */
  async compare(): Promise<void> {
    const facts = this.#durable.rows.flatMap(decodeRow)
    const digest = this.#life?.records.state.digest
    const lived = await this.#replay(facts)
    if (lived.digest !== digest)
      this.auditor.fail(`replayed from the start it says ${lived.digest}, it lived as ${digest}`)
    const other = await this.#replay(shuffled(facts, this.#story.random))
    if (other.outcome !== lived.outcome)
      this.auditor.fail(`another order ends otherwise:\n${other.outcome}\nnot\n${lived.outcome}`)
  }

  close(): SeedResult {
    const held = new Set<string>()
    const digest = this.#life?.records.state.digest ?? ''
    let [facts, storms] = [0, 0]
    for (const row of this.#durable.rows)
      for (const { fact } of decodeRow(row)) {
        facts++
        if (fact.type === 'stormTurned') storms++
        if (fact.type === 'report' && fact.messageId) held.add(fact.messageId)
      }
    this.#durable.close()
    const lost = [...this.#acknowledged].filter((id) => !held.has(id)).length
    if (lost > 0) this.auditor.fail(`${lost} acknowledged reports are not in the journal`)
    if (this.#duplicated > 0) this.auditor.fail(`${this.#duplicated} batches were told twice`)
    return {
      seed: this.#story.seed,
      digest,
      failures: this.auditor.failures,
      lost,
      duplicated: this.#duplicated,
      ...{ facts, storms },
      incidents: this.auditor.incidents,
      crashes: this.#crashes,
    }
  }

  async #begin(): Promise<void> {
    const life = await Life.begin({
      durable: this.#durable,
      shelf: this.#shelf,
      telemetry: this.#telemetry,
      now: () => this.#now + this.#wallOff,
      told: (batches) => this.#follow(batches),
    })
    this.#life = life
    this.#upSince = this.#now
    this.#audit()
    for (const arrival of this.#unacknowledged) this.#deliver(arrival)
  }

  /** What the program starts with, and with again where it dies before that is durable. */
  #start(fact: Arrival['fact']): void {
    const arrival = { arrivesAt: this.#now, fact }
    this.#unacknowledged.add(arrival)
    this.#deliver(arrival)
  }

  #arrive(arrival: Arrival): void {
    this.#unacknowledged.add(arrival)
    this.#upheaval.meet(arrival.fact, this.#now)
    this.#deliver(arrival)
  }

  #deliver(arrival: Arrival): void {
    const receivedAt = Math.max(arrival.arrivesAt, this.#now) + this.#wallOff
    const { fact } = arrival
    this.#append({ ...fact, receivedAt } as Fact, () => {
      this.#unacknowledged.delete(arrival)
      if (fact.type === 'report' && fact.messageId) this.#acknowledged.add(fact.messageId)
    })
  }

  #append(fact: Fact, acknowledge?: () => void): void {
    this.#life?.append(fact, acknowledge)
  }

  /** One look of the ticker, what people ask, and whatever else may happen in between. */
  async #step(): Promise<void> {
    const { random, troubles } = this.#story
    if (!this.#life) {
      if (this.#now < this.#downUntil) return
      await this.#begin()
    }
    const answered = this.#answers.filter(({ arrivesAt }) => arrivesAt <= this.#now)
    this.#answers = this.#answers.filter(({ arrivesAt }) => arrivesAt > this.#now)
    for (const answer of answered) this.#arrive(answer)
    const incidents = [...this.auditor.said.incidents.values()]
    for (const asked of this.#people.act(incidents, this.#now, this.#stepMs)) this.#append(asked)
    if (troubles.wallSteps && random.chance(this.#stepMs / (4 * MINUTE_MS)))
      this.#wallOff = random.below(2) * -random.below(20 * SECOND_MS)
    await this.#commit()
    this.#life?.look()
    await this.#commit()
    if (!this.#life) return
    if (troubles.snapshots && random.chance(this.#stepMs / MINUTE_MS)) this.#life.snapshot()
    if (random.chance(0.05)) await turn()
    if (random.chance(0.7)) this.#flushAndProbe()
    const isSlow = troubles.county && !troubles.snapshots
    const every = isSlow ? COUNTY_KILLED_EVERY_MS : KILLED_EVERY_MS
    if (this.#upheaval.snapshots()) this.#life.snapshot()
    const killed = troubles.crashes && random.chance(this.#stepMs / every)
    if (killed || this.#upheaval.kills('later', this.#now)) this.#crash()
  }

  /** Commits what waits, all of it, or dies right before or behind the commit. */
  async #commit(): Promise<void> {
    const life = this.#life
    if (!life?.journal.waits) return
    const { random, troubles } = this.#story
    const falls = troubles.crashes && random.chance(1 / 2000)
    const before = (falls && random.chance(0.5)) || this.#upheaval.kills('before', this.#now)
    if (before) {
      this.#crash()
      return
    }
    const dies = falls || this.#upheaval.kills('behind', this.#now)
    life.journal.commit(dies)
    if (dies) this.#crash()
    await Promise.resolve()
    if (life.failure) throw life.failure
  }

  #flush(): void {
    this.#life?.records.flush()
    this.#audit()
  }

  /** Now and then what is dark is asked for, once the program has been up for long enough. */
  #flushAndProbe(): void {
    this.#flush()
    if (this.#now - Math.max(this.#upSince, this.#probedAt) < PROBED_EVERY_MS) return
    this.#probedAt = this.#now
    this.auditor.probe(this.#now)
  }

  #crash(): void {
    const { random } = this.#story
    this.#life?.end()
    this.#life = undefined
    this.#durable.disk.losePower(() => random.uniform())
    this.#crashes++
    this.#downUntil = this.#now + random.below(30 * SECOND_MS)
  }

  /** Nothing is under way any more. */
  async #settle(): Promise<void> {
    if (!this.#life) await this.#begin()
    this.#life!.journal.commit()
    this.#life!.look()
    this.#life!.journal.commit()
    this.#flush()
    await turn()
    if (this.#life!.failure) throw this.#life!.failure
  }

  /** What followers are told: each batch once, in order. */
  #follow(batches: readonly ChangeBatch[]): void {
    for (const batch of batches) {
      if (batch.position <= this.#told) this.#duplicated++
      this.#told = Math.max(this.#told, batch.position)
    }
  }

  /** Shows the auditor what the ledger holds beyond what it has seen. */
  #audit(): void {
    const life = this.#life
    if (!life) return
    const until = life.records.state.position
    if (until === this.#audited) return
    const batches = this.#durable.changesAfter(this.#audited)
    for (const { position, fact } of this.#durable.factsFrom(this.#audited + 1, until)) {
      const changes = batches.get(position) ?? []
      this.auditor.take(position, fact, changes, this.#now)
      for (const change of changes) if (change.type === 'callRead') this.#ask(change)
    }
    this.#audited = until
  }

  #ask(call: Call): void {
    const answer = answerTo(this.#story, call, this.#now)
    if (answer) this.#answers.push(answer)
  }

  async #replay(facts: readonly JournalledFact[]): Promise<{ digest: string; outcome: string }> {
    const judge = new Judge(this.#shelf, FROM_THE_START)
    const batches: ChangeBatch[] = []
    for (const fact of facts) {
      const batch = judge.apply(fact)
      if (batch) batches.push(batch)
    }
    return { digest: judge.digest, outcome: outcomeOf(batches) }
  }
}

/**
 * The engine: facts in, changes out. Deterministic, without clock, randomness or I/O: engines of one
 * `ENGINE_VERSION` turn the same journal into the same changes, byte for byte.
 *
 * The stages, in order:
 *   1. admit     a fact becomes evidence in a register        evidence/admit.ts
 *   2. re-hang   switches move parts of the network            switching/rehang.ts
 *   3. return    ons show what came back                       incidents/restore.ts
 *   4. judge     which devices are open now, how sure, rivals  inference/verdict.ts
 *   5. track     verdicts become the life of incidents         incidents/track.ts
 *   6. ask       whose answers would tell most (召测)          callreads/verify.ts
 *   7. decide    what people asked for                         incidents/actions.ts
 *   8. publish   news as changes                               incidents/publish.ts
 *   9. serve     notices and clocks                            service/serve.ts
 *
 * Admission happens with each fact; judgement with ticks alone, so that the outcome depends on what
 * was said and not on how reports were batched.
 */
import type { Fact, JournalledFact, Position, ReadingFact, ReportFact } from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { endOverdue, forgetUnanswered, takeAnswers } from './callreads/answers.ts'
import { askDoubted } from './callreads/doubt.ts'
import { sampleParts } from './callreads/sample.ts'
import { verifyCases } from './callreads/verify.ts'
import { takeNotes } from './care/noted.ts'
import type { Change } from './changes.ts'
import { admitReport } from './evidence/admit.ts'
import { forgetOldCalls } from './evidence/calls.ts'
import { forgetIndications } from './evidence/indicators.ts'
import { admitLink } from './evidence/links.ts'
import { admitReading } from './evidence/readings.ts'
import { admitReplacement } from './evidence/replaced.ts'
import { trackComms } from './findings/comms.ts'
import { trackFindings } from './findings/findings.ts'
import { decideAction } from './incidents/actions.ts'
import { type Case, isActive, MAX_CAUSES, MAX_EVIDENCE_SHOWN } from './incidents/case.ts'
import { classify } from './incidents/kinds.ts'
import { applyLearned, forget, learnFrom } from './incidents/learn.ts'
import { closeCase, regrade } from './incidents/life.ts'
import { lookAgain } from './incidents/look-again.ts'
import { Publisher } from './incidents/publish.ts'
import { forgetOldNews, noticeReturn, sweepReturned } from './incidents/restore.ts'
import { trackTree } from './incidents/track.ts'
import { NONE } from './inference/network.ts'
import { READ_AHEAD, ReadAhead } from './inference/read-ahead.ts'
import { judgeTree } from './inference/verdict.ts'
import { enterLane } from './lane.ts'
import { count, countedMinute } from './minute-counts.ts'
import { moveFeeders } from './moves/moved.ts'
import { turnPlans } from './plans/turn.ts'
import { seeCrew } from './repair/arrival.ts'
import { isEstimateOver } from './repair/estimating.ts'
import type { Rules } from './rules.ts'
import { takeCall } from './service/called-again.ts'
import { tellOfCities } from './service/city-jump.ts'
import { forgetPaid } from './service/reconnect.ts'
import { takeReply } from './service/reply.ts'
import { planService, serve } from './service/serve.ts'
import { followVisits, settleVisit } from './service/visits.ts'
import { countOffs, followStorm, orderStorm, turnStorm } from './storm/storm.ts'
import { succeed } from './succession.ts'
import { hearAcross } from './summary/across.ts'
import { summarise } from './summary/summarise.ts'
import { admitSwitching, cancelSwitching, operateAsPlanned } from './switching/operate.ts'
import { rehang } from './switching/rehang.ts'
import { leaveOutFed, supposeFed } from './switching/supposed-feed.ts'
import { suspectTie } from './switching/unreported-tie.ts'
import { dueTrees } from './turn.ts'
import { noteTemperature } from './weather/told.ts'
import type { TreeNews, World } from './world.ts'

/** Raised with every change of the engine that changes its output for some journal. */
export const ENGINE_VERSION = 16

const MINUTE_MS = 60_000
/** Reports of a lit tree kept for cases that time alone brings to light: some screens full. */
const RECENT_KEPT = 4 * MAX_EVIDENCE_SHOWN

/** Reports of a loss, as storm mode counts them. */
const SAYS_OFF: ReadonlySet<string> = new Set(['powerOff', 'areaOff', 'phaseLoss'])

const NOTHING_NEW: TreeNews = { evidence: [], causes: [] }

/** Grids and rules by digest, loaded beside the fact that applies them. */
export interface Loaded {
  grid(digest: string): CompiledGrid
  rules(digest: string): Rules
}

export class Engine {
  readonly #loaded: Loaded
  readonly #lane: number
  #rules: Rules | undefined
  #world: World | undefined

  /** `lane`: of engines side by side, whose numbers it gives; a world that is given keeps its own. */
  constructor(loaded: Loaded, world?: World, lane = 0) {
    this.#loaded = loaded
    this.#lane = lane
    this.#world = world
    this.#rules = world?.rules
  }

  /** The state under the grid and rules in force; undefined before both were applied. */
  get world(): World | undefined {
    return this.#world
  }

  /** What this fact changes, in order. */
  apply({ position, fact }: JournalledFact): Change[] {
    if (fact.type === 'gridApplied' || fact.type === 'rulesApplied')
      return this.#switch(position, fact)
    const world = this.#world
    if (!world) return fact.type === 'quarantined' ? [{ type: 'quarantine', position, fact }] : []
    count(world, fact)
    switch (fact.type) {
      case 'report':
        world.belief.hearing = fact.receivedAt
        if (SAYS_OFF.has(fact.kind))
          countOffs(world, position, fact.receivedAt, fact.meters?.length ?? 1)
        admitReport(world, position, fact)
        return replayOf(fact)
      case 'reading':
        world.belief.hearing = fact.receivedAt
        admitReading(world, position, fact)
        takeAnswers(world, fact)
        return replayOf(fact)
      case 'reliabilityReset':
        forget(world, fact)
        return []
      case 'meterReplaced':
        admitReplacement(world, position, fact)
        return []
      case 'link':
        return admitLink(world, position, fact)
      case 'quarantined':
        return [{ type: 'quarantine', position, fact }]
      case 'switching':
        admitSwitching(world, position, fact)
        return []
      case 'switchingCancelled':
        cancelSwitching(world, fact.requestId)
        return []
      case 'actionRequested': {
        const publisher = new Publisher(world)
        decideAction(world, position, fact, publisher)
        planService(world)
        publisher.publishFeeders(world.cases.values())
        return publisher.changes
      }
      case 'callerReport': {
        const publisher = new Publisher(world)
        if (takeCall(world, position, fact, publisher)) askDoubted(world, fact, publisher)
        return publisher.changes
      }
      case 'crewPosition': {
        const publisher = new Publisher(world)
        seeCrew(world, position, fact, publisher)
        // A crew that is seen there is to say so.
        if (publisher.changes.length > 0) planService(world)
        return publisher.changes
      }
      case 'escalationReplied': {
        const publisher = new Publisher(world)
        takeReply(world, position, fact, publisher)
        return publisher.changes
      }
      case 'visitSettled': {
        const publisher = new Publisher(world)
        settleVisit(world, position, fact, publisher)
        planService(world)
        return publisher.changes
      }
      case 'careNoted': {
        const publisher = new Publisher(world)
        takeNotes(world, position, fact, publisher)
        followVisits(world, publisher)
        planService(world)
        return publisher.changes
      }
      case 'temperatureNoted': {
        const publisher = new Publisher(world)
        noteTemperature(world, position, fact, publisher)
        planService(world)
        return publisher.changes
      }
      case 'planAnnounced':
        world.plans.announce(position, fact)
        return []
      case 'planWithdrawn':
        world.plans.withdraw(position, fact.plan, fact.receivedAt)
        return []
      case 'stormMode':
        return [orderStorm(world, position, fact)]
      case 'stormTurned':
        return turnStorm(world, position, fact)
      case 'partCounted':
      case 'wholeJudged':
        hearAcross(world, position, fact)
        return []
      case 'feederTaken':
      case 'feedersLeft':
        moveFeeders(world, position, fact)
        return []
      case 'tick':
        return tick(world, fact.at)
      default:
        return []
    }
  }

  /**
   * Asks the memory for what reports among the next `READ_AHEAD` facts from `from` on will touch.
   * Changes nothing but the time they take.
   */
  readAhead(facts: readonly JournalledFact[], from: number): void {
    if (!this.#world) return
    const { belief, grid } = this.#world
    if (this.#ahead?.belief !== belief) this.#ahead = new ReadAhead(belief)
    let count = 0
    for (let i = from; i < facts.length && i < from + READ_AHEAD; i++) {
      const { fact } = facts[i]!
      if (fact.type !== 'report') continue
      for (const id of fact.meters ?? [fact.terminal]) {
        const observer = grid.observers.ids.indexOf(id)
        if (observer >= 0 && count < READ_AHEAD) this.#next[count++] = observer
      }
    }
    this.#ahead.touch(this.#next, 0, count)
  }

  readonly #next = new Int32Array(READ_AHEAD)
  #ahead: ReadAhead | undefined

  /** When the engine next wants a tick; undefined where nothing is due. */
  nextDeadline(): InstantMs | undefined {
    const world = this.#world
    if (!world) return undefined
    const { switching, plans } = world
    if (world.news.size > 0 || world.linksTurned || plans.turnedBy.length > 0) return world.now
    if (switching.movedAt !== null || world.across.turned) return world.now
    let due = Math.min(
      world.serviceDue,
      plans.nextTurn,
      switching.planned[0]?.at ?? Number.POSITIVE_INFINITY,
    )
    for (const at of world.again.values()) due = Math.min(due, at)
    due = Math.min(due, world.calls.nextDue())
    return due === Number.POSITIVE_INFINITY ? undefined : due
  }

  /** True where the last tick left undone what was due, for the next to take up. */
  get isBehind(): boolean {
    return this.#world?.isBehind ?? false
  }

  #switch(position: Position, fact: Fact & { type: 'gridApplied' | 'rulesApplied' }): Change[] {
    const what = fact.type === 'gridApplied' ? 'grid' : 'rules'
    if (fact.type === 'rulesApplied') this.#rules = this.#loaded.rules(fact.digest)
    const grid =
      fact.type === 'gridApplied'
        ? this.#loaded.grid(fact.digest)
        : (this.#world?.grid ?? this.#grid)
    this.#grid = grid
    if (grid && this.#rules) {
      const before = this.#world
      this.#world = succeed(before, grid, this.#rules, position)
      if (!before) enterLane(this.#world, this.#lane)
    }
    const version = what === 'grid' ? grid!.name : this.#rules!.version
    const { receivedAt: at, digest, by } = fact
    return [{ type: 'applied', at, what, digest, version, by }]
  }

  #grid: CompiledGrid | undefined
}

/** Time moves: judge what was stirred or is due, and what only time changes. */
function tick(world: World, at: InstantMs): Change[] {
  world.now = Math.max(world.now, at)
  world.belief.now = world.now
  const publisher = new Publisher(world)
  operateAsPlanned(world)
  rehang(world, publisher)
  if (world.plans.turnedBy.length > 0 || world.now >= world.plans.nextTurn) turnPlans(world)
  if (world.plans.turnedBy.length > 0) holdAgainstPlans(world, publisher)
  endOverdue(world)
  const due = dueTrees(world)
  if (due.length > 0) judge(world, due, publisher)
  if (world.linksTurned || world.across.turned) trackComms(world, publisher)
  world.linksTurned = false
  const minute = Math.floor(world.now / MINUTE_MS)
  if (due.length > 0 || world.across.turned || minute !== world.minute) followStorm(world)
  if (minute !== world.minute) everyMinute(world, minute, publisher)
  serve(world, publisher)
  if (publisher.changes.length > 0) publisher.publishFeeders(world.cases.values())
  if (publisher.changes.length > 0 || world.across.turned) {
    summarise(world, publisher)
    tellOfCities(world, publisher)
  }
  return publisher.changes
}

function judge(world: World, roots: readonly number[], publisher: Publisher): void {
  const byRoot = casesByRoot(world)
  for (const root of roots) {
    const cases = byRoot.get(root) ?? []
    for (const incident of cases) {
      leaveOutFed(world, incident)
      suspectTie(world, incident)
      supposeFed(world, incident, publisher)
      noticeReturn(world, incident)
    }
    const verdicts = judgeTree(world.belief, root, world.speaksOfPhases(root))
    const news = world.news.get(root) ?? NOTHING_NEW
    remember(world, root, news)
    trackTree(world, root, cases, verdicts, news, publisher)
    trackFindings(world, root, publisher)
    world.news.delete(root)
    lookAgain(world, root, cases.filter(isActive))
  }
  if (world.rules.judgement.callReads.enabled) {
    const open = casesByRoot(world)
    for (const root of roots) {
      verifyCases(world, root, open.get(root) ?? [], publisher)
      sampleParts(world, root, publisher)
    }
  }
  sweepReturned(world, [...world.cases.values()].filter(isActive))
}

/** Keeps the latest of what was heard, for as long as the tree is lit. */
function remember(world: World, root: number, news: TreeNews): void {
  if (!world.belief.lit(root)) {
    world.recent.delete(root)
    if (world.belief.unanswered.size > 0) forgetUnanswered(world, root)
    return
  }
  const { evidence, causes } = world.recent.get(root) ?? NOTHING_NEW
  world.recent.set(root, {
    evidence: [...evidence, ...news.evidence].slice(-RECENT_KEPT),
    causes: [...causes, ...news.causes].slice(-MAX_CAUSES),
  })
}

function casesByRoot(world: World): Map<number, Case[]> {
  const byRoot = new Map<number, Case[]>()
  for (const incident of world.cases.values()) {
    const root = world.belief.network.rootOf(incident.head)
    const list = byRoot.get(root)
    if (list) list.push(incident)
    else byRoot.set(root, [incident])
  }
  return byRoot
}

/** Plans were announced or withdrawn: every open incident is called by what explains it now. */
function holdAgainstPlans(world: World, publisher: Publisher): void {
  for (const incident of world.cases.values()) {
    if (!isActive(incident)) continue
    classify(world, incident)
    incident.causes = world.plans.turnedBy.slice(-MAX_CAUSES)
    publisher.publish(incident, 'revised')
  }
  world.plans.turnedBy = []
}

function everyMinute(world: World, minute: number, publisher: Publisher): void {
  if (world.counts.size > 0 && world.minute > 0)
    publisher.changes.push(countedMinute(world, world.minute * MINUTE_MS))
  world.counts = new Map()
  world.minute = minute
  forgetOldNews(world)
  forgetOldCalls(world)
  world.care.forgetOver(world.now)
  forgetIndications(world)
  forgetPaid(world)
  applyLearned(world)
  world.clocks.settle((identity) => {
    const head = world.belief.headOf[identity]!
    return head !== NONE && world.belief.lit(world.network.rootOf(head))
  })
  for (const known of world.findings.values())
    if (isActive(known)) publisher.publish(known, 'revised')
  const { closeMinutes } = world.rules.judgement.restore
  for (const incident of [...world.cases.values()]) {
    incident.causes = []
    if (isActive(incident)) {
      // Whether it has been quiet for long enough is found out by looking.
      if (incident.flags.includes('flapping'))
        world.again.set(world.network.rootOf(incident.head), world.now)
      const reasons = `${incident.serviceReasons}`
      const raised = regrade(world, incident)
      if (incident.plan !== null) classify(world, incident)
      if (raised) publisher.publish(incident, 'graded')
      else if (
        `${incident.serviceReasons}` !== reasons ||
        incident.plan !== null ||
        isEstimateOver(world, incident)
      )
        publisher.publish(incident, 'revised')
    } else if (
      incident.crew === null &&
      world.now - (incident.restoredAt ?? world.now) >= closeMinutes * MINUTE_MS
    ) {
      learnFrom(world, incident)
      closeCase(incident)
      publisher.publish(incident, 'closed')
      world.cases.delete(incident.number)
    }
  }
}

/** What the ledger is told of a message taken from the quarantine. */
function replayOf({ replayed }: ReportFact | ReadingFact): Change[] {
  return replayed ? [{ type: 'quarantineReplayed', ...replayed }] : []
}

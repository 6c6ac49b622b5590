/**
 * Stage 3: incidents over time. Inference says what is open now; tracking keeps identity. The same
 * device is the same incident; a fault found further up is taken over by the oldest number below it
 * (母单), the others merge into it; what is split off or left dark names its parent; what loses its
 * evidence is withdrawn, what is contradicted by supply is restored. A number is never used twice.
 */
import type { Position } from '../../facts/facts.ts'
import { assert } from '../assert.ts'
import { isBeingSampled, isSampleDue, isSampled } from '../callreads/sample.ts'
import type { EvidenceItem } from '../changes.ts'
import { AWAITED } from '../evidence/registers.ts'
import { NONE } from '../inference/network.ts'
import type { Verdict } from '../inference/verdict.ts'
import { backMeters } from '../repair/back.ts'
import { takeOver } from '../repair/mother.ts'
import { heedDenial } from '../repair/partial.ts'
import { thresholds } from '../storm/storm.ts'
import type { ReturnedPart } from '../switching/state.ts'
import { standsBesideTie } from '../switching/supposed-feed.ts'
import type { TreeNews, World } from '../world.ts'
import { type Case, isActive, keyOf, MAX_CAUSES, MAX_EVIDENCE_SHOWN, setFlag } from './case.ts'
import { noticeContradiction } from './contradiction.ts'
import { correctStart } from './corrected.ts'
import { HeardBelow, isHeardBelow } from './heard-below.ts'
import { isDeniedByStrangers } from './ledger.ts'
import { closeCase, openCase, restoreCase, takeVerdict, withdrawCase } from './life.ts'
import { isHeadBelow } from './place.ts'
import type { Publisher } from './publish.ts'
import { isByWordAlone, isMostlyBack, isSettled, waitsForSecondOn } from './restore.ts'
import { onsHeard, outageSources } from './sources.ts'
import { Topmost } from './topmost.ts'

/**
 * Below what came back a part is called left dark where that is likelier than not: of hundreds whose
 * ons are under way, the single likeliest account may be one that is hardly likely itself.
 */
const LEFT_DARK = 0.5

const NO_CASES: readonly Case[] = []

/** Brings the cases of one tree in line with its verdicts. */
export function trackTree(
  world: World,
  root: number,
  cases: readonly Case[],
  verdicts: readonly Verdict[],
  news: TreeNews,
  publisher: Publisher,
): void {
  const active = cases.filter(isActive).sort((a, b) => a.number - b.number)
  const topmost = new Topmost(world, verdicts)
  const below = topmost.withCases(active)
  const heard = new HeardBelow(world, news)
  const taken = new Set<Case>()
  const unmatched: Verdict[] = []
  for (const verdict of topmost.verdicts) {
    const lower = below.get(verdict)?.filter((c) => !taken.has(c)) ?? NO_CASES
    const over = standsOver(world, verdict, lower, active)
    const group =
      over.length === 0
        ? lower
        : active.filter((c) => lower.includes(c) || (over.includes(c) && !taken.has(c)))
    const mother = group[0]
    if (!mother) {
      unmatched.push(verdict)
      continue
    }
    for (const c of group) taken.add(c)
    absorb(world, mother, group, verdict, heard, publisher)
  }
  const rest = active.filter((c) => !taken.has(c))
  for (const c of rest) shrink(world, root, c, rest, unmatched, heard, publisher)
  for (const verdict of unmatched) {
    if (isHeldBack(world, verdict)) continue
    const part = returnedPartOf(world, verdict)
    if (part && isBeingSampled(world, part)) continue
    const parent = (part && world.cases.get(part.incident)) ?? null
    const opened = openCase(world, verdict, parent)
    hearAll(world, opened, root, parent)
    publisher.publish(opened, parent ? 'split' : 'opened')
  }
  for (const c of cases) if (c.lateOffs.length > 0) correctStart(world, c, publisher)
}

/**
 * Who stands above a verdict that others would move up to: between the two it is one outage, or all
 * below would lie in both.
 */
function standsOver(
  world: World,
  verdict: Verdict,
  lower: readonly Case[],
  active: readonly Case[],
): Case[] {
  if (lower.length === 0 || lower.some(({ head }) => head === verdict.head)) return []
  return active.filter(
    (c) => !lower.includes(c) && c.observer === NONE && isHeadBelow(world, verdict.head, c.head),
  )
}

/** The part that is back, but for what the verdict names: that never came back, and is of its incident. */
function returnedPartOf(world: World, { head, observer }: Verdict): ReturnedPart | undefined {
  const { sums, registers } = world.belief
  const isAwaited = observer === NONE ? sums.waits(head) > 0 : registers.state[observer] === AWAITED
  if (!isAwaited) return undefined
  return world.switching.returned.find((part) => isHeadBelow(world, head, part.head))
}

/** The oldest case at or below the verdict is it; the others merge into it. */
function absorb(
  world: World,
  mother: Case,
  group: readonly Case[],
  verdict: Verdict,
  heard: HeardBelow,
  publisher: Publisher,
): void {
  const moved = keyOf(mother.head, mother.observer) !== keyOf(verdict.head, verdict.observer)
  takeVerdict(world, mother, verdict)
  hear(world, mother, heard.causes, heard.at(mother))
  noticeContradiction(world, mother)
  for (const child of group) {
    if (child === mother) continue
    hear(world, child, heard.causes, heard.at(child))
    endBefore(world, child, mother)
    takeOver(mother, child, world.now)
    child.outcome = 'merged'
    child.mergedInto = mother.number
    child.stage = 'merged'
    closeCase(child)
    publisher.publish(child, 'merged')
    world.cases.delete(child.number)
  }
  publisher.publish(mother, group.length > 1 ? 'absorbed' : moved ? 'relocated' : 'revised')
}

/**
 * What a tie took over was dark below its own device until then, and below another since: the first
 * stretch is not part of the other's.
 */
function endBefore(world: World, child: Case, mother: Case): void {
  if (child.cameBackAt === null) return
  const to = Math.min(child.cameBackAt, mother.darkFrom)
  if (to <= child.darkFrom) return
  child.restoredAt = to
  world.ended.addStretch(world.network, child.segmentAt, to)
}

/** No verdict at or above the case: it moved down, split, came back, or lost its evidence. */
function shrink(
  world: World,
  root: number,
  incident: Case,
  others: readonly Case[],
  unmatched: Verdict[],
  heard: HeardBelow,
  publisher: Publisher,
): void {
  hear(world, incident, heard.causes, heard.at(incident))
  noticeContradiction(world, incident)
  const lower = unmatched.filter((v) => isBelow(world, v, incident))
  const isNearer = (c: Case) => isActive(c) && isWithin(world, c, incident)
  const nearer = lower.length > 0 ? others.filter(isNearer) : []
  // Where a tie has hung one outage below another, what is left dark is of the nearer one.
  const all = lower.filter((v) => !nearer.some((c) => isBelow(world, v, c)))
  const waits = waitsForSecondOn(world, incident)
  const cameBack = incident.cameBackAt !== null
  const below = all.filter((v) => !waits && (!cameBack || v.dead >= LEFT_DARK))
  for (const v of all) unmatched.splice(unmatched.indexOf(v), 1)
  if (waits || standsBesideTie(world, incident)) {
    publisher.publish(incident, 'revised')
    return
  }
  if (cameBack && (incident.reads.samples > 0 || isMostlyBack(world, incident)))
    comeBack(world, root, incident, below, publisher)
  else if (below.length > 0) {
    const [main, ...rest] = [...below].sort(
      (a, b) => b.dead - a.dead || a.head - b.head || a.observer - b.observer,
    )
    takeVerdict(world, incident, main!)
    publisher.publish(incident, cameBack ? 'partiallyRestored' : 'relocated')
    for (const v of rest) {
      const split = openCase(world, v, incident)
      hearAll(world, split, root, incident)
      publisher.publish(split, 'split')
    }
  } else if (cameBack) comeBack(world, root, incident, below, publisher)
  else if (standsVouched(world, incident) || isDeniedByStrangers(world, incident))
    publisher.publish(incident, 'revised')
  else withdrawCase(world, incident, publisher)
}

/**
 * Supply is back at the device. It is called restored when enough have said so and those who were
 * asked have answered, or enough time has passed; what stays dark then is an outage of its own.
 */
function comeBack(
  world: World,
  root: number,
  incident: Case,
  leftDark: readonly Verdict[],
  publisher: Publisher,
): void {
  const settled = isSettled(world, incident)
  const sampled = (settled || isSampleDue(world, incident)) && isSampled(world, incident, publisher)
  // What stays dark where another feed is only said to be is no part left over: it is all one.
  if (sampled && (settled || (leftDark.length > 0 && !isByWordAlone(world, incident)))) {
    restoreCase(world, incident, publisher, leftDark)
    for (const v of leftDark) {
      const nested = openCase(world, v, incident)
      hearAll(world, nested, root, incident)
      publisher.publish(nested, 'split')
    }
    return
  }
  incident.outageKind = 'partiallyRestored'
  const counted = backMeters(world, incident)
  const back = onsHeard(world, incident.head, NONE, incident.darkAt, counted).observers
  incident.customersRestored = incident.originalCustomers - Math.max(0, incident.customers - back)
  publisher.publish(incident, 'partiallyRestored')
}

/** Two had vouched for it and somebody still does: what others say against that is not its end. */
function standsVouched(world: World, incident: Case): boolean {
  if (incident.sources < thresholds(world).confirm.sources) return false
  return outageSources(world, incident.head, incident.observer, 1) > 0
}

/** The tree's news that lies below the case becomes its evidence. */
function hear(
  world: World,
  incident: Case,
  causes: readonly Position[],
  items: readonly EvidenceItem[],
): void {
  if (causes.length === 0) return
  for (const item of items) take(world, incident, item)
  incident.evidence.length = Math.min(incident.evidence.length, MAX_EVIDENCE_SHOWN)
  incident.causes = causes.slice(-MAX_CAUSES)
}

function take(world: World, incident: Case, item: EvidenceItem): void {
  incident.evidence.unshift(item)
  heedDenial(world, incident, item)
  if (item.clockInvalid) setFlag(incident, 'clockInvalid', true)
  if (item.observerClass !== 'caller') return
  incident.firstCallAt = Math.min(incident.firstCallAt ?? item.at, item.at)
}

/** A new case rests on all that was heard of late, also where time alone brought it to light. */
function hearAll(world: World, incident: Case, root: number, parent: Case | null): void {
  const { causes, evidence: recent } = world.recent.get(root)!
  const items = recent.filter((item) => isHeardBelow(world, item, incident))
  hear(world, incident, causes, items)
  // What is left dark and never spoke rests on what was heard of the outage that took it.
  const silent = incident.evidence.length + incident.causes.length === 0
  const { evidence } = silent && parent ? parent : incident
  if (evidence.length === 0) return
  incident.causes = evidence
    .map(({ position }) => position)
    .reverse()
    .slice(-MAX_CAUSES)
}

/**
 * In the first moments the silence of others says nothing yet, and one report would name a whole
 * feeder: a new case waits for what comes with it, unless it is beyond doubt at once.
 */
function isHeldBack(world: World, verdict: Verdict): boolean {
  const { holdSeconds, confirm } = thresholds(world)
  const heard = world.belief.silentFrom(verdict.head)
  if (heard === Number.POSITIVE_INFINITY || world.now - heard >= holdSeconds * 1000) return false
  const sources = outageSources(world, verdict.head, verdict.observer, confirm.sources)
  return verdict.dead < confirm.probability || sources < confirm.sources
}

function isWithin(world: World, inner: Case, outer: Case): boolean {
  if (inner.observer !== NONE || outer.observer !== NONE || inner.head === outer.head) return false
  return isHeadBelow(world, inner.head, outer.head)
}

function isBelow(world: World, verdict: Verdict, incident: Case): boolean {
  if (incident.observer !== NONE) return false
  assert(verdict.head !== incident.head || verdict.observer !== NONE, 'a matched verdict is left')
  return isHeadBelow(world, verdict.head, incident.head)
}

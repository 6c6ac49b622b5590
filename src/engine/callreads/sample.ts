/**
 * Asking before anyone says "restored" (`domain.md` §1.4): every terminal below that has not said
 * so itself, and a share of the meters of each area, spread over its meter boxes; a second time
 * those that did not answer. What came back while its incident goes on elsewhere is asked alike.
 */
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { ON } from '../evidence/registers.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { isHeadBelow } from '../incidents/place.ts'
import type { Publisher } from '../incidents/publish.ts'
import { NONE } from '../inference/network.ts'
import type { ReturnedPart } from '../switching/state.ts'
import type { World } from '../world.ts'
import { areaOf, askRound, replyOf } from './ask.ts'
import { askedSince, nextAttemptAt, type Sampled, timesAsked } from './calls.ts'

const METER = OBSERVER_CLASSES.indexOf('meter')

/** `domain.md` §1.4: two attempts. */
const ROUNDS = 2

/**
 * Asked of a box (表箱) that nobody in has spoken of: one that does not answer is a bad link, two are
 * a doubt worth a crew.
 */
const OF_A_SILENT_BOX = 2

/** True where nothing is left to be asked before the case is called restored. */
export function isSampled(world: World, incident: Case, publisher: Publisher): boolean {
  const { callReads, momentarySeconds, restore } = world.rules.judgement
  if (!callReads.enabled || incident.observer !== NONE || incident.cameBackAt === null) return true
  // Over before anybody could be asked: logged, and nobody is told (重合成功).
  if (incident.cameBackAt - incident.startedAt < momentarySeconds * 1000) return true
  const asked = askOn(world, incident, incident.head, incident.reads, publisher)
  // Where no budget is left, time alone has to show it.
  const isOverdue = world.now - incident.cameBackAt >= restore.settleSeconds * 1000
  return asked === 'over' || (asked === 'none' && isOverdue)
}

/**
 * Asks what is still to be asked below `head`: `over` where that is nothing, `waits` while answers are
 * under way, `none` where no budget is left.
 */
function askOn(
  world: World,
  incident: Case,
  head: number,
  sampled: Sampled,
  publisher: Publisher,
): 'over' | 'waits' | 'none' {
  const waits = world.calls.waitsFor(incident.number)
  const round = sampled.samples + 1
  const times = timesAsked(askedBelow(world, incident, head, sampled))
  // Of a large part the rate bears some each second: then the round goes on while answers come in.
  const isUnderWay = [...times.values()].some((asked) => asked >= round)
  if (waits && !isUnderWay) return 'waits'
  if (round > ROUNDS) return 'over'
  const whom = whomToSample(world, head, times).filter((o) => (times.get(o) ?? 0) < round)
  if (whom.length === 0) {
    if (waits) sampled.samples = round
    return waits ? 'waits' : 'over'
  }
  if (round > 1 && !isUnderWay && world.now < attemptDue(world, incident)) return 'waits'
  const why = { reason: 'restoration', round, since: sampled } as const
  const asked = askRound(world, incident, whom, why, publisher)
  if (asked === 'all') sampled.samples = round
  return asked === 'none' && !waits ? 'none' : 'waits'
}

const attemptDue = ({ rules }: World, { reads }: Case) =>
  nextAttemptAt(reads, rules.judgement.callReads.attemptSeconds)

/** True where it is time to sample although few have said that they are back. */
export function isSampleDue(world: World, incident: Case): boolean {
  return (
    incident.observer === NONE &&
    incident.cameBackAt !== null &&
    isDueSince(world, incident.cameBackAt)
  )
}

function isDueSince(world: World, cameBackAt: number): boolean {
  const { callReads } = world.rules.judgement
  return callReads.enabled && world.now - cameBackAt >= callReads.sampleAfterSeconds * 1000
}

/** Asks in parts of this tree that are back while their incident goes on elsewhere. */
export function sampleParts(world: World, root: number, publisher: Publisher): void {
  const { restore } = world.rules.judgement
  for (const part of world.switching.returned) {
    const cameBackAt = world.belief.cameBack.get(part.head)
    const incident = world.cases.get(part.incident)
    if (cameBackAt === undefined || !incident || !isActive(incident)) continue
    if (world.network.rootOf(part.head) !== root || !isDueSince(world, cameBackAt)) continue
    // After that what still says nothing is presumed to be back.
    if (world.now - cameBackAt >= restore.settleSeconds * 1000) continue
    askOn(world, incident, part.head, part, publisher)
  }
}

/** True while answers from the part are under way: whether it is dark is known when they are in. */
export function isBeingSampled(world: World, part: ReturnedPart): boolean {
  const incident = world.cases.get(part.incident)
  if (!incident || !world.calls.waitsFor(part.incident)) return false
  return askedBelow(world, incident, part.head, part).length > 0
}

/** Whom the case has asked below `head` since that is back; once for each time. */
function askedBelow(world: World, { reads }: Case, head: number, since: Sampled): number[] {
  const { headOf } = world.belief
  return askedSince(reads, since).filter((o) => isHeadBelow(world, headOf[o]!, head))
}

/** Whose own words are wanted below `head`: by area, and by the device right above each meter. */
interface Sample {
  readonly members: number
  readonly back: number
}

const NOBODY: Sample = { members: 0, back: 0 }

function count(samples: Map<number, Sample>, key: number, back: boolean): void {
  const { members, back: before } = samples.get(key) ?? NOBODY
  samples.set(key, { members: members + 1, back: before + (back ? 1 : 0) })
}

/** Below `head`, but for what lies in other open incidents. */
function whomToSample(world: World, head: number, times: ReadonlyMap<number, number>): number[] {
  const { sampleShare, sampleMeters } = world.rules.judgement.callReads
  const { belief, grid, registers } = world
  const areas = new Map<number, Sample>()
  const boxes = new Map<number, Sample>()
  const askable: number[] = []
  eachBelow(world, head, openHeads(world, head), (observer) => {
    const back = registers.state[observer] === ON || world.calls.isWaiting(observer)
    count(areas, areaOf(world, observer), back)
    if (grid.observers.class[observer] === METER) count(boxes, belief.headOf[observer]!, back)
    if (replyOf(world, observer, times) > 0) askable.push(observer)
  })
  // Whoever has said that he is back, or is being asked, is as good as one that is asked now.
  const wanted = new Map(
    [...areas].map(([key, { members, back }]) => [
      key,
      Math.max(sampleMeters, Math.ceil(sampleShare * members)) - back,
    ]),
  )
  const silent = new Map([...boxes].map(([key, { back }]) => [key, back > 0 ? 0 : OF_A_SILENT_BOX]))
  const take = (left: Map<number, number>, key: number) => {
    const now = left.get(key)!
    left.set(key, now - 1)
    return now > 0
  }
  const chosen = askable.filter((o) => grid.observers.class[o] !== METER)
  for (const o of chosen) take(wanted, areaOf(world, o))
  const meters = askable.filter((o) => grid.observers.class[o] === METER)
  const spread = meters.filter((o) => take(silent, belief.headOf[o]!))
  for (const o of spread) take(wanted, areaOf(world, o))
  const more = meters.filter((o) => !spread.includes(o) && take(wanted, areaOf(world, o)))
  return [...chosen, ...spread, ...more]
}

/** Heads below `top` that other open incidents stand for. */
function openHeads({ cases }: World, top: number): ReadonlySet<number> {
  const heads = [...cases.values()].filter((c) => isActive(c) && c.observer === NONE)
  return new Set(heads.map(({ head }) => head).filter((head) => head !== top))
}

function eachBelow(
  world: World,
  head: number,
  except: ReadonlySet<number>,
  visit: (observer: number) => void,
): void {
  const { network } = world
  network.eachSeated(head, visit)
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    if (!except.has(c)) eachBelow(world, c, except, visit)
}

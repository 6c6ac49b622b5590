/**
 * Asking before anyone says "restored" (`domain.md` §1.4): every terminal below that has not said
 * so itself, and a share of the meters of each area, spread over its meter boxes; a second time
 * those that did not answer. What came back while its incident goes on elsewhere is asked alike.
 */
import { OBSERVER_CLASSES } from '../../grid/model.ts'
import { ON } from '../evidence/registers.ts'
import { type Case, isActive } from '../incidents/case.ts'
import type { Publisher } from '../incidents/publish.ts'
import { NONE } from '../inference/network.ts'
import type { ReturnedPart } from '../switching/state.ts'
import type { World } from '../world.ts'
import { areaOf, askRound, replyOf } from './ask.ts'
import { timesSampled } from './calls.ts'

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
  const { reads } = incident
  const waits = world.calls.waitsFor(incident.number)
  const round = reads.samples + 1
  // Of a large part the rate bears some each second: then the round goes on while answers come in.
  if (waits && !isUnderWay(incident, round)) return false
  if (round > ROUNDS) return true
  const whom = whomToSample(world, incident, incident.head).filter(
    (o) => (timesSampled(reads).get(o) ?? 0) < round,
  )
  if (whom.length === 0 && waits) {
    reads.samples = round
    return false
  }
  if (whom.length === 0) return true
  const asked = askRound(world, incident, whom, 'restoration', round, publisher)
  if (asked === 'all') reads.samples = round
  // Where no budget is left, time alone has to show it.
  return (
    asked === 'none' && !waits && world.now - incident.cameBackAt >= restore.settleSeconds * 1000
  )
}

/** True where some of this round were asked, and not all. */
function isUnderWay({ reads }: Case, round: number): boolean {
  for (const times of timesSampled(reads).values()) if (times >= round) return true
  return false
}

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
    if (part.samples >= ROUNDS || world.calls.waitsFor(part.incident)) continue
    const whom = whomToSample(world, incident, part.head)
    const round = part.samples + 1
    if (askRound(world, incident, whom, 'restoration', round, publisher) !== 'none')
      part.samples = round
  }
}

/** True while answers from the part are under way: whether it is dark is known when they are in. */
export function isBeingSampled(world: World, part: ReturnedPart): boolean {
  return part.samples > 0 && world.calls.waitsFor(part.incident)
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
function whomToSample(world: World, incident: Case, head: number): number[] {
  const { sampleShare, sampleMeters } = world.rules.judgement.callReads
  const { belief, grid, registers } = world
  const areas = new Map<number, Sample>()
  const boxes = new Map<number, Sample>()
  const askable: number[] = []
  eachBelow(world, head, openHeads(world, head), (observer) => {
    const back = registers.state[observer] === ON || world.calls.isWaiting(observer)
    count(areas, areaOf(world, observer), back)
    if (grid.observers.class[observer] === METER) count(boxes, belief.headOf[observer]!, back)
    if (replyOf(world, incident, observer) > 0) askable.push(observer)
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

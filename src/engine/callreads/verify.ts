/**
 * Asking about a fault: while it rests on one identity, or the place is in doubt, those are asked
 * whose answers would tell most; in at most two rounds, the second when the first is over, and where it
 * asks somebody again, no sooner than the rules allow.
 */
import { OFF } from '../evidence/registers.ts'
import { type Case, isActive } from '../incidents/case.ts'
import type { Publisher } from '../incidents/publish.ts'
import { NONE } from '../inference/network.ts'
import { type Possibility, posterior } from '../inference/posterior.ts'
import type { World } from '../world.ts'
import { areaOf, askRound, replyOf } from './ask.ts'
import { askedSince, nextAttemptAt, timesAsked } from './calls.ts'
import { chooseReads } from './choice.ts'

/** DESIGN §3: at most two rounds. */
const ROUNDS = 2

/** After a look that found nothing worth asking, the next one: as long as a few reports take. */
const LOOK_AGAIN_MS = 10_000

/**
 * Asks about the open cases of one tree, oldest first, where the rules allow it. Who spoke of single
 * phases counts as dark here: that decides whom to ask, not what the answers mean.
 */
export function verifyCases(
  world: World,
  root: number,
  cases: Iterable<Case>,
  publisher: Publisher,
): void {
  let possibilities: readonly Possibility[] | undefined
  for (const incident of cases) {
    if (!isDue(world, incident)) continue
    possibilities ??= posterior(world.belief, root)
    incident.reads.lookAt = world.now + LOOK_AGAIN_MS
    const reason = incident.outageKind === 'predicted' ? 'verify' : 'refine'
    const whom = whomToAsk(world, incident, possibilities).map(({ observer }) => observer)
    const again = nextAttemptAt(incident.reads, world.rules.judgement.callReads.attemptSeconds)
    if (world.now < again && whom.some((observer) => incident.reads.asked.includes(observer))) {
      incident.reads.lookAt = again
      continue
    }
    const round = incident.reads.rounds + 1
    const why = { reason, round, since: incident.reads } as const
    if (askRound(world, incident, whom, why, publisher) !== 'none') incident.reads.rounds = round
  }
}

function isDue(world: World, incident: Case): boolean {
  return (
    mayBeAskedAbout(incident) &&
    incident.reads.lookAt <= world.now &&
    !world.calls.waitsFor(incident.number)
  )
}

/** Whether a question about its place may still follow. */
export function mayBeAskedAbout(incident: Case): boolean {
  return (
    isActive(incident) &&
    incident.kind === 'fault' &&
    incident.cameBackAt === null &&
    incident.reads.rounds < ROUNDS
  )
}

/** An observer to ask, and the nats expected of the answer; null: wanted as a second source. */
export interface Asked {
  readonly observer: number
  readonly gain: number | null
}

/** Whom the next round would ask, within the incident's own budget; those who tell most first. */
export function whomToAsk(
  world: World,
  incident: Case,
  possibilities: readonly Possibility[],
): readonly Asked[] {
  const { perIncident, leastGainNats } = world.rules.judgement.callReads
  const left = Math.max(0, perIncident - incident.reads.asked.length)
  const times = timesAsked(askedSince(incident.reads, incident.reads))
  // Half is kept for what the first answers leave open.
  const limit = incident.reads.rounds === 0 ? Math.ceil(left / 2) : left
  const chosen = chooseReads(
    world.belief,
    possibilities,
    { replyOf: (observer) => replyOf(world, observer, times) },
    limit,
    leastGainNats,
    (possibility) => isRelated(world, incident, possibility),
  ).map(({ observer, gain }): Asked => ({ observer, gain }))
  if (incident.outageKind !== 'predicted') return chosen
  const asked = new Set(chosen.map(({ observer }) => observer))
  const more = witnesses(world, incident, times).filter((observer) => !asked.has(observer))
  return [...chosen, ...more.map((observer) => ({ observer, gain: null }))].slice(0, limit)
}

/** Above or below the place the case stands for. */
function isRelated({ network }: World, { head }: Case, possibility: Possibility): boolean {
  const reaches = (from: number, to: number) => {
    for (let at = from; at !== NONE; at = network.above[at]!) if (at === to) return true
    return false
  }
  return reaches(possibility.head, head) || reaches(head, possibility.head)
}

/**
 * Whose word would be a second source: one of each other identity below the device, those in the
 * areas that were heard least first, and terminals that can measure their own transformer.
 */
function witnesses(world: World, incident: Case, times: ReadonlyMap<number, number>): number[] {
  const { sources } = world.rules.judgement.confirm
  if (incident.sources >= sources) return []
  const { belief, registers, network } = world
  const one = new Map<number, number>()
  const heard = new Set<number>()
  const look = (observer: number) => {
    const identity = world.identityOf(observer)
    if (registers.state[observer] === OFF) heard.add(identity)
    const reply = replyOf(world, observer, times)
    const held = one.get(identity)
    // The terminal itself where it can be asked: it measures what feeds it.
    if (reply > 0 && (held === undefined || observer === identity)) one.set(identity, observer)
  }
  if (incident.observer === NONE) network.eachObserver(incident.head, look)
  else look(incident.observer)
  return [...one]
    .filter(([identity, observer]) => !heard.has(identity) || measures(world, incident, observer))
    .sort(
      ([a, x], [b, y]) =>
        Number(heard.has(a)) - Number(heard.has(b)) ||
        belief.sums.offs(areaOf(world, x)) - belief.sums.offs(areaOf(world, y)) ||
        x - y,
    )
    .map(([, observer]) => observer)
}

/** A terminal at the very transformer: its measured voltage is a source of its own. */
function measures(world: World, incident: Case, observer: number): boolean {
  return (
    world.identityOf(observer) === observer &&
    incident.observer === NONE &&
    world.belief.headOf[observer] === incident.head
  )
}

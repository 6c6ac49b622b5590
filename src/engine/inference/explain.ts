/**
 * The most probable explanation: which set of open devices, any number at once, makes what was
 * heard cheapest. The sums are in `Belief`; here they are brought up to the present time for one
 * tree, and the explanation is read off from the top.
 */
import type { InstantMs } from '../../facts/time.ts'
import { areaSilence, atAge } from '../cost/likelihood.ts'
import { NEVER } from '../cost/nats.ts'
import { AWAITED, OFF } from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import { NONE } from './network.ts'
import { falseTogether, offLive } from './one-identity.ts'
import { onsSince } from './ons.ts'
import { firstSeated, nextSeated } from './seats.ts'
import { deadByNow } from './second-outage.ts'

/** One device named open: a class of devices, or the service of one observer's usage point. */
export interface Suspect {
  readonly head: number
  /** `NONE`, or the observer whose own service is named. */
  readonly observer: number
}

/** Brings the tree below `root` up to the belief's present time. */
export function refresh(belief: Belief, root: number): void {
  belief.settleTimes()
  refreshBelow(belief, root, 0)
}

function refreshBelow(belief: Belief, head: number, aboveCameBack: InstantMs): number {
  if (!belief.lit(head)) {
    belief.sums.setBest(head, 0, 0)
    // Most heads are not lit: what nobody has is not looked for below each of them.
    if (belief.awaited.size > 0) belief.awaited.delete(head)
    if (belief.falseTogether.size > 0) belief.falseTogether.delete(head)
    return 0
  }
  const { network } = belief
  const cameBack = Math.max(aboveCameBack, belief.cameBack.get(head) ?? 0)
  let closed = 0
  let awaited = 0
  for (let o = firstSeated(network, head); o !== NONE; o = nextSeated(network, head, o)) {
    closed += leafBest(belief, o, cameBack)
    if (belief.registers.state[o] === AWAITED) awaited += awaitedLive(belief, o, cameBack)
  }
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!) {
    closed += refreshBelow(belief, c, cameBack)
    awaited += belief.awaited.get(c) ?? 0
  }
  if (awaited > 0) belief.awaited.set(head, awaited)
  else belief.awaited.delete(head)
  const allFalse = falseTogether(belief, head)
  if (allFalse < Number.POSITIVE_INFINITY) belief.falseTogether.set(head, allFalse)
  else belief.falseTogether.delete(head)
  closed = Math.min(closed, awaitedTogether(belief, head, cameBack), allFalse)
  const best = Math.min(openCost(belief, head, cameBack), closed)
  belief.sums.setBest(head, closed, best)
  return best
}

/** Cheapest explanation of an off by itself: it errs, or its own service is open. */
function alone(belief: Belief, observer: number): number {
  const { offDead } = belief.model.classes[belief.model.classOf[observer]!]!
  const open = belief.serviceCost(observer) + offDead - belief.unansweredBy(observer)
  return Math.min(offLive(belief, observer), open)
}

/** Cheapest account of one observer where what lies above it is live. */
export function leafBest(belief: Belief, observer: number, cameBack: InstantMs): number {
  const state = belief.registers.state[observer]
  if (state === OFF) return alone(belief, observer)
  if (state !== AWAITED) return 0
  return Math.min(awaitedLive(belief, observer, cameBack), leafOpen(belief, observer, cameBack))
}

/** Cost of "live, but its on has not come yet". */
export function awaitedLive(belief: Belief, observer: number, cameBack: InstantMs): number {
  const costs = belief.model.classes[belief.model.classOf[observer]!]!
  return atAge(costs.awaitedLive, belief.now - cameBack)
}

/** Cost of "its own service is open", Infinity where it has none of its own. */
export function leafOpen(belief: Belief, observer: number, cameBack: InstantMs): number {
  const service = belief.serviceCost(observer)
  if (service === Number.POSITIVE_INFINITY) return service
  const muted = belief.unansweredBy(observer)
  if (belief.registers.state[observer] === AWAITED && cameBack > 0)
    return Math.min(service, belief.model.leftDark) - muted
  return service + belief.model.classes[belief.model.classOf[observer]!]!.offDead - muted
}

/**
 * Cost of "open here and everything below dead". Below a device that came back, "left dark" is
 * likelier than a new fault; the device itself is known to be closed until a new off is heard.
 */
export function openCost(belief: Belief, head: number, cameBack: InstantMs): number {
  const prior = belief.priorOf(head)
  // Those awaited below a device that came back were live when it did: a new outage above it has to
  // account for their missing ons just as supply has.
  if (cameBack === 0 && belief.sums.waits(head) > 0)
    return belief.sums.offs(head) + belief.sums.hints(head) === 0
      ? NEVER
      : prior + belief.dead(head) + (belief.awaited.get(head) ?? 0)
  if (cameBack === 0 || belief.sums.offs(head) > 0 || belief.opened.has(head))
    return prior + deadByNow(belief, head)
  if (belief.cameBack.get(head) === cameBack) return NEVER
  return (
    Math.min(prior, belief.model.leftDark) +
    belief.sums.spoken(head) +
    onsSince(belief, head, cameBack)
  )
}

/** All awaited ons of one area may be missing for one reason: its concentrator is lost. */
export function awaitedTogether(belief: Belief, head: number, cameBack: InstantMs): number {
  const { areas, model, sums } = belief
  if (sums.waits(head) < 2 || sums.offs(head) > 0 || cameBack === 0 || areas.at(head) === NONE)
    return Number.POSITIVE_INFINITY
  if (onsSince(belief, head, cameBack) > 0) return Number.POSITIVE_INFINITY
  const meter = model.classes[model.areaMeterClass]!
  const age = belief.now - cameBack
  return areaSilence(
    atAge(model.areaUnreturned, age),
    sums.waits(head),
    atAge(meter.awaitedLive, age),
    0,
  )
}

/** Cost of the one reason there may be for all that is heard of a live area, or not heard. */
export function explainedTogether(belief: Belief, head: number, cameBack: InstantMs): number {
  const allFalse = belief.falseTogether.get(head) ?? Number.POSITIVE_INFINITY
  return Math.min(awaitedTogether(belief, head, cameBack), allFalse)
}

/** Reads the explanation of a refreshed tree, top down, in index order. */
export function explain(belief: Belief, root: number): Suspect[] {
  const suspects: Suspect[] = []
  collect(belief, root, 0, suspects)
  return suspects
}

function collect(belief: Belief, head: number, above: InstantMs, suspects: Suspect[]): void {
  if (!belief.lit(head)) return
  if (belief.sums.best(head) < belief.sums.closedBest(head)) {
    suspects.push({ head, observer: NONE })
    return
  }
  const cameBack = Math.max(above, belief.cameBack.get(head) ?? 0)
  if (explainedTogether(belief, head, cameBack) <= belief.sums.closedBest(head)) return
  belief.network.eachSeated(head, (observer) => {
    const state = belief.registers.state[observer]
    const live =
      state === OFF
        ? offLive(belief, observer)
        : state === AWAITED
          ? awaitedLive(belief, observer, cameBack)
          : 0
    if (live > 0 && leafOpen(belief, observer, cameBack) < live) suspects.push({ head, observer })
  })
  const { network } = belief
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    collect(belief, c, cameBack, suspects)
}

/**
 * A second outage above what was dark already. Silence and ons are counted from the earliest off below
 * a device (`Belief.dead`); where that off is of an outage of its own, whoever said "on" since was right
 * then and may be dark now. What was off before the last "on" is then explained by itself.
 */
import type { InstantMs } from '../../facts/time.ts'
import { atAge } from '../cost/likelihood.ts'
import { OFF, ON, QUIET } from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import { offLive } from './one-identity.ts'

/**
 * Cost of what was heard below `head`, if all of it went dark after the last "on" there; Infinity
 * where nobody said "off" since then, or nobody "on" after the earliest off.
 */
export function deadSinceLastOn(belief: Belief, head: number): number {
  const { registers, network, sums } = belief
  const t0 = sums.t0(head)
  if (sums.offs(head) < 2 || sums.lastOn(head) < t0) return Number.POSITIVE_INFINITY
  let lastOn = 0
  let firstSince = Number.POSITIVE_INFINITY
  network.eachObserver(head, (o) => {
    if (registers.state[o] === ON) lastOn = Math.max(lastOn, registers.atOf(o))
  })
  if (lastOn < t0) return Number.POSITIVE_INFINITY
  network.eachObserver(head, (o) => {
    const at = registers.atOf(o)
    if (registers.state[o] === OFF && at > lastOn) firstSince = Math.min(firstSince, at)
  })
  if (firstSince === Number.POSITIVE_INFINITY) return firstSince
  let cost = 0
  network.eachObserver(head, (o) => {
    cost += heardCost(belief, o, lastOn, Math.min(firstSince, belief.now))
  })
  return cost
}

/** What one observer has said or not, if it is dark since `since` and was not known to be before. */
function heardCost(belief: Belief, o: number, lastOn: InstantMs, since: InstantMs): number {
  const { registers, model, now } = belief
  const costs = model.classes[model.classOf[o]!]!
  const unanswered = belief.unansweredBy(o)
  switch (registers.state[o]) {
    case OFF:
      return registers.atOf(o) > lastOn
        ? costs.offDead - unanswered
        : Math.min(offLive(belief, o), belief.serviceCost(o) + costs.offDead - unanswered)
    case ON:
    case QUIET:
      return atAge(costs.silentDead, now - since) - unanswered
    default:
      return -unanswered
  }
}

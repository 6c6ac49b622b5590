/**
 * A second outage above what was dark already. Silence and ons are counted from the earliest off below
 * a device (`Belief.dead`); where that off is of an outage of its own, whoever said "on" since was right
 * then and may be dark now. What was off before the last "on" is then explained by itself.
 */
import type { InstantMs } from '../../facts/time.ts'
import { areaSilence, atAge } from '../cost/likelihood.ts'
import { OFF, ON, QUIET } from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import { NONE } from './network.ts'
import { offLive } from './one-identity.ts'
import { onsSince } from './ons.ts'

/** Cost of what was heard below `head`, if all of it is dead by now, since whenever. */
export function deadByNow(belief: Belief, head: number): number {
  const known = belief.judging?.get(head)
  if (known !== undefined) return known
  const dead = belief.dead(head)
  const cost = Math.min(dead, deadSinceLastOn(belief, head), deadSinceOpened(belief, head))
  belief.judging?.set(head, cost)
  return cost
}

/**
 * Cost of what was heard below `head`, if all of it went dark after the last "on" there; Infinity
 * where nobody said "off" since then, or nobody "on" after the earliest off.
 */
function deadSinceLastOn(belief: Belief, head: number): number {
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
  return darkSince(belief, head, Math.min(firstSince, belief.now), (o) =>
    registers.atOf(o) > lastOn
      ? offDead(belief, o)
      : Math.min(offLive(belief, o), belief.serviceCost(o) + offDead(belief, o)),
  )
}

/**
 * Cost of what was heard below `head`, if all of it is dark at the latest since the time from which on
 * it was said to be open: whoever had supply until then does not deny it, and who lacked it before still
 * does. Infinity where nobody said so, or nobody was dark before.
 */
function deadSinceOpened(belief: Belief, head: number): number {
  const { sums } = belief
  const opened = belief.opened.get(head)
  if (!opened || sums.t0(head) >= opened.at || sums.lastOn(head) < sums.t0(head))
    return Number.POSITIVE_INFINITY
  const since = Math.min(opened.heardAt, belief.now)
  const denied = onsSince(belief, head, opened.at)
  return denied + darkSince(belief, head, since, (o) => offDead(belief, o))
}

const offDead = (belief: Belief, o: number) =>
  belief.model.classes[belief.model.classOf[o]!]!.offDead

/**
 * What was heard below `head` and was not, if all of it is dark since `since` and was not known to be
 * before; `costOfOff` is what an off costs there. Nothing comes from an area whose concentrator is lost.
 */
function darkSince(
  belief: Belief,
  head: number,
  since: InstantMs,
  costOfOff: (observer: number) => number,
): number {
  const { registers, network, model, now, areas } = belief
  const silent = new Map<number, { meters: number; cost: number }>()
  const spoken = new Set<number>()
  let cost = 0
  network.eachObserver(head, (o) => {
    const state = registers.state[o]
    cost -= belief.unansweredBy(o)
    if (state === OFF) {
      spoken.add(areas.of(o))
      cost += costOfOff(o)
    } else if (state === ON || state === QUIET) {
      const area = areas.of(o)
      const { meters, cost: before } = silent.get(area) ?? { meters: 0, cost: 0 }
      const alone = atAge(model.classes[model.classOf[o]!]!.silentDead, now - since)
      silent.set(area, { meters: meters + 1, cost: before + alone })
    }
  })
  const meter = model.classes[model.areaMeterClass]!
  const lost = atAge(model.areaUnheard, now - since)
  const each = atAge(meter.silentDead, now - since)
  for (const [area, { meters, cost: alone }] of silent)
    cost +=
      area === NONE || spoken.has(area)
        ? alone
        : Math.min(alone, areaSilence(lost, meters, each, meter.silentLive))
  return cost
}

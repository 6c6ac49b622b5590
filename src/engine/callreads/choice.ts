/**
 * Whom to ask: those whose answers together would tell most about what is open. Observers that
 * the same possibilities keep dark tell the same, so they are one group; the next one asked is of
 * the group that promises most, given those asked before.
 */
import { AWAITED, OFF } from '../evidence/registers.ts'
import type { Belief } from '../inference/belief.ts'
import { NONE } from '../inference/network.ts'
import type { Possibility } from '../inference/posterior.ts'
import { Information } from './information.ts'

/** Who may be asked, and how likely an answer comes from whoever has supply. */
export interface Askable {
  /** P(answers | live); 0 where it cannot or must not be asked. */
  replyOf(observer: number): number
}

export interface ChosenRead {
  readonly observer: number
  /** Index of the possibility whose group it stands for. */
  readonly possibility: number
  /** Nats it was expected to tell. */
  readonly gain: number
}

/** Of one group, more than these add nothing: eight that do not answer are dead. */
const GROUP_MAX = 8

interface Group {
  readonly at: number
  /** Upper bound of what its next member would tell. */
  bound: number
  members: number[] | undefined
  asked: number
}

/**
 * At most `limit` observers, in the order of choice, each telling at least `leastGain` nats.
 * `related` leaves possibilities out that the question is not about.
 */
export function chooseReads(
  belief: Belief,
  possibilities: readonly Possibility[],
  askable: Askable,
  limit: number,
  leastGain: number,
  related: (possibility: Possibility) => boolean = () => true,
): ChosenRead[] {
  const information = new Information(possibilities)
  const groups: Group[] = []
  possibilities.forEach((possibility, at) => {
    if (!related(possibility)) return
    const bound = information.gain(at, 1)
    if (bound >= leastGain) groups.push({ at, bound, members: undefined, asked: 0 })
  })
  const chosen: ChosenRead[] = []
  while (chosen.length < limit) {
    const next = likeliestToTell(groups, leastGain, (group) => {
      group.members ??= membersOf(belief, possibilities[group.at]!, askable)
      const observer = group.members[group.asked]
      return observer === undefined ? 0 : information.gain(group.at, askable.replyOf(observer))
    })
    if (!next) break
    const observer = next.members![next.asked++]!
    const gain = information.ask(next.at, askable.replyOf(observer))
    chosen.push({ observer, possibility: next.at, gain })
  }
  return chosen
}

/** The group with the greatest gain. Gains only fall, so most bounds need not be computed anew. */
function likeliestToTell(
  groups: readonly Group[],
  leastGain: number,
  gainOf: (group: Group) => number,
): Group | undefined {
  const fresh = new Set<Group>()
  for (;;) {
    let best: Group | undefined
    for (const group of groups)
      if (group.bound >= leastGain && (!best || group.bound > best.bound)) best = group
    if (!best || fresh.has(best)) return best
    best.bound = Math.min(best.bound, gainOf(best))
    fresh.add(best)
  }
}

/** Observers that have supply exactly if what is right below the possibility has. */
function membersOf(belief: Belief, { head, observer }: Possibility, askable: Askable): number[] {
  if (observer !== NONE) return askable.replyOf(observer) > 0 ? [observer] : []
  const { network } = belief
  const members = seatedAt(belief, head, askable)
  // Of each unlit branch the first that can be asked: spread over boxes and phases.
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!) {
    if (members.length >= GROUP_MAX) break
    if (belief.lit(c)) continue
    const one = firstBelow(belief, c, askable)
    if (one !== NONE) members.push(one)
  }
  return members.sort((a, b) => askable.replyOf(b) - askable.replyOf(a) || a - b)
}

const speaksDark = ({ registers }: Belief, observer: number) =>
  registers.state[observer] === OFF || registers.state[observer] === AWAITED

/** Those right below the device that have no possibility of their own. */
function seatedAt(belief: Belief, head: number, askable: Askable): number[] {
  const members: number[] = []
  belief.network.eachSeated(head, (observer) => {
    const own =
      speaksDark(belief, observer) && belief.serviceCost(observer) !== Number.POSITIVE_INFINITY
    if (!own && askable.replyOf(observer) > 0) members.push(observer)
  })
  members.sort((a, b) => askable.replyOf(b) - askable.replyOf(a) || a - b)
  return members.slice(0, GROUP_MAX)
}

function firstBelow(belief: Belief, head: number, askable: Askable): number {
  const { network } = belief
  let best = NONE
  network.eachSeated(head, (observer) => {
    const reply = askable.replyOf(observer)
    if (reply > 0 && (best === NONE || reply > askable.replyOf(best))) best = observer
  })
  for (let c = network.firstBelow[head]!; best === NONE && c !== NONE; c = network.nextBeside[c]!)
    best = firstBelow(belief, c, askable)
  return best
}

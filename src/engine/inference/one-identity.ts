/**
 * How much one identity can contribute. What a concentrator forwards is as true as it is: all of it may
 * be false at once, and then it weighs as one false word, however many meters it names. What an
 * observer says of its own supply alone weighs less still.
 */
import type { InstantMs } from '../../facts/time.ts'
import { NEVER } from '../cost/nats.ts'
import { OFF, ON, WEAK } from '../evidence/registers.ts'
import type { Belief } from './belief.ts'
import { NONE } from './network.ts'
import { onsSince } from './ons.ts'
import { firstSeated, nextSeated } from './seats.ts'

/** Cost of an observer's off if what lies above it is live: it errs, or its own supply alone is lost. */
export function offLive(belief: Belief, observer: number): number {
  const { registers, model } = belief
  if ((registers.marksOf(observer) & WEAK) !== 0) return model.ownSupplyOnly
  return model.classes[model.classOf[observer]!]!.offLive
}

/**
 * Cost of "the area at `head` is live and the one identity that says otherwise is wrong about all of
 * it": its word, and otherwise what is heard where all is dead. Infinity where no area sits there,
 * somebody else says off as well, or the identity itself says that others there have supply: then it
 * speaks of each by itself, and may be wrong of each by itself.
 */
export function falseTogether(belief: Belief, head: number): number {
  const { areas, sums, model } = belief
  if (model.identityFalse >= NEVER || sums.offs(head) < 2) return Number.POSITIVE_INFINITY
  if (areas.at(head) === NONE || belief.opened.has(head)) return Number.POSITIVE_INFINITY
  const word: Word = { identity: NONE, first: Number.POSITIVE_INFINITY, last: 0 }
  if (!isSaidByOne(belief, head, word)) return Number.POSITIVE_INFINITY
  const ons = onsSince(belief, head, sums.t0(head))
  if (ons > 0 && tellsApart(belief, head, word.identity)) return Number.POSITIVE_INFINITY
  return occasions(belief, head, word) * model.identityFalse + belief.dead(head) - ons
}

/**
 * What is said at one time may be one error, what is said minutes later is another. A dark area tells
 * of its meters within that (domain rule J-T2).
 */
const ONE_OCCASION_MS = 60_000

/** Who said off below a head, and from when to when. */
interface Word {
  identity: number
  first: InstantMs
  last: InstantMs
}

/** On how many occasions somebody below `head` said off. */
function occasions(belief: Belief, head: number, { first, last }: Word): number {
  if (last - first <= ONE_OCCASION_MS) return 1
  const { network, registers } = belief
  const said: InstantMs[] = []
  network.eachObserver(head, (observer) => {
    if (registers.state[observer] === OFF) said.push(registers.atOf(observer))
  })
  said.sort((a, b) => a - b)
  return 1 + said.filter((at, i) => i > 0 && at - said[i - 1]! > ONE_OCCASION_MS).length
}

/** True where the identity says of somebody below `head` that supply is there while others lack it. */
function tellsApart(belief: Belief, head: number, identity: number): boolean {
  const { network, registers } = belief
  const since = belief.sums.t0(head)
  let apart = false
  network.eachObserver(head, (o) => {
    apart ||=
      registers.state[o] === ON && registers.atOf(o) >= since && belief.sourceOf(o) === identity
  })
  return apart
}

/** True where all offs below `head` come from one identity, kept in `word`. */
function isSaidByOne(belief: Belief, head: number, word: Word): boolean {
  if (belief.sums.offs(head) === 0) return true
  const { network, registers } = belief
  for (let o = firstSeated(network, head); o !== NONE; o = nextSeated(network, head, o)) {
    if (registers.state[o] !== OFF) continue
    const source = belief.sourceOf(o)
    if (word.identity === NONE) word.identity = source
    else if (word.identity !== source) return false
    const at = registers.atOf(o)
    if (at < word.first) word.first = at
    if (at > word.last) word.last = at
  }
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    if (!isSaidByOne(belief, c, word)) return false
  return true
}

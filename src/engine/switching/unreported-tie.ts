/**
 * A tie (联络开关) that closed and nobody said so: where meters below an open device have supply
 * again, either the device came back and the rest is late or left dark, or a tie feeds a part of it
 * from elsewhere and a switch between keeps the rest dark, or those who say "on" are wrong. The three
 * are weighed on what was heard since. It is named to the dispatcher, never applied by itself.
 */
import type { InstantMs } from '../../facts/time.ts'
import { atAge } from '../cost/likelihood.ts'
import { costOf, either, oddsCost, probabilityOf } from '../cost/nats.ts'
import { AWAITED, OFF, ON } from '../evidence/registers.ts'
import type { Case, SuspectedTie } from '../incidents/case.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

/** Less likely than this it is not worth a dispatcher's glance. */
const SHOWN_MIN = 0.05

/** From here on a tie explains what was heard better than everything else together. */
const LIKELIER_THAN_NOT = 0.5

/** Weighs it for a case below whose device, or below a returned device above it, supply was heard. */
export function suspectTie(world: World, incident: Case): void {
  if (incident.observer !== NONE || incident.outageKind === 'closed') return
  incident.tiePart = NONE
  const anchor = returnedAbove(world, incident)
  if (incident.restoredAt !== null || !isHeardOn(world, anchor, incident.darkAt)) return
  const places = placesBelow(world, anchor)
  const weighed = places.length === 0 ? undefined : weigh(world, anchor, incident.darkAt, places)
  const [likeliest, ...rivals] = weighed?.ties ?? []
  incident.suspectedTie = likeliest ?? null
  incident.tieRivals = rivals
  if (weighed && anchor === incident.head) incident.tiePart = weighed.part
}

/** The device whose part came back: the case's own, or the one above that was found returned. */
function returnedAbove({ belief, network }: World, { head, startedAt }: Case): number {
  let anchor = head
  for (let a = head; a !== NONE; a = network.above[a]!)
    if ((belief.cameBack.get(a) ?? 0) > startedAt) anchor = a
  return anchor
}

/** A tie, and the head of a part that it could feed. */
interface Place {
  readonly tie: number
  readonly part: number
}

interface Weighed {
  /** Ties worth showing, likeliest first. */
  readonly ties: readonly SuspectedTie[]
  /** The part that is fed while the rest stays dark, where that is likelier than not; else `NONE`. */
  readonly part: number
}

function weigh(world: World, anchor: number, since: InstantMs, places: readonly Place[]): Weighed {
  const share = world.rules.judgement.tieUnreported
  const all = onsAgainst(world, anchor, since)
  const from = firstOn(world, anchor, since)
  const back = costOf(1 - share) + saidOpen(world, anchor) + backCost(world, anchor, since, from)
  const byPart = new Map<number, number>()
  for (const { part } of places)
    if (!byPart.has(part))
      byPart.set(part, backCost(world, part, since, from) + all - onsAgainst(world, part, since))
  const costs = places.map(({ part }) => costOf(share / places.length) + byPart.get(part)!)
  const total = [back, all, ...costs].reduce(either)
  const likelihoodOf = (chosen: (place: Place) => boolean) => {
    const alike = costs.filter((_, i) => chosen(places[i]!))
    return alike.length === 0 ? 0 : probabilityOf(alike.reduce(either) - total)
  }
  const ties = [...new Set(places.map(({ tie }) => tie))]
    .map((device) => ({ device, probability: likelihoodOf(({ tie }) => tie === device) }))
    .filter(({ probability }) => probability >= SHOWN_MIN)
    .sort((a, b) => b.probability - a.probability || a.device - b.device)
  const isApart = ({ part }: Place) => saidDark(world, part) < saidDark(world, anchor)
  if (likelihoodOf(isApart) < LIKELIER_THAN_NOT) return { ties, part: NONE }
  const [part] = [...new Set(places.filter(isApart).map((place) => place.part))]
    .map((head) => ({ head, probability: likelihoodOf((place) => place.part === head) }))
    .sort((a, b) => b.probability - a.probability || a.head - b.head)
  return { ties, part: part!.head }
}

/** How many said "off" below and have not said "on" since. */
const saidDark = ({ belief: { sums } }: World, head: number) => sums.offs(head) + sums.waits(head)

/**
 * Open ties between a part below `anchor` and what something else feeds, each with the heads it could
 * feed: those on the way up from where it stands to `anchor`.
 */
function placesBelow(world: World, anchor: number): Place[] {
  const { topology, grid } = world
  const found: Place[] = []
  for (const tie of world.ties) {
    if (topology.open[tie] === 0) continue
    const [a, b] = [grid.devices.from[tie]!, grid.devices.to[tie]!].map(
      (node) => topology.zoneFedBy[grid.nodes.zone[node]!]!,
    ) as [number, number]
    const [up, down] = [partsUpTo(world, a, anchor), partsUpTo(world, b, anchor)]
    if (up.length > 0 === down.length > 0) continue
    const other = up.length > 0 ? b : a
    if (other < 0 || !topology.isFed(other)) continue
    for (const part of up.length > 0 ? up : down) found.push({ tie, part })
  }
  return found
}

/** Heads from `device` up to `anchor`; empty where it does not hang below. */
function partsUpTo({ topology, network }: World, device: number, anchor: number): number[] {
  const parts: number[] = []
  for (let d = device; d >= 0; d = topology.parent[d]!) {
    const head = network.head[d]!
    if (head !== NONE && parts.at(-1) !== head) parts.push(head)
    if (head === anchor) return parts
  }
  return []
}

/** What it costs that supply is back at `head`: ons that have not come, or a part left dark. */
export function backCost(world: World, head: number, since: InstantMs, from: InstantMs): number {
  const { belief, network } = world
  const { model, registers } = belief
  if (saidDark(world, head) === 0) return 0
  let cost = 0
  network.eachSeated(head, (o) => {
    const state = registers.state[o]
    if (state === OFF || state === AWAITED)
      cost +=
        atAge(model.classes[model.classOf[o]!]!.awaitedLive, belief.now - from) +
        belief.unansweredBy(o)
  })
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    cost += Math.min(backCost(world, c, since, from), model.leftDark + onsAgainst(world, c, since))
  return cost
}

/** What the ons below `head` cost where it is dark. */
export function onsAgainst(world: World, head: number, since: InstantMs): number {
  const { belief, network } = world
  if (belief.sums.lastOn(head) <= since) return 0
  let cost = 0
  eachOn(world, head, since, (o) => {
    cost += belief.model.classes[belief.model.classOf[o]!]!.onDead
  })
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    cost += onsAgainst(world, c, since)
  return cost
}

export function firstOn(world: World, head: number, since: InstantMs): InstantMs {
  const { belief, network } = world
  if (belief.sums.lastOn(head) <= since) return belief.now
  let first = belief.now
  eachOn(world, head, since, (_, at) => {
    first = Math.min(first, at)
  })
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    first = Math.min(first, firstOn(world, c, since))
  return first
}

/** Exact, where the sums know a bound alone: a restart must not change what is shown. */
function isHeardOn(world: World, head: number, since: InstantMs): boolean {
  const { belief, network } = world
  if (belief.sums.lastOn(head) <= since) return false
  let heard = false
  eachOn(world, head, since, () => {
    heard = true
  })
  for (let c = network.firstBelow[head]!; !heard && c !== NONE; c = network.nextBeside[c]!)
    heard = isHeardOn(world, c, since)
  return heard
}

function eachOn(
  { belief, network }: World,
  head: number,
  since: InstantMs,
  visit: (observer: number, at: InstantMs) => void,
): void {
  network.eachSeated(head, (o) => {
    const at = belief.registers.atOf(o)
    if (belief.registers.state[o] === ON && at > since) visit(o, at)
  })
}

/** What it costs to say that the device is closed, where somebody at it said that it is open. */
function saidOpen(world: World, head: number): number {
  for (const device of world.network.members(head)) {
    const said = world.switchWords.get(device)?.findLast(({ terminal, source }) => {
      return terminal >= 0 || source !== undefined
    })
    if (said?.said === 'open') return Math.max(0, -oddsCost(world.rules.judgement.positionTrusted))
  }
  return 0
}

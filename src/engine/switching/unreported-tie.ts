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

/** Weighs it for a case below whose device, or below a returned device above it, supply was heard. */
export function suspectTie(world: World, incident: Case): void {
  if (incident.observer !== NONE || incident.outageKind === 'closed') return
  const anchor = returnedAbove(world, incident)
  if (incident.restoredAt !== null || !isHeardOn(world, anchor, incident.darkAt)) return
  incident.suspectedTie = weigh(world, anchor, incident.darkAt) ?? null
}

/** The device whose part came back: the case's own, or the one above that was found returned. */
function returnedAbove({ belief, network }: World, { head, startedAt }: Case): number {
  let anchor = head
  for (let a = head; a !== NONE; a = network.above[a]!)
    if ((belief.cameBack.get(a) ?? 0) > startedAt) anchor = a
  return anchor
}

interface Weighed {
  readonly tie: number
  readonly cost: number
}

function weigh(world: World, anchor: number, since: InstantMs): SuspectedTie | undefined {
  const ties = tiesInto(world, anchor)
  if (ties.length === 0) return undefined
  const share = world.rules.judgement.tieUnreported
  const places = ties.reduce((sum, { parts }) => sum + parts.length, 0)
  const all = onsAgainst(world, anchor, since)
  const from = firstOn(world, anchor, since)
  const back = costOf(1 - share) + saidOpen(world, anchor) + backCost(world, anchor, since, from)
  let total = either(back, all)
  const weighed: Weighed[] = []
  for (const { tie, parts } of ties) {
    let cost = Number.POSITIVE_INFINITY
    for (const part of parts) {
      const fed = backCost(world, part, since, from)
      const other = all - onsAgainst(world, part, since)
      const here = costOf(share) + costOf(1 / places) + fed + other
      cost = cost === Number.POSITIVE_INFINITY ? here : either(cost, here)
    }
    total = either(total, cost)
    weighed.push({ tie, cost })
  }
  weighed.sort((a, b) => a.cost - b.cost || a.tie - b.tie)
  const { tie, cost } = weighed[0]!
  const probability = probabilityOf(cost - total)
  return probability >= SHOWN_MIN ? { device: tie, probability } : undefined
}

/**
 * Open ties between a part below `anchor` and what something else feeds, each with the heads it could
 * feed: those on the way up from where it stands to `anchor`.
 */
function tiesInto(world: World, anchor: number): { tie: number; parts: number[] }[] {
  const { topology, network, grid } = world
  const found: { tie: number; parts: number[] }[] = []
  for (const tie of world.ties) {
    if (topology.open[tie] === 0) continue
    const [a, b] = [grid.devices.from[tie]!, grid.devices.to[tie]!].map(
      (node) => topology.zoneFedBy[grid.nodes.zone[node]!]!,
    ) as [number, number]
    const [up, down] = [partsUpTo(world, a, anchor), partsUpTo(world, b, anchor)]
    if (up.length > 0 === down.length > 0) continue
    const other = up.length > 0 ? b : a
    const parts = up.length > 0 ? up : down
    if (other >= 0 && topology.isFed(other) && network.head[other] !== NONE)
      found.push({ tie, parts })
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
function backCost(world: World, head: number, since: InstantMs, from: InstantMs): number {
  const { belief, network } = world
  const { model, registers, sums } = belief
  if (sums.offs(head) + sums.waits(head) === 0) return 0
  let cost = 0
  network.eachSeated(head, (o) => {
    const state = registers.state[o]
    if (state === OFF || state === AWAITED)
      cost += atAge(model.classes[model.classOf[o]!]!.awaitedLive, belief.now - from)
  })
  for (let c = network.firstBelow[head]!; c !== NONE; c = network.nextBeside[c]!)
    cost += Math.min(backCost(world, c, since, from), model.leftDark + onsAgainst(world, c, since))
  return cost
}

/** What the ons below `head` cost where it is dark. */
function onsAgainst(world: World, head: number, since: InstantMs): number {
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

function firstOn(world: World, head: number, since: InstantMs): InstantMs {
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

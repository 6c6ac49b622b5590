/**
 * Switching moves parts of the network while incidents are open. At a tick the network is arranged
 * by the positions known then; where a part hangs elsewhere, the sums of those trees are made anew,
 * and what was known of the place goes with it:
 *   - a part that something fed takes over has its supply back since the switching, until its meters
 *     say otherwise: an incident above it shrinks, one within it goes on below its own device;
 *   - a part that hangs below an open device from now on is dark since then, not since the device
 *     opened.
 */
import type { InstantMs } from '../../facts/time.ts'
import type { EvidenceItem } from '../changes.ts'
import { forgetCallers, settleCallers } from '../evidence/calls.ts'
import { lean } from '../evidence/indicators.ts'
import { CLOCKS_APART_MS, isBeforeReturn } from '../evidence/own-return.ts'
import { operations, positionAt, settlePosition } from '../evidence/positions.ts'
import { AWAITED, OFF } from '../evidence/registers.ts'
import { meaningOf } from '../evidence/statement.ts'
import { statedIn } from '../evidence/switch-position.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { EndedOutages } from '../incidents/ended.ts'
import { deviceOf } from '../incidents/naming.ts'
import type { Publisher } from '../incidents/publish.ts'
import { hearCallers } from '../inference/leaning.ts'
import { NONE } from '../inference/network.ts'
import { applyPlans } from '../plans/turn.ts'
import type { World } from '../world.ts'
import { followParts } from './follow.ts'
import { type MovedPart, movedParts, type Rehanging } from './parts.ts'
import { publishTopology } from './report.ts'

/** Brings the network in line with the positions, where one changed since the last tick. */
export function rehang(world: World, publisher: Publisher): void {
  const { switching } = world
  if (switching.movedAt === null) return
  const at = movedAt(world, switching.movedAt)
  const { evidence } = switching
  switching.movedAt = null
  switching.moved = []
  switching.evidence = []
  const named = new Map<Case, number>()
  for (const incident of world.cases.values())
    named.set(incident, deviceOf(world.network, incident))
  const headsBefore = rememberHeads(world)
  world.arranged = operations(world)
  const before = world.topology.arrange(world.arranged)
  const causes = evidence.map(({ position }) => position)
  publishTopology(world, causes, publisher)
  if (before.size === 0) return
  const rehanging = movedParts(world, before, at, named, headsBefore)
  const accounted = rehanging.parts.map((part) => accountedBefore(world, part, headsBefore))
  const unbroken = rehanging.parts.map((part) => wasNeverDark(world, part, at, before, headsBefore))
  const opened = new Map(world.belief.opened)
  const called = [...world.belief.called.points].filter(([, { head }]) =>
    rehanging.inside.has(head),
  )
  for (const [point] of called) hearCallers(world.belief, point, undefined)
  // Who did not answer was asked where it hung before.
  for (const observer of [...world.belief.unanswered.keys()])
    if (rehanging.inside.has(world.belief.headOf[observer]!))
      world.belief.leaveUnanswered(observer, 0)
  world.belief.replant(rehanging)
  for (const [point] of called) settleCallers(world, point)
  carryMarks(world, rehanging, opened, headsBefore)
  for (const [i, part] of rehanging.parts.entries())
    if (!unbroken[i]) settlePart(world, rehanging, part, accounted[i]!)
  followParts(world, rehanging, causes, publisher)
  for (const root of rehanging.roots) stirTree(world, root, evidence)
}

/** By all that was said of the positions up to now, in whatever order it came. */
function movedAt({ switching, switchWords }: World, latest: InstantMs): InstantMs {
  const times = switching.moved.flatMap(
    (device) => statedIn(switchWords.get(device) ?? [])?.at ?? [],
  )
  return times.length > 0 ? Math.max(...times) : latest
}

/** The tree is looked at anew, in the light of what was switched. */
function stirTree(world: World, root: number, evidence: readonly EvidenceItem[]): void {
  const { network, grid } = world
  const head = network.head[root]!
  if (head === NONE) return
  world.again.set(head, world.now)
  const heard = new Set(world.news.get(network.rootOf(head))?.causes)
  for (const item of evidence) {
    // What opened within the tree is its news already.
    if (heard.has(item.position)) continue
    const at = network.head[grid.devices.ids.indexOf(item.device!)]!
    const own = at !== NONE && network.rootOf(at) === head ? at : head
    world.stir(head, item.position, { ...item, device: grid.devices.ids.idOf(own) as never })
  }
}

/** Head of every device that an incident or a mark may refer to; the network forgets them. */
function rememberHeads({ network }: World): Int32Array {
  return network.head.slice()
}

/** Up to when interruptions of what makes up the part are accounted for. */
function accountedBefore(
  { ended, network }: World,
  part: MovedPart,
  headsBefore: Int32Array,
): InstantMs {
  let latest = 0
  for (const device of part.devices) {
    const head = headsBefore[device]!
    if (head === NONE) continue
    latest = Math.max(latest, ended.accountedUntil(network, { head, observer: NONE }))
  }
  return latest
}

/**
 * True where the other feed was there before the first device above the part opened: whoever said
 * "off" before that did not mean the switching.
 */
function wasNeverDark(
  { belief, topology }: World,
  { devices, fed }: MovedPart,
  at: InstantMs,
  before: ReadonlyMap<number, number>,
  headsBefore: Int32Array,
): boolean {
  if (!fed) return false
  const parentBefore = (device: number) => before.get(device) ?? topology.parent[device]!
  const own = new Set(devices)
  const above = new Set<number>()
  for (const device of devices)
    for (let d = parentBefore(device); d >= 0 && !own.has(d) && !above.has(d); d = parentBefore(d))
      above.add(d)
  const opened = [...above].flatMap((d) => belief.opened.get(headsBefore[d]!)?.at ?? [])
  return opened.length > 0 && Math.min(...opened) > at + CLOCKS_APART_MS
}

/** Marks stand at heads, and devices of these trees may have another head now, or none. */
function carryMarks(
  world: World,
  { inside, roots, at }: Rehanging,
  opened: World['belief']['opened'],
  headsBefore: Int32Array,
): void {
  const { network, belief } = world
  const headNow = (head: number) => (inside.has(head) ? network.head[head]! : head)
  for (const [head, since] of [...belief.cameBack]) {
    if (!inside.has(head)) continue
    belief.cameBack.delete(head)
    const now = headNow(head)
    if (now !== NONE) belief.cameBack.set(now, Math.max(since, belief.cameBack.get(now) ?? 0))
  }
  const ended = new EndedOutages()
  const carry = (marks: ReadonlyMap<number, InstantMs>, add: 'addReturn' | 'addStretch') => {
    for (const [key, to] of marks) {
      const observer = key < NONE ? -2 - key : NONE
      const head = observer === NONE ? headNow(key) : belief.headOf[observer]!
      if (head !== NONE) ended[add](network, { head, observer }, to)
    }
  }
  carry(world.ended.stretches, 'addStretch')
  carry(world.ended.returns, 'addReturn')
  world.ended = ended
  for (const head of opened.keys()) if (inside.has(head)) belief.opened.delete(head)
  for (const device of world.switchWords.keys()) {
    if (!inside.has(device) || !positionAt(world, device)?.open) continue
    belief.hearing = opened.get(headsBefore[device]!)?.heardAt ?? at
    settlePosition(world, device)
  }
  for (const { device } of world.indications.values())
    if (inside.has(device)) lean(world, device, 1)
  applyPlans(world, world.plans.inForce)
  const root = roots.map((device) => network.head[device]!).find((head) => head !== NONE) ?? NONE
  for (const heard of ['news', 'recent'] as const)
    for (const [key, news] of [...world[heard]]) {
      if (!inside.has(key)) continue
      world[heard].delete(key)
      const head = headNow(key)
      const now = head === NONE ? root : network.rootOf(head)
      if (now === NONE) continue
      const there = world[heard].get(now)
      world[heard].set(now, {
        evidence: [...(there?.evidence ?? []), ...news.evidence],
        causes: [...(there?.causes ?? []), ...news.causes],
      })
    }
  for (const key of [...world.again.keys()]) if (inside.has(key)) world.again.delete(key)
  world.switching.returned = world.switching.returned
    .map((part) => ({ ...part, head: headNow(part.head) }))
    .filter(({ head }) => head !== NONE)
}

/** What the move itself says of a part: supplied since then, or dark since then. */
function settlePart(world: World, { at }: Rehanging, part: MovedPart, accounted: InstantMs): void {
  const { network, belief } = world
  const head = network.head[part.top]!
  if (head === NONE) return
  if (accounted > 0) world.ended.addStretch(network, { head, observer: NONE }, accounted)
  if (!part.fed) {
    world.ended.addStretch(network, { head, observer: NONE }, at)
    takeReturnsBack(world, part, at)
    return
  }
  // Nobody calls again to say that all is well.
  forgetCallers(world, { head, observer: NONE }, at, (below) => !isOwn(world, below, head))
  if (belief.sums.offs(head) === 0) return
  const waiting = darkBefore(world, head, at)
  if (waiting.length === 0) return
  belief.cameBack.set(head, at)
  for (const observer of waiting) belief.become(observer, AWAITED)
}

/**
 * Dark since `at`, as is known now: what was taken for its return later was none, and who was awaited
 * because of that has said "off".
 */
function takeReturnsBack(world: World, { devices }: MovedPart, at: InstantMs): void {
  const { network, belief, ended } = world
  const heads = new Set(devices.filter((device) => network.head[device] === device))
  for (const head of heads) if ((belief.cameBack.get(head) ?? 0) >= at) belief.cameBack.delete(head)
  ended.takeBack(heads, at)
  const awaited: number[] = []
  for (const head of heads)
    network.eachSeated(head, (o) => {
      if (belief.registers.state[o] === AWAITED) awaited.push(o)
    })
  for (const o of awaited) belief.become(o, meaningOf(world, o, true, belief.registers.atOf(o)))
}

/** Who said "off" below `head` by then, but for what an open device or an incident of its own explains. */
function darkBefore(world: World, head: number, at: InstantMs): number[] {
  const { network, belief } = world
  const services = new Set([...world.cases.values()].filter(isActive).map((c) => c.observer))
  const found: number[] = []
  const visit = (below: number) => {
    network.eachSeated(below, (o) => {
      const said = belief.registers.state[o] === OFF && isBeforeReturn(belief.registers, o, at)
      if (said && !services.has(o)) found.push(o)
    })
    for (let c = network.firstBelow[below]!; c !== NONE; c = network.nextBeside[c]!)
      if (!explainsItself(world, c)) visit(c)
  }
  visit(head)
  return found
}

/** Between `below` and `head`, both left out at the top, something explains itself why it is dark. */
function isOwn(world: World, below: number, head: number): boolean {
  for (let at = below; at !== head && at !== NONE; at = world.network.above[at]!)
    if (explainsItself(world, at)) return true
  return false
}

/** An open device, or one that an open incident stands for. */
function explainsItself({ belief, cases }: World, head: number): boolean {
  if (belief.opened.has(head)) return true
  for (const c of cases.values())
    if (c.head === head && c.observer === NONE && isActive(c)) return true
  return false
}

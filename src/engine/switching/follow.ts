/** What becomes of incidents when parts of the network move to another feed. */
import type { Position } from '../../facts/facts.ts'
import { type Case, comeBackAt, isActive } from '../incidents/case.ts'
import { rescale } from '../incidents/life.ts'
import type { Publisher } from '../incidents/publish.ts'
import { noteReturned } from '../incidents/restore.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import type { MovedPart, Rehanging, Stood } from './parts.ts'

/** Moves every case of these trees; what another feed restored of it is published at once. */
export function followParts(
  world: World,
  rehanging: Rehanging,
  causes: readonly Position[],
  publisher: Publisher,
): void {
  for (const [incident, stood] of rehanging.stoodFor) {
    const active = isActive(incident)
    if (active && causes.length > 0) incident.causes = [...causes]
    if (!active || incident.observer !== NONE) stayAtDevice(world, incident, stood.below)
    else followCase(world, rehanging, incident, stood, publisher)
  }
  // What is no outage of the network stays where its terminals are, under its own name.
  const roots = new Set(rehanging.roots)
  for (const finding of world.findings.values())
    if (rehanging.inside.has(finding.head)) stayAtDevice(world, finding, roots)
}

/** A single service, a finding, or what is restored and waits to be closed: it goes where its device went. */
function stayAtDevice(world: World, incident: Case, below: ReadonlySet<number>): void {
  const { network, belief } = world
  const head =
    incident.observer === NONE ? network.head[incident.head]! : belief.headOf[incident.observer]!
  if (head === NONE && incident.named === NONE) incident.named = incident.head
  incident.head = head === NONE ? headOver(world, below) : head
  incident.segmentAt = { head: incident.head, observer: incident.observer }
}

function followCase(
  world: World,
  rehanging: Rehanging,
  incident: Case,
  stood: Stood,
  publisher: Publisher,
): void {
  const { network, topology } = world
  const { named, below } = stood
  // Left to another feed before, it waits where that hangs until its own device takes it back.
  const waits = network.head[named] === NONE && !below.has(named)
  const head = network.head[waits ? incident.head : named]!
  const now = new Set(head === NONE ? [] : topology.subtree(head))
  const stays = [...below].filter((device) => now.has(device) && customersAt(world, device) > 0)
  const lost = [...below].filter((device) => !now.has(device) && customersAt(world, device) > 0)
  const won = [...now].some((device) => !below.has(device) && customersAt(world, device) > 0)
  const parts = rehanging.parts.filter(({ devices }) => devices.some((d) => lost.includes(d)))
  for (const { top } of parts) {
    const taken = network.head[top]!
    if (taken !== NONE && stays.length > 0) noteReturned(world, taken, incident)
  }
  if (stays.length === 0 && lost.length > 0) {
    leaveToTheOther(world, rehanging, incident, stood, parts)
    return
  }
  if (head === NONE) {
    incident.named = named
    incident.head = headOver(world, below)
    return
  }
  incident.head = head
  if (lost.length === 0 && !won) {
    incident.segmentAt = { head, observer: NONE }
    return
  }
  shrink(world, rehanging, incident, lost.length > 0 ? parts : [], publisher)
}

/** Part of what it stood for is fed from elsewhere: that stretch is over, the rest goes on. */
function shrink(
  world: World,
  { at }: Rehanging,
  incident: Case,
  left: readonly MovedPart[],
  publisher: Publisher,
): void {
  const restored = left.some(({ fed }) => fed)
  incident.partCameBackAt = Math.max(incident.darkFrom, at)
  // Whatever goes dark there next begins after this.
  for (const { top } of left) {
    const head = world.network.head[top]!
    if (head === NONE) continue
    world.ended.addStretch(world.network, { head, observer: NONE }, incident.partCameBackAt)
  }
  incident.darkFrom = incident.partCameBackAt
  incident.segmentAt = { head: incident.head, observer: NONE }
  if (restored) {
    incident.outageKind = 'partiallyRestored'
    if (incident.stage !== 'sensed') incident.stage = 'partiallyRestored'
  }
  rescale(world, incident)
  publisher.publish(incident, restored ? 'partiallyRestored' : 'revised', true)
}

/** All of it is fed from elsewhere: it waits there, under its own name, for its meters to say so. */
function leaveToTheOther(
  world: World,
  { at }: Rehanging,
  incident: Case,
  { named, below }: Stood,
  parts: readonly MovedPart[],
): void {
  const fed = parts.find((part) => part.fed) ?? parts[0]
  const top = fed ? world.network.head[fed.top]! : NONE
  incident.named = named
  incident.head = top === NONE ? headOver(world, below) : top
  incident.segmentAt = { head: incident.head, observer: NONE }
  if (fed?.fed) comeBackAt(incident, Math.max(incident.darkFrom, at))
}

/** Where to stand for a case whose device feeds nobody any more: above what hung below it. */
function headOver({ network }: World, below: ReadonlySet<number>): number {
  for (const device of below) if (network.head[device] !== NONE) return network.head[device]!
  return Math.max(
    0,
    network.head.findIndex((head) => head !== NONE),
  )
}

function customersAt({ grid }: World, device: number): number {
  const { first } = grid.usagePoints
  return first[device + 1]! - first[device]!
}

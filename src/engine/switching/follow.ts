/** What becomes of incidents when parts of the network move to another feed. */
import type { Position } from '../../facts/facts.ts'
import type { Case } from '../incidents/case.ts'
import { rescale } from '../incidents/life.ts'
import type { Publisher } from '../incidents/publish.ts'
import { noteReturned } from '../incidents/restore.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'
import type { MovedPart, Rehanging } from './parts.ts'

/** Moves every case of these trees; what another feed restored of it is published at once. */
export function followParts(
  world: World,
  rehanging: Rehanging,
  causes: readonly Position[],
  publisher: Publisher,
): void {
  for (const incident of world.cases.values()) {
    if (!rehanging.inside.has(incident.head)) continue
    const stood = rehanging.stoodFor.get(incident)
    if (stood && causes.length > 0) incident.causes = [...causes]
    if (!stood || incident.observer !== NONE) stayAtDevice(world, rehanging, incident)
    else followCase(world, rehanging, incident, stood, publisher)
  }
}

/** A single service, or what is restored and waits to be closed: it goes where its device went. */
function stayAtDevice(world: World, rehanging: Rehanging, incident: Case): void {
  const { network, belief } = world
  const head =
    incident.observer === NONE ? network.head[incident.head]! : belief.headOf[incident.observer]!
  if (head === NONE && incident.named === NONE) incident.named = incident.head
  incident.head = head === NONE ? headOfPart(world, rehanging.parts) : head
  incident.segmentAt = { head: incident.head, observer: incident.observer }
}

function followCase(
  world: World,
  rehanging: Rehanging,
  incident: Case,
  { named, below }: { readonly named: number; readonly below: ReadonlySet<number> },
  publisher: Publisher,
): void {
  const { network, topology } = world
  const head = network.head[named]!
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
    leaveToTheOther(world, rehanging, incident, named, parts)
    return
  }
  if (head === NONE) {
    incident.named = named
    incident.head = headOfPart(world, rehanging.parts)
    return
  }
  incident.head = head
  if (lost.length === 0 && !won) {
    incident.segmentAt = { head, observer: NONE }
    return
  }
  shrink(world, rehanging, incident, lost.length > 0 && parts.some(({ fed }) => fed), publisher)
}

/** Part of what it stood for is fed from elsewhere: that stretch is over, the rest goes on. */
function shrink(
  world: World,
  { at }: Rehanging,
  incident: Case,
  restored: boolean,
  publisher: Publisher,
): void {
  incident.partCameBackAt = Math.max(incident.darkFrom, at)
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
  named: number,
  parts: readonly MovedPart[],
): void {
  const fed = parts.find((part) => part.fed) ?? parts[0]
  incident.named = named
  incident.head = headOfPart(world, fed ? [fed] : [])
  incident.segmentAt = { head: incident.head, observer: NONE }
  if (fed?.fed) incident.cameBackAt = Math.max(incident.darkFrom, at)
}

/** Where to stand for a case whose device feeds nobody any more. */
function headOfPart({ network }: World, parts: readonly MovedPart[]): number {
  for (const { top } of parts) if (network.head[top] !== NONE) return network.head[top]!
  return Math.max(
    0,
    network.head.findIndex((head) => head !== NONE),
  )
}

function customersAt({ grid }: World, device: number): number {
  const { first } = grid.usagePoints
  return first[device + 1]! - first[device]!
}

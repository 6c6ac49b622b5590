/** Which trees hang otherwise after switching, and which parts of them moved. */
import type { InstantMs } from '../../facts/time.ts'
import { NOT_ENERGISED } from '../../grid/forest.ts'
import type { Case } from '../incidents/case.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

/** A part that another device feeds than before. */
export interface MovedPart {
  /** The device that feeds it now: a tie that closed, or a switch that took its part back. */
  readonly top: number
  /** All devices of the part, `top` first. */
  readonly devices: readonly number[]
  /** True where everything above it stands closed. */
  readonly fed: boolean
}

/** One re-hanging. */
export interface Rehanging {
  /** When the latest of the positions behind it began. */
  readonly at: InstantMs
  /** Devices without parent, of all trees that lost or won a part. */
  readonly roots: readonly number[]
  /** Devices of these trees, now and before. */
  readonly devices: readonly number[]
  readonly inside: ReadonlySet<number>
  readonly parts: readonly MovedPart[]
  /** What each case in these trees stood for: a device, and all that hung below it. */
  readonly stoodFor: ReadonlyMap<Case, Stood>
}

/** What a case stood for. */
export interface Stood {
  readonly named: number
  readonly below: ReadonlySet<number>
}

/** `before` has the former parent of each device that changed it; the network knows its old heads. */
export function movedParts(
  world: World,
  before: ReadonlyMap<number, number>,
  at: InstantMs,
  named: ReadonlyMap<Case, number>,
  headsBefore: Int32Array,
): Rehanging {
  const { topology } = world
  const parentBefore = (device: number) => before.get(device) ?? topology.parent[device]!
  const roots = new Set<number>()
  for (const device of before.keys()) {
    const now = topology.rootOf(device)
    if (now >= 0) roots.add(now)
    const then = rootBy(parentBefore, device)
    if (then >= 0 && topology.parent[then] !== NOT_ENERGISED) roots.add(topology.rootOf(then))
  }
  const ordered = [...roots].sort((a, b) => a - b)
  const inside = new Set(ordered.flatMap((root) => topology.subtree(root)))
  for (const device of before.keys()) inside.add(device)
  const parts = [...before]
    .filter(([device, was]) => was === NOT_ENERGISED && topology.parent[device] !== NOT_ENERGISED)
    .map(([top]) => ({ top, devices: topology.subtree(top), fed: topology.isFed(top) }))
  const stoodFor = new Map<Case, { named: number; below: Set<number> }>()
  for (const [incident, device] of named)
    if (inside.has(incident.head)) stoodFor.set(incident, { named: device, below: new Set() })
  fillBelow(stoodFor, inside, parentBefore, headsBefore)
  return { at, roots: ordered, devices: [...inside].sort((a, b) => a - b), inside, parts, stoodFor }
}

function rootBy(parentOf: (device: number) => number, device: number): number {
  let at = device
  if (parentOf(at) === NOT_ENERGISED) return NONE
  while (parentOf(at) >= 0) at = parentOf(at)
  return at
}

/** Walks up from each device by the parents before: every case it passes had it below. */
function fillBelow(
  stoodFor: ReadonlyMap<Case, { below: Set<number> }>,
  inside: ReadonlySet<number>,
  parentBefore: (device: number) => number,
  headsBefore: Int32Array,
): void {
  const byHead = new Map<number, Set<number>[]>()
  for (const [incident, { below }] of stoodFor)
    if (incident.observer === NONE)
      byHead.set(incident.head, [...(byHead.get(incident.head) ?? []), below])
  if (byHead.size === 0) return
  for (const device of inside)
    for (let at = device; at >= 0; at = parentBefore(at))
      if (headsBefore[at] === at) for (const below of byHead.get(at) ?? []) below.add(device)
}

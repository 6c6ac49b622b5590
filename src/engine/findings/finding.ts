/** One thing found that is no outage of the network, and what it lies below. */
import type { EvidenceItem, IncidentKind, Level } from '../changes.ts'
import { type Case, isActive } from '../incidents/case.ts'
import { isHeadBelow } from '../incidents/place.ts'
import { NONE } from '../inference/network.ts'
import type { World } from '../world.ts'

/** What was found now; the same `key` is the same finding as before. */
export interface Finding {
  readonly key: string
  readonly kind: IncidentKind
  readonly head: number
  /** The meter at the usage point it is about, −1 for none. */
  readonly observer: number
  readonly level: Level
  readonly startedAt: number
  /** Newest first. */
  readonly evidence: readonly EvidenceItem[]
  /** Facts it rests on, for where the evidence is no longer held. */
  readonly positions: readonly number[]
}

/** The open outage that covers a place, if any. */
export function caseOver(world: World, head: number, observer: number): Case | undefined {
  for (const incident of world.cases.values()) {
    if (!isActive(incident)) continue
    const covers =
      incident.observer === NONE
        ? isHeadBelow(world, head, incident.head)
        : incident.observer === observer
    if (covers) return incident
  }
  return undefined
}

/** What was heard of late in the tree of `head` and is said by, or of, one of these. */
export function heardOf(
  world: World,
  head: number,
  isMeant: (item: EvidenceItem) => boolean,
): EvidenceItem[] {
  const recent = world.recent.get(world.network.rootOf(head))
  return recent ? recent.evidence.filter(isMeant).reverse() : []
}

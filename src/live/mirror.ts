/**
 * The picture of now in Redis: what the engine's process writes there and gateways read. A cache
 * that can be lost at any time: whoever finds it gone or otherwise than expected makes it, or reads
 * it, anew. The names of its keys and the form of its entries.
 */
import type { AppliedChange, AreaChange, Change, IncidentChange } from '../engine/changes.ts'

/** Changes of a stream entry; others concern no console. */
export type MirroredChange = IncidentChange | AreaChange | AppliedChange

export function isMirrored(change: Change): change is MirroredChange {
  return change.type === 'incident' || change.type === 'area' || change.type === 'applied'
}

/** Names of the keys below `prefix`; one hash slot, so that a cluster keeps them together. */
export function mirrorKeys(prefix: string) {
  const key = (name: string) => `{${prefix}}:${name}`
  return {
    /** Hash: `epoch` of this filling, `position` it has come to, `grid` digest, `beat` that grows, `places`. */
    state: key('state'),
    /** Hash: incident id → incident, until it is closed. */
    incidents: key('incidents'),
    /** Hash: incident id → its dark and restored transformers. */
    areas: key('areas'),
    /** The figures of the status page. */
    stats: key('stats'),
    /** The crews of now, all of them. */
    crews: key('crews'),
    /** What stirs now. */
    stirring: key('stirring'),
    /** Stream: `epoch`, position `from` which and `to` which its `changes` lead. */
    changes: key('changes'),
  }
}
export type MirrorKeys = ReturnType<typeof mirrorKeys>

/**
 * Entries kept in the stream: a minute and more of the heaviest storm. A reader that is further
 * behind reads the whole picture again.
 */
export const STREAM_ENTRIES = 10_000

/** A picture whose beat has stood still for so long is old: nobody writes it any more. */
export const STALE_AFTER_MS = 5 * 1_000

/** How often figures are written, and how soon a Redis that was emptied is noticed. */
export const BEAT_MS = 1_000

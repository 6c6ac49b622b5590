/** What is known of switching beside the positions themselves: what is to come, and what it did. */
import type { Position } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'
import type { Sampled } from '../callreads/calls.ts'
import type { EvidenceItem } from '../changes.ts'

/** A dispatcher's operation, decided once. */
export interface Operation {
  readonly requestId: string
  /** Id of the device: plans outlast a grid. */
  readonly device: string
  readonly open: boolean
  readonly at: InstantMs
  readonly source: 'dispatcher' | 'planned'
  readonly by: string
  /** The fact that asked for it. */
  readonly position: Position
}

/** A part that has supply again: by a tie, or because the incident was found to lie below. */
export interface ReturnedPart extends Sampled {
  readonly head: number
  /** Number of the incident that it lay in. */
  readonly incident: number
}

/** Reclosing of a device was last out of service (重合闸退出) from then; `to` null: still. */
export interface ReclosingOff {
  /** Id of the device. */
  readonly device: string
  readonly from: InstantMs
  readonly to: InstantMs | null
}

/** Plain data: written to snapshots as it stands. */
export interface Switching {
  /** Operations that are due later, soonest first. */
  planned: Operation[]
  /** Decided requests, newest last, so that a repeated one changes nothing. */
  decided: Operation[]
  /** The network has to be arranged anew: the latest time any position was said to hold since; null where not. */
  movedAt: InstantMs | null
  /** Whose positions changed since it was arranged. */
  moved: number[]
  /** What was said that it rests on. */
  evidence: EvidenceItem[]
  /** Parts that are back while their incident goes on elsewhere, until their return is settled. */
  returned: ReturnedPart[]
  /** Devices whose reclosing is or was out of service, each once. */
  reclosingOff: readonly ReclosingOff[]
  /** What was last published of positions, loops and islands. */
  shown: string
}

export function noSwitching(): Switching {
  return {
    planned: [],
    decided: [],
    movedAt: null,
    moved: [],
    evidence: [],
    returned: [],
    reclosingOff: [],
    shown: '',
  }
}

/** Messages that could not be used, as the HTTP side reads them and has them taken again. */
import {
  type Position,
  QUARANTINE_REASONS,
  type QuarantinedFact,
  type QuarantineReason,
} from '../facts/facts.ts'
import type { InstantMs } from '../facts/time.ts'

export interface QuarantineQuery {
  readonly limit: number
  readonly cursor?: string
  readonly reason?: QuarantineReason
  /** Only those taken again, or only the others. */
  readonly replayed?: boolean
  readonly positions?: readonly Position[]
}

export type ReplayAsked = QuarantineQuery

/** Why a message stays in the quarantine, beside what was wrong with it all along. */
export const REPLAY_REFUSALS = [
  ...QUARANTINE_REASONS,
  'old',
  'sender',
  'passing',
  'incomplete',
] as const
export type ReplayRefusal = (typeof REPLAY_REFUSALS)[number]

export interface ReplayOutcome {
  readonly replayed: number
  readonly already: number
  readonly refused: readonly {
    readonly position: Position
    readonly reason: ReplayRefusal
    readonly detail: string
  }[]
  readonly cursor: string | null
}

export interface QuarantinePage {
  readonly rows: readonly (QuarantinedFact & {
    readonly position: Position
    readonly replayedAt: InstantMs | null
  })[]
  readonly cursor: string | null
  /** Of all that ever came, by reason. */
  readonly counts: Readonly<Record<string, number>>
}

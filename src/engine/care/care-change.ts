/** Notes on customers and areas as the ledger keeps them. */
import type { CareNote } from '../../facts/care.ts'
import type { Position } from '../../facts/facts.ts'
import type { InstantMs } from '../../facts/time.ts'

/** Noted or taken back: each note replaces the one of its place, account and reason. */
export interface CareChange {
  readonly type: 'care'
  readonly at: InstantMs
  /** When it was said. */
  readonly since: InstantMs
  readonly notes: readonly CareNote[]
  readonly by: string
  readonly role: string
  readonly causes: readonly Position[]
}

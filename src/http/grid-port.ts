/** A grid on its way to being in force: what the HTTP side asks of the program. */
import type { InstantMs } from '../facts/time.ts'

/** A grid that comes into force once the feeders that it moves between partitions are drained. */
export interface WaitingGrid {
  readonly digest: string
  readonly by: string
  /** When it was asked for. */
  readonly at: InstantMs
  /** Feeders that have yet to move: how many, and the first of them. */
  readonly moving: number
  readonly moves: readonly {
    readonly feeder: string
    readonly from: number
    readonly to: number
  }[]
  /** Incidents that hold them; restored ones hold until they are closed. */
  readonly openIncidents: number
  /** The first of what holds them: incidents, evidence, call-reads, switches, by what each of them is called. */
  readonly holds: readonly { readonly by: string; readonly id: string }[]
  /** Why it could not come into force as it is; null where it only has to wait. */
  readonly problem: string | null
}

/** A grid on its way to being in force, and what became of the last one. */
export interface GridApplyPort {
  readonly state: {
    readonly upload: string | null
    readonly stage: 'receiving' | 'checking' | 'applying' | null
    readonly receivedBytes: number
    readonly last: Readonly<Record<string, unknown>> | null
  }
  /** The grid that waits, as it was looked at last; null where none does. */
  readonly waiting: WaitingGrid | null
  /** Rejects a part with a stable `code`: `grid.busy`, `grid.partOutOfOrder`, `grid.tooLarge`, `grid.waiting`. */
  receive(upload: string, offset: number, bytes: Uint8Array): number
  /** Begins to check and apply what was received; `grid.notReceived` where there is nothing. */
  apply(upload: string, ending: string, by: string): void
  /** Takes back the grid that waits; false where none does. */
  cancel(): Promise<boolean>
}

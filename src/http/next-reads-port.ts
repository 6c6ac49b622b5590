/** What would be asked next about an incident. */
import type { OBSERVER_CLASSES } from '../grid/model.ts'

/** `over`: no more rounds, or it came back; `waiting`: answers are awaited; `off`: the rules ask nobody. */
export const NEXT_READS_STATES = ['asks', 'waiting', 'off', 'over'] as const

export interface NextReads {
  readonly state: (typeof NEXT_READS_STATES)[number]
  readonly round: number
  /** Those who are expected to tell most first. */
  readonly reads: readonly {
    readonly observer: string
    readonly class: (typeof OBSERVER_CLASSES)[number]
    readonly terminal: string
    /** Expected information about what is open; null: wanted as a second source. */
    readonly gainBits: number | null
  }[]
}

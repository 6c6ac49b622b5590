/** Fault current that one terminal saw at one place. */
import type { InstantMs } from '../../facts/time.ts'

/** The latest fault current that one terminal saw at one place. */
export interface Indication {
  readonly terminal: number
  /** The device it stands at, or that feeds its place. */
  readonly device: number
  readonly at: InstantMs
  /** Numbers of the report that said so, where it had any: a copy of it is none of its own. */
  readonly boot?: number | undefined
  readonly seq?: number | undefined
}

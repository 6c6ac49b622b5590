/** How cold it is, as it was told of a unit last. */
import type { InstantMs } from '../../facts/time.ts'

export interface Temperature {
  readonly celsius: number
  readonly at: InstantMs
}

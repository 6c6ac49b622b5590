/** An estimate of restoration made without a crew's word: plain data. */
import type { InstantMs } from '../../facts/time.ts'

export interface Estimate {
  readonly madeAt: InstantMs
  /** What it was made from: the group of past outages. */
  readonly group: string
  readonly start: InstantMs
  readonly middle: InstantMs
  readonly end: InstantMs
}

/** What is known of the storm: on or off, on whose word, and the measures that need memory. */
import type { Position } from '../../facts/facts.ts'
import type { AskedFact } from '../../facts/storm.ts'
import type { InstantMs } from '../../facts/time.ts'

/** Whether it is on, on whose word, since when and why. Plain data: part of snapshots. */
export interface StormState {
  readonly on: boolean
  readonly by: 'rule' | 'person'
  readonly since: InstantMs | null
  /** `openIncidents=214`, or the code a person gave. */
  readonly reason: string | null
  /** Since when every measure is below the threshold of leaving. */
  readonly calmSince: InstantMs | null
  /** When it last came, went or changed hands: what was asked by then is answered. */
  readonly turnedAt: InstantMs
  /** What the rule found and asks to be recorded; it holds once that is a fact. */
  readonly asked: AskedFact | null
  /** Observers that said "off", in the running minute and in the one before, and the last report. */
  readonly offs: {
    minute: number
    now: number
    before: number
    latest: Position
  }
}

/** Fair weather. */
export function noStorm(): StormState {
  const offs = { minute: 0, now: 0, before: 0, latest: 0 }
  return {
    ...{ on: false, by: 'rule', since: null, reason: null, calmSince: null },
    ...{ turnedAt: 0, asked: null, offs },
  }
}

/** Storm mode came or went, or changed hands. */
export interface StormChange {
  readonly type: 'storm'
  readonly at: InstantMs
  readonly on: boolean
  /** Whose word it is. */
  readonly by: 'rule' | 'person'
  /** The account, where a person said so. */
  readonly who: string | null
  /** The measure that was passed, as `openIncidents=214`, or the code a person gave. */
  readonly reason: string | null
  readonly causes: readonly Position[]
}

/** Counts of a run: of the fleet as a whole, and of the reports each fault caused. */

/** Reports one fault caused, one per observer that felt it. */
export interface Tally {
  /** Felt a change. */
  made: number
  /** Never left the terminal or its area. */
  lost: number
  /** Acknowledged by the broker. */
  acked: number
}

export function newTally(): Tally {
  return { made: 0, lost: 0, acked: 0 }
}

/** Counts of the fleet, in messages unless said otherwise. */
export interface Counters {
  /** Changes felt by observers, and those of them that the channel lost. */
  felt: number
  lost: number
  /** Off reports that an on report overtook inside a concentrator. */
  superseded: number
  /** Messages made, sent a second time on purpose, and made without any cause. */
  messages: number
  duplicates: number
  falseReports: number
  /** PUBLISH packets written, those of them that are repeats after a lost link, and PUBACKs. */
  published: number
  resent: number
  acked: number
  /** Unacknowledged reports dropped because a terminal's memory was full. */
  overflowed: number
  /** Call-reads that reached a terminal, and answers sent. */
  calls: number
  answers: number
  connects: number
  connectFailures: number
  disconnects: number
}

export function newCounters(): Counters {
  return {
    felt: 0,
    lost: 0,
    superseded: 0,
    messages: 0,
    duplicates: 0,
    falseReports: 0,
    published: 0,
    resent: 0,
    acked: 0,
    overflowed: 0,
    calls: 0,
    answers: 0,
    connects: 0,
    connectFailures: 0,
    disconnects: 0,
  }
}

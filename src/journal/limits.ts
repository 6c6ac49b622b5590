/** Named limits of the SQLite journal, each with its reason. */
export interface JournalLimits {
  /** Facts in one row. A row is read and parsed whole, so this bounds the work of one look-up. */
  readonly rowFacts: number
  /** Bytes in one row, unless one fact alone is larger. One fsync of this size takes about 1 ms. */
  readonly rowBytes: number
  /** From the beginning of one commit to the next, at least. */
  readonly gatherMs: number
  /** Facts waiting for their commit; beyond it `append` refuses with `journal.busy`. */
  readonly pendingFacts: number
  /** Bytes written to the write-ahead log before it is copied into the database. */
  readonly checkpointBytes: number
  /** Rows dropped by one transaction of `retain`, so that commits get their turn between. */
  readonly retainRows: number
  /** Periodic readings dropped by one transaction. */
  readonly retainReadings: number
  /** Largest size of the database file; absent: the disk decides. */
  readonly fileBytes?: number
}

export const JOURNAL_LIMITS: JournalLimits = {
  rowFacts: 4096,
  rowBytes: 262_144,
  // Nobody notices a receipt 10 ms later; a thousand messages a second share 100 commits.
  gatherMs: 10,
  // 12 s of the design storm (16,667 reports a second); listeners slow their sockets long before.
  pendingFacts: 200_000,
  checkpointBytes: 8 * 1_048_576,
  retainRows: 64,
  // Far more rows than facts have, each a single message: a bounded look at the oldest of them.
  retainReadings: 1024,
}

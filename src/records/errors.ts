/** Typed failures of the ledger. */
import { readFailure } from '../config/sqlite.ts'

export type RecordsErrorCode =
  /** No space now; the commit waits and is tried again. */
  | 'records.full'
  /** The disk cannot be trusted, or the writer stopped; sticky until a restart. */
  | 'records.failing'
  | 'records.closed'
  /** Another process has opened the ledger for writing since. */
  | 'records.fenced'
  /** A change contradicts what is committed: a bug, never bad input. */
  | 'records.invariant'
  /** The file was written by a later version of the program. */
  | 'records.newer'
  /** Customers are being read in for the first time; look-ups wait for the indexes. */
  | 'records.loading'
  /** A cursor that no page of this ledger handed out. */
  | 'records.badCursor'

export class RecordsError extends Error {
  readonly code: RecordsErrorCode
  constructor(code: RecordsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RecordsError'
    this.code = code
  }
}

/** What an error of SQLite means here: out of space, or a disk that cannot be trusted. */
export function recordsErrorOf(error: unknown): RecordsError {
  if (error instanceof RecordsError) return error
  const { full, text } = readFailure(error)
  return new RecordsError(full ? 'records.full' : 'records.failing', text, { cause: error })
}

/** Where a fault of an imported source lies, and what an import says about it. */

/** A line of a source file; `line` counts from 1. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** Why a source cannot be imported. Stable. */
export type ImportErrorCode =
  | 'opendss.missingFile'
  | 'opendss.includeLoop'
  | 'opendss.unknownCommand'
  | 'opendss.unknownClass'
  | 'opendss.unknownObject'
  | 'opendss.unbalancedQuote'
  | 'opendss.unclosedComment'
  | 'opendss.nothingToContinue'
  | 'opendss.missingBus'
  | 'opendss.badValue'
  | 'opendss.noCircuit'
  | 'opendss.secondCircuit'
  | 'opendss.badUnits'

/** The source cannot be read: the message begins with `file:line`. */
export class ImportError extends Error {
  readonly code: ImportErrorCode
  readonly file: string
  readonly line: number

  constructor(code: ImportErrorCode, place: Place, what: string) {
    super(`${place.file}:${place.line}: ${what}`)
    this.name = 'ImportError'
    this.code = code
    this.file = place.file
    this.line = place.line
  }
}

/** Something read and understood but left out, changed or suspected. Never fatal. */
export interface ImportWarning {
  readonly place?: Place
  readonly text: string
}

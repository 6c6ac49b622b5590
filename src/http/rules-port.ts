/** The rules in force and the cause tree, as HTTP shows them. */
export type { CauseTree } from '../config/causes.ts'

export interface RuleFile {
  readonly name: string
  readonly text: string
}

export interface RulesText {
  readonly version: string
  readonly digest: string
  readonly files: readonly RuleFile[]
  /** What the files say, as values. */
  readonly values: unknown
}

export interface RuleCheck {
  /** Null where they cannot be used. */
  readonly version: string | null
  /** One line for each place, `file:line: what`. */
  readonly problems: readonly string[]
}

/** An incident as it ended in a trial. */
export interface TriedIncident {
  readonly id: string
  readonly kind: string
  readonly outageKind: string
  readonly outcome: string | null
  readonly level: string
  readonly grade: 1 | 2 | 3 | 4
  readonly device: { readonly id: string; readonly name: string }
  readonly customers: number
}

/** A scenario judged under new rules and under those in force. */
export interface RuleTrial {
  readonly scenario: string
  readonly facts: number
  readonly tried: readonly TriedIncident[]
  readonly inForce: readonly TriedIncident[]
}

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

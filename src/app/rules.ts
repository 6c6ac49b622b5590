/** Which rules hold: those of the rule folder where they changed, and those people put in force. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CAUSES_FILE, type CauseTree, loadCauses } from '../config/causes.ts'
import { RulesError } from '../config/rule-file.ts'
import { RULE_FILES, readRules } from '../config/rules.ts'
import type { HttpDeps } from '../http/ports.ts'
import type { RuleCheck, RuleFile } from '../http/rules-port.ts'
import type { JournalPort } from '../journal/port.ts'
import type { RecordsPort } from '../records/port.ts'
import { INSTALLED } from './installed.ts'
import type { Library } from './library.ts'
import type { Pipeline } from './pipeline.ts'
import { RuleTrials } from './rule-trial.ts'

/** The rules that the program comes with. */
export const SHIPPED_RULES = join(INSTALLED, 'config', 'rules')

/** Who applies the rules of the rule folder. */
const BY_START = 'start'

/** Sets of rules looked through for the last one of the folder: years of them. */
const HISTORY = 1_000

/** What applying rules needs of a program that judges itself. */
export interface RuleParts {
  readonly library: Library
  readonly journal: Pick<JournalPort, 'append'>
  readonly pipeline: Pipeline
  readonly records: Pick<RecordsPort, 'applied'>
  now(): number
}

/** What applying rules needs of anybody. */
export interface RulesInForce extends TrialParts {
  /** Puts kept rules in force, where they are not; resolves when the records say so. */
  put(digest: string, by: string): Promise<void>
}

/** The cause tree of the rule folder; of one without, that which the program comes with. @throws RulesError */
export function causesOfFolder(dir: string | null): CauseTree {
  const own = dir === null ? undefined : join(dir, CAUSES_FILE)
  return loadCauses(own !== undefined && existsSync(own) ? own : join(SHIPPED_RULES, CAUSES_FILE))
}

/**
 * The folder's rules at the start: in force where they are not those of the last start. What people
 * put in force since stays, until somebody changes the folder. @throws RulesError
 */
export async function applyRulesOfFolder(dir: string, parts: RuleParts): Promise<void> {
  const { library, pipeline, records } = parts
  const digest = library.keepRules(dir)
  const last = records.applied('rules', HISTORY).find(({ by }) => by === BY_START)
  const changed = last?.digest !== digest || pipeline.judge.rulesDigest === ''
  if (changed && pipeline.judge.rulesDigest !== digest) await append(digest, BY_START, parts)
}

/** Puts these files in force, the other as it is; resolves when the records say so. @throws RulesError */
export async function applyRules(
  files: readonly RuleFile[],
  by: string,
  parts: RulesInForce,
): Promise<void> {
  const texts = triedAndInForce(files, parts)[0].map(({ name, text }) => ({ file: name, text }))
  await parts.put(parts.library.keepRuleTexts(texts), by)
}

/** Of a program that judges itself. */
export function rulesInForce(parts: RuleParts): RulesInForce {
  const { library, pipeline } = parts
  return {
    library,
    rulesDigest: () => pipeline.judge.rulesDigest,
    async put(digest, by) {
      if (digest === pipeline.judge.rulesDigest) return
      await append(digest, by, parts)
      await pipeline.recorded()
    },
  }
}

/** What trying rules needs. */
export interface TrialParts {
  readonly library: Library
  /** Of those in force. */
  rulesDigest(): string
}

/** These files with the others as they are, beside all as they are. */
function triedAndInForce(
  files: readonly RuleFile[],
  { library, rulesDigest }: TrialParts,
): readonly [tried: readonly RuleFile[], inForce: readonly RuleFile[]] {
  const inForce = library.rulesText(rulesDigest()).files
  const tried = RULE_FILES.map((file) => [...files, ...inForce].find(({ name }) => name === file)!)
  return [tried, inForce]
}

/** Whether these files could be put in force, with the others as they are. */
function checkRules(files: readonly RuleFile[], parts: TrialParts): RuleCheck {
  const [judgement, grading] = triedAndInForce(files, parts)[0].map(({ name, text }) => ({
    file: name,
    text,
  }))
  try {
    return { version: readRules(judgement!, grading!).version, problems: [] }
  } catch (error) {
    if (error instanceof RulesError) return { version: null, problems: error.problems }
    throw error
  }
}

/** What people do to rules over HTTP; `dir` is the data folder. */
export function rulesDoor(
  parts: RulesInForce,
  dir: string,
): Pick<HttpDeps, 'applyRules' | 'checkRules' | 'testRules'> {
  const trials = new RuleTrials(dir)
  return {
    applyRules: (files, by) => applyRules(files, by, parts),
    checkRules: (files) => checkRules(files, parts),
    testRules: (files, scenario) => trials.play(scenario, ...triedAndInForce(files, parts)),
  }
}

async function append(digest: string, by: string, { journal, now }: RuleParts): Promise<void> {
  await journal.append({ type: 'rulesApplied', receivedAt: now(), digest, by })
}

/** Which rules hold: those of the rule folder where they changed, and those people put in force. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CAUSES_FILE, type CauseTree, loadCauses } from '../config/causes.ts'
import { RULE_FILES } from '../config/rules.ts'
import type { JournalPort } from '../journal/port.ts'
import type { RecordsPort } from '../records/port.ts'
import { INSTALLED } from './installed.ts'
import type { Library } from './library.ts'
import type { Pipeline } from './pipeline.ts'

/** The rules that the program comes with. */
export const SHIPPED_RULES = join(INSTALLED, 'config', 'rules')

/** Who applies the rules of the rule folder. */
const BY_START = 'start'

/** Sets of rules looked through for the last one of the folder: years of them. */
const HISTORY = 1_000

/** What applying rules needs. */
export interface RuleParts {
  readonly library: Library
  readonly journal: Pick<JournalPort, 'append'>
  readonly pipeline: Pipeline
  readonly records: Pick<RecordsPort, 'applied'>
  now(): number
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
  files: readonly { readonly name: string; readonly text: string }[],
  by: string,
  parts: RuleParts,
): Promise<void> {
  const { library, pipeline } = parts
  const inForce = library.rulesText(pipeline.judge.rulesDigest).files
  const texts = RULE_FILES.map((file) => {
    const given = files.find(({ name }) => name === file)
    return { file, text: (given ?? inForce.find(({ name }) => name === file)!).text }
  })
  const digest = library.keepRuleTexts(texts)
  if (digest === pipeline.judge.rulesDigest) return
  await append(digest, by, parts)
  await pipeline.recorded()
}

async function append(digest: string, by: string, { journal, now }: RuleParts): Promise<void> {
  await journal.append({ type: 'rulesApplied', receivedAt: now(), digest, by })
}

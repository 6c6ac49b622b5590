/** The shipped rules with some values changed, for a program under measurement. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { INSTALLED } from '../../../app/installed.ts'
import { RULE_FILES } from '../../../config/rules.ts'

/** Settings, as environment, of a program under the rules that `change` makes of the shipped text. */
export function changedRules(dir: string, change: (text: string) => string): NodeJS.ProcessEnv {
  const rules = join(dir, 'rules')
  mkdirSync(rules)
  for (const name of RULE_FILES) {
    const text = readFileSync(join(INSTALLED, 'config', 'rules', name), 'utf8')
    writeFileSync(join(rules, name), change(text))
  }
  return { LASTGASP__RULES__DIR: rules }
}

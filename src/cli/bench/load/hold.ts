/**
 * The shipped rules with another hold: the engine waits `holdSeconds` before it names a fault, by
 * rule and not for want of speed, and a measurement may want to know the way without that wait.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { INSTALLED } from '../../../app/installed.ts'
import { RULE_FILES } from '../../../config/rules.ts'

/** Settings, as environment, of a program with that hold; none where it stays as it is. */
export function heldFor(dir: string, holdSeconds: number | undefined): NodeJS.ProcessEnv {
  if (holdSeconds === undefined) return {}
  const rules = join(dir, 'rules')
  mkdirSync(rules)
  for (const name of RULE_FILES) {
    const text = readFileSync(join(INSTALLED, 'config', 'rules', name), 'utf8')
    // At the head and in storm mode; that of a terminal's fault stands within braces.
    const held = text.replaceAll(/^(\s*)holdSeconds: \d+$/gm, `$1holdSeconds: ${holdSeconds}`)
    writeFileSync(join(rules, name), held)
  }
  return { LASTGASP__RULES__DIR: rules }
}

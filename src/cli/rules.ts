/** `lastgasp rules`: try rule files before shipping them, and put them in force. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Command } from 'commander'
import { ScenarioError } from '../../simulators/scenario.ts'
import { INSTALLED } from '../app/installed.ts'
import { CAUSES_FILE, isCauseFile, loadCauses } from '../config/causes.ts'
import { ConfigError, UsageError } from '../config/errors.ts'
import type { RuleText } from '../config/rule-file.ts'
import { RULE_FILES, type RuleFileName, readRules, ruleFileOf } from '../config/rules.ts'
import type { Rules } from '../engine/rules.ts'
import { answerOf, programUrl } from './program-url.ts'
import { type RulesTestOptions, testRules } from './rules-test.ts'

/** The rules the program comes with. */
const SHIPPED = join(INSTALLED, 'config', 'rules')

function readText(file: string): RuleText {
  try {
    return { file, text: readFileSync(file, 'utf8') }
  } catch (cause) {
    throw new UsageError(`${file}: ${(cause as Error).message}`, { cause })
  }
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** The rule files at `paths`: of a folder both, else as their sections say. */
export function ruleTexts(paths: readonly string[]): Map<RuleFileName, RuleText> {
  const found = new Map<RuleFileName, RuleText>()
  const files = paths.flatMap((path) =>
    isFolder(path) ? RULE_FILES.map((name) => join(path, name)) : [path],
  )
  for (const file of files) {
    const text = readText(file)
    const name = ruleFileOf(text.text)
    const other = found.get(name)
    if (other) throw new UsageError(`${file}: ${other.file} is a ${name} as well`)
    found.set(name, text)
  }
  return found
}

/** The rules at `paths`, what they leave out as in `others`. @throws RulesError */
export function rulesAt(paths: readonly string[], others = SHIPPED): Rules {
  const found = ruleTexts(paths)
  const [judgement, grading] = RULE_FILES.map(
    (name) => found.get(name) ?? readText(join(others, name)),
  )
  return readRules(judgement!, grading!)
}

/** The cause tree at a path: the file itself, or that of a folder which has one. */
function causeFileAt(path: string): string[] {
  const file = isFolder(path) ? join(path, CAUSES_FILE) : path
  if (isFolder(path) && !existsSync(file)) return []
  return isCauseFile(readText(file).text) ? [file] : []
}

function check(paths: readonly string[]): void {
  const trees = paths.flatMap(causeFileAt)
  for (const path of trees)
    console.log(`${path}: usable cause tree, ${loadCauses(path).count} causes`)
  const rules = paths.filter((path) => !trees.includes(path))
  if (rules.length === 0) return
  const { version } = rulesAt(rules)
  for (const [name, { file }] of ruleTexts(rules))
    console.log(
      `${file}: usable ${basename(name, '.yaml')} rules${name === 'judgement.yaml' ? `, version ${version}` : ''}`,
    )
}

async function apply(paths: readonly string[], { url }: { url: string }): Promise<void> {
  rulesAt(paths)
  const token = process.env.LASTGASP_TOKEN
  if (token === undefined) throw new UsageError('LASTGASP_TOKEN: a token of an operator is needed')
  const files = [...ruleTexts(paths)].map(([name, { text }]) => ({ name, text }))
  const target = new URL('/api/v1/rules', url)
  let response: Response
  try {
    response = await fetch(target, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ files }),
    })
  } catch (cause) {
    throw new ConfigError([`${target.origin} cannot be reached`], { cause })
  }
  const answer = (await answerOf(response)) as {
    version?: string
    digest?: string
    detail?: string
  }
  if (!response.ok)
    throw new ConfigError([`${target.href}: ${response.status} ${answer.detail ?? ''}`])
  console.log(`in force: version ${answer.version}, digest ${answer.digest}`)
}

interface TestOptions extends RulesTestOptions {
  readonly rules: readonly string[]
  readonly inForce: string
}

async function test(scenario: string, options: TestOptions): Promise<void> {
  const inForce = rulesAt([options.inForce])
  const holds = await testRules(
    scenario,
    rulesAt(options.rules, options.inForce),
    inForce,
    options,
  ).catch((error) => {
    throw error instanceof ScenarioError ? new UsageError(error.message, { cause: error }) : error
  })
  if (!holds) throw new ConfigError(['what the scenario expects does not hold under these rules'])
}

export function registerRules(program: Command): void {
  const rules = program.command('rules').description('try rule files, and put them in force')
  rules
    .command('check')
    .description('say whether rule files can be used, and what is wrong by file and line')
    .argument('<file...>', 'judgement.yaml, grading.yaml, causes.yaml, or a folder with them')
    .action(check)
  rules
    .command('test')
    .description('play a scenario on virtual time under new rules, beside those in force')
    .argument('<scenario>', 'a scenario file, or the name of a shipped one')
    .requiredOption(
      '--rules <file...>',
      'the rules to try: judgement.yaml, grading.yaml, or a folder with both',
    )
    .option(
      '--in-force <folder>',
      'the rules to compare with, and for what --rules leaves out',
      SHIPPED,
    )
    .option('--grid <file>', 'the network to play on, for a scenario without one of its own')
    .option('--seed <seed>', 'same seed, same places and losses', '1')
    .option('--json', 'print how it ended under both as one JSON line, and nothing else')
    .action(test)
  rules
    .command('apply')
    .description('put rule files in force on a running program')
    .argument('<file...>', 'judgement.yaml, grading.yaml, or a folder with both')
    .option('--url <url>', 'the running program', programUrl, 'http://127.0.0.1:8080')
    .action(apply)
}

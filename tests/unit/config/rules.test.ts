/** Every value of the shipped rule files, broken in every way: the complaint names line, key and what is right. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { RulesError } from '../../../src/config/rule-file.ts'
import { RULE_FILES, type RuleFileName, readRules, ruleFileOf } from '../../../src/config/rules.ts'

const TEXTS = Object.fromEntries(
  RULE_FILES.map((name) => [name, readFileSync(`config/rules/${name}`, 'utf8')]),
) as Record<RuleFileName, string>

function problemsOf(changed: Partial<Record<RuleFileName, string>>): readonly string[] {
  const [judgement, grading] = RULE_FILES.map((file) => ({
    file,
    text: changed[file] ?? TEXTS[file],
  }))
  try {
    readRules(judgement!, grading!)
    return []
  } catch (error) {
    if (error instanceof RulesError) return error.problems
    throw error
  }
}

interface Place {
  readonly path: string
  readonly node: Node
  readonly line: number
}

/** Every value of a file, with its path and line. */
function placesOf(name: RuleFileName): Place[] {
  const lines = new LineCounter()
  const document = parseDocument(TEXTS[name], { lineCounter: lines })
  const places: Place[] = []
  visit(document, {
    Node(key, node, ancestors) {
      if (key === 'key' || !node.range) return
      const path = ancestors
        .concat(node as never)
        .flatMap((at, i, all) => {
          const above = all[i - 1]
          if (isSeq(above)) return [String(above.items.indexOf(at as never))]
          const pair = at as { key?: { value: unknown } }
          return isMap(above) && pair.key ? [String(pair.key.value)] : []
        })
        .join('.')
      places.push({ path, node: node as Node, line: lines.linePos(node.range[0]).line })
    },
  })
  return places
}

const replaced = (name: RuleFileName, { node }: Place, text: string) =>
  TEXTS[name].slice(0, node.range![0]) + text + TEXTS[name].slice(node.range![1])

test('the shipped files are right', () => {
  expect(problemsOf({})).toEqual([])
})

test.each(RULE_FILES)('%s: a value of another type is refused by line and key', (name) => {
  const scalars = placesOf(name).filter(({ node }) => isScalar(node))
  expect(scalars.length).toBeGreaterThan(10)
  for (const place of scalars) {
    const wrong = typeof (place.node as { value?: unknown }).value === 'string' ? '7' : '"seven"'
    const [problem] = problemsOf({ [name]: replaced(name, place, wrong) })
    expect(problem, place.path).toContain(`${name}:${place.line}: ${place.path}: `)
    expect(problem, place.path).toMatch(/expected .*, not ("seven"|7)$/)
  }
})

test.each(RULE_FILES)('%s: a value out of range is refused by line and key', (name) => {
  for (const place of placesOf(name)) {
    if (typeof (place.node as { value?: unknown }).value !== 'number') continue
    const [problem] = problemsOf({ [name]: replaced(name, place, '-7') })
    expect(problem, place.path).toContain(`${name}:${place.line}: `)
    expect(problem, place.path).toContain('expected ')
  }
})

test.each(RULE_FILES)('%s: a key that is not known is refused, and the nearest named', (name) => {
  const text = TEXTS[name].replace(/^(\w+):/m, '$1x:')
  const key = /^(\w+)x:/m.exec(text)![1]!
  const line = text.split('\n').findIndex((each) => each.startsWith(`${key}x:`)) + 1
  expect(problemsOf({ [name]: text })).toEqual(
    expect.arrayContaining([
      `${name}:${line}: ${key}x: unknown key, did you mean ${key}?`,
      expect.stringMatching(new RegExp(`^${name}:\\d+: ${key}: missing, expected`)),
    ]),
  )
})

test('a curve that falls and steps that rise are refused at the point that is wrong', () => {
  const curve = TEXTS['judgement.yaml'].replace('[15000, 0.26]', '[15000, 0.01]')
  expect(problemsOf({ 'judgement.yaml': curve })[0]).toMatch(
    /observers\.meter\.offDelay\.1: expected a longer delay and no smaller share than \[5000,0\.03\], not \[15000,0\.01\]$/,
  )
  const steps = TEXTS['grading.yaml'].replace('[10000, 3000, 500]', '[500, 3000, 10000]')
  expect(problemsOf({ 'grading.yaml': steps })[0]).toMatch(
    /customers: expected values that fall from grade Ⅰ to grade Ⅲ, not \[500,3000,10000\]$/,
  )
})

test('everything wrong in both files is said at once', () => {
  const problems = problemsOf({
    'judgement.yaml': TEXTS['judgement.yaml']
      .replace(/^holdSeconds: .*$/m, 'holdSeconds: 60')
      .replace(/^leftDark: .*$/m, 'leftDark: no'),
    'grading.yaml': 'level: [',
  })
  expect(problems.map((problem) => problem.replace(/:\d+: .*/, ''))).toEqual([
    'judgement.yaml',
    'judgement.yaml',
    'grading.yaml',
  ])
})

test('a file is known by its sections, whatever its name', () => {
  for (const name of RULE_FILES) expect(ruleFileOf(TEXTS[name])).toBe(name)
})

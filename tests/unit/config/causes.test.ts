/** The cause tree: what is shipped, what is inherited, and what is refused. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Cause, loadCauses, readCauses } from '../../../src/config/causes.ts'
import type { RulesError } from '../../../src/config/rule-file.ts'

const shipped = loadCauses('config/rules/causes.yaml')
const all = (causes: readonly Cause[]): Cause[] =>
  causes.flatMap((cause) => [cause, ...all(cause.children)])

const read = (causes: string) =>
  readCauses({ file: 'c.yaml', text: `version: 1\ncauses:\n${causes}` })
function problemsOf(causes: string): readonly string[] {
  try {
    read(causes)
  } catch (error) {
    return (error as RulesError).problems
  }
  return []
}
const A = 'zh: 甲, en: a, repair: highVoltage, by: utility'

describe('the shipped tree', () => {
  it('has every group of the classification, each code once, below its own group', () => {
    expect(shipped.causes.map(({ code }) => code).join('')).toBe('ABCDEFGZ')
    const codes = all(shipped.causes).map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    expect(shipped.count).toBe(codes.length)
  })

  it('says of each cause who repairs it and who brought it about, as its group does', () => {
    expect(shipped.find('B12')).toMatchObject({ by: 'weather', repair: 'highVoltage' })
    expect(shipped.find('B21')).toMatchObject({ by: 'external', repair: 'highVoltage' })
    expect(shipped.find('B31')).toMatchObject({ by: 'customer' })
    expect(shipped.find('D3')).toMatchObject({ by: 'utility', repair: 'metering' })
    expect(shipped.find('F2')).toMatchObject({ by: 'customer', repair: 'customerInternal' })
  })

  it('knows every cause that customers are told of in words', () => {
    const scripts = parse(readFileSync('config/texts/scripts.yaml', 'utf8')) as { causes: object }
    for (const code of Object.keys(scripts.causes)) expect(shipped.find(code), code).toBeDefined()
  })

  it('names the code most like an unknown one, in its group where there is one', () => {
    expect(shipped.nearest('B28').code).toMatch(/^B2/)
    expect(shipped.nearest('d9').code).toMatch(/^D/)
    expect(shipped.find(shipped.nearest('wind').code)).toBeDefined()
  })
})

describe('a tree that cannot be used', () => {
  it.each([
    ['a code twice', `  - { code: A, ${A} }\n  - { code: A, ${A} }`, 'A: stands there twice'],
    [
      'a code outside its group',
      `  - { code: A, ${A}, children: [{ code: B1, zh: 乙, en: b }] }`,
      'B1: expected a code that begins with A',
    ],
    ['nobody who repairs', '  - { code: A, zh: 甲, en: a, by: utility }', 'A: repair: missing'],
    [
      'an unknown kind',
      `  - { code: A, zh: 甲, en: a, repair: mid, by: utility }`,
      'causes.0.repair',
    ],
    [
      'no word in a language',
      '  - { code: A, zh: 甲, repair: metering, by: utility }',
      'causes.0.en',
    ],
    ['a code that is none', `  - { code: wind, ${A} }`, 'expected a code as "B21"'],
    ['a misspelt key', `  - { code: A, ${A}, child: [] }`, 'did you mean children?'],
  ])('%s is said with its place', (_, causes, problem) => {
    const problems = problemsOf(causes)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('c.yaml')
    expect(problems[0]).toContain(problem)
  })
})

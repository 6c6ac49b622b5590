/** The roles file: what stands in it, and what a mistake in it is answered with. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/config/errors.ts'
import { ROLES } from '../../../src/http/identity/rights.ts'
import { installedRolesFile, loadRoles, parseRoles } from '../../../src/http/identity/roles.ts'

const text = readFileSync(installedRolesFile(), 'utf8')

function problemsOf(changed: string): readonly string[] {
  try {
    parseRoles(changed, 'roles.yaml')
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const lineOf = (part: string) => text.slice(0, text.indexOf(part)).split('\n').length

test('the installed file names every role and every right', () => {
  expect([...loadRoles().keys()].sort()).toEqual([...ROLES].sort())
})

test.each([
  ['version: 1', 'version: 2', 'version: must be 1'],
  ['    scope: all', '    scope: some', 'roles.agent.scope: must be all or units'],
  [
    'rights: [me.read, incidents.read,',
    'rights: [me.read, incidents.raed,',
    'no such right "incidents.raed"',
  ],
  ['rights: [me.read, incidents.read,', 'rights: [me.read, me.read,', 'me.read stands twice'],
  ['  me.read: Own', '  me.reed: Own', 'rights.me.reed: no such right'],
  ['  gridManager:', '  gridMangler:', 'roles.gridMangler: no such role'],
  ['    does: Answers', '    duty: Answers', 'roles.agent.duty: no such field'],
])('%s → %s is refused with its line', (from, to, problem) => {
  const problems = problemsOf(text.replace(from, to))
  const found = problems.find((one) => one.includes(problem))
  expect(found, problems.join('\n')).toMatch(new RegExp(`^roles\\.yaml:${lineOf(from)}: `))
})

test('a missing role, text that is no YAML and an empty file are refused', () => {
  expect(problemsOf(text.replace(/ {2}auditor:[\s\S]*?(?= {2}service:)/, ''))).toEqual([
    expect.stringContaining('roles: auditor is missing'),
  ])
  expect(problemsOf('roles: [').length).toBeGreaterThan(0)
  expect(problemsOf('').length).toBeGreaterThan(0)
  expect(problemsOf('a').length).toBeGreaterThan(0)
})

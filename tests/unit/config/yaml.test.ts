/** Aliases that point at nothing, or that would fill the memory, are errors with a place. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { parseScenario, ScenarioError } from '../../../simulators/scenario.ts'
import { readSettingsFile } from '../../../src/config/file.ts'
import { parseRuleFile, RulesError } from '../../../src/config/rule-file.ts'
import { parseYaml } from '../../../src/config/yaml.ts'

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-yaml-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const DANGLING = 'a: 1\nb: *switchgear\n'
/** Nine times nine times … a billion. */
const BOMB = Array.from({ length: 9 }, (_, i) =>
  i === 0 ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]' : `a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`,
).join('\n')

test.each([
  ['that points at nothing', DANGLING, 'rules.yaml:2: '],
  ['of aliases of aliases', BOMB, 'rules.yaml:2: '],
])('an alias %s is named in a rule file', (_, text, place) => {
  const read = () => parseRuleFile(z.unknown(), { file: 'rules.yaml', text })
  expect(read).toThrow(RulesError)
  expect(read).toThrow(place)
})

test('in the settings and in a scenario as well', () => {
  const path = join(folder, 'config.yaml')
  writeFileSync(path, 'http:\n  port: *port\n')
  expect(readSettingsFile(path).problems).toEqual([expect.stringContaining('config.yaml:2: ')])
  expect(() => parseScenario(DANGLING, 'storm.yaml')).toThrow(ScenarioError)
})

test('an alias that points at something is what it points at', () => {
  expect(parseYaml('a: &volts 198\nb: *volts\n').toJS()).toEqual({ a: 198, b: 198 })
})

/** `rules check`: usable or not, by file and line, in every combination of files. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-rules-'))
afterAll(() => rmSync(folder, { recursive: true }))
cpSync('config/rules', folder, { recursive: true })

let out = ''
let err = ''
beforeEach(() => {
  out = ''
  err = ''
  vi.spyOn(console, 'log').mockImplementation((line) => {
    out += `${line}\n`
  })
  vi.spyOn(console, 'error').mockImplementation((line) => {
    err += `${line}\n`
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

test('one file, the other, both, and a folder of them are usable', async () => {
  const judgement = join(folder, 'judgement.yaml')
  const grading = join(folder, 'grading.yaml')
  for (const files of [[judgement], [grading], [grading, judgement], [folder]])
    expect(await runProgram(['rules', 'check', ...files])).toBe(0)
  expect(out).toContain(`${judgement}: usable judgement rules, version `)
  expect(out).toContain(`${grading}: usable grading rules`)
  expect(out).toContain(`${join(folder, 'causes.yaml')}: usable cause tree, `)
})

test('what is wrong is named by file and line, and the exit code is that of bad configuration', async () => {
  const file = join(folder, 'ours.yaml')
  const text = readFileSync('config/rules/grading.yaml', 'utf8').replace('customers:', 'customer:')
  writeFileSync(file, text)
  expect(await runProgram(['rules', 'check', file])).toBe(78)
  const line = text.split('\n').findIndex((each) => each.startsWith('customer:')) + 1
  expect(err).toContain(`${file}:${line}: customer: unknown key, did you mean customers?`)
})

test('a cause tree alone is usable, or told where it is wrong', async () => {
  const file = join(folder, 'causes.yaml')
  expect(await runProgram(['rules', 'check', file])).toBe(0)
  const text = readFileSync(file, 'utf8').replace('code: A11', 'code: B11')
  const ours = join(folder, 'our-causes.yaml')
  writeFileSync(ours, text)
  expect(await runProgram(['rules', 'check', ours])).toBe(78)
  expect(err).toContain(`${ours}: B11: expected a code that begins with A1`)
  rmSync(ours)
})

test('a file that is not there, and two of a kind, are bad usage', async () => {
  expect(await runProgram(['rules', 'check', join(folder, 'none.yaml')])).toBe(64)
  const both = [folder, join(folder, 'judgement.yaml')]
  expect(await runProgram(['rules', 'check', ...both])).toBe(64)
})

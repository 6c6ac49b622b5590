/** `lastgasp texts check`: lengths shown, mistakes named, nothing usable out of what is not. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runProgram } from '../../../src/cli/program.ts'

let folder: string
let out: string
let err: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lastgasp-texts-'))
  cpSync('config/texts', folder, { recursive: true })
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
  rmSync(folder, { recursive: true, force: true })
})

test('every wording is shown with its length and review state', async () => {
  expect(await runProgram(['texts', 'check', folder])).toBe(0)
  expect(out).toMatch(/^T6 +zh {2}1 {2}\d+ characters {2}1 SMS {2}proposed$/m)
  expect(out).toMatch(/^T1 +mn .* 待译审: for staff alone$/m)
})

test('a text too long is bad configuration, a folder without texts bad usage', async () => {
  const file = join(folder, 'customers.yaml')
  const long = readFileSync(file, 'utf8').replace('敬请谅解', '敬请谅解'.repeat(20))
  writeFileSync(file, long)
  expect(await runProgram(['texts', 'check', folder])).toBe(78)
  expect(err).toContain('short messages, at most 1')
  expect(await runProgram(['texts', 'check', join(folder, 'none')])).toBe(64)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { lockDataFolder } from '../../../src/journal/lock.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lastgasp-lock-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const HOLDER = `
import { lockDataFolder } from './dist/src/journal/lock.js'
lockDataFolder(process.argv[1])
console.log('held')
setInterval(() => {}, 1000)`

it('refuses a folder in use, naming the process, and takes it after kill -9', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, dir])
  try {
    await once(child.stdout, 'data')
    expect(() => lockDataFolder(dir)).toThrow(
      expect.objectContaining({
        code: 'data.locked',
        message: expect.stringContaining(String(child.pid)),
      }),
    )
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const lock = lockDataFolder(dir)
  expect(() => lockDataFolder(dir)).toThrow(expect.objectContaining({ code: 'data.locked' }))
  lock.release()
  lockDataFolder(dir).release()
})

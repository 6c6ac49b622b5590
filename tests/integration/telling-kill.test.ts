/**
 * Thousands of customers of one incident, killed in the middle again and again: nobody hears twice under
 * two ids, and nobody is forgotten.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { gatherBehind } from '../support/personal-data.ts'
import { heardAt } from '../support/telling-stage.ts'
import { numbers } from '../support/tiny-grid.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

/** 600 areas of 50 customers. */
const AREAS = 600
const KILLS = 4

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

test('thirty thousand customers are told once each, whenever the program is killed', {
  timeout: 300_000,
}, async () => {
  const data = mkdtempSync(join(tmpdir(), 'lastgasp-telling-kill-'))
  closers.push(() => rmSync(data, { recursive: true, force: true }))
  const receiver = await webhookReceiver()
  closers.push(() => receiver.close())
  const seed = Date.now() % 1_000_000
  console.log(`seed ${seed}`)
  const random = numbers(seed)
  let child: ChildProcess | undefined
  let log = ''
  closers.push(() => child?.kill('SIGKILL'))
  const start = () => {
    const script = join(import.meta.dirname, '..', 'support', 'telling-server.mjs')
    const words = ['--data', data, '--areas', String(AREAS), '--gateway', receiver.url]
    const started = spawn(process.execPath, [script, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = started
    let said = ''
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk) => {
        said += chunk
        log += chunk
      })
    const says = async (what: string) => {
      while (!said.includes(what)) {
        if (started.exitCode !== null) throw new Error(`ended with ${started.exitCode}:\n${said}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      return said
    }
    return says
  }
  for (let n = 0; n < KILLS; n++) {
    const says = start()
    await says('started')
    const before = receiver.received.length
    const wanted = before + Math.floor(random() * 60)
    while (receiver.received.length < wanted) await new Promise((resolve) => setTimeout(resolve, 5))
    child!.kill('SIGKILL')
    await new Promise((resolve) => child!.once('exit', resolve))
  }
  const said = await start()('deliveredMs')
  console.log(said.trim().split('\n').at(-1))
  child!.kill('SIGKILL')
  await new Promise((resolve) => child!.once('exit', resolve))
  // What all of the killed ones said and left, ledger and outbox with thirty thousand messages among it.
  gatherBehind(data, { log })
  const heard = heardAt(receiver.received)
  expect(heard).toHaveLength(AREAS * 50)
  expect(new Set(heard.map(({ account }) => account)).size).toBe(AREAS * 50)
  expect(new Set(heard.map(({ template }) => template))).toEqual(new Set(['T1-verifying']))
})

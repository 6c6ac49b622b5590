/** A backup taken from a program under load, brought back after that program is gone. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { afterAll, expect, test } from 'vitest'
import { auditKilledData } from '../../src/cli/bench/kill-audit.ts'
import { lastgasp, lastgaspOutput, MAIN, startServing, TERMINAL_SECRET } from '../support/server.ts'
import { until } from '../support/until.ts'
import { smallGrid } from '../unit/grid/small-grid.ts'

const USAGE = 64
const folder = mkdtempSync(join(tmpdir(), 'lastgasp-backup-'))
const place = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('what was acknowledged before a backup is in it, and the program goes on from there', async () => {
  const grid = place('grid.json')
  writeFileSync(grid, JSON.stringify(smallGrid()))
  // Snapshots in between, so that some are written while they are copied.
  const env = { LASTGASP__JOURNAL__SNAPSHOT_EVERY_SECONDS: '1' }
  const server = await startServing({ grid, env })
  const options = { username: 'C1', password: TERMINAL_SECRET, reconnectPeriod: 0 }
  const terminal = await connectAsync(server.brokerUrl, options)
  const gasp = { id: 'r0', kind: 'powerOff', at: new Date().toISOString(), meters: ['M1', 'M2'] }
  await terminal.publishAsync('lastgasp/v1/C1/event', JSON.stringify(gasp), { qos: 1 })
  await until(async () => (await server.get('/api/v1/incidents?state=all')).incidents.length > 0)
  const acknowledged = new Set<string>()
  let sending = true
  const load = (async () => {
    for (let seq = 1; sending; seq++) {
      const kind = seq % 7 < 4 ? 'powerOff' : 'powerOn'
      const report = { id: `r${seq}`, kind, at: new Date().toISOString(), meters: ['M1', 'M2'] }
      await terminal.publishAsync('lastgasp/v1/C1/event', JSON.stringify(report), { qos: 1 })
      acknowledged.add(report.id)
      await delay(2)
    }
  })()
  await delay(2_500)
  await until(() => acknowledged.size > 100)

  const begun = new Set(acknowledged)
  const backup = place('backup')
  expect(await lastgaspOutput(['backup', '--data', server.data, '--out', backup])).toMatch(
    /\d+ files, \d+ MB, up to fact \d+/,
  )
  // Once more, killed at some moment: it is there whole or not at all.
  for (const ms of [150, 450, 900]) {
    const child = spawn(process.execPath, [
      MAIN,
      'backup',
      '--data',
      server.data,
      '--out',
      place('cut'),
    ])
    const exited = once(child, 'exit')
    await delay(ms)
    child.kill('SIGKILL')
    await exited
    if (existsSync(place('cut'))) expect(readdirSync(place('cut'))).toContain('backup.json')
    rmSync(place('cut'), { recursive: true, force: true })
  }
  await delay(500)
  // What was under way when the program was killed is refused by the client.
  const ended = load.catch(() => {})
  await server.kill()
  sending = false
  await terminal.endAsync(true)
  await Promise.race([ended, delay(1_000)])
  rmSync(server.data, { recursive: true })

  const data = place('restored')
  await lastgaspOutput(['restore', '--from', backup, '--data', data])
  const restored = await startServing({ data })
  expect((await restored.get('/api/v1/incidents?state=all')).incidents.length).toBeGreaterThan(0)
  expect((await restored.stop()).code).toBe(0)
  const paths = { journal: join(data, 'journal.db'), records: join(data, 'records.db') }
  const verdict = auditKilledData(paths, begun)
  expect(begun.size).toBeGreaterThan(100)
  expect(verdict).toMatchObject({ lost: [], duplicated: [], faults: [] })
  const digest = await lastgaspOutput(['replay', '--data', data, '--digest'])
  expect(digest.trim().split('\n').at(-1)).toBe(verdict.digest)
})

test('nothing is overwritten, and nothing damaged is brought back', async () => {
  const backup = place('backup')
  const refused = async (...args: string[]) => {
    const { code, output } = await lastgasp(args)
    expect(code).toBe(USAGE)
    return output
  }
  expect(await refused('backup', '--data', place('restored'), '--out', backup)).toMatch(/already/)
  expect(await refused('backup', '--data', place('none'), '--out', place('x'))).toMatch(
    /journal\.db/,
  )
  expect(await refused('restore', '--from', backup, '--data', place('restored'))).toMatch(
    /not empty/,
  )
  expect(await refused('restore', '--from', folder, '--data', place('y'))).toMatch(/backup\.json/)
  writeFileSync(join(backup, 'records.db'), 'spoilt', { flag: 'a' })
  expect(await refused('restore', '--from', backup, '--data', place('z'))).toMatch(
    /records\.db is not what was backed up/,
  )
  expect(existsSync(place('z'))).toBe(false)
})

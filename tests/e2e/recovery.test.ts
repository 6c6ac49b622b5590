/**
 * What a crash or a full disk leaves behind: a program killed while it writes a snapshot goes on
 * from the other one, and a program without space acknowledges nothing until there is some again.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statfsSync,
  symlinkSync,
  watch,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KillLoad } from '../../src/cli/bench/kill-load.ts'
import { openForReading } from '../../src/config/sqlite.ts'
import { Draw } from '../../src/grid/generate/draw.ts'
import { generateGrid } from '../../src/grid/generate/generate.ts'
import {
  lastgaspOutput,
  recordedDigest,
  type Server,
  startServing,
  TERMINAL_SECRET,
} from '../support/server.ts'
import { freePort } from '../support/server-process.ts'
import { until } from '../support/until.ts'
import { smallGrid } from '../unit/grid/small-grid.ts'

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-recovery-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function replayedDigest(data: string): Promise<string> {
  return (await lastgaspOutput(['replay', '--data', data, '--digest'])).trim()
}

describe('a program killed while it writes a snapshot', () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const grid = join(folder, 'county.json')
  const data = join(folder, 'county')
  // The load signs in with a password of its own; a listener without one takes any.
  const env = { LASTGASP__JOURNAL__SNAPSHOT_EVERY_SECONDS: '1', LASTGASP__MQTT__SECRET: '' }
  let load: KillLoad
  let mqttPort: number
  let server: Server

  beforeAll(async () => {
    const county = generateGrid({ customers: 2000, seed: 1 })
    writeFileSync(grid, JSON.stringify(county))
    load = new KillLoad(county, new Draw(seed, 2))
    mqttPort = await freePort()
    server = await startServing({ grid, data, env, mqttPort })
  })
  afterAll(() => server?.remove())

  /** Reports come in until the first byte of a snapshot is written; then it is killed. */
  async function killInSnapshot(): Promise<void> {
    load.connect(mqttPort)
    load.produce()
    await load.nextAcknowledgement(60_000)
    const watcher = watch(join(data, 'snapshots'))
    await once(watcher, 'change')
    await server.kill()
    watcher.close()
    load.stop()
    load.disconnect()
  }

  it(`goes on from the other one (seed ${seed})`, { timeout: 300_000 }, async () => {
    for (let kill = 0; kill < 4; kill++) {
      await killInSnapshot()
      server = await startServing({ data, env, mqttPort })
    }
    load.connect(mqttPort)
    await until(() => load.unacknowledged === 0)
    load.disconnect()
    // Two whole snapshots later none of the slots is from before a kill.
    const written = () => server.output().split('snapshot.written').length - 1
    await until(() => written() >= 3)
    expect(await server.stop()).toMatchObject({ code: 0 })
    expect(await replayedDigest(data)).toBe(recordedDigest(data))
  })

  it('passes over a damaged one', { timeout: 300_000 }, async () => {
    for (const name of readdirSync(join(data, 'snapshots'))) {
      const path = join(data, 'snapshots', name)
      const file = openSync(path, 'r+')
      // A bit in every kilobyte: some of them are padding that no checksum covers.
      const { size } = fstatSync(file)
      const byte = Buffer.alloc(1)
      for (let at = size >> 1; at < size; at += 1024) {
        readSync(file, byte, 0, 1, at)
        writeSync(file, Buffer.from([byte[0]! ^ 0xff]), 0, 1, at)
      }
      closeSync(file)
    }
    server = await startServing({ data, env, mqttPort })
    expect(server.output()).toContain('snapshot.rejected')
    expect(await server.stop()).toMatchObject({ code: 0 })
    expect(await replayedDigest(data)).toBe(recordedDigest(data))
  })
})

const DISK_MB = 24

/**
 * A small disk, where this user may mount one; else undefined. Each test has its own: a removed file
 * gives its room back only when the last who read it, such as `recordedDigest`, is collected.
 */
function mountDisk(name: string): string | undefined {
  const disk = join(folder, name)
  mkdirSync(disk)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', disk])
  if (mounted.status !== 0) return undefined
  // Runs before the folder is removed: hooks run last first.
  afterAll(() => {
    spawnSync('umount', ['--lazy', disk])
  })
  return disk
}

const wholeDisk = mountDisk('disk')
const ledgerDisk = mountDisk('ledger-disk')

describe.skipIf(!wholeDisk)('a full disk (needs the right to mount one)', () => {
  const disk = wholeDisk as string
  let server: Server
  let terminal: MqttClient

  beforeAll(async () => {
    const grid = join(folder, 'small.json')
    writeFileSync(grid, JSON.stringify(smallGrid()))
    const env = { LASTGASP__JOURNAL__SNAPSHOT_EVERY_SECONDS: '1' }
    server = await startServing({ grid, data: join(disk, 'data'), env })
    const options = { username: 'C1', password: TERMINAL_SECRET, reconnectPeriod: 0 }
    terminal = await connectAsync(server.brokerUrl, options, false)
  })
  afterAll(async () => {
    await terminal?.endAsync(true)
    await server?.remove()
  })

  const ready = async () => (await fetch(`${server.url}/readyz`)).status
  const reasons = async () =>
    ((await (await fetch(`${server.url}/readyz`)).json()) as { reasons: string[] }).reasons
  const report = (seq: number) =>
    terminal.publishAsync(
      'lastgasp/v1/C1/event',
      JSON.stringify({ id: `C1-${seq}`, kind: 'powerOff', at: null, boot: 1, seq }),
      { qos: 1 },
    )

  it('is said, nothing is acknowledged meanwhile, and all is well afterwards', {
    timeout: 300_000,
  }, async () => {
    await report(1)
    const ballast = join(disk, 'ballast')
    fill(disk, ballast)
    // The ledger may find out first, while there is room left in the journal's log.
    await until(async () => (await reasons()).includes('journal: full'))
    let acknowledged = false
    const waiting = report(2).then(() => {
      acknowledged = true
    })
    // Long enough for snapshots and several attempts to write.
    await sleep(3000)
    expect(acknowledged).toBe(false)
    expect(await ready()).toBe(503)
    expect(server.isRunning).toBe(true)
    rmSync(ballast)
    await waiting
    await until(async () => (await ready()) === 200)
    expect((await server.get('/api/v1/incidents?state=open')).incidents).toHaveLength(1)
    expect(await server.stop()).toMatchObject({ code: 0 })
    expect(await replayedDigest(server.data)).toBe(recordedDigest(server.data))
  })
})

describe.skipIf(!ledgerDisk)(
  'a full disk under the records alone (needs the right to mount one)',
  () => {
    const disk = ledgerDisk as string
    const data = join(folder, 'ledger-elsewhere')
    let server: Server
    let terminal: MqttClient

    beforeAll(async () => {
      const grid = join(folder, 'small.json')
      writeFileSync(grid, JSON.stringify(smallGrid()))
      mkdirSync(data)
      symlinkSync(join(disk, 'records.db'), join(data, 'records.db'))
      server = await startServing({ grid, data })
      const options = { username: 'C1', password: TERMINAL_SECRET, reconnectPeriod: 0 }
      terminal = await connectAsync(server.brokerUrl, options, false)
    })
    afterAll(async () => {
      await terminal?.endAsync(true)
      await server?.remove()
    })

    const reasons = async () =>
      ((await (await fetch(`${server.url}/readyz`)).json()) as { reasons: string[] }).reasons
    const publish = (message: object) =>
      terminal.publishAsync('lastgasp/v1/C1/event', JSON.stringify(message), { qos: 1 })

    it('is said; reports are taken, acknowledged and judged meanwhile, and filed afterwards', {
      timeout: 300_000,
    }, async () => {
      const ballast = join(disk, 'ballast')
      fill(disk, ballast)
      // Each is a page of the ledger, and acknowledged: the journal has room.
      let unfit = 0
      while (!(await reasons()).includes('records: full'))
        await publish({
          kind: 'unheard-of',
          at: null,
          boot: 1,
          seq: ++unfit,
          why: 'x'.repeat(4_000),
        })
      for (const [seq, meters] of [undefined, ['M1', 'M2']].entries())
        await publish({ kind: 'powerOff', at: new Date().toISOString(), boot: 1, seq, meters })
      // The engine goes on, by the ticks of each minute: those between wait for what they would file.
      const open = async () => (await server.get('/api/v1/status')).incidents.open
      await until(async () => (await open()) === 1)
      expect(await reasons()).toEqual(['records: full'])
      const filed = () => server.get('/api/v1/incidents?state=open')
      expect((await filed()).incidents).toEqual([])

      rmSync(ballast)
      await until(async () => (await reasons()).length === 0)
      await until(async () => (await filed()).incidents.length === 1)
      expect(await server.stop()).toMatchObject({ code: 0 })
      expect(await replayedDigest(data)).toBe(recordedDigest(data))
      const db = openForReading(join(data, 'records.db'))
      const [kept] = db.prepare('SELECT count(*) FROM quarantine').raw().get([]) as [number]
      db.close()
      expect(kept).toBe(unfit)
    })
  },
)

/** Takes all space there is on `disk`. */
function fill(disk: string, path: string): void {
  const file = openSync(path, 'w')
  const block = Buffer.alloc(65_536)
  try {
    while (statfsSync(disk).bavail > 0) writeSync(file, block)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}

/**
 * The whole program behind an outside broker: what terminals hand to the broker is in the journal,
 * however often the program is killed; and `/readyz` says what is wrong with the broker.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditKilledData } from '../../src/cli/bench/kill-audit.ts'
import { KillLoad } from '../../src/cli/bench/kill-load.ts'
import { Draw } from '../../src/grid/generate/draw.ts'
import { generateGrid } from '../../src/grid/generate/generate.ts'
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import { type Server, startServing } from '../support/server.ts'
import { isInstalled } from '../support/server-process.ts'
import { until } from '../support/until.ts'

const missing = !isInstalled('mosquitto') && process.env.CI !== 'true'
const KILLS = 4

describe.skipIf(missing)('behind an outside broker (needs mosquitto installed)', () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const folder = mkdtempSync(join(tmpdir(), 'lastgasp-broker-'))
  const grid = join(folder, 'county.json')
  const data = join(folder, 'data')
  const draw = new Draw(seed, 5)
  let load: KillLoad
  let mosquitto: Mosquitto
  let server: Server

  const serve = () => startServing({ grid, data, env: { MQTT_URL: mosquitto.url } })
  const readiness = async () => {
    const answer = await fetch(`${server.url}/readyz`)
    return (await answer.json()) as { ready: boolean; reasons: string[] }
  }

  beforeAll(async () => {
    const county = generateGrid({ customers: 2000, seed: 1 })
    writeFileSync(grid, JSON.stringify(county))
    load = new KillLoad(county, draw)
    mosquitto = await startMosquitto({
      lines: () => ['allow_anonymous true', 'persistence false', 'max_queued_messages 0'],
    })
    server = await serve()
    await until(async () => (await readiness()).ready)
  })
  afterAll(async () => {
    load?.disconnect()
    await server?.remove()
    await mosquitto?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test(`${KILLS} kills under load lose nothing the broker took (seed ${seed})`, {
    timeout: 300_000,
  }, async () => {
    load.connect(mosquitto.port)
    load.produce()
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(draw.whole(300, 1500))
      await server.kill()
      server = await serve()
    }
    await until(() => load.acknowledged.size > 100)
    load.stop()
    await until(() => load.unacknowledged === 0)
    const paths = { journal: join(data, 'journal.db'), records: join(data, 'records.db') }
    // What waited in the broker arrives in its time; a loss would wait for ever.
    await until(() => auditKilledData(paths, load.acknowledged).lost.length === 0)
    expect(await server.stop()).toMatchObject({ code: 0 })
    const verdict = auditKilledData(paths, load.acknowledged)
    expect(verdict).toMatchObject({ lost: [], duplicated: [], faults: [] })
    expect(load.acknowledged.size).toBeGreaterThan(100)
    expect(verdict.incidents).toBeGreaterThan(0)
  })

  test('a broker that is away is told by /readyz, and no more once it is back', async () => {
    server = await serve()
    await until(async () => (await readiness()).ready)
    await mosquitto.restart()
    await until(async () => (await readiness()).ready)
    await mosquitto.stop()
    await until(async () => !(await readiness()).ready)
    expect((await readiness()).reasons.join()).toMatch(/^broker: /)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })
})

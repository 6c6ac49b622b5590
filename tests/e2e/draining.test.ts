/**
 * A grid that joins feeders of two partitions, while roles run on real brokers: it waits for an open
 * incident, through a kill of `records` and of an engine, comes into force by itself, and what happens on
 * the feeders that moved is judged once, by the engine that has them now.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { changedRules } from '../../src/cli/bench/load/changed-rules.ts'
import { laneOf } from '../../src/engine/lane.ts'
import { FactAppender } from '../../src/journal/kafka/appender.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { describeWithAllBrokers, kafkaSettingsFor } from '../support/kafka-client.ts'
import { lastgasp, type Server, startServing } from '../support/server.ts'
import { bridged, twoTowns } from '../support/two-towns.ts'
import { until } from '../support/until.ts'

interface Listed {
  readonly id: string
  readonly feeder: string
  readonly outageKind: string
}

await describeWithAllBrokers('draining', ([kafka, mosquitto]) => {
  const folder = mkdtempSync(join(tmpdir(), 'lastgasp-draining-'))
  const prefix = `draining-${process.pid}-${Date.now()}`
  const at = (name: string) => join(folder, name)
  const grid = at('grid.json')
  const env = {
    KAFKA_BROKERS: kafka!.url,
    LASTGASP__KAFKA__PREFIX: prefix,
    LASTGASP__KAFKA__PARTITIONS: '2',
    MQTT_URL: mosquitto!.url,
    LASTGASP__MQTT__CLIENT_ID: prefix,
    LASTGASP__JOURNAL__SNAPSHOT_EVERY_SECONDS: '2',
    // What has ended holds nothing only where it was momentary, however long the roles took to start.
    ...changedRules(folder, (text) =>
      text.replace(/^momentarySeconds: .*$/m, 'momentarySeconds: 3600'),
    ),
  }
  const engines: Server[] = []
  let sensing: Server
  let records: Server

  const start = (role: 'sensing' | 'engine' | 'records', name: string, port?: number) =>
    startServing({ role, data: at(name), grid, env, ...(port ? { port } : {}) })
  const restartRecords = async () => {
    const port = Number(new URL(records.url).port)
    await records.kill()
    records = await start('records', 'records', port)
  }
  const operator = async (...args: string[]) =>
    lastgasp(['grid', 'apply', ...args, '--url', records.url], {
      LASTGASP_TOKEN: await records.token('operator'),
    })
  const open = async (): Promise<Listed[]> => {
    const { incidents } = await records.get('/api/v1/incidents?state=open&limit=200')
    return incidents.filter(({ outageKind }: Listed) => /predicted|confirmed/.test(outageKind))
  }
  const lanesOf = (incidents: readonly Listed[]) =>
    incidents.map(({ id, feeder }) => `${feeder} by ${laneOf(Number(id.slice(1)))}`)

  let boot = 0
  const tell = async (town: '' | '-2', kind: 'powerOff' | 'powerOn') => {
    const terminal = await connectAsync(mosquitto!.url)
    boot += 1
    for (const meters of [undefined, [`M1${town}`, `M2${town}`]]) {
      const said = { kind, at: new Date().toISOString(), boot, seq: meters ? 2 : 1, meters }
      await terminal.publishAsync(`lastgasp/v1/C1${town}/event`, JSON.stringify(said), { qos: 1 })
    }
    await terminal.endAsync()
  }

  beforeAll(async () => {
    writeFileSync(grid, JSON.stringify(twoTowns()))
    writeFileSync(at('joined.json'), JSON.stringify(bridged(twoTowns())))
    ;[sensing, records] = await Promise.all([
      start('sensing', 'sensing'),
      start('records', 'records'),
      start('engine', 'engine-1').then((engine) => engines.push(engine)),
    ])
    engines.push(await start('engine', 'engine-2'))
  }, 300_000)
  afterAll(async () => {
    await Promise.all([records, sensing, ...engines].map((one) => one?.kill()))
    rmSync(folder, { recursive: true, force: true })
  }, 300_000)

  test('a grid waits for an open incident, moves its feeders, and they are judged once', {
    timeout: 300_000,
  }, async () => {
    onTestFailed(() => {
      for (const one of [records, sensing, ...engines]) console.log(one.output().slice(-4_000))
    })
    await tell('-2', 'powerOff')
    await until(async () => (await open()).length === 1)
    const [old] = await open()
    expect(lanesOf([old!])).toEqual(['F1-2 by 1'])
    const waits = await operator(at('joined.json'))
    expect(waits, waits.output).toMatchObject({ code: 0 })
    expect(waits.output).toMatch(/waits, 2 feeders go to another partition first: F1-2 1 → 0/)
    expect(waits.output).toContain(`1 open incidents hold them: incident ${old!.id}`)

    // Who comes back finds it waiting, engines as well.
    await restartRecords()
    await engines.shift()!.kill()
    engines.push(await start('engine', 'engine-3'))
    // It looks at what holds it once a second, from its start on.
    const held = async () => (await records.get('/api/v1/status')).gridWaiting?.openIncidents
    await until(async () => (await held()) === 1)
    const waiting = await records.get('/api/v1/grid')
    expect(waiting.waiting).toMatchObject({ moving: 2, by: 'token:operator' })

    // A momentary one: it is closed with the light.
    await tell('-2', 'powerOn')
    await until(async () => (await records.get('/api/v1/status')).gridWaiting === null)
    const { inForce } = await records.get('/api/v1/grid')
    expect(inForce.digest).toBe(waiting.waiting.digest)
    expect(await open()).toEqual([])

    // The feeder that moved: by the engine that has it now, told by whichever way.
    await tell('-2', 'powerOff')
    await until(async () => (await open()).length === 1)
    expect(lanesOf(await open())).toEqual(['F1-2 by 0'])
    await tell('-2', 'powerOn')
    await until(async () => (await open()).length === 0)
    const late = await FactAppender.open(
      kafkaSettingsFor(kafka!.url, prefix, { partitions: 2 }),
      createTelemetry({ level: 'silent', processMetrics: false }),
    )
    boot += 1
    for (const meters of [undefined, ['M1-2', 'M2-2']]) {
      const now = Date.now()
      const said = {
        kind: 'powerOff',
        receivedAt: now,
        at: now,
        boot,
        seq: meters ? 2 : 1,
      } as const
      const fact = { type: 'report', terminal: 'C1-2', ...said, ...(meters ? { meters } : {}) }
      await late.append(fact as never, 1)
    }
    await late.close()
    await until(async () => (await open()).length === 1)
    expect(lanesOf(await open())).toEqual(['F1-2 by 0'])
    await tell('-2', 'powerOn')
    await until(async () => (await open()).length === 0)
    expect(await records.get(`/api/v1/incidents/${old!.id}`)).toMatchObject({ id: old!.id })
  })

  test('an outage on both sides of the tie that joins them is one', {
    timeout: 300_000,
  }, async () => {
    onTestFailed(() => {
      for (const one of [records, sensing, ...engines]) console.log(one.output().slice(-4_000))
    })
    const token = await records.token('networkDispatcher', '15')
    const operate = async (device: string, position: string) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ device, position })
      const init = { method: 'POST', headers, body }
      expect((await fetch(`${records.url}/api/v1/switching`, init)).status).toBe(200)
    }
    // The area of the second town is fed from the first from now on.
    await operate('J1', 'closed')
    await operate('K1-2', 'open')
    await until(async () => (await records.get('/api/v1/switching')).operated.length === 2)
    await tell('', 'powerOff')
    await tell('-2', 'powerOff')
    await until(async () => {
      const [one, ...more] = await open()
      if (!one || more.length > 0) return false
      return (await records.get(`/api/v1/incidents/${one.id}`)).metersAffected >= 4
    })
    expect(lanesOf(await open())).toEqual(['F1 by 0'])
    await restartRecords()
    expect(lanesOf(await open())).toEqual(['F1 by 0'])
    const metrics = await (await fetch(`${records.url}/metrics`)).text()
    expect(metrics).toContain('lastgasp_partitions_diverged 0')
  })
})

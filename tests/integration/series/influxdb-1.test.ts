import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRecords } from '../../../src/records/sqlite.ts'
import { checkDatabase, type SeriesSettings } from '../../../src/series/database.ts'
import { openSeries } from '../../../src/series/series.ts'
import { createTelemetry } from '../../../src/telemetry/telemetry.ts'
import { openGate } from '../../support/gate.ts'
import {
  feederChange,
  incidentChange,
  memoryRecords,
  reportsChange,
  START,
} from '../../support/series-fixture.ts'
import { describeWith } from '../../support/services.ts'
import { until } from '../../support/until.ts'

const settingsFor = (url: string, database: string): SeriesSettings => ({
  url,
  database,
  username: null,
  password: null,
  bucket: null,
  org: null,
  token: null,
})

const telemetryOf = () => createTelemetry({ level: 'silent', processMetrics: false })

/** Rows of an InfluxQL query, by column name. */
async function rows(
  url: string,
  database: string,
  query: string,
): Promise<Record<string, unknown>[]> {
  const answer = await fetch(`${url}/query?${new URLSearchParams({ db: database, q: query })}`)
  const { results } = (await answer.json()) as {
    results: { series?: { columns: string[]; values: unknown[][] }[] }[]
  }
  return (results[0]?.series ?? []).flatMap(({ columns, values }) =>
    values.map((row) => Object.fromEntries(row.map((value, index) => [columns[index], value]))),
  )
}

/** A name no other run has used, for servers that outlive the test. */
const databaseName = (what: string) =>
  `lastgasp "${what}" ${process.pid} ${process.hrtime.bigint()}`

await describeWith('influx', 'series on InfluxDB 1.x', (server) => {
  test('makes the database and writes feeder states, incidents and report counts', async () => {
    const database = databaseName('written')
    const records = memoryRecords()
    records.add([feederChange(1, 40, START), incidentChange('I-000017', START)])
    records.add([
      incidentChange('I-000018', START),
      reportsChange(START, { powerOff: 7, voltage: 2 }),
    ])
    const telemetry = telemetryOf()
    const series = openSeries({
      records,
      settings: settingsFor(server.url, database),
      telemetry,
      now: () => 0,
    })
    await until(() => series.lag() === 0)
    await series.close()

    expect(await rows(server.url, database, 'SELECT * FROM feeder_state')).toEqual([
      {
        time: '2026-11-22T03:00:00Z',
        unit: 'U1',
        feeder: 'F 1,=',
        incidents: 1,
        transformersOut: 3,
        customersOut: 40,
      },
    ])
    // Two incidents of the same tick and tags stay two points.
    const incidents = await rows(server.url, database, 'SELECT id, customers FROM incident')
    expect(incidents.map(({ id }) => id)).toEqual(['I-000017', 'I-000018'])
    expect(await rows(server.url, database, 'SELECT sum("count") FROM reports')).toMatchObject([
      { sum: 9 },
    ])
    expect(telemetry.total('series.written')).toBe(5)
  })

  test('catches up without gap or double when the database was away', async () => {
    const database = databaseName('away')
    const { hostname, port } = new URL(server.url)
    const gate = await openGate(hostname, Number(port))
    const url = `http://127.0.0.1:${gate.port}`
    const telemetry = telemetryOf()
    const records = memoryRecords()
    const seconds = 900
    let next = 0
    const addUpTo = (end: number) => {
      for (; next < end; next += 1) records.add([feederChange(1, next, START + next * 1000)])
    }
    const open = () =>
      openSeries({
        records,
        settings: settingsFor(url, database),
        telemetry,
        now: () => 0,
        random: () => 0,
      })

    addUpTo(300)
    const first = open()
    await until(() => first.lag() === 0)
    gate.shut()
    addUpTo(600)
    await until(() => telemetry.total('series.failed') > 0)
    expect(first.lag()).toBe(600)
    await first.close()
    expect(records.saved).toBe(600)

    // A new process, the database still away; then it comes back while changes go on.
    const second = openSeries({
      records,
      settings: settingsFor(url, database),
      telemetry: telemetryOf(),
      now: () => 0,
      random: () => 0,
    })
    addUpTo(seconds)
    gate.open()
    await until(() => second.lag() === 0)
    await second.close()

    // The cursor was lost: everything is written again, onto itself.
    await records.saveCursor('series', 0)
    const third = openSeries({
      records,
      settings: settingsFor(url, database),
      telemetry: telemetryOf(),
      now: () => 0,
    })
    await until(() => third.lag() === 0)
    await third.close()
    await gate.close()

    const states = await rows(server.url, database, 'SELECT customersOut FROM feeder_state')
    expect(states.map(({ customersOut }) => customersOut)).toEqual(
      Array.from({ length: seconds }, (_, index) => index),
    )
  })

  test('goes on after the database crashed and after it was dropped', async ({ skip }) => {
    if (!server.restart) return skip(`the server is from ${server.from}, not ours to crash`)
    const database = databaseName('crashed')
    const records = memoryRecords()
    const series = openSeries({
      records,
      settings: settingsFor(server.url, database),
      telemetry: telemetryOf(),
      now: () => 0,
    })
    records.add([feederChange(1, 1, START)])
    await until(() => series.lag() === 0)
    await server.restart()
    records.add([feederChange(1, 2, START + 1000)])
    await until(() => series.lag() === 0)
    const states = await rows(server.url, database, 'SELECT customersOut FROM feeder_state')
    expect(states.map(({ customersOut }) => customersOut)).toEqual([1, 2])

    await fetch(`${server.url}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: `DROP DATABASE "${database.replaceAll('"', '\\"')}"` }),
    })
    records.add([feederChange(1, 3, START + 2000)])
    await until(() => series.lag() === 0)
    await series.close()
    const left = await rows(server.url, database, 'SELECT customersOut FROM feeder_state')
    expect(left.map(({ customersOut }) => customersOut)).toEqual([3])
  })

  test('leaves out what the database will never take, and goes on', async () => {
    const database = databaseName('refused')
    const settings = settingsFor(server.url, database)
    await fetch(`${server.url}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: `CREATE DATABASE "${database.replaceAll('"', '\\"')}"` }),
    })
    // Someone wrote customersOut as text: integers are refused in that shard from now on.
    await fetch(`${server.url}/write?${new URLSearchParams({ db: database })}`, {
      method: 'POST',
      body: `feeder_state,unit=U1,feeder=F9 customersOut="many" ${START}000000`,
    })
    const records = memoryRecords()
    records.add([feederChange(1, 1, START), reportsChange(START, { powerOff: 1 })])
    const telemetry = telemetryOf()
    const series = openSeries({ records, settings, telemetry, now: () => 0 })
    await until(() => series.lag() === 0)
    await series.close()
    expect(telemetry.total('series.refused')).toBe(2)
    // The points that were good are there all the same.
    expect(await rows(server.url, database, 'SELECT "count" FROM reports')).toHaveLength(1)
  })

  test('keeps its cursor in the ledger across a restart of the program', async () => {
    const database = databaseName('ledger')
    const folder = mkdtempSync(join(tmpdir(), 'lastgasp-series-'))
    const path = join(folder, 'records.db')
    const settings = settingsFor(server.url, database)
    for (const [run, customersOut] of [10, 20, 0].entries()) {
      const records = await openRecords({ path, telemetry: telemetryOf() })
      const telemetry = telemetryOf()
      const series = openSeries({ records, settings, telemetry, now: () => 0 })
      const position = run * 3 + 2
      const at = START + run * 1000
      const changes = [feederChange(1, customersOut, at)]
      // A fact without changes follows: it is no reason to be behind.
      await records.commit([{ position, at, changes }], position + 1, `digest ${run}`)
      await until(() => series.lag() === 0)
      await series.close()
      expect(records.cursor('series')).toBe(position)
      expect(telemetry.total('series.written')).toBe(1)
      await records.close()
    }
    rmSync(folder, { recursive: true })
    const states = await rows(server.url, database, 'SELECT customersOut FROM feeder_state')
    expect(states.map(({ customersOut }) => customersOut)).toEqual([10, 20, 0])
  })

  test('doctor reaches it', async () => {
    const answer = await checkDatabase(settingsFor(server.url, 'any'))
    expect(answer).toEqual({ ok: true, found: expect.stringMatching(/^InfluxDB v?1\./) })
  })
})

/** Voltages that a terminal sends by itself: acknowledged once they are on disk, and judged only where they are news. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openForReading } from '../../src/config/sqlite.ts'
import { openReader } from '../../src/journal/reader.ts'
import { type Server, startServing, TERMINAL_SECRET } from '../support/server.ts'
import { smallGrid } from '../unit/grid/small-grid.ts'

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-readings-'))
let server: Server
let terminal: MqttClient
beforeAll(async () => {
  const grid = join(folder, 'grid.json')
  writeFileSync(grid, JSON.stringify(smallGrid()))
  server = await startServing({ grid })
  const who = { username: 'C1', password: TERMINAL_SECRET, reconnectPeriod: 0 }
  terminal = await connectAsync(server.brokerUrl, who, false)
})
afterAll(async () => {
  await terminal?.endAsync(true)
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

const read = (volts: number, call?: string) =>
  terminal.publishAsync(
    'lastgasp/v1/C1/reading',
    JSON.stringify({ call, readings: [{ target: 'M1', result: 'energised', volts: [volts] }] }),
    { qos: 1 },
  )

/** Voltages in the table of readings, and those that became facts. */
function onDisk() {
  const path = join(server.data, 'journal.db')
  const db = openForReading(path)
  const rows = db.prepare('SELECT reading FROM readings ORDER BY id').raw().all([]) as [string][]
  db.close()
  const reader = openReader(path)
  const facts = []
  for (let at = 1; at <= reader.last(); at = facts.at(-1)!.position + 1)
    facts.push(...reader.from(at))
  reader.close()
  const volts = (reading: unknown) =>
    (reading as { readings: { volts: number[] }[] }).readings[0]!.volts[0]
  return {
    kept: rows.map(([reading]) => volts(JSON.parse(reading))),
    facts: facts.flatMap(({ fact }) => (fact.type === 'reading' ? [volts(fact)] : [])),
  }
}

test('what is as it should be is kept, what is not is kept and judged, what was asked for is judged', async () => {
  await read(230)
  expect(onDisk()).toEqual({ kept: [230], facts: [] })
  await read(20)
  expect(onDisk()).toEqual({ kept: [230, 20], facts: [20] })
  await read(231, 'c-1')
  expect(onDisk()).toEqual({ kept: [230, 20], facts: [20, 231] })
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  expect(metrics).toMatch(/^lastgasp_readings_kept_total 2$/m)
})

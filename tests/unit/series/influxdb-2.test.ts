/** InfluxDB 2 cannot be installed here: an HTTP double checks the contract of its write call. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkDatabase, type SeriesSettings } from '../../../src/series/database.ts'
import { openSeries } from '../../../src/series/series.ts'
import { createTelemetry } from '../../../src/telemetry/telemetry.ts'
import { feederChange, memoryRecords, START } from '../../support/series-fixture.ts'
import { freePort } from '../../support/server-process.ts'
import { until } from '../../support/until.ts'

interface Write {
  readonly url: URL
  readonly request: IncomingMessage
  readonly lines: readonly string[]
}

/** Answers to the next writes, then 204 for good. */
let answers: { status: number; headers?: Record<string, string>; body?: string }[]
let writes: Write[]
let settings: SeriesSettings

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const url = new URL(request.url!, 'http://double')
    if (url.pathname === '/ping')
      return response.writeHead(204, { 'x-influxdb-version': 'v2.7.5' }).end()
    if (request.headers.authorization !== 'Token let-me-in')
      return response.writeHead(401).end('{"code":"unauthorized"}')
    if (url.pathname === '/api/v2/buckets') {
      // As InfluxDB 2 does: an empty list, and no 404, where there is none of that name.
      const name = url.searchParams.get('name')
      const buckets = name === settings.bucket ? [{ name }] : []
      return response.writeHead(200).end(JSON.stringify({ buckets }))
    }
    const raw = Buffer.concat(chunks)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
    writes.push({ url, request, lines: body.toString().split('\n') })
    const { status, headers, body: said } = answers.shift() ?? { status: 204 }
    response.writeHead(status, headers).end(said)
  })
})

beforeEach(async () => {
  answers = []
  writes = []
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  settings = {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    database: null,
    username: null,
    password: null,
    bucket: 'outages of 内蒙古',
    org: 'power & light',
    token: 'let-me-in',
  }
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const telemetryOf = () => createTelemetry({ level: 'silent', processMetrics: false })

async function writeAll(batches: number, telemetry = telemetryOf()): Promise<void> {
  const records = memoryRecords()
  for (let index = 0; index < batches; index += 1) records.add([feederChange(index, index, START)])
  const series = openSeries({ records, settings, telemetry, now: () => 0, random: () => 0 })
  await until(() => series.lag() === 0)
  await series.close()
  expect(records.saved).toBe(batches * 2)
}

describe('the v2 write call', () => {
  test('names organisation, bucket and precision, and carries the token and line protocol', async () => {
    await writeAll(2)
    expect(writes).toHaveLength(1)
    const { url, request, lines } = writes[0]!
    expect(request.method).toBe('POST')
    expect(url.pathname).toBe('/api/v2/write')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      org: 'power & light',
      bucket: 'outages of 内蒙古',
      precision: 'ns',
    })
    expect(request.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(lines).toEqual([
      `feeder_state,feeder=F\\ 0\\,\\=,unit=U1 customersOut=0i,incidents=0i,transformersOut=0i ${START}000000`,
      `feeder_state,feeder=F\\ 1\\,\\=,unit=U1 customersOut=1i,incidents=1i,transformersOut=3i ${START}000000`,
    ])
  })

  test('a write answered 429 or 503 is repeated until it is acknowledged', async () => {
    answers = [{ status: 503, headers: { 'retry-after': '0' } }, { status: 429 }]
    const telemetry = telemetryOf()
    await writeAll(1, telemetry)
    expect(writes).toHaveLength(3)
    expect(new Set(writes.map(({ lines }) => lines.join())).size).toBe(1)
    expect(telemetry.total('series.failed')).toBe(2)
    expect(telemetry.total('series.recovered')).toBe(1)
  })

  test('points refused for good (400, 422) are counted and left out', async () => {
    answers = [{ status: 422, body: '{"message":"outside retention"}' }]
    const telemetry = telemetryOf()
    await writeAll(1, telemetry)
    expect(writes).toHaveLength(1)
    expect(telemetry.total('series.refused')).toBe(1)
  })

  test('a page is written in requests of bounded size', async () => {
    await writeAll(450)
    expect(writes.map(({ lines }) => lines.length)).toEqual([200, 200, 50])
  })
})

test('doctor tells a wrong token from a right one', async () => {
  expect(await checkDatabase(settings)).toEqual({ ok: true, found: 'InfluxDB v2.7.5' })
  const wrong = await checkDatabase({ ...settings, token: 'no' })
  expect(wrong.ok).toBe(false)
  expect(wrong.found).toContain('401')
  const away = await checkDatabase({ ...settings, url: `http://127.0.0.1:${await freePort()}` })
  expect(away.found).toMatch(
    /^no answer from http:.*nothing listens there: check series\.url .*ECONNREFUSED/,
  )
  const tls = await checkDatabase({ ...settings, url: settings.url.replace('http:', 'https:') })
  expect(tls.found).toMatch(/check http or https in series\.url/)
  const other = await checkDatabase({ ...settings, bucket: 'of another name' })
  expect(other).toEqual({
    ok: false,
    found:
      'InfluxDB v2.7.5 has no such bucket, or the token may not see it: check series.bucket and series.token',
  })
})

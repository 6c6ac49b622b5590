/** The contract of the write call of InfluxDB 2 and 3, on a double that answers as a test wants. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkDatabase, type SeriesSettings } from '../../../src/series/database.ts'
import { openSeries } from '../../../src/series/series.ts'
import { createTelemetry } from '../../../src/telemetry/telemetry.ts'
import { InfluxDouble } from '../../support/influx-double.ts'
import { feederChange, memoryRecords, START } from '../../support/series-fixture.ts'
import { freePort } from '../../support/server-process.ts'
import { until } from '../../support/until.ts'

let influx: InfluxDouble
let settings: SeriesSettings

beforeEach(async () => {
  settings = settingsOf(await open(2))
})
afterEach(() => influx.close())

async function open(version: 2 | 3): Promise<string> {
  influx = await InfluxDouble.open(version, ACCOUNT)
  return influx.url
}

const ACCOUNT = { bucket: 'outages of 内蒙古', org: 'power & light', token: 'let-me-in' }
const settingsOf = (url: string): SeriesSettings => ({
  ...{ url, database: null, username: null, password: null },
  ...ACCOUNT,
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
    expect(influx.writes).toHaveLength(1)
    const { url, request, lines } = influx.writes[0]!
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
    influx.answers = [{ status: 503, headers: { 'retry-after': '0' } }, { status: 429 }]
    const telemetry = telemetryOf()
    await writeAll(1, telemetry)
    expect(influx.writes).toHaveLength(3)
    expect(new Set(influx.writes.map(({ lines }) => lines.join())).size).toBe(1)
    expect(telemetry.total('series.failed')).toBe(2)
    expect(telemetry.total('series.recovered')).toBe(1)
  })

  test('points refused for good (400, 422) are counted and left out', async () => {
    influx.answers = [{ status: 422, body: '{"message":"outside retention"}' }]
    const telemetry = telemetryOf()
    await writeAll(1, telemetry)
    expect(influx.writes).toHaveLength(1)
    expect(telemetry.total('series.refused')).toBe(1)
  })

  test('a page is written in requests of bounded size', async () => {
    await writeAll(450)
    expect(influx.writes.map(({ lines }) => lines.length)).toEqual([200, 200, 50])
  })
})

test('InfluxDB 3 takes the same call, and doctor knows it, though it has no list of buckets', async () => {
  influx.close()
  settings = settingsOf(await open(3))
  await writeAll(1)
  expect(influx.writes).toHaveLength(1)
  expect(await checkDatabase(settings)).toEqual({ ok: true, found: 'InfluxDB 3.9.0' })
  const wrong = await checkDatabase({ ...settings, token: 'no' })
  expect(wrong).toEqual({ ok: false, found: expect.stringMatching(/ answers 401: check token/) })
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

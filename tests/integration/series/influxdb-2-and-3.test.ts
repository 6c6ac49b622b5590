/**
 * The series on InfluxDB 2 and 3: the real ones where a Docker engine answers and has the image, else
 * a double that checks the same calls.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkDatabase, type SeriesSettings } from '../../../src/series/database.ts'
import { openSeries } from '../../../src/series/series.ts'
import { createTelemetry } from '../../../src/telemetry/telemetry.ts'
import { dockerAnswers, INFLUX_ACCOUNT, startContainer } from '../../support/containers.ts'
import { InfluxDouble } from '../../support/influx-double.ts'
import {
  feederChange,
  incidentChange,
  memoryRecords,
  reportsChange,
  START,
} from '../../support/series-fixture.ts'
import { until } from '../../support/until.ts'

interface Found {
  readonly from: string
  readonly url: string
  stop(): Promise<void> | void
}

async function find(version: 2 | 3): Promise<Found> {
  let docker = 'no Docker'
  if (await dockerAnswers())
    try {
      const { at, stop } = await startContainer(`influx${version}`)
      return { from: 'docker', url: `http://${at}`, stop }
    } catch (error) {
      docker = (error as Error).message
    }
  const double = await InfluxDouble.open(version, INFLUX_ACCOUNT)
  return { from: `a double: ${docker}`, url: double.url, stop: () => double.close() }
}

const found = new Map([
  [2, await find(2)],
  [3, await find(3)],
] as const)
afterAll(async () => {
  for (const { stop } of found.values()) await stop()
})

describe.each([...found])('the series on InfluxDB %i', (version, { from, url }) => {
  const settings: SeriesSettings = {
    ...{ url, database: null, username: null, password: null },
    ...INFLUX_ACCOUNT,
  }
  const records = memoryRecords()
  const write = async () => {
    const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
    const series = openSeries({ records, settings, telemetry, now: () => 0 })
    await until(() => series.lag() === 0)
    await series.close()
    return telemetry
  }
  /** By InfluxQL, as the boards ask. */
  const values = async (field: string, measurement: string) => {
    const asked = new URLSearchParams({
      ...{ db: INFLUX_ACCOUNT.bucket, epoch: 'ms' },
      q: `SELECT "${field}" FROM "${measurement}"`,
    })
    const headers = { authorization: `Token ${INFLUX_ACCOUNT.token}` }
    const answer = await fetch(`${url}/query?${asked}`, { headers })
    const { results } = (await answer.json()) as {
      results: { series?: { values: [number, number][] }[] }[]
    }
    return results[0]?.series?.[0]?.values ?? []
  }

  beforeAll(() => console.log(`InfluxDB ${version} is from ${from}`))

  test('has each point once, at its time, however often it is written', async () => {
    for (let second = 0; second < 500; second++)
      records.add([feederChange(1, second, START + second * 1000)])
    records.add([incidentChange('I-000017', START), reportsChange(START, { powerOff: 7 })])
    const telemetry = await write()
    expect(telemetry.total('series.refused')).toBe(0)
    // The cursor was lost.
    await records.saveCursor('series', 0)
    await write()
    const expected = Array.from({ length: 500 }, (_, second) => [START + second * 1000, second])
    // What a write acknowledged may be shown a moment later.
    await expect.poll(() => values('customersOut', 'feeder_state')).toEqual(expected)
    await expect.poll(() => values('customers', 'incident')).toEqual([[START, 120]])
    await expect.poll(() => values('count', 'reports')).toEqual([[START, 7]])
  })

  test('is reached by doctor', async () => {
    expect(await checkDatabase(settings)).toEqual({
      ok: true,
      found: expect.stringMatching(new RegExp(`^InfluxDB v?${version}\\.`)),
    })
  })
})

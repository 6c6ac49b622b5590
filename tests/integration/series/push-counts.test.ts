/** Pushes that receivers took, counted in a real InfluxDB: each once, however often and late it is written. */
import { afterEach, expect, test } from 'vitest'
import { drawnGrid } from '../../../src/grid/drawing.ts'
import type { SeriesSettings } from '../../../src/series/database.ts'
import { openSeries } from '../../../src/series/series.ts'
import { createTelemetry } from '../../../src/telemetry/telemetry.ts'
import { EngineLab } from '../../support/engine-lab.ts'
import { ask } from '../../support/grafana.ts'
import { describeWith } from '../../support/services.ts'
import { TellingStage } from '../../support/telling-stage.ts'
import { until } from '../../support/until.ts'

const NETWORK = `
B1 breaker
  X1..X2 transformer
    C concentrator
    m1..m6 meter
  X3 transformer
    m7 meter
`
const HOUR_MS = 3_600_000

let stage: TellingStage | undefined
afterEach(async () => {
  await stage?.remove()
  stage = undefined
})

await describeWith('influx', 'counts of pushes', (server) => {
  test('by channel, text and outcome, in minutes that are written again as they grow', async () => {
    const database = `lastgasp pushes ${process.pid} ${process.hrtime.bigint()}`
    stage = new TellingStage(new EngineLab(drawnGrid(NETWORK)))
    const { lab } = stage
    await stage.start()
    stage.customers()
    const gateway = await stage.gateway('sms', 'app')
    await stage.subscribe({ account: 'A-X1-m1', channel: 'sms' })
    await stage.subscribe({ area: 'X2', channel: 'app' })
    const say = (kind: 'powerOff' | 'powerOn') => {
      for (const area of ['X1', 'X2']) {
        lab.say(`${area}-C`, kind)
        lab.say(`${area}-C`, kind, { meters: [1, 2, 3, 4, 5, 6].map((m) => `o-${area}-m${m}`) })
      }
    }
    const settings: SeriesSettings = {
      ...{ url: server.url, database, username: null, password: null },
      ...{ bucket: null, org: null, token: null },
    }
    /** By what `tags` of them name. */
    const counted = async (of: 'push' | 'message', ...tags: string[]) => {
      const groups = tags.map((tag) => `"${tag}"`).join(', ')
      const query = `SELECT sum("count") FROM "${of}" GROUP BY ${groups}`
      const series = await ask(server.url, database, query).catch(() => [])
      return Object.fromEntries(
        series.map((one) => [tags.map((tag) => one.tags![tag]).join(' '), one.values[0]![1]]),
      )
    }
    /** A program that starts, catches up and ends, at this hour. */
    const write = async (at: number, done: () => Promise<boolean>) => {
      const { records } = stage!
      const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
      const pushes = records.outbox
      const series = openSeries({ records, settings, telemetry, pushes, now: () => at })
      await until(done)
      await series.close()
    }
    say('powerOff')
    await stage.pass(200)
    expect(gateway.heard()).toHaveLength(7)
    const heardBy = (channel: string, template: string) =>
      gateway.heard().filter((one) => one.channel === channel && one.template === template).length
    await write(lab.now + 1_000, async () => (await counted('message', 'channel')).app === 6)
    expect(await counted('message', 'channel', 'template', 'outcome')).toEqual({
      'app T1-verifying delivered': heardBy('app', 'T1-verifying'),
      'sms T1-verifying delivered': heardBy('sms', 'T1-verifying'),
    })

    // While no program writes, more of the same minutes is taken.
    say('powerOn')
    await stage.pass(400)
    const all = gateway.heard().length
    expect(all).toBeGreaterThan(7)
    const total = async () => (await counted('message', 'outcome')).delivered
    await write(lab.now + 1_000, async () => (await total()) === all)
    const pushes = await counted('push', 'type', 'outcome')
    expect(Object.values(pushes).reduce<number>((sum, count) => sum + Number(count), 0)).toBe(
      gateway.ids.length,
    )
    // Caught up after days, and once more: nothing is there twice.
    for (const hours of [1, 50, 51]) {
      const at = lab.now + hours * HOUR_MS
      await write(at, async () => stage!.records.cursor('series-pushes') > at - HOUR_MS)
      expect([await total(), await counted('push', 'type', 'outcome')]).toEqual([all, pushes])
    }
  })
})

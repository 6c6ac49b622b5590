/**
 * Periodic readings where the roles run apart: acknowledged by `sensing`, looked at by the engine that
 * knows the open outages, written to InfluxDB by `records`, through kills of each of them.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { topicsOf } from '../../src/config/kafka.ts'
import type { Fact } from '../../src/facts/facts.ts'
import { factOf } from '../../src/journal/kafka/messages.ts'
import { PartitionReader } from '../../src/journal/kafka/reader.ts'
import { ask } from '../support/grafana.ts'
import { describeWithKafkaAnd, kafkaSettingsFor } from '../support/kafka-client.ts'
import { type Server, startServing } from '../support/server.ts'
import { twoTowns } from '../support/two-towns.ts'
import { until } from '../support/until.ts'

/** Readings have times of their own, a millisecond apart, in the last minute. */
const BEGAN = Date.now() - 60_000
/** The broker keeps a thousand messages for a role that is away: time for a slow machine to start it. */
const PAUSE_MS = 200
const TOWNS = ['', '-2'] as const
type Town = (typeof TOWNS)[number]

await describeWithKafkaAnd(
  ['mqtt', 'influx'],
  'readings of roles',
  ([kafka, mosquitto, influx]) => {
    const folder = mkdtempSync(join(tmpdir(), 'lastgasp-kafka-readings-'))
    const prefix = `readings-${process.pid}-${Date.now()}`
    const grid = join(folder, 'grid.json')
    const kafkaSettings = kafkaSettingsFor(kafka!.url, prefix, { partitions: 2 })
    const database = prefix
    const env = {
      KAFKA_BROKERS: kafka!.url,
      LASTGASP__KAFKA__PREFIX: prefix,
      LASTGASP__KAFKA__PARTITIONS: '2',
      MQTT_URL: mosquitto!.url,
      LASTGASP__MQTT__CLIENT_ID: prefix,
      INFLUX_URL: influx!.url,
      INFLUX_DATABASE: database,
    }
    type Role = 'sensing' | 'engine' | 'records'
    const running = new Map<Role, Server>()
    const start = async (role: Role) => {
      running.set(role, await startServing({ role, data: join(folder, role), grid, env }))
    }
    let terminal: MqttClient
    let sent = 0
    const points = new Map<number, number>()

    /** A voltage of a meter, as a point at its own time; what was sent last is the latest. */
    const read = async (town: Town, volts: number) => {
      const at = BEGAN + ++sent
      points.set(at, volts)
      const readings = [{ target: `M1${town}`, result: 'energised', volts: [volts] }]
      const said = JSON.stringify({ at: new Date(at).toISOString(), readings })
      await terminal.publishAsync(`lastgasp/v1/C1${town}/reading`, said, { qos: 1 })
    }
    /** What the series has, by time. */
    const series = async () => {
      const [found] = await ask(influx!.url, database, 'SELECT "mean" FROM "voltage"')
      return new Map((found?.values ?? []).map(([at, mean]) => [Date.parse(at as string), mean]))
    }
    const seriesIsWhole = () => until(async () => (await series()).size >= points.size)
    /** What engines were given to judge. */
    const facts = async () => {
      const all: Fact[] = []
      const reader = await PartitionReader.open(kafkaSettings, topicsOf(kafkaSettings).facts)
      for (const partition of [0, 1]) {
        reader.from([{ partition, offset: 0 }])
        while (!reader.hasEnded(partition))
          all.push(...(await reader.next()).map((message) => factOf(message, 2).fact))
      }
      await reader.close()
      return all
    }
    const judged = async () =>
      (await facts()).flatMap((fact) => (fact.type === 'reading' ? fact.readings[0]!.volts! : []))

    beforeAll(async () => {
      writeFileSync(grid, JSON.stringify(twoTowns()))
      await Promise.all((['sensing', 'engine', 'records'] as const).map(start))
      terminal = await connectAsync(mosquitto!.url)
    }, 300_000)
    afterAll(async () => {
      await terminal?.endAsync()
      for (const one of running.values()) await one.kill()
      rmSync(folder, { recursive: true, force: true })
    }, 300_000)
    const tellWhy = () =>
      onTestFailed(() => {
        for (const one of running.values()) console.log(one.output().slice(-3_000))
      })

    test('each is in the series once, whoever is killed meanwhile, and none is judged', {
      timeout: 300_000,
    }, async () => {
      tellWhy()
      let reading = true
      const sending = (async () => {
        while (reading) {
          for (const town of TOWNS) await read(town, 230 + (sent % 1000) / 100)
          await sleep(PAUSE_MS)
        }
      })()
      for (const role of ['records', 'sensing', 'records', 'sensing'] as const) {
        const before = sent
        await until(() => sent > before + 20)
        await running.get(role)!.kill()
        await start(role)
      }
      reading = false
      await sending
      await seriesIsWhole()
      expect(await series()).toEqual(points)
      expect(await judged()).toEqual([])
    })

    test('what is news is judged as well: by itself, or because something is dark there', {
      timeout: 300_000,
    }, async () => {
      tellWhy()
      await read('', 231.5)
      await read('', 20)
      await until(async () => (await judged()).includes(20))
      await read('', 230)
      const off = {
        kind: 'powerOff',
        at: new Date().toISOString(),
        boot: 1,
        seq: 1,
        meters: ['M2-2'],
      }
      await terminal.publishAsync('lastgasp/v1/C1-2/event', JSON.stringify(off), { qos: 1 })
      await until(async () => (await facts()).some(({ type }) => type === 'report'))
      await read('-2', 232.5)
      await seriesIsWhole()
      expect(await series()).toEqual(points)
      // Supply of a meter that measured none, and of one beside a loss; nothing from before either.
      await until(async () => new Set(await judged()).size >= 3)
      expect(new Set(await judged())).toEqual(new Set([20, 230, 232.5]))
    })

    test('an engine that takes a partition over looks at what came while nobody had it', {
      timeout: 300_000,
    }, async () => {
      tellWhy()
      await running.get('engine')!.kill()
      await read('', 19)
      await read('-2', 18)
      await start('engine')
      await until(async () => {
        const known = await judged()
        return known.includes(18) && known.includes(19)
      })
      await seriesIsWhole()
      expect(await series()).toEqual(points)
    })
  },
)

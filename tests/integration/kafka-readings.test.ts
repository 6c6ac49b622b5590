/** Periodic readings in their topic: followed from any place, and looked at by an engine in the right order. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ReadingScreen } from '../../src/app/roles/reading-screen.ts'
import type { Fact, ReadingFact } from '../../src/facts/facts.ts'
import { drawnGrid } from '../../src/grid/drawing.ts'
import { FactAppender } from '../../src/journal/kafka/appender.ts'
import { openKafkaJournal } from '../../src/journal/kafka/journal.ts'
import { PartitionReadings } from '../../src/journal/kafka/readings.ts'
import type { KeptReading } from '../../src/journal/port.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { EngineLab } from '../support/engine-lab.ts'
import { describeWithKafka, kafkaSettingsFor } from '../support/kafka-client.ts'
import { until } from '../support/until.ts'

const GRID = drawnGrid(`
  B1..B2 breaker
    X1..X3 transformer
      C concentrator
      m1..m3 meter`)

const reading = (n: number, volts = 230): ReadingFact => ({
  type: 'reading',
  receivedAt: n,
  at: n,
  terminal: 'B1-X1-C' as never,
  readings: [{ target: 'o-B1-X1-m1' as never, result: 'energised', volts: [volts, volts, volts] }],
})

await describeWithKafka('periodic readings', (server) => {
  const settings = kafkaSettingsFor(server.url, `kept-${process.pid}-${Date.now()}`, {
    partitions: 2,
  })
  const quiet = () => createTelemetry({ level: 'silent', processMetrics: false })
  const telemetry = quiet()
  let appender: FactAppender
  beforeAll(async () => {
    appender = await FactAppender.open(settings, telemetry)
  }, 300_000)
  afterAll(() => appender?.close(), 300_000)

  it('are followed from any place, again where it did not come to be, and from the oldest where it is gone', {
    timeout: 300_000,
  }, async () => {
    for (let n = 0; n < 5; n++) expect(await appender.keep(reading(n), 1)).toBe(n)
    expect(telemetry.total('readings.kept')).toBe(5)
    expect(telemetry.total('journal.committed')).toBe(0)
    const log = await PartitionReadings.open(settings, 1)
    /** All behind a place up to another, one by one. */
    const some = async (place: number, upTo: number) => {
      const kept: KeptReading[] = []
      for (let behind = place; kept.at(-1)?.id !== upTo; behind = kept.at(-1)?.id ?? place) {
        kept.push(...(await log.after(behind, 1)))
        await sleep(1)
      }
      return kept
    }
    expect(await some(0, 2)).toEqual([
      { id: 1, reading: reading(0) },
      { id: 2, reading: reading(1) },
    ])
    expect((await some(2, 5)).map(({ id }) => id)).toEqual([3, 4, 5])
    // What was asked for could not be written: it is asked for once more.
    expect((await some(2, 5)).map(({ id }) => id)).toEqual([3, 4, 5])
    expect(log.last).toBe(5)
    expect(await log.after(5, 100)).toEqual([])
    await appender.keep(reading(5), 1)
    expect((await some(5, 6)).map(({ id }) => id)).toEqual([6])
    // A place of a topic that was made anew since.
    expect((await some(999, 6)).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6])
    await log.close()
  })

  it('that trickle in are handed over as they come', { timeout: 300_000 }, async () => {
    const alone = { ...settings, prefix: `${settings.prefix}-trickle` }
    const trickling = await FactAppender.open(alone, quiet())
    const log = await PartitionReadings.open(alone, 0)
    let trickles = true
    const trickle = (async () => {
      for (let n = 0; trickles; n++) {
        await trickling.keep(reading(n), 0)
        await sleep(5)
      }
    })()
    // Never a pause of a tenth of a second: a look that waits for one gathers all that comes.
    const looks: number[] = []
    for (let place = 0; place < 1_000; ) {
      const kept = await log.after(place, 4_096)
      looks.push(kept.length)
      place = kept.at(-1)?.id ?? place
      await sleep(1)
    }
    trickles = false
    await trickle
    await log.close()
    await trickling.close()
    expect(Math.max(...looks)).toBeLessThan(500)
  })

  it('are looked at by an engine once it has judged what was in the journal when they came', {
    timeout: 300_000,
  }, async () => {
    const lab = new EngineLab(GRID)
    lab.pass(1)
    const meters = [1, 2, 3].map((m) => `o-B1-X1-m${m}`)
    const news: Fact[] = []
    let [judged, looks] = [0, 0]
    const open = (from: number) =>
      new ReadingScreen({
        ...{ settings, partition: 0, from },
        world: () => lab.engine.world,
        nextFact() {
          looks++
          return judged
        },
        append: async (fact) => news.push(fact),
        onFailure(error) {
          throw error
        },
      })
    await appender.keep(reading(1), 0)
    await appender.keep(reading(2, 20), 0)
    const screen = open(0)
    screen.start()
    await until(() => screen.place === 2)
    expect(news).toEqual([reading(2, 20)])

    // An off is in the journal, and the engine has not come to it yet.
    await appender.append({ type: 'tick', at: 1 }, 0)
    await appender.keep(reading(3, 231), 0)
    looks = 0
    await until(() => looks > 2)
    expect(screen.place).toBe(2)
    lab.say('B1-X1-C', 'powerOff', { meters })
    judged = 1
    await until(() => screen.place === 3)
    expect(news).toEqual([reading(2, 20), reading(3, 231)])
    await screen.stop()

    // Who takes the partition over goes on behind what was looked at.
    await appender.keep(reading(4, 232), 0)
    const next = open(screen.place)
    next.start()
    await until(() => next.place === 4)
    await next.stop()
    expect(news.slice(2)).toEqual([reading(4, 232)])
  })

  it('of a process that judges alone are kept beside its facts', { timeout: 300_000 }, async () => {
    const alone = { ...settings, prefix: `${settings.prefix}-alone`, partitions: 1 as const }
    const journal = await openKafkaJournal({ settings: alone, telemetry: quiet() })
    expect(await journal.readings.keep(reading(1))).toBe(1)
    expect(journal.lastPosition).toBe(0)
    const log = await PartitionReadings.open(alone, 0)
    await until(async () => (await log.after(0, 100)).length === 1)
    await log.close()
    await journal.close()
  })
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { ChangeFollower } from '../../src/app/roles/change-follower.ts'
import { ChangePlaces } from '../../src/app/roles/change-places.ts'
import { topicsOf } from '../../src/config/kafka.ts'
import { connectProducer, disconnect, prepareTopics } from '../../src/journal/kafka/client.ts'
import { openRecords } from '../../src/records/sqlite.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { describeWithKafka, kafkaSettingsFor } from '../support/kafka-client.ts'
import { until } from '../support/until.ts'

const dir = mkdtempSync(join(tmpdir(), 'lastgasp-follow-'))
afterEach(() => rmSync(dir, { recursive: true, force: true }))

await describeWithKafka('records behind Kafka', (server) => {
  it('file each change once over restarts, and none of an engine that had lost its partition', {
    timeout: 300_000,
  }, async () => {
    const settings = kafkaSettingsFor(server.url, `follow-${process.pid}`, { partitions: 2 })
    await prepareTopics(settings)
    const producer = await connectProducer(settings)
    const say = (partition: number, epoch: number, at: number) => {
      const changes = [{ type: 'reports', at, counts: { powerOff: partition } }]
      const value = Buffer.from(JSON.stringify({ epoch, position: at, at, changes, digest: 'd' }))
      producer.produce(topicsOf(settings).changes, partition, value)
    }
    const follow = async (wanted: number) => {
      const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
      const records = await openRecords({ path: join(dir, 'records.db'), telemetry })
      const onFailure = (error: unknown) => {
        throw error
      }
      const follower = await ChangeFollower.open({
        ...{ settings, records, telemetry, onFailure },
        reached: async () => {},
        agrees: (position) => position !== 13,
        places: new ChangePlaces(records.sources()),
      })
      follower.start()
      await until(() => records.state.position >= wanted)
      await follower.stop()
      const { diverged } = follower
      const filed = records.changesAfter(0, 100).map(({ position, at }) => [position, at])
      const sources = [...records.sources()].sort((a, b) => a.partition - b.partition)
      await records.close()
      return { filed, sources, diverged, fenced: telemetry.total('records.fenced') }
    }

    say(0, 1, 10)
    say(1, 1, 11)
    say(0, 1, 12)
    const first = await follow(3)
    expect(first.filed).toHaveLength(3)
    expect(first.diverged).toEqual([])
    say(0, 2, 13)
    say(0, 1, 14)
    say(0, 2, 15)
    const { filed, sources, diverged, fenced } = await follow(5)
    expect(filed.map(([position]) => position)).toEqual([1, 2, 3, 4, 5])
    expect(filed.map(([, at]) => at).sort()).toEqual([10, 11, 12, 13, 15])
    expect(sources).toEqual([
      { partition: 0, offset: 4, epoch: 2 },
      { partition: 1, offset: 0, epoch: 1 },
    ])
    expect(fenced).toBe(1)
    expect(diverged).toEqual([0])
    await disconnect(producer)
  })
})

/** A gateway behind a picture: what engines say after it, once, and nothing that it already shows. */
import { afterEach, expect, it } from 'vitest'
import { ChangePlaces } from '../../src/app/roles/change-places.ts'
import { LiveChanges } from '../../src/app/roles/live-changes.ts'
import { topicsOf } from '../../src/config/kafka.ts'
import { FactAppender } from '../../src/journal/kafka/appender.ts'
import { connectProducer, disconnect } from '../../src/journal/kafka/client.ts'
import type { MirroredChange } from '../../src/live/mirror.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { describeWithKafka, kafkaSettingsFor } from '../support/kafka-client.ts'
import { until } from '../support/until.ts'

const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

it('places go as far as a position of the records, and never back', () => {
  const places = new ChangePlaces([{ partition: 0, offset: 7, epoch: 1 }])
  places.note(11, { partition: 1, offset: 0, epoch: 1 })
  places.note(12, { partition: 0, offset: 8, epoch: 2 })
  expect(places.upTo(10)).toEqual([{ partition: 0, offset: 7, epoch: 1 }])
  expect(places.upTo(11)).toEqual([
    { partition: 0, offset: 7, epoch: 1 },
    { partition: 1, offset: 0, epoch: 1 },
  ])
  expect(places.upTo(99)).toEqual([
    { partition: 0, offset: 8, epoch: 2 },
    { partition: 1, offset: 0, epoch: 1 },
  ])
})

await describeWithKafka('live changes behind Kafka', (server) => {
  it('go on behind the picture, leave out what it has and what a former engine says, and try again', {
    timeout: 300_000,
  }, async () => {
    const prefix = `live-${process.pid}-${Date.now()}`
    const settings = kafkaSettingsFor(server.url, prefix, { partitions: 2 })
    const appender = await FactAppender.open(settings, telemetry)
    await appender.close()
    const producer = await connectProducer(settings)
    ends.push(() => disconnect(producer))
    const say = (partition: number, epoch: number, id: string, revision: number) => {
      const incident = { id, revision, outageKind: 'confirmed', outcome: null }
      const changes = [
        { type: 'reports', at: 0, counts: {} },
        { type: 'incident', at: 0, reason: 'revised', incident, causes: [] },
        { type: 'area', at: 0, incident: id, revision, dark: [], restored: [] },
      ]
      const value = Buffer.from(JSON.stringify({ epoch, position: 1, at: 0, changes }))
      producer.produce(topicsOf(settings).changes, partition, value)
    }
    const seen: string[] = []
    let fails = 1
    const open = (offset: number, revisions: readonly (readonly [string, number])[]) => {
      const live = new LiveChanges({
        ...{ settings, telemetry, revisions: new Map(revisions) },
        places: [{ partition: 0, offset, epoch: 2 }],
        async onChanges(changes: readonly MirroredChange[]) {
          if (fails-- > 0) throw new Error('the grid in force is not here')
          for (const change of changes)
            if (change.type === 'incident')
              seen.push(`${change.incident.id} ${change.incident.revision}`)
        },
      })
      ends.push(() => live.close())
      return live
    }
    say(0, 2, 'A', 1)
    say(0, 2, 'A', 2)
    say(0, 2, 'A', 3)
    say(0, 1, 'A', 9)
    say(1, 1, 'B', 1)
    // The picture was read behind its places: revision 2 of A is in it.
    const live = open(0, [['A', 2]])
    await until(() => live.problem !== undefined)
    expect(live.problem).toContain('not here')
    await until(() => seen.length === 2 && live.problem === undefined)
    say(0, 3, 'A', 4)
    await until(() => seen.length === 3)
    expect(seen.filter((one) => one.startsWith('A'))).toEqual(['A 3', 'A 4'])
    expect(seen).toContain('B 1')

    // Topics made anew hold less than the picture says: all that there is.
    seen.length = 0
    open(1_000, [])
    await until(() => seen.length === 5)
    expect(seen.filter((one) => one.startsWith('A'))).toEqual(['A 1', 'A 2', 'A 3', 'A 4'])
  })
})

/** What the owner of a partition leaves, read beside it while it goes on. */
import { expect, it } from 'vitest'
import { connectConsumer, disconnect } from '../../src/journal/kafka/client.ts'
import { openKafkaJournal } from '../../src/journal/kafka/journal.ts'
import { PartitionOwner, readLeft } from '../../src/journal/kafka/owner.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { describeWithKafka, kafkaSettingsFor } from '../support/kafka-client.ts'
import { until } from '../support/until.ts'

const PAGES = 8
const PAGE_BYTES = 64

await describeWithKafka('what an owner leaves', (kafka) => {
  it('is of one transaction, however many it commits while it is read', {
    timeout: 300_000,
  }, async () => {
    const settings = kafkaSettingsFor(kafka.url, `left-${process.pid}-${Date.now()}`)
    const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
    const journal = await openKafkaJournal({ settings, telemetry })
    journal.onCommitted(() => {})
    await journal.append({ type: 'tick', at: 7 })
    await journal.close()
    const consumer = await connectConsumer(settings, { 'group.id': `${settings.prefix}.engines` })
    const owner = await PartitionOwner.take(settings, 0)
    const pageOf = (turn: number) => Buffer.alloc(PAGE_BYTES, turn % 256)
    const commit = (turn: number) =>
      owner.commit(
        {
          changes: [],
          state: { epoch: 1, position: turn, digest: 'd', next: 1 },
          snapshot: {
            pages: Array.from({ length: PAGES }, (_, index) => {
              return { section: 'a', index, bytes: pageOf(turn) }
            }),
            heap: Buffer.from(String(turn)),
            header: {
              ...{ position: turn, changesDigest: 'd', engineVersion: '1', gridDigest: '' },
              ...{ rulesDigest: '', at: turn },
              sections: [{ name: 'a', bytes: PAGES * PAGE_BYTES }],
            },
          },
        },
        consumer,
      )
    let turn = 1
    await commit(turn)
    // Brokers answer for a commit before readers are shown it.
    await until(async () => (await readLeft(settings, 0)).snapshot !== undefined)
    let isRead = false
    const goesOn = (async () => {
      while (!isRead) {
        await commit(++turn)
        // An end is met now and then.
        await new Promise((resolve) => setTimeout(resolve, 30))
      }
    })()
    for (let i = 0; i < 25; i++) {
      const { state, snapshot } = await readLeft(settings, 0)
      const of = snapshot!.header.position
      const found = [state!.position, Number(await snapshot!.readHeap())]
      expect(found).toEqual([of, of])
      const pages = await snapshot!.readSection('a')
      expect(pages.equals(Buffer.concat(Array.from({ length: PAGES }, () => pageOf(of))))).toBe(
        true,
      )
    }
    isRead = true
    await goesOn
    await owner.close()
    await disconnect(consumer)
  })
})

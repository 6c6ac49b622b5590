/** Three brokers of Kafka, of which one is lost in the middle of a storm. */
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest'
import { topicsOf } from '../../src/config/kafka.ts'
import {
  checkKafka,
  connectProducer,
  disconnect,
  metadataOf,
} from '../../src/journal/kafka/client.ts'
import { type KafkaBrokers, kafkaTool, startKafka } from '../support/kafka.ts'
import { describeWithOwnKafka, kafkaSettingsFor } from '../support/kafka-client.ts'
import { KafkaStage } from '../support/kafka-engines.ts'
import { until } from '../support/until.ts'

/** Reports at once, five times a second. */
const STORM = 20

await describeWithOwnKafka('three brokers', () => {
  let kafka: KafkaBrokers
  let stage: KafkaStage | undefined
  beforeAll(async () => {
    kafka = await startKafka(3)
  }, 300_000)
  afterAll(async () => {
    await stage?.close()
    await kafka?.stop()
  })

  it('that keep a topic once, as Kafka does unless it is told otherwise, are told by doctor', async () => {
    const topic = ['--bootstrap-server', kafka.bootstrap, '--topic', 'once.facts']
    await kafkaTool('TopicCommand', [...topic, '--create', '--replication-factor', '1'])
    // All brokers know of a new topic a moment later.
    await expect
      .poll(() => checkKafka(kafkaSettingsFor(kafka.bootstrap, 'once')))
      .toEqual({
        ok: false,
        found: expect.stringMatching(/^3 brokers, but once\.facts in one copy: .*kafka-reassign/),
      })
  })

  it('lose the one that leads in the middle of a storm, and no report is lost or judged twice', {
    timeout: 400_000,
  }, async () => {
    const settings = kafkaSettingsFor(kafka.bootstrap, `brokers-${process.pid}`, { partitions: 2 })
    const of = await KafkaStage.open(settings, 20_000, 11)
    stage = of
    onTestFailed(() => console.log(of.outputs()))
    const facts = topicsOf(settings).facts
    const described = await kafkaTool('TopicCommand', [
      ...['--bootstrap-server', kafka.bootstrap, '--describe', '--topic', facts],
    ])
    expect(described).toContain('ReplicationFactor: 3')
    expect(described).toContain('min.insync.replicas=2')
    expect(await checkKafka(settings)).toEqual({ ok: true, found: '3 brokers, our topics' })

    let engines = [await of.startEngine(), await of.startEngine()]
    of.startLoad(STORM)
    await until(() => engines.every((engine) => engine.gained() > 0))
    const countOf = (partition: number) =>
      of.acknowledged.filter((one) => one.partition === partition).length
    /** Resolves when this many more are acknowledged in both partitions. */
    const taken = async (more: number) => {
      const least = [countOf(0) + more, countOf(1) + more]
      await until(() => least.every((count, partition) => countOf(partition) >= count))
    }
    await taken(5 * STORM)
    const asked = await connectProducer(settings)
    const { topics } = await metadataOf(asked, facts)
    await disconnect(asked)
    const leader = topics[0]!.partitions.find(({ id }) => id === 0)!.leader
    await kafka.brokers[leader]!.crash()
    // With two of three in step reports are still taken, in both partitions.
    await taken(10 * STORM)
    engines = await of.keepRunning(engines)
    await kafka.brokers[leader]!.restart()
    await taken(10 * STORM)
    await of.stopLoad()
    engines = await of.keepRunning(engines)
    await of.settled()
    const audited = await of.audit()
    console.log(JSON.stringify(audited))
    expect(audited).toMatchObject({ lost: 0, repeated: 0, differing: 0 })
    expect(audited.incidents).toBeGreaterThan(0)
  })
})

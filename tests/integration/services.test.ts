/** The servers that tests start are the real ones: each answers as only it can. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KafkaBrokers, kafkaIsInstalled, kafkaTool, startKafka } from '../support/kafka.ts'
import { describeWith } from '../support/services.ts'

await describeWith('redis', 'Redis', (server) => {
  test('says its version', async () => {
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    let said = ''
    socket.setEncoding('utf8').on('data', (text) => {
      said += text
    })
    socket.end('INFO server\r\nQUIT\r\n')
    await new Promise((resolve) => socket.once('close', resolve))
    expect(/redis_version:(\d+)/.exec(said)?.[1]).toBe('7')
  })
})

describe.skipIf(!kafkaIsInstalled() && process.env.CI !== 'true')('Kafka of three brokers', () => {
  let kafka: KafkaBrokers | undefined
  beforeAll(async () => {
    kafka = await startKafka(3)
  })
  afterAll(() => kafka?.stop())

  test('keeps each partition on all three', async () => {
    const topic = ['--bootstrap-server', kafka!.bootstrap, '--topic', 'lastgasp.facts']
    await kafkaTool('TopicCommand', [...topic, '--create', '--partitions', '2'])
    const described = await kafkaTool('TopicCommand', [...topic, '--describe'])
    const replicas = [...described.matchAll(/Replicas: ([\d,]+)/g)].map(([, of]) =>
      of!.split(',').sort().join(),
    )
    expect(replicas).toEqual(['0,1,2', '0,1,2'])
  })
})

/** What was written to the topic of what is in force is read back later: an earlier word undoes no later one. */
import { beforeEach, expect, test, vi } from 'vitest'
import type { KafkaSettings } from '../../../src/config/kafka.ts'
import { InForceTopic } from '../../../src/journal/kafka/in-force.ts'
import { until } from '../../support/until.ts'

/** Of the topic, in its order. */
const topic: { key: string; value: Buffer; offset: number }[] = []
/** How far the brokers have handed it over. */
let handedOver = 0
/** Until then the writer has not heard that its word is there. */
let answered: Promise<void> | undefined
const write = (key: string, value: Buffer) => topic.push({ key, value, offset: topic.length }) - 1

vi.mock('../../../src/journal/kafka/kept.ts', () => ({
  KEPT_IN: 0,
  async keep(
    _settings: unknown,
    _topic: string,
    [{ key, value }]: [{ key: string; value: Buffer }],
  ) {
    const offset = write(key, value)
    await answered
    return offset
  },
}))
vi.mock('../../../src/journal/kafka/reader.ts', () => ({
  PartitionReader: {
    async open() {
      let next = 0
      return {
        extent: async () => ({ low: 0, high: topic.length }),
        from: () => {},
        hasEnded: () => next >= handedOver,
        async nextOrNone() {
          const come = topic.slice(next, handedOver)
          next = handedOver
          return come
        },
        close: async () => {},
      }
    },
  },
}))

beforeEach(() => {
  topic.length = 0
  handedOver = 0
  answered = undefined
})
const open = () => InForceTopic.open({ prefix: 'p' } as KafkaSettings)
const waits = { digest: 'joined', by: 'li', at: 1 }

test('what was taken back does not wait again because it is read late', async () => {
  const inForce = await open()
  await inForce.sayWaiting(waits)
  await inForce.sayWaiting(null)
  const seen: unknown[] = []
  inForce.follow(
    () => seen.push(inForce.waiting),
    (error) => {
      throw error
    },
  )
  handedOver = 1
  await until(() => seen.length === 1)
  handedOver = 2
  await until(() => seen.length === 2)
  expect(seen).toEqual([undefined, undefined])
  await inForce.close()
})

test('what another said since is not undone once the own earlier word is answered for', async () => {
  const inForce = await open()
  let answer = () => {}
  answered = new Promise((resolve) => {
    answer = resolve
  })
  const said = inForce.sayPrepared(0, { digest: 'grid', isReady: false })
  write(topic[0]!.key, Buffer.from(JSON.stringify({ digest: 'grid', isReady: true })))
  handedOver = 2
  inForce.follow(
    () => {},
    (error) => {
      throw error
    },
  )
  await until(() => inForce.prepared(0)?.isReady === true)
  answer()
  await said
  expect(inForce.prepared(0)).toEqual({ digest: 'grid', isReady: true })
  await inForce.close()
})

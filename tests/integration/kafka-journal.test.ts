import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Fact, JournalledFact } from '../../src/facts/facts.ts'
import { FactAppender } from '../../src/journal/kafka/appender.ts'
import { checkKafka } from '../../src/journal/kafka/client.ts'
import { type KafkaJournal, openKafkaJournal } from '../../src/journal/kafka/journal.ts'
import type { JournalError } from '../../src/journal/port.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { describeWithKafka, kafkaSettingsFor } from '../support/kafka-client.ts'
import { until } from '../support/until.ts'

let open: KafkaJournal[] = []
let topics = 0
beforeEach(() => {
  topics++
})
afterEach(async () => {
  for (const journal of open) await journal.close()
  open = []
})

const settingsFor = (brokers: string, more: object = {}) =>
  kafkaSettingsFor(brokers, `test-${process.pid}-${topics}`, more)

async function openJournal(brokers: string, more: object = {}) {
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  const journal = await openKafkaJournal({ settings: settingsFor(brokers, more), telemetry })
  open.push(journal)
  return journal
}

const tick = (at: number): Fact => ({ type: 'tick', at })

async function readAll(journal: KafkaJournal, from = 1, last?: number) {
  const facts: JournalledFact[] = []
  for await (const batch of journal.read(from, last)) facts.push(...batch)
  return facts
}

await describeWithKafka('the journal in Kafka', (server) => {
  it('gives positions in the order of calls and tells the listener before the caller', async () => {
    const journal = await openJournal(server.url)
    const seen: string[] = []
    journal.onCommitted((facts) => {
      for (const { position } of facts) seen.push(`heard ${position}`)
    })
    const positions = await Promise.all(
      [10, 20, 30].map(async (at) => {
        const position = await journal.append(tick(at))
        expect(seen).toContain(`heard ${position}`)
        return position
      }),
    )
    expect(positions).toEqual([1, 2, 3])
    expect(seen).toEqual(['heard 1', 'heard 2', 'heard 3'])
    expect([journal.firstPosition, journal.lastPosition, journal.pending]).toEqual([1, 3, 0])
    expect(await readAll(journal, 2)).toEqual([
      { position: 2, fact: tick(20) },
      { position: 3, fact: tick(30) },
    ])
    expect(await readAll(journal, 1, 1)).toHaveLength(1)
    expect(await journal.at([3, 1, 3, 99])).toEqual([
      { position: 1, fact: tick(10) },
      { position: 3, fact: tick(30) },
    ])
  })

  it('goes on where it was, and hears what another process appended meanwhile', async () => {
    const first = await openJournal(server.url)
    first.onCommitted(() => {})
    await Promise.all([1, 2, 3].map((at) => first.append(tick(at))))
    await first.close()
    const second = await openJournal(server.url)
    expect(second.lastPosition).toBe(3)
    const elsewhere = await openJournal(server.url)
    elsewhere.onCommitted(() => {})
    await elsewhere.append(tick(4))
    expect(await readAll(second)).toHaveLength(3)
    const heard: number[] = []
    second.onCommitted((facts) => heard.push(...facts.map(({ position }) => position)))
    await second.append(tick(5))
    expect(heard).toEqual([4, 5])
  })

  it('waits for brokers that are away, says so, and loses nothing', {
    timeout: 300_000,
  }, async (context) => {
    if (!server.restart) return context.skip()
    const journal = await openJournal(server.url)
    const heard: number[] = []
    journal.onCommitted((facts) => heard.push(...facts.map(({ position }) => position)))
    await journal.append(tick(1))
    const restarted = server.restart('SIGKILL')
    // Who hears after half a minute that it is not taken sends it again, as terminals do: where the
    // broker did take it after all, it is there twice.
    let repeats = 0
    const again = (at: number): Promise<number> =>
      journal.append(tick(at)).catch((error: JournalError) => {
        if (error.code !== 'journal.unreachable') throw error
        repeats++
        return again(at)
      })
    const appended = [2, 3, 4].map(again)
    await restarted
    const positions = await Promise.all(appended)
    await until(() => journal.condition === 'writing')
    expect(heard).toEqual(Array.from({ length: heard.length }, (_, before) => before + 1))
    expect(heard.length).toBeLessThanOrEqual(4 + repeats)
    expect(await journal.at(positions)).toEqual(
      positions.map((position, nth) => ({ position, fact: tick(nth + 2) })),
    )
  })

  it('is looked for before the first start, which makes its topics', async () => {
    const settings = settingsFor(server.url, { partitions: 4 })
    const nothing = { ok: true, found: '1 brokers, no topics yet' }
    await expect(checkKafka(settings)).resolves.toEqual(nothing)
    await expect(checkKafka(settings)).resolves.toEqual(nothing)
    const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
    const appender = await FactAppender.open(settings, telemetry)
    await appender.close()
    await expect(checkKafka(settings)).resolves.toEqual({
      ok: true,
      found: '1 brokers, our topics',
    })
  })

  it('refuses topics that were made for another number of engines', async () => {
    await openJournal(server.url)
    const settings = settingsFor(server.url, { partitions: 4 })
    await expect(checkKafka(settings)).resolves.toEqual({
      ok: false,
      found: expect.stringContaining('1 partitions and kafka.partitions says 4'),
    })
    await expect(openJournal(server.url, { partitions: 4 })).rejects.toMatchObject({
      code: 'journal.partitions',
    })
  })

  it('is missed at the start and by doctor', { timeout: 300_000 }, async () => {
    expect((await checkKafka(settingsFor('127.0.0.1:9'))).ok).toBe(false)
    await expect(openJournal('127.0.0.1:9')).rejects.toMatchObject({ code: 'journal.unreachable' })
  })
})

describe('a client that is not built', () => {
  it('is said with the one command that builds it', async () => {
    vi.doMock('node-rdkafka', () => {
      throw new Error('Could not locate the bindings file')
    })
    vi.resetModules()
    const { checkKafka } = await import('../../src/journal/kafka/client.ts')
    const { ok, found } = await checkKafka(settingsFor('127.0.0.1:9'))
    expect({ ok, found }).toEqual({
      ok: false,
      found: expect.stringContaining('npm run build:kafka'),
    })
  })
})

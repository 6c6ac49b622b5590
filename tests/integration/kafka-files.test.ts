/** Grids and rules on their way between the folders of roles, through a real Kafka. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Library } from '../../src/app/library.ts'
import { GridAhead } from '../../src/app/roles/grid-ahead.ts'
import { PuttingInForce } from '../../src/app/roles/putting-in-force.ts'
import { SharedLibrary } from '../../src/app/roles/shared-library.ts'
import { topicsOf } from '../../src/config/kafka.ts'
import type { Fact } from '../../src/facts/facts.ts'
import { FactAppender } from '../../src/journal/kafka/appender.ts'
import { fetchFile, shareFile } from '../../src/journal/kafka/files.ts'
import { InForceTopic } from '../../src/journal/kafka/in-force.ts'
import { PartitionReader } from '../../src/journal/kafka/reader.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { describeWithKafka, kafkaSettingsFor } from '../support/kafka-client.ts'
import { until } from '../support/until.ts'
import { smallGrid } from '../unit/grid/small-grid.ts'

const dir = mkdtempSync(join(tmpdir(), 'lastgasp-files-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

await describeWithKafka('files of all roles', (server) => {
  const settings = kafkaSettingsFor(server.url, `files-${process.pid}-${Date.now()}`, {
    partitions: 2,
  })
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  beforeAll(async () => {
    const appender = await FactAppender.open(settings, telemetry)
    await appender.close()
  }, 300_000)
  const fail = (error: unknown) => {
    throw error
  }
  /** A role with a folder of its own. */
  const role = async (name: string, onChange = () => {}) => {
    const dataDir = join(dir, name)
    const library = new Library(dataDir)
    const topic = await InForceTopic.open(settings)
    topic.follow(onChange, fail)
    const shared = new SharedLibrary({ settings, library, topic, telemetry, dataDir })
    const close = async () => {
      shared.close()
      await topic.close()
    }
    return { dataDir, library, topic, shared, close }
  }

  it('a role waits for what it lacks, says so, and has it once another gives it', {
    timeout: 300_000,
  }, async () => {
    const [giver, taker] = [await role('giver'), await role('taker')]
    writeFileSync(join(dir, 'grid.json.gz'), gzipSync(JSON.stringify(smallGrid())))
    const { digest } = await giver.library.keepGrid(join(dir, 'grid.json.gz'))
    const rules = giver.library.keepRules('config/rules')

    const loading = Promise.all([
      taker.shared.load('grid', digest),
      taker.shared.load('grid', digest),
      taker.shared.load('rules', rules),
    ])
    expect(taker.shared.waitingFor).toEqual([`grid ${digest}`, `rules ${rules}`])
    await giver.shared.share('grid', digest)
    await giver.shared.share('rules', rules)
    await loading
    expect(taker.shared.waitingFor).toEqual([])
    expect(taker.shared.grid(digest).usagePoints.ids.count).toBe(3)
    expect(taker.shared.rules(rules)).toEqual(giver.shared.rules(rules))
    expect(taker.library.rulesText(rules).files).toEqual(giver.library.rulesText(rules).files)

    // What is there is not given again, and a role that is stopped waits no longer.
    const before = taker.topic.place('grid', digest)
    await taker.shared.share('grid', digest)
    expect(taker.topic.place('grid', digest)).toEqual(before)
    const vain = taker.shared.load('grid', 'f'.repeat(64))
    taker.shared.close()
    await expect(vain).rejects.toMatchObject({ code: 'journal.closed' })
    await Promise.all([giver.close(), taker.close()])
  })

  it('a file of many pieces arrives as it was, and one that is not what it says is refused', {
    timeout: 300_000,
  }, async () => {
    const { topic, close } = await role('pieces')
    const bytes = randomBytes(3_000_001)
    const digest = createHash('sha256').update(bytes).digest('hex')
    const content = async function* () {
      for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001)
    }
    const file = { kind: 'grid', ending: '.jsonl' } as const
    await shareFile(settings, topic, { ...file, digest, content: content() })
    const place = topic.place('grid', digest)!
    expect(place).toMatchObject({ pieces: 6, ending: '.jsonl' })
    const path = join(dir, 'fetched', 'one')
    expect(await fetchFile(settings, { kind: 'grid', digest, place }, path)).toBe(true)
    expect(readFileSync(path).equals(bytes)).toBe(true)
    const longer = { ...place, pieces: 7 }
    expect(await fetchFile(settings, { kind: 'grid', digest, place: longer }, path)).toBe(false)

    const wrong = 'a'.repeat(64)
    await shareFile(settings, topic, { ...file, digest: wrong, content: content() })
    const asked = { kind: 'grid', digest: wrong, place: topic.place('grid', wrong)! } as const
    await expect(fetchFile(settings, asked, path)).rejects.toMatchObject({
      code: 'journal.corrupt',
    })
    await close()
  })

  it('a grid waits for the engine that prepares it, and not for one that is not there', {
    timeout: 300_000,
  }, async () => {
    const giver = await role('accepting')
    const engine = await role('engine', () => ahead.look())
    const other = await role('standby', () => beside.look())
    writeFileSync(join(dir, 'ahead.json'), JSON.stringify({ ...smallGrid(), name: 'ahead' }))
    const { digest } = await giver.library.keepGrid(join(dir, 'ahead.json'))
    const rules = giver.library.keepRules('config/rules')
    const happened: string[] = []
    let compile = () => {}
    const compiling = new Promise<void>((resolve) => {
      compile = resolve
    })
    const ahead = new GridAhead({
      ...{ topic: engine.topic, owned: () => [1], onFailure: fail },
      shared: {
        async prepare(what, named) {
          await compiling
          await engine.shared.prepare(what, named)
          if (!happened.includes('ready')) happened.push('ready')
        },
      },
    })
    const beside = new GridAhead({ ...other, owned: () => [], onFailure: fail })

    let clock = 0
    const digests = ['old', 'old']
    const putting = new PuttingInForce({
      ...{ topic: giver.topic, library: giver.shared, partitions: 2, now: () => clock },
      digests: (what) => (what === 'grid' ? digests : [rules, rules]),
      async append({ type }, partition) {
        happened.push(`${type} ${partition}`)
        digests[partition] = digest
        return 0
      },
      hasFiled: () => true,
    })
    const put = putting.put('grid', digest, 'wang')
    await until(() => giver.topic.prepared(1)?.digest === digest)
    // Nobody speaks for the first partition: it has been waited for long enough.
    clock = 60_000
    // Rules do not wait for a grid that is being compiled.
    await putting.put('rules', rules, 'wang')
    expect(happened).toEqual([])
    expect(engine.shared.waitingFor).toEqual([])
    compile()
    await put
    expect(happened).toEqual(['ready', 'gridApplied 0', 'gridApplied 1'])
    expect(giver.topic.prepared(0)).toBeUndefined()
    expect(giver.topic.prepared(1)).toEqual({ digest, isReady: true })
    expect(engine.shared.grid(digest).name).toBe('ahead')
    await until(() => other.library.has('grid', digest))
    await Promise.all([giver.close(), engine.close(), other.close()])
  })

  it('what a stop left half done is carried out by the next start, once', {
    timeout: 300_000,
  }, async () => {
    const { topic, close } = await role('half')
    const digests = ['new', 'old']
    const appended: [partition: number, fact: Fact][] = []
    const putting = new PuttingInForce({
      ...{ topic, library: { share: async () => {} }, partitions: 2, now: () => 5 },
      digests: (what) => (what === 'rules' ? digests : ['g', 'g']),
      async append(fact, partition) {
        appended.push([partition, fact])
        digests[partition] = 'new'
        return 0
      },
      hasFiled: () => true,
    })
    await topic.say('rules', { digest: 'new', by: 'wang', at: 1, isDone: false })
    await putting.finish()
    await putting.finish()
    await putting.put('rules', 'new', 'li')
    const fact = { type: 'rulesApplied', receivedAt: 5, digest: 'new', by: 'wang' }
    expect(appended).toEqual([[1, fact]])

    // Others see what was said last, also those who come later.
    const other = await role('other')
    expect(other.topic.latest('rules')).toMatchObject({ digest: 'new', isDone: true })
    await putting.put('rules', 'newer', 'li')
    await until(() => other.topic.latest('rules')?.digest === 'newer')
    expect(appended.map(([partition]) => partition)).toEqual([1, 0, 1])
    await Promise.all([close(), other.close()])
    const reader = await PartitionReader.open(settings, topicsOf(settings).inForce)
    expect((await reader.extent(1)).high).toBe(0)
    await reader.close()
  })
})

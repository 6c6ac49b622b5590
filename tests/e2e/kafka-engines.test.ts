import { afterEach, expect, it, onTestFailed } from 'vitest'
import { PartitionOwner } from '../../src/journal/kafka/owner.ts'
import { describeWithKafka, kafkaSettingsFor } from '../support/kafka-client.ts'
import { type EngineProcess, KafkaStage } from '../support/kafka-engines.ts'
import { until } from '../support/until.ts'

/** 5 and 5 in CI; `npm run soak` asks for 50 and 50. */
const ROUNDS = Number(process.env.LASTGASP_KAFKA_ROUNDS ?? 5)
const ROUND_MS = 60_000

let stage: KafkaStage | undefined
let prefixes = 0
afterEach(async () => {
  await stage?.close()
  stage = undefined
})

/** Longer than the group waits for a silent engine: its partitions are others' when it wakes up. */
const PAUSE_MS = 9_000

await describeWithKafka('engines on Kafka', (server) => {
  const openStage = async (partitions: number) => {
    const prefix = `engines-${process.pid}-${++prefixes}`
    const seed = Date.now() % 1_000_000
    console.log(`seed ${seed}`)
    stage = await KafkaStage.open(
      kafkaSettingsFor(server.url, prefix, { partitions }),
      20_000,
      seed,
    )
    const opened = stage
    onTestFailed(() => console.log(opened.outputs()))
    return opened
  }

  const finish = async (of: KafkaStage) => {
    await of.stopLoad()
    await of.settled()
    const audited = await of.audit()
    console.log(JSON.stringify(audited))
    expect(audited).toMatchObject({ lost: 0, repeated: 0, differing: 0 })
    expect(audited.incidents).toBeGreaterThan(0)
    return audited
  }

  it('share the partitions, and a second one takes its half in the middle', {
    timeout: 300_000,
  }, async () => {
    const of = await openStage(2)
    const first = await of.startEngine()
    of.startLoad()
    await until(() => first.gained() >= 2)
    const second = await of.startEngine()
    await until(() => second.gained() >= 1)
    // Each in a process of its own, they tell each other how things stand.
    await until(async () =>
      (await of.facts(0)).some((fact) => fact.type === 'partCounted' && fact.openIncidents > 0),
    )
    await until(async () => (await of.facts(1)).some(({ type }) => type === 'wholeJudged'))
    await second.end('SIGTERM')
    await until(() => first.gained() >= 3)
    await finish(of)
  })

  it('find a dead cell over two partitions together, once', { timeout: 300_000 }, async () => {
    const of = await openStage(2)
    const engines = [await of.startEngine(), await of.startEngine()]
    await until(() => engines.every((engine) => engine.gained() > 0))
    // Three terminals in each: five are enough of a cell.
    await of.link(3, 'online')
    await of.link(3, 'offline')
    const cells = async () => (await of.incidents(0)).filter(({ kind }) => kind === 'commsFault')
    // Found with the fifth, and of the sixth a few seconds later.
    await until(async () => (await cells())[0]?.evidence.length === 6)
    expect(await cells()).toMatchObject([{ level: 'substation', metersAffected: 0 }])
    await of.link(3, 'online')
    await until(async () => (await cells())[0]!.outageKind === 'closed')
    expect(await of.incidents(1)).toEqual([])
    of.startLoad()
    await until(() => of.acknowledged.length > 20)
    await finish(of)
    expect(await cells()).toHaveLength(1)
  })

  it('end with their code when another has the partition, for whoever starts them again', {
    timeout: 300_000,
  }, async () => {
    const of = await openStage(1)
    const engine = await of.startEngine()
    of.startLoad()
    await until(() => engine.gained() >= 1)
    const other = await PartitionOwner.take(of.settings, 0)
    await until(() => engine.isOver)
    expect([engine.child.exitCode, engine.child.signalCode]).toEqual([70, null])
    expect(engine.output).toMatch(/^lastgasp: partition 0 is no longer ours/m)
    await other.close()
  })

  it('lose and repeat nothing when they and the broker all went down', {
    timeout: 300_000,
  }, async (context) => {
    if (!server.restart) return context.skip(`the broker is from ${server.from}, not ours to crash`)
    const of = await openStage(2)
    const engines = [await of.startEngine(), await of.startEngine()]
    of.startLoad()
    await until(() => engines.every((engine) => engine.gained() > 0))
    await until(() => of.acknowledged.length > 50)
    await Promise.all(engines.map((engine) => engine.end('SIGKILL')))
    // Nobody judges what is taken now, until the broker has died as well and all are back.
    const unjudged = of.acknowledged.length
    await until(() => of.acknowledged.length > unjudged + 50)
    await of.stopLoad()
    await server.restart('SIGKILL')
    const again = [await of.startEngine(), await of.startEngine()]
    await until(() => again.every((engine) => engine.gained() > 0))
    const back = of.acknowledged.length
    of.startLoad()
    await until(() => of.acknowledged.length > back + 50)
    const { epochs } = await finish(of)
    for (const epoch of epochs) expect(epoch).toBeGreaterThan(1)
  })

  it(`lose and repeat nothing in ${ROUNDS} rounds of kill -9 and ${ROUNDS} of a pause`, {
    timeout: 120_000 + 2 * ROUNDS * ROUND_MS,
  }, async () => {
    const of = await openStage(2)
    /** How those that woke up without their partition ended. */
    const ends: string[] = []
    let engines: EngineProcess[] = [await of.startEngine(), await of.startEngine()]
    /** On a busy machine one that nobody paused may lose its partition as well, and end. */
    const untilAll = (have: (engine: EngineProcess) => boolean) =>
      until(async () => {
        engines = await of.keepRunning(engines)
        return engines.every(have)
      })
    of.startLoad()
    await untilAll((engine) => engine.gained() > 0)
    for (let round = 0; round < 2 * ROUNDS; round++) {
      const victim = engines.shift()!
      const [other] = engines
      const before = other!.gained()
      if (round % 2 === 0) {
        await victim.end('SIGKILL')
        engines.push(await of.startEngine())
      } else {
        victim.child.kill('SIGSTOP')
        await untilAll((engine) => engine.gained() > (engine === other ? before : 0))
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS - 6_000))
        victim.child.kill('SIGCONT')
        // It is fenced and ends, or finds in time that it has lost, and joins again.
        const gained = victim.gained()
        await until(() => victim.isOver || victim.gained() > gained)
        if (victim.isOver) ends.push(`${victim.child.exitCode ?? victim.child.signalCode}`)
        engines.push(victim.isOver ? await of.startEngine() : victim)
      }
      await untilAll((engine) => engine.gained() > 0)
    }
    console.log(`fenced: ${ends.join(' ')}`)
    const { epochs } = await finish(of)
    expect(Math.max(...epochs)).toBeGreaterThan(1)
  })
})

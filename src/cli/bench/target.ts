/**
 * What a load is played into: the whole program as one process, or the roles `sensing` and `engine`
 * on a Kafka, where the changes they publish are what comes out.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { TopicPartitionOffset, WatermarkOffsets } from 'node-rdkafka'
import { type KafkaSettings, kafkaSettings, topicsOf } from '../../config/kafka.ts'
import { loadSettings } from '../../config/load.ts'
import {
  ANSWER_WITHIN_MS,
  answered,
  connectConsumer,
  disconnect,
} from '../../journal/kafka/client.ts'
import { batchOf, factOf } from '../../journal/kafka/messages.ts'
import { PartitionReader } from '../../journal/kafka/reader.ts'
import { messagesInJournal } from './kill-audit.ts'
import { type Cited, type CitingItem, openConsole } from './load/console.ts'
import { benchToken } from './load/token.ts'
import { cpuMsOf, rssMbOf, Served } from './served.ts'

export interface TargetOptions {
  /** Where it may keep what it keeps. */
  readonly dir: string
  readonly grid: string
  readonly env: NodeJS.ProcessEnv
  /** An outside broker instead of the embedded listener. */
  readonly broker?: string
  /** Brokers of Kafka: roles instead of the whole program; needs `broker`. */
  readonly kafka?: string
  /** Engine processes, with `kafka`. */
  readonly engines: number
}

export interface Target {
  readonly broker: URL
  /** CPU time up to now by stage, ms. */
  cpuMs(): Readonly<Record<string, number>>
  /** Resident memory of all processes, MB. */
  rssMb(): number
  /** Tells what comes out; answers how to stop that. */
  follow(see: (items: readonly CitingItem[], of: Cited) => void): Promise<() => unknown>
  /** Resolves when all that is durable by now is judged and told. */
  judged(): Promise<void>
  /** Stops it; answers what was wrong with that. */
  stop(): Promise<string | undefined>
  /** Ids of the messages that it made durable; of the whole program once it is stopped. */
  kept(): Promise<ReadonlySet<string>>
  /** `kill -9`, where it still runs. */
  kill(): Promise<void>
}

export function openTarget(options: TargetOptions): Promise<Target> {
  return options.kafka === undefined ? wholeProgram(options) : roles(options, options.kafka)
}

async function wholeProgram({ dir, grid, env, broker }: TargetOptions): Promise<Target> {
  const data = join(dir, 'data')
  const outside = broker === undefined ? {} : { MQTT_URL: broker }
  const served = await Served.start({ data, grid, env: { ...env, ...outside } })
  return {
    broker: new URL(broker ?? `mqtt://127.0.0.1:${served.mqttPort}`),
    cpuMs: () => ({ program: cpuMsOf(served.pid) }),
    rssMb: () => rssMbOf(served.pid),
    async follow(see) {
      const socket = await openConsole(served.url, await benchToken(data), see)
      return () => socket.terminate()
    },
    // It tells within milliseconds, and says of nothing that it was the last.
    judged: async () => {},
    stop: () => served.stop(),
    kept: async () => messagesInJournal(join(data, 'journal.db')).messages,
    kill: () => served.kill(),
  }
}

/** So many for one engine as for two: what is compared is who judges them. */
const PARTITIONS = 2
/** Engines that have not shared the partitions, or not judged what there is, by then never will. */
const ENGINES_WITHIN_MS = 120_000

async function roles(options: TargetOptions, kafka: string): Promise<Target> {
  const { broker, dir } = options
  if (broker === undefined) throw new Error('--kafka needs --broker: sensing speaks to a broker')
  const said = {
    KAFKA_BROKERS: kafka,
    LASTGASP__KAFKA__PREFIX: `bench-${process.pid}`,
    LASTGASP__KAFKA__PARTITIONS: String(PARTITIONS),
  }
  const settings = kafkaSettings(loadSettings({ environment: said }).settings)!
  const env = { ...options.env, ...said, MQTT_URL: broker }
  const started: Served[] = []
  const start = async (role: string, name: string) => {
    const served = await Served.start({ ...options, env, role, data: join(dir, name) })
    started.push(served)
    return served
  }
  const killAll = async () => {
    for (const served of started) await served.kill()
  }
  try {
    const sensing = await start('sensing', 'sensing')
    const judging: Served[] = []
    for (let index = 0; index < options.engines; index++)
      judging.push(await start('engine', `engine-${index}`))
    await untilEngines(judging, 'shared the partitions', () => share(judging))
    return {
      broker: new URL(broker),
      cpuMs: () => ({
        sensing: cpuMsOf(sensing.pid),
        ...Object.fromEntries(judging.map(({ pid }, at) => [`engine${at + 1}`, cpuMsOf(pid)])),
      }),
      rssMb: () => started.reduce((sum, { pid }) => sum + rssMbOf(pid), 0),
      follow: (see) => followChanges(settings, see),
      judged: () => pastAll(settings, judging),
      async stop() {
        const problems: (string | undefined)[] = []
        for (const served of started) problems.push(await served.stop())
        return problems.find((problem) => problem !== undefined)
      },
      kept: () => messagesInFacts(settings),
      kill: killAll,
    }
  } catch (error) {
    await killAll()
    throw error
  }
}

/** Asks until `isSo`; an engine that ended by itself is named with what it printed last. */
async function untilEngines(all: readonly Served[], what: string, isSo: () => Promise<boolean>) {
  const until = performance.now() + ENGINES_WITHIN_MS
  while (!(await isSo())) {
    for (const engine of all) engine.assertRuns()
    if (performance.now() > until) throw new Error(`the engines have not ${what} in two minutes`)
    await delay(100)
  }
}

/** Whether each engine judges its share. One that does not answer now is asked again. */
async function share(all: readonly Served[]): Promise<boolean> {
  for (const { url } of all) {
    const metrics = await fetch(`${url}/metrics`).then(
      (answer) => answer.text(),
      () => '',
    )
    const owned = Number(/^lastgasp_partitions_owned (\d+)/m.exec(metrics)?.[1] ?? 0)
    if (owned < PARTITIONS / all.length) return false
  }
  return true
}

/** Resolves when the engines are past every fact that is in the journal by now. */
async function pastAll(settings: KafkaSettings, judging: readonly Served[]): Promise<void> {
  const topic = topicsOf(settings).facts
  const group = await connectConsumer(settings, { 'group.id': `${settings.prefix}.engines` })
  try {
    const ends = await Promise.all(
      Array.from({ length: PARTITIONS }, async (_, partition) => {
        const { highOffset } = await answered<WatermarkOffsets>((done) =>
          group.queryWatermarkOffsets(topic, partition, ANSWER_WITHIN_MS, done),
        )
        return { topic, partition, offset: highOffset }
      }),
    )
    await untilEngines(judging, 'judged everything', async () => {
      const next = await answered<TopicPartitionOffset[]>((done) =>
        group.committed(ends, ANSWER_WITHIN_MS, done),
      ).catch(() => [])
      const past = next.filter(({ partition, offset }) => offset >= ends[partition]!.offset)
      return past.length === PARTITIONS
    })
  } finally {
    await disconnect(group)
  }
}

async function followChanges(
  settings: KafkaSettings,
  see: (items: readonly CitingItem[], of: Cited) => void,
): Promise<() => Promise<void>> {
  const reader = await PartitionReader.open(settings, topicsOf(settings).changes)
  const starts = []
  for (let partition = 0; partition < PARTITIONS; partition++)
    starts.push({ partition, offset: (await reader.extent(partition)).high })
  reader.from(starts)
  let following = true
  const followed = (async () => {
    while (following)
      for (const message of await reader.nextOrNone()) {
        const { changes } = batchOf(message)
        const incidents = changes.filter((change) => change.type === 'incident')
        see(
          incidents.map(({ incident }) => incident),
          'incidents',
        )
      }
  })()
  return async () => {
    following = false
    await followed
    await reader.close()
  }
}

async function messagesInFacts(settings: KafkaSettings): Promise<ReadonlySet<string>> {
  const kept = new Set<string>()
  const reader = await PartitionReader.open(settings, topicsOf(settings).facts)
  for (let partition = 0; partition < PARTITIONS; partition++) {
    reader.from([{ partition, offset: (await reader.extent(partition)).low }])
    while (!reader.hasEnded(partition))
      for (const { fact } of (await reader.nextOrNone()).map((one) => factOf(one, PARTITIONS)))
        if (fact.type === 'report' && fact.messageId !== undefined) kept.add(fact.messageId)
  }
  await reader.close()
  return kept
}

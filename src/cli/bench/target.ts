/**
 * What a load is played into: the whole program as one process, or the roles `sensing` and `engine`
 * on a Kafka, where the changes they publish are what comes out.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type KafkaSettings, kafkaSettings, topicsOf } from '../../config/kafka.ts'
import { loadSettings } from '../../config/load.ts'
import { batchOf, factOf } from '../../journal/kafka/messages.ts'
import { PartitionReader } from '../../journal/kafka/reader.ts'
import { messagesInJournal } from './kill-audit.ts'
import { type CitingItem, openConsole } from './load/console.ts'
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
  follow(see: (items: readonly CitingItem[]) => void): Promise<() => unknown>
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
    stop: () => served.stop(),
    kept: async () => messagesInJournal(join(data, 'journal.db')).messages,
    kill: () => served.kill(),
  }
}

/** So many for one engine as for two: what is compared is who judges them. */
const PARTITIONS = 2

async function roles(options: TargetOptions, kafka: string): Promise<Target> {
  const { broker, dir, engines } = options
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
    for (let index = 0; index < engines; index++)
      judging.push(await start('engine', `engine-${index}`))
    await shared(judging)
    return {
      broker: new URL(broker),
      cpuMs: () => ({
        sensing: cpuMsOf(sensing.pid),
        ...Object.fromEntries(judging.map(({ pid }, at) => [`engine${at + 1}`, cpuMsOf(pid)])),
      }),
      rssMb: () => started.reduce((sum, { pid }) => sum + rssMbOf(pid), 0),
      follow: (see) => followChanges(settings, see),
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

/** Resolves when each engine judges its share. */
async function shared(engines: readonly Served[]): Promise<void> {
  const least = PARTITIONS / engines.length
  const hasShare = async ({ url }: Served) => {
    const metrics = await (await fetch(`${url}/metrics`)).text()
    return Number(/^lastgasp_partitions_owned (\d+)/m.exec(metrics)?.[1] ?? 0) >= least
  }
  for (const engine of engines) while (!(await hasShare(engine))) await delay(100)
}

async function followChanges(
  settings: KafkaSettings,
  see: (items: readonly CitingItem[]) => void,
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
        see(changes.flatMap((change) => (change.type === 'incident' ? [change.incident] : [])))
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

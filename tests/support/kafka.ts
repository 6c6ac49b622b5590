/**
 * Apache Kafka from its published jars (`kafka/pom.xml`) with this machine's Java: brokers in KRaft
 * mode on loopback, each broker and controller at once, as few threads as it starts with.
 */
import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { answered, disconnect, loadClient, metadataOf } from '../../src/journal/kafka/client.ts'
import { accepts, freePort, type ServerProcess, startServer } from './server-process.ts'
import { until } from './until.ts'

const JARS = fileURLToPath(new URL('kafka/target/jars/', import.meta.url))
/** Two cores are shared with what is tested: no compiler threads to spare, no heap to fill. */
export const JAVA = ['-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${JARS}*`]
/** Any 16 bytes in base64: brokers of one number belong together. */
const CLUSTER = 'bGFzdGdhc3AtdGVzdHMwMA'

/** True where `install-debian.sh` has fetched the jars and a Java of their version runs them. */
export function kafkaIsInstalled(): boolean {
  return existsSync(JARS) && spawnSync('java', ['-version']).status === 0
}

export interface KafkaBrokers {
  /** `host:port` of each, separated by commas. */
  readonly bootstrap: string
  readonly brokers: readonly ServerProcess[]
  stop(): Promise<void>
}

export interface Addresses {
  readonly client: number
  readonly controller: number
}

/** A further listener of a broker. */
export interface MoreListener {
  readonly name: string
  readonly port: number
  readonly protocol: string
}

/** Settings of broker `index` of `all`. */
export function properties(
  all: readonly Addresses[],
  index: number,
  folder: string,
  also: readonly MoreListener[] = [],
): string {
  const { client, controller } = all[index]!
  const copies = Math.min(3, all.length)
  const voters = all.map((one, id) => `${id}@127.0.0.1:${one.controller}`)
  const more = also.map((one) => `,${one.name}://127.0.0.1:${one.port}`).join('')
  const protocols = also.map((one) => `,${one.name}:${one.protocol}`).join('')
  return `process.roles=broker,controller
node.id=${index}
controller.quorum.voters=${voters.join(',')}
listeners=CLIENT://127.0.0.1:${client},CONTROLLER://127.0.0.1:${controller}${more}
advertised.listeners=CLIENT://127.0.0.1:${client}${more}
listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT${protocols}
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
log.dirs=${folder}/log
num.partitions=1
num.network.threads=2
num.io.threads=2
default.replication.factor=${copies}
min.insync.replicas=${Math.max(1, copies - 1)}
offsets.topic.num.partitions=2
offsets.topic.replication.factor=${copies}
transaction.state.log.num.partitions=2
transaction.state.log.replication.factor=${copies}
transaction.state.log.min.isr=${Math.max(1, copies - 1)}
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=6000
`
}

/** Makes the folder of a broker, once. */
export async function formatted(configFile: string, more: readonly string[] = []): Promise<void> {
  const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER, '-c', configFile]
  await promisify(execFile)('java', [...JAVA, ...format, ...more])
}

/** One look of the client; three brokers of a busy machine may leave many of them without an answer. */
const LOOK_MS = 5000

/**
 * Resolves when the controllers count all brokers in: a port is open some time before, and a topic
 * that is made in between is refused for want of brokers that would keep it.
 */
export async function allCounted(bootstrap: string, count: number): Promise<void> {
  const client = await loadClient().catch(() => undefined)
  // Without the client tests that need topics are skipped.
  if (!client) return
  await until(async () => {
    // A new one each time: the client gives itself up where its first look is not answered.
    const looker = new client.Producer({ 'bootstrap.servers': bootstrap })
    looker.on('event.error', () => {})
    try {
      await answered((done) => looker.connect({ timeout: LOOK_MS }, done))
    } catch {
      return false
    }
    const known = await metadataOf(looker).catch(() => undefined)
    await disconnect(looker)
    return known?.brokers.length === count
  })
}

/** Starts `count` brokers, one or three, as one cluster. */
export async function startKafka(count: 1 | 3): Promise<KafkaBrokers> {
  const all: Addresses[] = []
  for (let index = 0; index < count; index++)
    all.push({ client: await freePort(), controller: await freePort() })
  // Together: a quorum of three answers only when two are there.
  const brokers = await Promise.all(
    all.map(({ client }, index) =>
      startServer({
        program: 'java',
        config: (folder) => properties(all, index, folder),
        args: (configFile) => [...JAVA, 'kafka.Kafka', configFile],
        answers: () => accepts(client),
        prepare: formatted,
      }),
    ),
  )
  const bootstrap = all.map(({ client }) => `127.0.0.1:${client}`).join(',')
  await allCounted(bootstrap, count)
  return {
    bootstrap,
    brokers,
    async stop() {
      for (const broker of brokers) await broker.stop()
    },
  }
}

/** Runs one of Kafka's own tools (`TopicCommand`, `ConsumerGroupCommand` …); answers what it prints. */
export async function kafkaTool(name: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('java', [
    ...JAVA,
    `org.apache.kafka.tools.${name}`,
    ...args,
  ])
  return stdout
}

/**
 * Engines as processes on a real Kafka, load that remembers what was acknowledged, and the audit:
 * what the engines said, disturbed as they were, must be what one engine says that nobody disturbs.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { TopicPartitionOffset } from 'node-rdkafka'
import { FROM_THE_START, Judge } from '../../src/app/judge.ts'
import { Library } from '../../src/app/library.ts'
import { partitionsOf } from '../../src/app/roles/routing.ts'
import { type KafkaSettings, topicsOf } from '../../src/config/kafka.ts'
import type { ChangeBatch, Incident } from '../../src/engine/changes.ts'
import type { Fact, LinkFact, ReportFact } from '../../src/facts/facts.ts'
import type { ObserverId } from '../../src/facts/ids.ts'
import type { CompiledGrid } from '../../src/grid/compiled.ts'
import { OBSERVER_CLASSES } from '../../src/grid/model.ts'
import { FactAppender } from '../../src/journal/kafka/appender.ts'
import { answered, connectConsumer, disconnect } from '../../src/journal/kafka/client.ts'
import { batchOf, factOf, type PublishedBatch } from '../../src/journal/kafka/messages.ts'
import { PartitionReader } from '../../src/journal/kafka/reader.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { lastgasp, MAIN } from './server.ts'
import { freePort } from './server-process.ts'
import { numbers } from './tiny-grid.ts'
import { until } from './until.ts'

/** Of the load, over all partitions. */
const LOADED_TERMINALS = 24
const CONCENTRATOR = OBSERVER_CLASSES.indexOf('concentrator')

/** One engine process. */
export class EngineProcess {
  readonly child: ChildProcess
  output = ''
  /** It has ended, and all that it printed is in `output`. */
  isOver = false
  readonly #closed: Promise<unknown>

  constructor(stage: KafkaStage, port: number) {
    const { brokers, prefix, partitions } = stage.settings
    this.child = spawn(
      process.execPath,
      [
        ...[MAIN, 'serve', '--role', 'engine', '--data', stage.folder, '--grid', stage.gridFile],
        ...['--port', String(port)],
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          KAFKA_BROKERS: brokers,
          LASTGASP__KAFKA__PREFIX: prefix,
          LASTGASP__KAFKA__PARTITIONS: String(partitions),
          // Often enough that takeovers meet snapshots as well as facts behind them.
          LASTGASP__JOURNAL__SNAPSHOT_EVERY_SECONDS: '2',
        },
      },
    )
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    // Not `exit`: what it printed last is still in the pipe then.
    this.#closed = once(this.child, 'close').then(() => {
      this.isOver = true
    })
  }

  gained(): number {
    return this.output.split('partition.gained').length - 1
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.child.kill(signal)
    await this.#closed
  }
}

export class KafkaStage {
  readonly settings: KafkaSettings
  readonly gridFile: string
  readonly grid: CompiledGrid
  readonly library: Library
  /** Grids and rules; engines that share it compile nothing. */
  readonly folder: string
  readonly acknowledged: {
    readonly partition: number
    readonly offset: number
    readonly id: string
  }[] = []
  readonly #appender: FactAppender
  readonly #random: () => number
  readonly #engines: EngineProcess[] = []
  #sent = 0
  #loading: Promise<void> | undefined
  #stopping = false

  /** All feeders are of one unit: its cells lie in every partition. */
  static async open(settings: KafkaSettings, customers: number, seed: number): Promise<KafkaStage> {
    const folder = mkdtempSync(join(tmpdir(), 'lastgasp-kafka-'))
    const gridFile = join(folder, 'grid.json')
    await lastgasp([
      'grid',
      'generate',
      '--customers',
      `${customers}`,
      '--seed',
      '7',
      '--out',
      gridFile,
    ])
    const generated = JSON.parse(readFileSync(gridFile, 'utf8')) as { feeders: { unit: string }[] }
    for (const feeder of generated.feeders) feeder.unit = generated.feeders[0]!.unit
    writeFileSync(gridFile, JSON.stringify(generated))
    const library = new Library(folder)
    const grid = await library.keepGrid(gridFile)
    library.keepRules('config/rules')
    const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
    const appender = await FactAppender.open(settings, telemetry)
    return new KafkaStage(settings, gridFile, grid, library, folder, appender, numbers(seed))
  }

  private constructor(
    settings: KafkaSettings,
    gridFile: string,
    grid: CompiledGrid,
    library: Library,
    folder: string,
    appender: FactAppender,
    random: () => number,
  ) {
    this.settings = settings
    this.gridFile = gridFile
    this.grid = grid
    this.library = library
    this.folder = folder
    this.#appender = appender
    this.#random = random
  }

  async startEngine(): Promise<EngineProcess> {
    const engine = new EngineProcess(this, await freePort())
    this.#engines.push(engine)
    await until(() => engine.output.includes('stop with Ctrl-C') || engine.isOver)
    if (engine.isOver) throw new Error(`the engine did not start:\n${engine.output}`)
    return engine
  }

  /** What the engines printed. */
  outputs(): string {
    return this.#engines.map(({ child, output }) => `engine ${child.pid}:\n${output}`).join('\n')
  }

  /** Concentrators that lose and regain supply, `burst` at once, until `stopLoad`; what Kafka took is remembered. */
  startLoad(burst = 3): void {
    const terminals = this.#concentrators(LOADED_TERMINALS / this.settings.partitions)
    const dark = new Set<number>()
    this.#stopping = false
    this.#loading = (async () => {
      while (!this.#stopping) {
        const reports = Array.from({ length: burst }, () => {
          const terminal = terminals[Math.floor(this.#random() * terminals.length)]!
          const kind = dark.delete(terminal) ? 'areaOn' : 'areaOff'
          if (kind === 'areaOff') dark.add(terminal)
          return this.#report(terminal, kind)
        })
        await Promise.all(reports)
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    })()
  }

  async stopLoad(): Promise<void> {
    this.#stopping = true
    await this.#loading
  }

  /** Starts another engine for each that ended, as whoever runs them does. */
  async keepRunning(engines: readonly EngineProcess[]): Promise<EngineProcess[]> {
    return Promise.all(engines.map((engine) => (engine.isOver ? this.startEngine() : engine)))
  }

  /** Resolves when the engines have judged all that was acknowledged, and have been stopped. */
  async settled(): Promise<void> {
    const last = new Map<number, number>()
    for (const { partition, offset } of this.acknowledged)
      last.set(partition, Math.max(offset, last.get(partition) ?? 0))
    const topic = topicsOf(this.settings).facts
    const group = await connectConsumer(this.settings, {
      'group.id': `${this.settings.prefix}.engines`,
    })
    const partitions = [...last.keys()].map((partition) => ({ topic, partition }))
    await until(async () => {
      // Any of them may have been held up for so long that another took its place, and has ended.
      if (this.#engines.every(({ isOver }) => isOver)) await this.startEngine()
      const next = await answered<TopicPartitionOffset[]>((done) =>
        group.committed(partitions, 10_000, done),
      )
      return next.every(({ partition, offset }) => offset > last.get(partition)!)
    })
    await disconnect(group)
    for (const engine of this.#engines) await engine.end('SIGTERM')
  }

  /** What the engines said and what an undisturbed one says, by partition; and what is missing. */
  async audit(): Promise<{
    readonly facts: number
    readonly batches: number
    readonly incidents: number
    readonly lost: number
    /** Reports that are in the journal more than once. */
    readonly repeated: number
    readonly differing: number
    readonly epochs: readonly number[]
  }> {
    const judged = await this.#judgedUpTo()
    const sums = { facts: 0, batches: 0, incidents: 0, lost: 0, repeated: 0, differing: 0 }
    const epochs: number[] = []
    const { facts: factsTopic, changes: changesTopic } = topicsOf(this.settings)
    for (let partition = 0; partition < this.settings.partitions; partition++) {
      const messages = await this.#all(factsTopic, partition)
      const kept = messages.map((message) => factOf(message, this.settings.partitions))
      const acked = this.acknowledged.filter((one) => one.partition === partition)
      sums.lost += acked.filter(({ offset, id }) => {
        const fact = kept[offset]?.fact
        return fact?.type !== 'report' || fact.messageId !== id
      }).length
      const ids = kept.flatMap(({ fact }) => (fact.type === 'report' ? [fact.messageId] : []))
      sums.repeated += ids.length - new Set(ids).size
      const expected: ChangeBatch[] = []
      const judge = new Judge(this.library, FROM_THE_START, partition)
      for (const fact of kept.slice(0, judged.get(partition))) {
        await judge.prepare(fact)
        const batch = judge.apply(fact)
        if (!batch) continue
        const { position, at, json } = batch
        expected.push({ position, at, changes: JSON.parse(json) })
      }
      const said = (await this.#all(changesTopic, partition)).map(batchOf)
      sums.facts += kept.length
      sums.batches += said.length
      sums.incidents += judge.engine.world!.nextCase - partition * 100_000_000 - 1
      sums.differing += Math.abs(said.length - expected.length)
      said.forEach((batch, index) => {
        if (!isDeepStrictEqual(withoutEpoch(batch), expected[index])) sums.differing++
        if (index > 0 && batch.epoch < said[index - 1]!.epoch) sums.differing++
      })
      epochs.push(said.at(-1)?.epoch ?? 0)
    }
    return { ...sums, epochs }
  }

  /** A radio cell comes or goes: so many concentrators in each partition. */
  async link(inEach: number, state: LinkFact['state']): Promise<void> {
    for (const terminal of this.#concentrators(inEach)) {
      const name = this.grid.observers.ids.idOf(terminal) as ObserverId
      const fact: Fact = { type: 'link', receivedAt: Date.now(), terminal: name, state }
      await this.#appender.append(fact, this.#partitionOf(terminal))
    }
  }

  /** Latest revision of each incident that the engines of a partition told of until now. */
  async incidents(partition: number): Promise<readonly Incident[]> {
    const latest = new Map<string, Incident>()
    for (const { changes } of (await this.#all(topicsOf(this.settings).changes, partition)).map(
      batchOf,
    ))
      for (const change of changes)
        if (change.type === 'incident') latest.set(change.incident.id, change.incident)
    return [...latest.values()]
  }

  /** What is in a partition of the journal now. */
  async facts(partition: number): Promise<readonly Fact[]> {
    const messages = await this.#all(topicsOf(this.settings).facts, partition)
    return messages.map((message) => factOf(message, this.settings.partitions).fact)
  }

  async close(): Promise<void> {
    await this.stopLoad()
    for (const engine of this.#engines) {
      engine.child.kill('SIGCONT')
      await engine.end('SIGKILL')
    }
    await this.#appender.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** A few of each partition, so that each engine keeps up on a busy machine and the audit judges quickly. */
  #concentrators(inEach: number): readonly number[] {
    const { observers } = this.grid
    const all = [...Array(observers.ids.count).keys()].filter(
      (observer) => observers.class[observer] === CONCENTRATOR,
    )
    return [...Array(this.settings.partitions).keys()].flatMap((partition) =>
      all.filter((observer) => this.#partitionOf(observer) === partition).slice(0, inEach),
    )
  }

  #partitionOf(observer: number): number {
    const terminal = this.grid.observers.ids.idOf(observer) as ObserverId
    const fact: Fact = { type: 'reliabilityReset', receivedAt: 0, terminal, by: 'load' }
    const first = { count: this.settings.partitions, placed: new Map<string, number>() }
    return partitionsOf(fact, this.grid, first)[0]!
  }

  async #report(terminal: number, kind: ReportFact['kind']): Promise<void> {
    const id = `load-${++this.#sent}`
    const receivedAt = Date.now()
    const name = this.grid.observers.ids.idOf(terminal) as ObserverId
    const fact: Fact = {
      type: 'report',
      receivedAt,
      terminal: name,
      kind,
      at: receivedAt,
      messageId: id,
    }
    const partition = this.#partitionOf(terminal)
    const offset = await this.#appender.append(fact, partition)
    this.acknowledged.push({ partition, offset, id })
  }

  /** By partition: offset of the first fact that no engine has judged. */
  async #judgedUpTo(): Promise<Map<number, number>> {
    const next = new Map<number, number>()
    for (let partition = 0; partition < this.settings.partitions; partition++)
      for (const { key, value } of await this.#all(topicsOf(this.settings).snapshots, partition))
        if (String(key) === 'state')
          next.set(partition, (JSON.parse(String(value)) as { next: number }).next)
    return next
  }

  async #all(topic: string, partition: number) {
    const reader = await PartitionReader.open(this.settings, topic)
    try {
      reader.from([{ partition, offset: (await reader.extent(partition)).low }])
      const all = []
      while (!reader.hasEnded(partition)) all.push(...(await reader.nextOrNone()))
      return all
    } finally {
      await reader.close()
    }
  }
}

function withoutEpoch({ epoch: _, digest: __, ...batch }: PublishedBatch): ChangeBatch {
  return batch
}

/**
 * The role `engine`: judges the partitions that Kafka gives it and says what follows into
 * `lastgasp.changes`. It keeps nothing on its own disk but grids and rules. A partition that the group
 * has given to another engine is given up; when anything else breaks it ends, and whoever started it
 * starts it again.
 */
import type { Message } from 'node-rdkafka'
import { type KafkaSettings, topicsOf } from '../../config/kafka.ts'
import type { Settings } from '../../config/schema.ts'
import { createWorkerServer } from '../../http/server.ts'
import type { SimulatorPort } from '../../http/simulator-port.ts'
import { FactAppender } from '../../journal/kafka/appender.ts'
import { EngineGroup } from '../../journal/kafka/group.ts'
import { type InForceKind, InForceTopic } from '../../journal/kafka/in-force.ts'
import { patiently } from '../../journal/kafka/patience.ts'
import { JournalError } from '../../journal/port.ts'
import { createTelemetry } from '../../telemetry/telemetry.ts'
import { installedVersion } from '../installed.ts'
import type { SimulatorSurroundings } from '../simulated.ts'
import { type StartedWith, startedWith } from './folder-grid.ts'
import { GivenUp } from './given-up.ts'
import { GridAhead } from './grid-ahead.ts'
import { placeAtStart } from './moves.ts'
import { BY_START, OwnedPartition } from './owned-partition.ts'
import { SharedLibrary } from './shared-library.ts'

/** Facts judged in one turn: a few milliseconds of work, so that a turn is mostly its commit. */
const TURN_FACTS = 4_096

/** A look for facts takes a tenth of a second and a commit at most half a minute of waiting. */
const WATCH_EVERY_MS = 5_000
/** Looks of the watch without a turn that ended: a minute, of which a paused process counts none. */
const STALLED_LOOKS = 12

export interface RoleOptions {
  readonly settings: Settings
  readonly kafka: KafkaSettings
  readonly gridFile?: string
  /** Plays scenarios against the roles, where it may; of use to `records` alone. */
  readonly simulator?: (around: SimulatorSurroundings) => SimulatorPort
  /** A failure that the role cannot go on from. */
  readonly onFailure: (error: unknown) => void
}

export interface RunningRole {
  /** Where `/healthz`, `/readyz` and `/metrics` are. */
  readonly url: string
  stop(): Promise<void>
}

/** Joins the engines. @throws JournalError, UsageError, GridError */
export async function startEngine(options: RoleOptions): Promise<RunningRole> {
  const { settings, kafka, gridFile, onFailure } = options
  const telemetry = createTelemetry({ level: settings.log.level })
  const started = await startedWith(settings, gridFile)
  const appender = await FactAppender.open(kafka, telemetry)
  const topic = await InForceTopic.open(kafka)
  const shared = new SharedLibrary({
    ...{ settings: kafka, library: started.library, topic, telemetry },
    dataDir: settings.data.dir,
  })
  const owned = new Map<number, OwnedPartition>()
  telemetry.gauge('lastgasp_partitions_owned', 'Partitions judged here', () => owned.size)
  let joined = false
  let failed = false
  const fail = (error: unknown) => {
    if (failed) return
    failed = true
    telemetry.emit('app.failed', {}, error)
    onFailure(error)
  }
  const health = () => {
    const reasons = appender.condition === 'writing' ? [] : [`journal: ${appender.condition}`]
    if (failed) reasons.push('engine: failed')
    if (!joined) reasons.push('engine: not in the group yet')
    for (const missing of shared.waitingFor) reasons.push(`engine: waits for ${missing}`)
    return { ready: reasons.length === 0, reasons }
  }
  const server = await createWorkerServer({
    ...{ telemetry, health, version: installedVersion() },
    grid: () => started.grid,
    now: () => Date.now(),
  })
  const { url } = await server.listen(settings.http.host, settings.http.port)

  const ahead = new GridAhead({ topic, shared, owned: () => owned.keys(), onFailure: fail })
  topic.follow(() => ahead.look(), fail)
  const givenUp = new GivenUp(fail)
  const group = await EngineGroup.join(kafka, {
    async gained(partition) {
      givenUp.said(partition)
      const taken = await patiently(async () => {
        const one = await OwnedPartition.take({
          ...{ settings: kafka, library: shared, partition, now: () => Date.now() },
          snapshotEveryMs: settings.journal.snapshotEverySeconds * 1000,
          append: (fact, to) => appender.append(fact, to),
          onFailure: fail,
        })
        try {
          await putInForce(one, started, shared, appender, topic, partition, kafka)
        } catch (error) {
          await one.release()
          throw error
        }
        return one
      })
      owned.set(partition, taken)
      taken.start()
      ahead.look()
      joined = true
      telemetry.emit('partition.gained', { partition, epoch: taken.epoch })
      return taken.next
    },
    async lost(partition) {
      givenUp.said(partition)
      const given = owned.get(partition)
      owned.delete(partition)
      await given?.release()
      telemetry.emit('partition.lost', { partition })
    },
    onFailure: fail,
  })

  let stopping = false
  let turnsEnded = 0
  /** Judges facts of a partition that is ours; gives it up where the brokers say that it is not. */
  const judge = async (partition: number, messages: readonly Message[]) => {
    const one = owned.get(partition)
    try {
      await one?.take(messages, group.consumer)
    } catch (error) {
      if (stopping || (error as JournalError).code !== 'journal.fenced') throw error
      // The group may have said so meanwhile: then it is given back already.
      if (owned.get(partition) !== one) return
      owned.delete(partition)
      givenUp.add(partition, error)
      telemetry.emit('partition.refused', { partition }, error)
      await one?.release()
    }
  }
  const judged = (async () => {
    while (!stopping && !failed) {
      const messages = await group.next(TURN_FACTS)
      await Promise.all(
        [...byPartition(messages)].map(([partition, some]) => judge(partition, some)),
      )
      turnsEnded++
    }
  })().catch((error) => {
    // A turn that a stop cut short is no failure.
    if (!stopping) fail(error)
  })
  const isWaiting = () => shared.waitingFor.length > 0
  const unwatch = watched(() => (isWaiting() ? -1 : turnsEnded), fail)
  telemetry.emit('app.started', { url, brokerUrl: topicsOf(kafka).facts })

  return {
    url,
    async stop() {
      telemetry.emit('app.stopping')
      stopping = true
      unwatch()
      givenUp.close()
      ahead.stop()
      // A turn that waits for a grid is given up; the next owner takes it anew.
      shared.close()
      await judged
      // Leaving gives back what is owned, one partition after the other.
      await group.leave()
      for (const one of owned.values()) await one.release()
      await topic.close()
      await appender.close()
      await server.close()
    },
  }
}

/** Fails where turns end no more: the client of Kafka may forget a call for good. Answers how to end it. */
function watched(turnsEnded: () => number, fail: (error: unknown) => void): () => void {
  let [seen, still] = [-1, 0]
  const watch = setInterval(() => {
    still = turnsEnded() === seen ? still + 1 : 0
    seen = turnsEnded()
    if (still >= STALLED_LOOKS)
      fail(new JournalError('journal.silent', 'Kafka: no turn has come to its end for a minute'))
  }, WATCH_EVERY_MS)
  return () => clearInterval(watch)
}

/**
 * Makes the grid and rules of this start facts of the partition, where they are not those of the last
 * start: what people put in force since then stays. @throws MovedFeederError
 */
async function putInForce(
  { judge, started: last }: OwnedPartition,
  { library, grid, rulesDigest }: StartedWith,
  shared: SharedLibrary,
  appender: FactAppender,
  topic: InForceTopic,
  partition: number,
  { partitions }: KafkaSettings,
): Promise<void> {
  const put = async (what: InForceKind, type: 'gridApplied' | 'rulesApplied', digest: string) => {
    const at = Date.now()
    await shared.share(what, digest)
    await appender.append({ type, receivedAt: at, digest, by: BY_START }, partition)
    await topic.say(what, { digest, by: BY_START, at, isDone: true })
  }
  if (rulesDigest !== last.rules && rulesDigest !== judge.rulesDigest)
    await put('rules', 'rulesApplied', rulesDigest)
  if (grid.digest === last.grid || grid.digest === judge.gridDigest) return
  if (judge.gridDigest !== '') await shared.load('grid', judge.gridDigest)
  const before = judge.gridDigest === '' ? undefined : library.grid(judge.gridDigest)
  const placed = await placeAtStart(before, grid, { count: partitions, placed: topic.partitions })
  await topic.sayPartitions(placed)
  await put('grid', 'gridApplied', grid.digest)
}

function byPartition(messages: readonly Message[]): Map<number, Message[]> {
  const all = new Map<number, Message[]>()
  for (const message of messages) {
    const some = all.get(message.partition)
    if (some) some.push(message)
    else all.set(message.partition, [message])
  }
  return all
}

/**
 * The role `records`: files what the engines say, once, sends what follows from it (webhooks, messages
 * to customers, call-reads), and answers people: what is filed from its ledger, what an engine knows
 * from the engines' worlds, which it follows. One process; while it is away engines and sensing go on,
 * and it catches up.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UsageError } from '../../config/errors.ts'
import type { Fact, Position } from '../../facts/facts.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { createHttpServer } from '../../http/server.ts'
import { FactAppender } from '../../journal/kafka/appender.ts'
import { InForceTopic } from '../../journal/kafka/in-force.ts'
import { positionOf } from '../../journal/kafka/messages.ts'
import { FactPicker } from '../../journal/kafka/picker.ts'
import { lockDataFolder } from '../../journal/lock.ts'
import { openCustomers } from '../../records/customers/customers.ts'
import { openRecords } from '../../records/sqlite.ts'
import { openSubscriber } from '../../sensing/subscriber.ts'
import { createTelemetry } from '../../telemetry/telemetry.ts'
import { ActionWaits } from '../action-waits.ts'
import { openAnswers } from '../answers.ts'
import { CallSender } from '../call-sender.ts'
import { Crews } from '../crews.ts'
import { openFollowers } from '../followers.ts'
import { GridApply } from '../grid-apply.ts'
import { openReadings } from '../open-journal.ts'
import { type Closers, openedWhole } from '../opening.ts'
import { QuarantineReplay } from '../quarantine-replay.ts'
import { rulesDoor } from '../rules.ts'
import { surroundingsOf } from '../simulated.ts'
import { directoryInForce } from '../terminal-directory.ts'
import { topicWay } from '../topic-notices.ts'
import { ChangeFollower } from './change-follower.ts'
import { ChangePlaces } from './change-places.ts'
import { DRAIN_LOOK_MS, Draining } from './draining.ts'
import type { RoleOptions, RunningRole } from './engine.ts'
import { startedWith } from './folder-grid.ts'
import { FollowedWorlds } from './followed-worlds.ts'
import { placeGrid } from './moves.ts'
import { PuttingInForce } from './putting-in-force.ts'
import { type Partitions, partitionsOf } from './routing.ts'
import { SharedLibrary } from './shared-library.ts'

const DAY_MS = 86_400_000

/** Retention looks once an hour: a day's changes are dropped in slices of an hour. */
const RETAIN_EVERY_MS = 3_600_000

/** Who asks for messages of the quarantine to be taken again waits so long for what follows from it. */
const FILED_WITHIN_MS = 2_000
const FILED_LOOK_MS = 50

/** Opens the records and follows. @throws JournalError, RecordsError, UsageError, GridError */
export function startRecords(options: RoleOptions): Promise<RunningRole> {
  return openedWhole((closers, closeAll) => open(options, closers, closeAll))
}

async function open(
  options: RoleOptions,
  closers: Closers,
  closeAll: () => Promise<void>,
): Promise<RunningRole> {
  const { settings, kafka, gridFile, onFailure } = options
  const { url: broker } = settings.mqtt
  if (broker === null)
    throw new UsageError('--role records needs mqtt.url: call-reads go out through a broker')
  const { dir } = settings.data
  const now = () => Date.now()
  const telemetry = createTelemetry({ level: settings.log.level })
  const lock = lockDataFolder(dir)
  closers.push(() => lock.release())
  const started = await startedWith(settings, gridFile)
  const { library } = started
  const customers = await openCustomers(dir)
  closers.push(() => customers.close())
  const records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  closers.push(() => records.close())
  const appender = await FactAppender.open(kafka, telemetry)
  closers.push(() => appender.close())
  const picker = await FactPicker.open(kafka)
  closers.push(() => picker.close())
  const fail = (error: unknown) => {
    telemetry.emit('app.failed', {}, error)
    void closeAll().finally(() => onFailure(error))
  }
  const every = (ms: number, work: () => Promise<unknown>) => {
    const timer = setInterval(() => work().catch(fail), ms)
    closers.push(() => clearInterval(timer))
  }

  const topic = await InForceTopic.open(kafka)
  closers.push(() => topic.close())
  topic.follow(() => {}, fail)
  const shared = new SharedLibrary({ settings: kafka, library, topic, telemetry, dataDir: dir })

  const partitions = () => ({ count: kafka.partitions, placed: topic.partitions })
  const append = appendTo(appender, () => grid(), partitions)
  const crews = new Crews({
    registered: () => records.repair.crews(),
    worlds: () => worlds.all(),
    append,
  })
  const worlds = await FollowedWorlds.open({
    ...{ settings: kafka, library: shared, onFailure: fail, placed: () => topic.partitions },
    onFact: (fact) => fact.type === 'crewPosition' && crews.see(fact),
  })
  closers.push(() => worlds.stop())
  closers.push(() => shared.close())
  // Until an engine has put them in force, those of this start are what there is.
  const grid = () => library.grid(worlds.inForce.grid || started.grid.digest)
  const rulesDigest = () => worlds.inForce.rules || started.rulesDigest
  const rules = () => library.rules(rulesDigest())

  const directory = directoryInForce(grid, () => true)
  const calls = openSubscriber({
    settings: {
      ...settings.mqtt,
      ...{ url: broker, connections: 1, clientId: `${settings.mqtt.clientId}-calls` },
    },
    sendsOnly: true,
    sink: { append, pending: 0 },
    ...{ directory, telemetry, now },
  })
  closers.push(() => calls.close())
  const sender = new CallSender({
    publish: (terminal, message) => calls.publishCall(terminal, message),
    ...{ records, telemetry, now, onFailure: fail },
  })
  closers.push(() => sender.close())
  sender.start()
  const actions = new ActionWaits(records)
  const around = { settings, telemetry, records, worlds, crews, grid, rules, now }
  const places = new ChangePlaces(records.sources())
  const followers = await openFollowers(
    {
      ...{ ...around, journal: appender, fail },
      readings: await openReadings(settings, undefined, closers),
      places: (position) => places.upTo(position),
      topics: topicWay(() => calls),
      allowPrivate: settings.notify.allowPrivate,
      subscribe: (follow) =>
        records.onCommitted((batches) => {
          actions.follow(batches)
          sender.follow(batches)
          follow(batches)
        }),
    },
    closers,
  )

  const follower = await ChangeFollower.open({
    ...{ settings: kafka, records, places, telemetry, onFailure: fail },
    reached: (position) => worlds.reached(position),
    agrees: (position, digest) => worlds.agrees(position, digest),
  })
  follower.start()
  telemetry.gauge(
    'lastgasp_partitions_diverged',
    'Partitions that are judged otherwise here than by their engines',
    () => follower.diverged.length,
  )
  closers.push(() => follower.stop())
  every(RETAIN_EVERY_MS, () => records.retain(now() - settings.journal.retentionDays * DAY_MS))

  const answers = openAnswers(
    {
      ...{ ...around, customers, followers, append, every },
      rulesText: () => library.rulesText(rulesDigest()),
    },
    closers,
  )
  const health = () => {
    const reasons: string[] = []
    if (appender.condition !== 'writing') reasons.push(`journal: ${appender.condition}`)
    if (records.condition !== 'writing') reasons.push(`records: ${records.condition}`)
    for (const partition of follower.diverged)
      reasons.push(`records: partition ${partition} is judged otherwise here, start it again`)
    for (const missing of shared.waitingFor) reasons.push(`records: wait for ${missing}`)
    if (calls.problem !== undefined) reasons.push(`broker: ${calls.problem}`)
    return { ready: reasons.length === 0, reasons, map: answers.map.state(grid()) }
  }
  const putting = new PuttingInForce({
    ...{ topic, library: shared, partitions: kafka.partitions, now },
    digests: (what) => worlds.digests(what),
    append: (fact, partition) => appender.append(fact, partition),
    hasFiled: (position) => follower.hasFiled(position),
  })
  await putting.finish()
  const putGrid = async (digest: string, by: string) => {
    const placement = await placeGrid(grid(), library.grid(digest), partitions())
    await topic.sayPartitions(placement.partitions)
    await putting.put('grid', digest, by)
  }
  const draining = new Draining({
    ...{ topic, worlds, telemetry, now, partitions: kafka.partitions, gridInForce: grid },
    share: (digest) => shared.share('grid', digest),
    async load(digest) {
      await shared.load('grid', digest)
      return library.grid(digest)
    },
    append: (fact, partition) => appender.append(fact, partition),
    async put(digest, by) {
      await answers.map.prepare(library.grid(digest))
      await putGrid(digest, by)
    },
  })
  every(DRAIN_LOOK_MS, () => draining.look())
  const gridApply = new GridApply({
    ...{ dataDir: dir, library, worlds, draining },
    drawMap: (applied) => answers.map.prepare(applied),
    put: putGrid,
  })
  const put = (digest: string, by: string) => putting.put('rules', digest, by)
  const quarantine = replayOf(append, follower)
  const replay = new QuarantineReplay({ records, directory, now, ...quarantine })
  let url = ''
  const simulator = options.simulator?.(
    surroundingsOf({
      ...{ records, grid, now, url: () => url, brokerUrl: () => broker },
      gridPath: () => library.gridPath(grid().digest),
      // Crews act for people: simulated ones are of the demonstration.
      crewToken: () => null,
    }),
  )
  const server = await createHttpServer({
    ...answers,
    ...{ facts: { append }, journal: picker, health, gridApply },
    ...(simulator ? { simulator } : {}),
    awaitAction: (requestId, timeoutMs) => actions.await(requestId, timeoutMs),
    ...rulesDoor({ library, rulesDigest, put }, dir),
    replayQuarantine: (asked) => replay.replay(asked),
  })
  url = (await server.listen(settings.http.host, settings.http.port)).url
  closers.push(() => server.close())
  closers.push(() => simulator?.stop())
  telemetry.emit('app.started', { url, brokerUrl: broker })
  return {
    url,
    async stop() {
      telemetry.emit('app.stopping')
      await closeAll()
    },
  }
}

type Append = (fact: Fact) => Promise<Position>

/** Facts go to the partitions that must judge them; what is answered is the position in the first. */
function appendTo(
  appender: FactAppender,
  grid: () => CompiledGrid,
  partitions: () => Partitions,
): Append {
  return async (fact) => {
    const judges = partitionsOf(fact, grid(), partitions())
    const offsets = await Promise.all(judges.map((one) => appender.append(fact, one)))
    return positionOf(offsets[0]!, judges[0]!, partitions().count)
  }
}

/** What taking messages again needs: the way to the engines, and the wait for what they say of it. */
function replayOf(append: Append, follower: ChangeFollower) {
  let taken: Position[] = []
  return {
    journal: {
      async append(fact: Fact) {
        const position = await append(fact)
        taken.push(position)
        return position
      },
    },
    pipeline: {
      async recorded() {
        const waits = taken
        taken = []
        const until = Date.now() + FILED_WITHIN_MS
        while (Date.now() < until && !waits.every((one) => follower.hasFiled(one)))
          await sleep(FILED_LOOK_MS)
      },
    },
  }
}

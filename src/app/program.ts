import { join } from 'node:path'
import type { Settings } from '../config/schema.ts'
import type { Incident } from '../engine/changes.ts'
import type { DemoAccount } from '../http/identity/identity.ts'
import type { Webhooks } from '../http/ports.ts'
import { createHttpServer } from '../http/server.ts'
import type { SimulatorPort } from '../http/simulator-port.ts'
import { lockDataFolder } from '../journal/lock.ts'
import { openSnapshots } from '../journal/snapshots.ts'
import { openCustomers } from '../records/customers/customers.ts'
import { openRecords } from '../records/sqlite.ts'
import { createTelemetry } from '../telemetry/telemetry.ts'
import { openAnswers } from './answers.ts'
import { CallSender } from './call-sender.ts'
import { Crews } from './crews.ts'
import { enterDemoCrews, rootUnits } from './demo-crews.ts'
import { openFollowers } from './followers.ts'
import { GridApply } from './grid-apply.ts'
import { applyGridOfStart } from './grid-at-start.ts'
import { healthOf } from './health.ts'
import { Library } from './library.ts'
import { tellNew } from './new-incidents.ts'
import { openJournal, openReadings } from './open-journal.ts'
import { type Closers, openedWhole } from './opening.ts'
import { intakeOf } from './periodic-readings.ts'
import { Pipeline } from './pipeline.ts'
import { QuarantineReplay } from './quarantine-replay.ts'
import { retainJournal } from './retention.ts'
import { applyRulesOfFolder, rulesDoor, rulesInForce, SHIPPED_RULES } from './rules.ts'
import { type SimulatorSurroundings, surroundingsOf } from './simulated.ts'
import { newestBeginning, Snapshotting } from './snapshotting.ts'
import { directoryInForce } from './terminal-directory.ts'
import { openTerminals, type Terminals } from './terminals.ts'
import { tickerOf } from './ticking.ts'
import { serviceAccounts, topicWay } from './topic-notices.ts'
import { oneWorld } from './worlds.ts'

const DAY_MS = 86_400_000

/** Retention looks once an hour: a day's facts are dropped in slices of an hour. */
const RETAIN_EVERY_MS = 3_600_000

export interface ProgramOptions {
  readonly settings: Settings
  /** Grid file to apply where it is not the one in force. */
  readonly gridFile?: string
  /** Make demonstration accounts with fresh passwords. */
  readonly demo?: boolean
  /** A failure that the program cannot go on from; it is stopped already. */
  readonly onFailure: (error: unknown) => void
  /** Plays scenarios against the program, where it may. */
  readonly simulator?: (around: SimulatorSurroundings) => SimulatorPort
  /** Each incident as it is first published. */
  readonly onIncident?: (incident: Incident) => void
}

export interface RunningProgram {
  readonly url: string
  /** Where terminals connect. */
  readonly brokerUrl: string
  readonly gridPath: string
  readonly gridName: string
  readonly customers: number
  readonly feeders: number
  readonly accounts: readonly DemoAccount[]
  readonly simulator: SimulatorPort | undefined
  /** For simulated crews of a demonstration. */
  readonly crewToken: string | null
  readonly recoveredFacts: number
  /** Customers that can be looked up. */
  readonly customersKnown: number
  readonly webhooks: Webhooks
  stop(): Promise<void>
}

/** Opens everything and serves. Rejects with a typed error, everything closed again. */
export function startProgram(options: ProgramOptions): Promise<RunningProgram> {
  return openedWhole((closers, closeAll) => open(options, closers, closeAll))
}

async function open(
  options: ProgramOptions,
  closers: Closers,
  closeAll: () => Promise<void>,
): Promise<RunningProgram> {
  const { settings } = options
  const dir = settings.data.dir
  const now = () => Date.now()
  const telemetry = createTelemetry({ level: settings.log.level })
  const lock = lockDataFolder(dir)
  closers.push(() => lock.release())
  const library = new Library(dir)
  const store = await openSnapshots({ dir: join(dir, 'snapshots'), telemetry })
  closers.push(() => store.close())
  const customers = await openCustomers(dir)
  closers.push(() => customers.close())
  const records = await openRecords({ path: join(dir, 'records.db'), telemetry })
  closers.push(() => records.close())
  const journal = await openJournal(settings, telemetry)
  closers.push(() => journal.close())

  const beginning = await newestBeginning(store, library, records.state)
  const pipeline = new Pipeline(journal, records, library, beginning)
  const { judge } = pipeline
  const recoveredFacts = await pipeline.recover()
  const snapshotting = new Snapshotting(store, judge, () => pipeline.recorded(), telemetry)
  // What an earlier engine judged is never judged again: from here on there is no way back.
  if (beginning.isOlder) await snapshotting.take()
  telemetry.emit('app.recovered', { facts: recoveredFacts, position: judge.position })
  pipeline.start()
  const fail = (error: unknown) => {
    telemetry.emit('app.failed', {}, error)
    void closeAll().finally(() => options.onFailure(error))
  }
  pipeline.onFailure = fail
  const ruleParts = { library, journal, pipeline, records, now }
  await applyRulesOfFolder(settings.rules.dir ?? SHIPPED_RULES, ruleParts)
  await applyGridOfStart(options, { library, journal, pipeline })
  const grid = () => library.grid(judge.gridDigest)

  pipeline.onApplied = () => snapshotting.follow()
  const every = (ms: number, work: () => Promise<unknown>) => {
    const timer = setInterval(() => work().catch(fail), ms)
    closers.push(() => clearInterval(timer))
  }
  // Last moment: what is on disk then is what the next start finds.
  closers.push(async () => {
    await pipeline.recorded()
    await snapshotting.take()
    await snapshotting.stop()
  })
  every(settings.journal.snapshotEverySeconds * 1000, () => snapshotting.take())
  every(RETAIN_EVERY_MS, async () => {
    const cutoff = now() - settings.journal.retentionDays * DAY_MS
    await retainJournal(journal, cutoff, store.kept().at(-1)?.position)
    await records.retain(cutoff)
    await journal.readings.retain(now() - settings.journal.readingsDays * DAY_MS)
  })

  let callSender: CallSender | undefined
  let terminals: Terminals | undefined
  const worlds = oneWorld(() => judge.engine.world)
  const rules = () => library.rules(judge.rulesDigest)
  const crews = new Crews({
    registered: () => records.repair.crews(),
    worlds: worlds.all,
    append: (fact) => journal.append(fact),
  })
  const around = { settings, telemetry, records, worlds, crews, grid, rules, now }
  const followers = await openFollowers(
    {
      ...{ ...around, journal, fail },
      readings: await openReadings(settings, journal.readings, closers),
      topics: topicWay(() => terminals?.sensing),
      // A demonstration shows messages on a page of this machine.
      allowPrivate: settings.notify.allowPrivate || options.demo === true,
      subscribe(follow) {
        pipeline.onCommitted = (batches) => {
          callSender?.follow(batches)
          follow(batches)
          if (options.onIncident) tellNew(batches, options.onIncident)
        }
      },
    },
    closers,
  )
  const { webhooks } = followers

  let url = ''
  const health = () => ({
    ...healthOf(journal, records, terminals?.problem()),
    map: answers.map.state(grid()),
  })
  const answers = openAnswers(
    {
      ...{ ...around, customers, followers, every },
      append: (fact) => journal.append(fact),
      rulesText: () => library.rulesText(judge.rulesDigest),
    },
    closers,
  )
  const gridApply = new GridApply({
    ...{ dataDir: dir, library, worlds },
    async put(digest, by) {
      if (judge.gridDigest !== digest)
        await journal.append({ type: 'gridApplied', receivedAt: now(), digest, by })
      await pipeline.recorded()
    },
    drawMap: (applied) => answers.map.prepare(applied),
  })
  const directory = directoryInForce(grid, (id) => crews.isKnown(id))
  const quarantine = new QuarantineReplay({ records, directory, now, journal, pipeline })
  let crewToken: string | null = null
  const simulator = options.simulator?.(
    surroundingsOf({
      ...{ records, grid, now, url: () => url, crewToken: () => crewToken },
      brokerUrl: () => terminals?.url ?? '',
      gridPath: () => library.gridPath(judge.gridDigest),
    }),
  )
  const server = await createHttpServer({
    ...answers,
    ...{ facts: journal, journal, gridApply, health },
    awaitAction: (requestId, timeoutMs) => pipeline.awaitAction(requestId, timeoutMs),
    ...rulesDoor(rulesInForce(ruleParts), dir),
    replayQuarantine: (asked) => quarantine.replay(asked),
    ...(simulator ? { simulator } : {}),
  })
  telemetry.gauge('lastgasp_ready', 'Whether /readyz says so: 1 or 0', () =>
    health().ready ? 1 : 0,
  )
  url = (await server.listen(settings.http.host, settings.http.port)).url
  closers.push(() => server.close())

  const ticker = tickerOf({ journal, pipeline, now })
  ticker.start()
  closers.push(() => ticker.stop())

  terminals = await openTerminals({
    settings: settings.mqtt,
    // Reports are read no faster than what follows from them is filed.
    sink: {
      append: intakeOf(journal.readings, worlds.all, (fact) => crews.append(fact)),
      get pending() {
        return journal.pending + records.pending + journal.readings.pending
      },
    },
    directory,
    services: serviceAccounts(() => records.outbox.endpoints()),
    telemetry,
    now,
  })
  const { sensing, url: brokerUrl } = terminals
  closers.push(() => sensing.close())
  const sender = new CallSender({
    records,
    publish: (terminal, message) => sensing.publishCall(terminal, message),
    telemetry,
    now,
    onFailure: fail,
  })
  closers.push(() => sender.close())
  sender.start()
  closers.push(() => simulator?.stop())
  if (options.demo)
    crewToken = await enterDemoCrews(grid(), crews, answers.repair, answers.identity)
  callSender = sender
  telemetry.emit('app.started', { url, brokerUrl })

  return {
    url,
    brokerUrl,
    ...{ simulator, crewToken },
    gridPath: library.gridPath(judge.gridDigest),
    gridName: grid().name,
    customers: grid().usagePoints.ids.count,
    feeders: grid().feeders.length,
    accounts: options.demo ? await answers.identity.ensureDemoAccounts(rootUnits(grid())) : [],
    recoveredFacts,
    customersKnown: await customers.count().catch(() => 0),
    webhooks,
    async stop() {
      telemetry.emit('app.stopping')
      await closeAll()
    },
  }
}

/**
 * The whole program in one process: every part opened in order, wired to the others, and closed in
 * the opposite order. Nothing here decides anything about outages.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { oidcSettings } from '../config/oidc.ts'
import { connectRedis, redisSettings } from '../config/redis.ts'
import type { Settings } from '../config/schema.ts'
import type { Incident } from '../engine/changes.ts'
import type { Plan } from '../engine/plans/plan.ts'
import { offsetMinutesOf } from '../facts/time.ts'
import { createIdentity, type DemoAccount, type Identity } from '../http/identity/identity.ts'
import { createOidcSignIn } from '../http/identity/oidc.ts'
import { loadRoles } from '../http/identity/roles.ts'
import type { Webhooks } from '../http/ports.ts'
import { createHttpServer } from '../http/server.ts'
import { sharedLimits } from '../http/shared-limits.ts'
import type { SimulatorPort } from '../http/simulator-port.ts'
import { lockDataFolder } from '../journal/lock.ts'
import { openSnapshots } from '../journal/snapshots.ts'
import { createTicker } from '../journal/ticks.ts'
import { createLiveHub } from '../live/hub.ts'
import { openMirrorWriter } from '../live/mirror-writer.ts'
import { openCustomers } from '../records/customers/customers.ts'
import { openReliabilityReader } from '../records/reliability/reader.ts'
import { openSensingReader } from '../records/reliability/sensing-reader.ts'
import { openPictures } from '../records/repair/pictures.ts'
import { openRecords } from '../records/sqlite.ts'
import { openSeries } from '../series/series.ts'
import { createTelemetry } from '../telemetry/telemetry.ts'
import { CallLinks } from './call-links.ts'
import { CallSender } from './call-sender.ts'
import { callBacksOf } from './callbacks.ts'
import { careDesk, followLists } from './care.ts'
import { Crews } from './crews.ts'
import { enterDemoCrews, rootUnits } from './demo-crews.ts'
import { diagramOf } from './diagram.ts'
import { figuresOf, reportsIn } from './figures.ts'
import { openFrequent } from './frequent.ts'
import { GridApply } from './grid-apply.ts'
import { applyGridOfStart } from './grid-at-start.ts'
import { healthOf } from './health.ts'
import { openHotline } from './hotline.ts'
import type { Informing } from './informing.ts'
import { documentOfAllMessages, INSTALLED, installedVersion } from './installed.ts'
import { Library } from './library.ts'
import { tellNew } from './new-incidents.ts'
import { nextReadsOf } from './next-reads.ts'
import { noisyTerminals } from './noisy-terminals.ts'
import { openJournal } from './open-journal.ts'
import { type Closers, openedWhole } from './opening.ts'
import { Pipeline } from './pipeline.ts'
import { processFigures } from './process-figures.ts'
import { QuarantineReplay } from './quarantine-replay.ts'
import { answerReliability } from './reliability.ts'
import { repairDesk } from './repair.ts'
import { retainJournal } from './retention.ts'
import { applyRulesOfFolder, causesOfFolder, rulesDoor, SHIPPED_RULES } from './rules.ts'
import { type SimulatorSurroundings, surroundingsOf } from './simulated.ts'
import { newestBeginning, Snapshotting } from './snapshotting.ts'
import { subscriptionsOf } from './subscriptions.ts'
import { switchingPort } from './switching.ts'
import { startTellingOutside } from './telling/start.ts'
import { directoryInForce } from './terminal-directory.ts'
import { terminalOf } from './terminal-state.ts'
import { openTerminals, type Terminals } from './terminals.ts'
import { serviceAccounts, topicWay } from './topic-notices.ts'

const NO_PLANS: ReadonlyMap<string, Plan> = new Map()

const DAY_MS = 86_400_000

/** Retention looks once an hour: a day's facts are dropped in slices of an hour. */
const RETAIN_EVERY_MS = 3_600_000
/** Lists of frequent outages move by the day: an hour late is soon enough. */
const FOLLOW_LISTS_EVERY_MS = 3_600_000

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
  const causes = causesOfFolder(settings.rules.dir)
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
  })

  let callSender: CallSender | undefined
  let callLinks: CallLinks | undefined
  let terminals: Terminals | undefined
  let informing: Informing | undefined
  let reportsPerMinute = 0
  const figures = () => figuresOf(judge.engine.world, reportsPerMinute)
  const crews = new Crews({
    registered: () => records.repair.crews(),
    world: () => judge.engine.world,
    append: (fact) => journal.append(fact),
  })
  const live = createLiveHub({
    telemetry,
    grid,
    now,
    openIncidents: () => records.openIncidents(),
    areas: () => records.areas(),
    incident: (id) => records.incident(id),
    stats: figures,
    crews: (seesUnit) => crews.shown(seesUnit),
  })
  closers.push(() => live.close())
  const redisAt = redisSettings(settings)
  const mirror =
    redisAt &&
    openMirrorWriter({
      settings: redisAt,
      telemetry,
      source: {
        position: () => records.state.position,
        openIncidents: () => records.openIncidents(),
        areas: () => records.areas(),
        gridDigest: () => judge.gridDigest,
        stats: figures,
      },
    })
  if (mirror) closers.push(() => mirror.close())
  const redis = redisAt && connectRedis(redisAt)
  if (redis) closers.push(() => redis.disconnect())
  pipeline.onCommitted = (batches) => {
    reportsPerMinute = reportsIn(batches) ?? reportsPerMinute
    live.follow(batches)
    mirror?.follow(batches)
    callSender?.follow(batches)
    callLinks?.follow(batches)
    informing?.follow(batches)
    if (options.onIncident) tellNew(batches, options.onIncident)
  }

  const configDir = join(INSTALLED, 'config')
  const utcOffsetMinutes = () =>
    offsetMinutesOf(library.rules(judge.rulesDigest).judgement.utcOffset)
  const informingRules = () => library.rules(judge.rulesDigest).service.informing
  informing = await startTellingOutside({
    ...{ dir, records, telemetry, configDir, grid, utcOffsetMinutes, now, onFailure: fail },
    // A demonstration shows messages on a page of this machine.
    ...{
      allowPrivate: settings.notify.allowPrivate || options.demo === true,
      rules: informingRules,
    },
    world: () => judge.engine.world,
    topics: topicWay(() => terminals?.sensing),
  })
  closers.push(() => informing?.close())
  callLinks = new CallLinks({
    ...{ records, now, onFailure: fail },
    world: () => judge.engine.world,
    staysMinutes: () => library.rules(judge.rulesDigest).judgement.calls.staysMinutes,
  })
  closers.push(() => callLinks?.close())
  const { webhooks } = informing

  if (settings.series.url !== null) {
    const figures = processFigures({ telemetry, journal, records })
    const of = seriesSettings(settings)
    const series = openSeries({ records, settings: of, telemetry, figures, now })
    closers.push(() => series.close())
  }

  const pictures = openPictures(join(dir, 'attachments'))
  every(RETAIN_EVERY_MS, () => pictures.sweep((digest) => records.repair.isHeld(digest)))
  let url = ''
  const health = () => healthOf(journal, records, terminals?.problem())
  const reliability = openReliabilityReader(join(dir, 'records.db'))
  closers.push(() => reliability.close())
  const indicators = openSensingReader(join(dir, 'records.db'))
  closers.push(() => indicators.close())
  const roles = loadRoles()
  const identity: Identity = createIdentity({ dir, roles, now })
  const provider = oidcSettings(settings)
  closers.push(() => identity.close())
  const consoleDir = join(INSTALLED, 'dist', 'console')
  const gridApply = new GridApply({ dataDir: dir, library, journal, pipeline, now })
  const hotline = openHotline({
    ...{ pipeline, records, configDir, grid, utcOffsetMinutes, now },
    area: (incident) => live.area(incident),
  })
  const switching = switchingPort(grid, () => judge.engine.world)
  const frequent = openFrequent({
    ...{ reader: reliability, grid, now, utcOffsetMinutes, customersNow: switching.customersNow },
    sustainedMinutes: () => library.rules(judge.rulesDigest).judgement.sustainedMinutes,
  })
  every(FOLLOW_LISTS_EVERY_MS, () =>
    followLists({ records, customers, frequent, append: (fact) => journal.append(fact), now }),
  )
  const serviceRules = () => library.rules(judge.rulesDigest).service
  const directory = directoryInForce(grid, (id) => crews.isKnown(id))
  const quarantine = new QuarantineReplay({ records, directory, now, journal, pipeline })
  const desk = repairDesk(records, crews, pictures, () => serviceRules().etr.quantiles)
  let crewToken: string | null = null
  const simulator = options.simulator?.(
    surroundingsOf({
      ...{ records, grid, now, url: () => url, crewToken: () => crewToken },
      brokerUrl: () => terminals?.url ?? '',
      gridPath: () => library.gridPath(judge.gridDigest),
    }),
  )
  const server = await createHttpServer({
    telemetry,
    identity,
    ...(redis && redisAt ? { limits: sharedLimits(redis, redisAt.prefix) } : {}),
    ...(provider ? { oidc: createOidcSignIn(provider, roles, now) } : {}),
    ...{ records, customers, webhooks, repair: desk, frequent },
    care: careDesk(records, () => serviceRules().serviceLevel),
    subscriptions: subscriptionsOf(records, () => informingRules().complaintDays),
    card: hotline.card,
    voice: hotline.voice,
    callBacks: callBacksOf(records, hotline.callBackScript, () => serviceRules().callBack),
    ...{ facts: journal, journal, live },
    awaitAction: (requestId, timeoutMs) => pipeline.awaitAction(requestId, timeoutMs),
    grid,
    status: figures,
    plans: () => judge.engine.world?.plans.byId ?? NO_PLANS,
    gridApply,
    ...switching,
    diagram: (feeder) => diagramOf(judge.engine.world, feeder),
    nextReads: (incident) => nextReadsOf(judge.engine.world, incident),
    rules: () => library.rulesText(judge.rulesDigest),
    causes: () => causes,
    ...rulesDoor(ruleParts, dir),
    replayQuarantine: (asked) => quarantine.replay(asked),
    ...(simulator ? { simulator } : {}),
    health,
    reliability: (asked) => {
      const { sustainedMinutes } = library.rules(judge.rulesDigest).judgement
      const method = { asOf: now(), sustainedMinutes, utcOffsetMinutes: utcOffsetMinutes() }
      return answerReliability(reliability, asked, grid(), method)
    },
    sensing: (asked) => indicators.report({ ...asked, asOf: now() }),
    terminal: (id) => terminalOf(pipeline, id),
    noisyTerminals: (asked) => noisyTerminals(() => judge.engine.world, asked),
    now,
    ...(existsSync(consoleDir) ? { consoleDir } : {}),
    ...(settings.http.trustedProxies === null
      ? {}
      : { trustedProxies: settings.http.trustedProxies.split(',') }),
    asyncapi: documentOfAllMessages(),
    version: installedVersion(),
    ...(settings.http.publicUrl
      ? {
          allowedOrigins: [new URL(settings.http.publicUrl).origin],
          secureCookies: settings.http.publicUrl.startsWith('https:'),
        }
      : {}),
  })
  telemetry.gauge('lastgasp_ready', 'Whether /readyz says so: 1 or 0', () =>
    health().ready ? 1 : 0,
  )
  url = (await server.listen(settings.http.host, settings.http.port)).url
  closers.push(() => server.close())

  const ticker = createTicker({
    append: (fact) => journal.append(fact),
    nextDeadline: () => judge.engine.nextDeadline(),
    last: judge.engine.world?.now ?? 0,
    now,
  })
  ticker.start()
  closers.push(() => ticker.stop())

  terminals = await openTerminals({
    settings: settings.mqtt,
    // Reports are read no faster than what follows from them is filed.
    sink: {
      append: (fact) => crews.append(fact),
      get pending() {
        return journal.pending + records.pending
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
  if (options.demo) crewToken = await enterDemoCrews(grid(), crews, desk, identity)
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
    accounts: options.demo ? await identity.ensureDemoAccounts(rootUnits(grid())) : [],
    recoveredFacts,
    customersKnown: await customers.count().catch(() => 0),
    webhooks,
    async stop() {
      telemetry.emit('app.stopping')
      await closeAll()
    },
  }
}

function seriesSettings({ series }: Settings): Parameters<typeof openSeries>[0]['settings'] {
  return series as Parameters<typeof openSeries>[0]['settings']
}

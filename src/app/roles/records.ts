/**
 * The role `records`: files what the engines say, once, sends what follows from it (webhooks,
 * call-reads), and answers what lives in the records. One process; while it is away engines and
 * sensing go on, and it catches up.
 */
import { join } from 'node:path'
import { UsageError } from '../../config/errors.ts'
import { offsetMinutesOf } from '../../facts/time.ts'
import { createIdentity } from '../../http/identity/identity.ts'
import { loadRoles } from '../../http/identity/roles.ts'
import { createRecordsServer } from '../../http/server.ts'
import { FactAppender } from '../../journal/kafka/appender.ts'
import { FactPicker } from '../../journal/kafka/picker.ts'
import { lockDataFolder } from '../../journal/lock.ts'
import { openPictures } from '../../records/repair/pictures.ts'
import { openRecords } from '../../records/sqlite.ts'
import { openSubscriber } from '../../sensing/subscriber.ts'
import { createTelemetry } from '../../telemetry/telemetry.ts'
import { ActionWaits } from '../action-waits.ts'
import { CallSender } from '../call-sender.ts'
import { Crews } from '../crews.ts'
import { startInforming } from '../informing.ts'
import { documentOfAllMessages, INSTALLED, installedVersion } from '../installed.ts'
import { type Closers, openedWhole } from '../opening.ts'
import { repairDesk } from '../repair.ts'
import { directoryInForce } from '../terminal-directory.ts'
import { ChangeFollower } from './change-follower.ts'
import type { RoleOptions, RunningRole } from './engine.ts'
import { startedWith } from './folder-grid.ts'
import { partitionsOf } from './routing.ts'

const DAY_MS = 86_400_000

/** Retention looks once an hour: a day's changes are dropped in slices of an hour. */
const RETAIN_EVERY_MS = 3_600_000

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
  const { library, grid, rulesDigest } = await startedWith(settings, gridFile)
  const rules = library.rules(rulesDigest)
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

  const facts = {
    async append(fact: Parameters<FactAppender['append']>[0]) {
      const partitions = partitionsOf(fact, grid, kafka.partitions)
      const offsets = await Promise.all(
        partitions.map((partition) => appender.append(fact, partition)),
      )
      return offsets[0]!
    },
  }
  const actions = new ActionWaits(records)
  const utcOffsetMinutes = () => offsetMinutesOf(rules.judgement.utcOffset)
  const informing = await startInforming({
    ...{ records, telemetry, grid: () => grid, utcOffsetMinutes, now },
    configDir: join(INSTALLED, 'config'),
    allowPrivate: settings.notify.allowPrivate,
    bodyOf: async (parcel) => parcel.body,
    onFailure: fail,
  })
  closers.push(() => informing.close())
  const calls = openSubscriber({
    settings: {
      ...settings.mqtt,
      ...{ url: broker, connections: 1, clientId: `${settings.mqtt.clientId}-calls` },
    },
    sendsOnly: true,
    sink: { ...facts, pending: 0 },
    directory: directoryInForce(
      () => grid,
      () => true,
    ),
    ...{ telemetry, now },
  })
  closers.push(() => calls.close())
  const sender = new CallSender({
    publish: (terminal, message) => calls.publishCall(terminal, message),
    ...{ records, telemetry, now, onFailure: fail },
  })
  closers.push(() => sender.close())
  sender.start()
  records.onCommitted((batches) => {
    actions.follow(batches)
    informing.follow(batches)
    sender.follow(batches)
  })

  const follower = await ChangeFollower.open({
    settings: kafka,
    records,
    telemetry,
    onFailure: fail,
  })
  follower.start()
  closers.push(() => follower.stop())
  const retain = setInterval(() => {
    const cutoff = now() - settings.journal.retentionDays * DAY_MS
    records.retain(cutoff).catch(fail)
  }, RETAIN_EVERY_MS)
  closers.push(() => clearInterval(retain))

  const roles = loadRoles()
  const identity = createIdentity({ dir, roles, now })
  closers.push(() => identity.close())
  const crews = new Crews({
    registered: () => records.repair.crews(),
    world: () => undefined,
    append: facts.append,
  })
  const pictures = openPictures(join(dir, 'attachments'))
  const health = () => {
    const reasons: string[] = []
    if (appender.condition !== 'writing') reasons.push(`journal: ${appender.condition}`)
    if (records.condition !== 'writing') reasons.push(`records: ${records.condition}`)
    if (calls.problem !== undefined) reasons.push(`broker: ${calls.problem}`)
    return { ready: reasons.length === 0, reasons }
  }
  const server = await createRecordsServer({
    ...{ telemetry, identity, records, facts, health, now },
    webhooks: informing.webhooks,
    repair: repairDesk(records, crews, pictures, () => rules.service.etr.quantiles),
    journal: picker,
    grid: () => grid,
    awaitAction: (requestId, timeoutMs) => actions.await(requestId, timeoutMs),
    asyncapi: documentOfAllMessages(),
    version: installedVersion(),
    ...(settings.http.publicUrl
      ? { allowedOrigins: [new URL(settings.http.publicUrl).origin] }
      : {}),
  })
  const { url } = await server.listen(settings.http.host, settings.http.port)
  closers.push(() => server.close())
  telemetry.emit('app.started', { url, brokerUrl: broker })
  return {
    url,
    async stop() {
      telemetry.emit('app.stopping')
      await closeAll()
    },
  }
}

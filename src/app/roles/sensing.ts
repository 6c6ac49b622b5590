/**
 * The role `sensing`: terminals on one side, Kafka on the other. A message is acknowledged once all
 * copies in step have it. Any number of them stand side by side, and none knows of outages.
 */
import { UsageError } from '../../config/errors.ts'
import { createWorkerServer } from '../../http/server.ts'
import { FactAppender } from '../../journal/kafka/appender.ts'
import { openSubscriber } from '../../sensing/subscriber.ts'
import { createTelemetry } from '../../telemetry/telemetry.ts'
import { installedVersion } from '../installed.ts'
import { isUnasked } from '../periodic-readings.ts'
import { directoryInForce } from '../terminal-directory.ts'
import type { RoleOptions, RunningRole } from './engine.ts'
import { startedWith } from './folder-grid.ts'
import { GridInForce } from './grid-in-force.ts'
import { partitionsOf, speaksAcross } from './routing.ts'

/** Opens the way to the terminals. @throws JournalError, SensingError, UsageError, GridError */
export async function startSensing(options: RoleOptions): Promise<RunningRole> {
  const { settings, kafka, gridFile, onFailure } = options
  const { url: broker } = settings.mqtt
  if (broker === null)
    throw new UsageError(
      '--role sensing needs mqtt.url: call-reads reach terminals through a broker alone',
    )
  const now = () => Date.now()
  const telemetry = createTelemetry({ level: settings.log.level })
  const { grid: given, library } = await startedWith(settings, gridFile)
  const appender = await FactAppender.open(kafka, telemetry)
  const grids = await GridInForce.open({
    ...{ settings, kafka, library, telemetry, given, onFailure },
  })
  const grid = () => grids.grid
  const terminals = openSubscriber({
    settings: { ...settings.mqtt, url: broker },
    sink: {
      async append(fact) {
        const partitions = partitionsOf(fact, grid(), grids.partitions)
        // Which of them is news the engine tells, which knows the open outages.
        if (isUnasked(fact)) return appender.keep(fact, partitions[0]!)
        if (speaksAcross(fact, grid(), grids.partitions)) telemetry.emit('report.across')
        const [offset] = await Promise.all(
          partitions.map((partition) => appender.append(fact, partition)),
        )
        return offset!
      },
      get pending() {
        return appender.pending
      },
    },
    // Crews are registered elsewhere; whom the register does not know changes nothing there.
    directory: directoryInForce(grid, () => true),
    telemetry,
    now,
  })
  const health = () => {
    const reasons = appender.condition === 'writing' ? [] : [`journal: ${appender.condition}`]
    for (const missing of grids.waitingFor) reasons.push(`sensing: waits for ${missing}`)
    if (terminals.problem !== undefined) reasons.push(`broker: ${terminals.problem}`)
    return { ready: reasons.length === 0, reasons }
  }
  const server = await createWorkerServer({
    ...{ telemetry, health, version: installedVersion(), now, grid },
  })
  const { url } = await server.listen(settings.http.host, settings.http.port)
  telemetry.emit('app.started', { url, brokerUrl: broker })
  return {
    url,
    async stop() {
      telemetry.emit('app.stopping')
      await terminals.close()
      await grids.close()
      await appender.close()
      await server.close()
    },
  }
}

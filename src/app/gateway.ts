/**
 * A gateway: holds the consoles' sockets and shows what is written to Redis by the process that files
 * what engines say (`--role all`, or `records`); all other requests it passes on to it. It may come and
 * go, and any number of them share the work. It keeps nothing but the compiled grid;
 * another one that comes into force it fetches from Kafka, where there is one.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { kafkaSettings } from '../config/kafka.ts'
import { connectRedis, redisSettings } from '../config/redis.ts'
import type { Settings } from '../config/schema.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { createPassOn } from '../http/pass-on.ts'
import type { CrewNow } from '../http/repair-ports.ts'
import { createGatewayServer } from '../http/server.ts'
import { sessionsOf } from '../http/session-check.ts'
import { createSharedTickets } from '../http/tickets.ts'
import { createLiveHub } from '../live/hub.ts'
import type { MirroredChange } from '../live/mirror.ts'
import { type MirroredPicture, openMirrorReader } from '../live/mirror-reader.ts'
import type { LiveHub, LiveStats } from '../live/ports.ts'
import type { Stirring } from '../live/stirring.ts'
import type { ChangeSource } from '../records/port.ts'
import { createTelemetry } from '../telemetry/telemetry.ts'
import { shownCrews } from './crews.ts'
import { documentOfAllMessages, INSTALLED, installedVersion } from './installed.ts'
import { Library } from './library.ts'
import { FetchedGrids } from './roles/fetched-grids.ts'
import { LiveChanges } from './roles/live-changes.ts'
import { Unfiled } from './roles/unfiled.ts'

/** A gateway without one of its neighbours has nothing to show. */
export class NoNeighbourError extends Error {
  readonly code = 'app.noNeighbour'
  constructor(setting: string) {
    super(`a gateway needs ${setting}`)
    this.name = 'NoNeighbourError'
  }
}

/** The grid in force is neither in the folder of this gateway nor what it was started with. */
export class NoGridError extends Error {
  readonly code = 'app.noGrid'
  constructor(digest: string, cause: unknown) {
    super(`the grid in force, ${digest}, is not here: start the gateway with --grid`, { cause })
    this.name = 'NoGridError'
  }
}

/** What is asked of one incident. */
const OF_INCIDENT = /^\/api\/v1\/incidents\/([^/?]+)/

export interface RunningGateway {
  readonly url: string
  stop(): Promise<void>
}

/** Opens everything and serves; resolves when the first picture is there. */
export async function startGateway(settings: Settings, gridFile?: string): Promise<RunningGateway> {
  const redisAt = redisSettings(settings)
  const { upstream } = settings.gateway
  if (!redisAt) throw new NoNeighbourError('redis.url')
  if (upstream === null) throw new NoNeighbourError('gateway.upstream')
  const now = () => Date.now()
  const telemetry = createTelemetry({ level: settings.log.level })
  const library = new Library(settings.data.dir)
  if (gridFile !== undefined) await library.keepGrid(gridFile)
  const kafka = kafkaSettings(settings)
  const fetched =
    kafka && new FetchedGrids({ settings: kafka, library, telemetry, dataDir: settings.data.dir })

  let grid: CompiledGrid | undefined
  let stats: LiveStats | undefined
  let hub: LiveHub | undefined
  let crews: readonly CrewNow[] = []
  let stirring: readonly Stirring[] = []
  let changes: LiveChanges | undefined
  const unfiled = new Unfiled(now)
  let taking: Promise<unknown> = Promise.resolve()
  /** One after the other: two that fetched would take it from each other. */
  const takeGrid = (digest: string): Promise<void> => {
    const taken = taking.then(() => gridOf(digest))
    taking = taken.catch(() => {})
    return taken
  }
  const gridOf = async (digest: string) => {
    if (grid?.digest === digest) return
    const loaded = fetched ? fetched.load(digest) : library.load('grid', digest)
    await loaded.catch((error) => {
      throw new NoGridError(digest, error)
    })
    grid = library.grid(digest)
  }
  /** The first picture makes the hub, later ones replace what it shows. */
  const show = async (picture: MirroredPicture): Promise<LiveHub> => {
    stats = picture.stats
    // Who follows the engines is ahead of any later picture.
    if (hub && changes) return hub
    await takeGrid(picture.grid)
    if (hub) {
      hub.replace(picture.incidents, picture.areas)
      return hub
    }
    return createLiveHub({
      telemetry,
      now,
      grid: () => grid!,
      stats: () => stats!,
      openIncidents: () => picture.incidents,
      areas: () => picture.areas,
      crews: (seesUnit) => shownCrews(crews, seesUnit),
      stirring: () => stirring,
      // What ended is not in the picture; consoles ask for it by HTTP.
      incident: () => undefined,
    })
  }
  const follow = async (news: readonly MirroredChange[]) => {
    for (const change of news)
      if (change.type === 'applied' && change.what === 'grid') await takeGrid(change.digest)
    hub?.follow([{ changes: news }])
  }
  /** Where the picture says how far it goes, the rest comes from the engines. */
  const followFrom = ({ places, incidents }: MirroredPicture) => {
    if (!kafka || places === undefined || changes) return
    changes = new LiveChanges({
      ...{ settings: kafka, telemetry },
      async onChanges(news) {
        unfiled.show(news)
        await follow(news)
      },
      places: JSON.parse(places) as ChangeSource[],
      revisions: new Map(incidents.map(({ id, revision }) => [id, revision])),
    })
  }
  let reader!: ReturnType<typeof openMirrorReader>
  const live = await new Promise<LiveHub>((resolve) => {
    reader = openMirrorReader({
      settings: redisAt,
      telemetry,
      async onPicture(picture) {
        hub = await show(picture)
        followFrom(picture)
        resolve(hub)
      },
      async onChanges(news) {
        if (changes) unfiled.file(news)
        else await follow(news)
      },
      onStats(latest) {
        stats = latest
      },
      onCrews(latest) {
        crews = latest as readonly CrewNow[]
      },
      onStirring(latest) {
        stirring = latest
      },
    })
  })

  const passOn = createPassOn(upstream)
  const redis = connectRedis(redisAt)
  const consoleDir = join(INSTALLED, 'dist', 'console')
  const server = await createGatewayServer({
    telemetry,
    live,
    grid: () => grid!,
    now,
    tickets: createSharedTickets(redis, redisAt.prefix, now),
    async passOn(request, reply) {
      const [, incident] = OF_INCIDENT.exec(request.url) ?? []
      if (incident !== undefined) await unfiled.filed(incident)
      return passOn(request, reply)
    },
    stillHolds: sessionsOf(upstream, now),
    health: () => {
      // Figures alone are old while nobody writes the picture, where changes come from the engines.
      const problem = changes ? reader.failure : reader.problem
      const reasons = problem === undefined ? [] : [`redis: ${problem}`]
      if (changes?.problem !== undefined) reasons.push(`changes: ${changes.problem}`)
      return { ready: reasons.length === 0, reasons }
    },
    asyncapi: documentOfAllMessages(),
    version: installedVersion(),
    ...(existsSync(consoleDir) ? { consoleDir } : {}),
    ...(settings.http.trustedProxies === null
      ? {}
      : { trustedProxies: settings.http.trustedProxies.split(',') }),
    ...(settings.http.publicUrl
      ? { allowedOrigins: [new URL(settings.http.publicUrl).origin] }
      : {}),
  })
  const { url } = await server.listen(settings.http.host, settings.http.port)
  return {
    url,
    async stop() {
      live.close()
      await server.close()
      await reader.close()
      await changes?.close()
      await fetched?.close()
      redis.disconnect()
    },
  }
}

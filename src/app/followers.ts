/**
 * Everyone who follows what was filed: consoles, gateways, other systems and customers, the series.
 * The same for one process that does everything and for the role `records`.
 */
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { connectRedis, type RedisSettings, redisSettings } from '../config/redis.ts'
import type { Settings } from '../config/schema.ts'
import type { ChangeBatch } from '../engine/changes.ts'
import type { Rules } from '../engine/rules.ts'
import type { Position } from '../facts/facts.ts'
import { offsetMinutesOf } from '../facts/time.ts'
import type { CompiledGrid } from '../grid/compiled.ts'
import { deviceOfObserver } from '../grid/feeder-of.ts'
import type { Webhooks } from '../http/ports.ts'
import { createLiveHub } from '../live/hub.ts'
import { openMirrorWriter } from '../live/mirror-writer.ts'
import type { LiveHub } from '../live/ports.ts'
import { type Stirring, Stirrings } from '../live/stirring.ts'
import type { TopicWay } from '../notify/port.ts'
import type { SqliteRecords } from '../records/sqlite.ts'
import type { SeriesReadings, VoltagePlace } from '../series/port.ts'
import { openSeries } from '../series/series.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { CallLinks } from './call-links.ts'
import type { Crews } from './crews.ts'
import { type Figures, figuresOfAll, ReportRate } from './figures.ts'
import type { Informing } from './informing.ts'
import { INSTALLED } from './installed.ts'
import type { Closers } from './opening.ts'
import { processFigures } from './process-figures.ts'
import { startTellingOutside } from './telling/start.ts'
import { ToldOutages } from './told-outages.ts'
import type { Worlds } from './worlds.ts'

export interface FollowersParts {
  readonly settings: Settings
  readonly telemetry: Telemetry
  readonly records: SqliteRecords
  /** Where facts go: how many are on their way is a figure of the series. */
  readonly journal: { readonly pending: number }
  /** Periodic readings, by partition. */
  readonly readings: readonly SeriesReadings[]
  readonly worlds: Worlds
  readonly crews: Crews
  /** The way to receivers that listen by topic. */
  readonly topics: TopicWay
  /** Receivers of messages may have private addresses. */
  readonly allowPrivate: boolean
  grid(): CompiledGrid
  rules(): Rules
  now(): number
  fail(error: unknown): void
  /** How far what engines say is filed at a position, where engines are elsewhere. */
  places?(position: Position): unknown
  /** Has `follow` told of whatever is filed from now on. */
  subscribe(follow: (batches: readonly ChangeBatch[]) => void): void
}

export interface Followers {
  readonly live: LiveHub
  readonly webhooks: Webhooks
  /** What processes share, where a Redis is configured. */
  readonly shared: { readonly redis: Redis; readonly settings: RedisSettings } | undefined
  figures(): Figures
}

/** Opens them; each pushes what closes it. */
export async function openFollowers(parts: FollowersParts, closers: Closers): Promise<Followers> {
  const { settings, telemetry, records, worlds, crews, grid, rules, now, fail } = parts
  const rate = new ReportRate()
  const told = new ToldOutages(records.openIncidents())
  const figures = () => figuresOfAll(worlds.all(), rate.perMinute, told.of)
  const stirrings = new Stirrings()
  let stirring: readonly Stirring[] = []
  const live = createLiveHub({
    ...{ telemetry, grid, now },
    openIncidents: () => records.openIncidents(),
    areas: () => records.areas(),
    incident: (id) => records.incident(id),
    stats: figures,
    crews: (seesUnit) => crews.shown(seesUnit),
    stirring() {
      stirring = stirrings.look(worlds.all(), now())
      return stirring
    },
  })
  closers.push(() => live.close())
  const at = redisSettings(settings)
  const mirror =
    at &&
    openMirrorWriter({
      settings: at,
      telemetry,
      source: {
        position: () => records.state.position,
        openIncidents: () => records.openIncidents(),
        areas: () => records.areas(),
        gridDigest: () => grid().digest,
        stats: figures,
        crews: () => crews.now(),
        stirring: () => stirring,
        ...(parts.places ? { places: parts.places } : {}),
      },
    })
  if (mirror) closers.push(() => mirror.close())
  const redis = at && connectRedis(at)
  if (redis) closers.push(() => redis.disconnect())

  let informing: Informing | undefined
  let callLinks: CallLinks | undefined
  parts.subscribe((batches) => {
    rate.follow(batches)
    told.follow(batches)
    live.follow(batches)
    mirror?.follow(batches)
    callLinks?.follow(batches)
    informing?.follow(batches)
  })
  informing = await startTellingOutside({
    ...{ dir: settings.data.dir, records, telemetry, worlds, grid, now, onFailure: fail },
    ...{ allowPrivate: parts.allowPrivate, topics: parts.topics },
    configDir: join(INSTALLED, 'config'),
    utcOffsetMinutes: () => offsetMinutesOf(rules().judgement.utcOffset),
    rules: () => rules().service.informing,
  })
  closers.push(() => informing?.close())
  callLinks = new CallLinks({
    ...{ records, worlds, now, onFailure: fail },
    staysMinutes: () => rules().judgement.calls.staysMinutes,
  })
  closers.push(() => callLinks?.close())
  openSeriesOf(parts, closers)
  const { webhooks } = informing
  return { live, webhooks, shared: redis && at && { redis, settings: at }, figures }
}

/** Where a terminal's voltages are shown. */
function placeOfTerminal(grid: CompiledGrid, id: string): VoltagePlace | undefined {
  const number = grid.observers.ids.indexOf(id)
  const device = deviceOfObserver(grid, id)
  const feeder = device < 0 ? undefined : grid.feeders[grid.devices.feeder[device]!]
  return feeder && { number, feeder: feeder.id, unit: grid.units[feeder.unit]?.id ?? 'none' }
}

function openSeriesOf(parts: FollowersParts, closers: Closers): void {
  const { settings, telemetry, journal, records, now, readings, grid } = parts
  if (settings.series.url === null) return
  const figures = processFigures({ telemetry, journal, records })
  const of = settings.series as Parameters<typeof openSeries>[0]['settings']
  const voltages = { readings, placeOf: (id: string) => placeOfTerminal(grid(), id) }
  const pushes = records.outbox
  const series = openSeries({ records, settings: of, telemetry, figures, now, voltages, pushes })
  closers.push(() => series.close())
}

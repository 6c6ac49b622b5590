/**
 * Follows the picture in Redis: the whole of it first, then each change; the whole again wherever
 * the changes do not lead on from what is known. While Redis is away or empty the last picture
 * stands, and `problem` says so.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import {
  connectRedis,
  NOT_CONNECTED_YET,
  type RedisSettings,
  redisProblem,
} from '../config/redis.ts'
import type { Incident } from '../engine/changes.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { BEAT_MS, type MirroredChange, mirrorKeys, STALE_AFTER_MS } from './mirror.ts'
import type { IncidentArea, LiveStats } from './ports.ts'
import type { Stirring } from './stirring.ts'

export interface MirroredPicture {
  readonly grid: string
  /** What the writer's `places` said, as JSON; undefined where it has none. */
  readonly places: string | undefined
  readonly incidents: readonly Incident[]
  readonly areas: readonly (readonly [incident: string, area: IncidentArea])[]
  readonly stats: LiveStats
}

export interface MirrorReaderOptions {
  readonly settings: RedisSettings
  readonly telemetry: Telemetry
  /** The whole picture: all that was known before is replaced. */
  readonly onPicture: (picture: MirroredPicture) => Promise<void>
  readonly onChanges: (changes: readonly MirroredChange[]) => Promise<void>
  readonly onStats: (stats: LiveStats) => void
  /** The crews of now, as the writer gave them. */
  readonly onCrews: (crews: readonly object[]) => void
  /** What stirs now, as the writer saw it. */
  readonly onStirring?: (stirring: readonly Stirring[]) => void
}

export interface MirrorReader {
  /** Why the picture may be old, in words; `undefined` where it is not. */
  readonly problem: string | undefined
  /** The same for one who needs no changes from there: nobody may be writing it. */
  readonly failure: string | undefined
  close(): Promise<void>
}

/** Nothing has written there yet, or it was emptied; the engine's process fills it within a beat. */
class NoPictureError extends Error {
  constructor(prefix: string) {
    super(
      `no picture under ${prefix} in Redis yet: does the process behind run, with the same redis.url and redis.prefix?`,
    )
    this.name = 'NoPictureError'
  }
}

interface Place {
  readonly epoch: string
  readonly position: string
  /** Last entry of the stream that is known. */
  readonly entry: string
}

interface Entry {
  readonly id: string
  readonly fields: Readonly<Record<string, string>>
}

function entriesOf(reply: [id: string, fields: string[]][]): Entry[] {
  return reply.map(([id, list]) => {
    const fields: Record<string, string> = {}
    for (let at = 0; at < list.length; at += 2) fields[list[at]!] = list[at + 1]!
    return { id, fields }
  })
}

/** Starts following. */
export function openMirrorReader(options: MirrorReaderOptions): MirrorReader {
  const { telemetry } = options
  const keys = mirrorKeys(options.settings.prefix)
  const redis: Redis = connectRedis(options.settings, 2 * BEAT_MS)
  let problem: string | undefined = NOT_CONNECTED_YET
  let beat = ''
  let beatAt = performance.now()
  let closed = false

  async function readWhole(): Promise<Place> {
    const answers = await redis
      .multi()
      .hgetall(keys.state)
      .hgetall(keys.incidents)
      .hgetall(keys.areas)
      .get(keys.stats)
      .xrevrange(keys.changes, '+', '-', 'COUNT', 1)
      .exec()
    const [state, incidents, areas, stats, last] = answers!.map(([error, answer]) => {
      if (error) throw error
      return answer
    }) as [
      Record<string, string>,
      Record<string, string>,
      Record<string, string>,
      string | null,
      [string, string[]][],
    ]
    if (state.epoch === undefined || stats === null)
      throw new NoPictureError(options.settings.prefix)
    await options.onPicture({
      grid: state.grid!,
      places: state.places || undefined,
      incidents: Object.values(incidents).map((text) => JSON.parse(text) as Incident),
      areas: Object.entries(areas).map(([id, text]) => [id, JSON.parse(text) as IncidentArea]),
      stats: JSON.parse(stats) as LiveStats,
    })
    telemetry.emit('mirror.read')
    return { epoch: state.epoch, position: state.position!, entry: last[0]?.[0] ?? '0-0' }
  }

  /** Waits for changes for a beat; undefined where the whole picture is to be read again. */
  async function readOn(place: Place): Promise<Place | undefined> {
    const reply = (await redis.xread(
      ...(['COUNT', 200, 'BLOCK', BEAT_MS, 'STREAMS', keys.changes, place.entry] as const),
    )) as [string, [string, string[]][]][] | null
    const { epoch } = place
    let { position, entry } = place
    for (const { id, fields } of entriesOf(reply?.[0]?.[1] ?? [])) {
      if (fields.epoch !== epoch || fields.from !== position) return undefined
      await options.onChanges(JSON.parse(fields.changes!) as MirroredChange[])
      position = fields.to!
      entry = id
    }
    const [state, stats, crews, stirring] = await Promise.all([
      redis.hmget(keys.state, 'epoch', 'beat'),
      redis.get(keys.stats),
      redis.get(keys.crews),
      redis.get(keys.stirring),
    ])
    if (state[0] !== epoch || stats === null) return undefined
    options.onStats(JSON.parse(stats) as LiveStats)
    if (crews !== null) options.onCrews(JSON.parse(crews) as object[])
    if (stirring !== null) options.onStirring?.(JSON.parse(stirring) as Stirring[])
    if (state[1] !== beat) beatAt = performance.now()
    beat = state[1] ?? ''
    return { epoch, position, entry }
  }

  async function run(): Promise<void> {
    let place: Place | undefined
    while (!closed)
      try {
        place = place ? await readOn(place) : await readWhole()
        if (place && problem !== undefined) {
          problem = undefined
          telemetry.emit('mirror.recovered')
        }
      } catch (error) {
        if (closed) return
        place = undefined
        const said = redisProblem(redis, options.settings, error as Error)
        telemetry.emit('mirror.failed')
        if (said !== problem) telemetry.emit('mirror.unavailable', { said })
        problem = said
        await sleep(BEAT_MS / 5, undefined, { ref: false })
      }
  }
  const running = run()

  return {
    get problem() {
      const stale = performance.now() - beatAt > STALE_AFTER_MS
      return problem ?? (stale ? 'nobody writes the picture any more' : undefined)
    },
    get failure() {
      return problem
    },
    async close() {
      closed = true
      redis.disconnect()
      await running
    },
  }
}

/**
 * Keeps the picture in Redis up to date, behind the records. Nothing waits for it, and nothing is
 * queued for it: what could not be written is part of the next whole picture. Each write says which
 * state it builds upon; where Redis has another (it was emptied, or somebody else wrote), the whole
 * picture is written anew under a new epoch.
 */
import { randomBytes } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  connectRedis,
  NOT_CONNECTED_YET,
  type RedisSettings,
  redisProblem,
} from '../config/redis.ts'
import type { ChangeBatch, Incident } from '../engine/changes.ts'
import type { Position } from '../facts/facts.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { BEAT_MS, isMirrored, type MirroredChange, mirrorKeys, STREAM_ENTRIES } from './mirror.ts'
import type { IncidentArea, LiveStats } from './ports.ts'
import type { Stirring } from './stirring.ts'

/** What the writer needs of the records and the engine. */
export interface MirrorSource {
  /** Up to where the answers below go, at least. */
  position(): Position
  openIncidents(): readonly Incident[]
  areas(): Iterable<readonly [incident: string, area: IncidentArea]>
  gridDigest(): string
  stats(): LiveStats
  /** The crews of now, with what they are on and where they are. */
  crews?(): readonly object[]
  /** What stirs now. */
  stirring?(): readonly Stirring[]
  /** How far what engines say goes at this position, for readers who go on by themselves from there. */
  places?(position: Position): unknown
}

export interface MirrorWriterOptions {
  readonly settings: RedisSettings
  readonly source: MirrorSource
  readonly telemetry: Telemetry
}

export interface MirrorWriter {
  /** Takes committed changes, in order. */
  follow(batches: readonly ChangeBatch[]): void
  close(): Promise<void>
}

/** Changes kept for the next write; beyond them a whole picture is shorter. */
const MAX_PENDING = 5_000

/**
 * Applies changes where the state is the expected one, else answers 0. `ARGV`: epoch, position
 * before, position after, stats, the stream entry (or nothing), places (or nothing), then triples of
 * operation, incident and value.
 */
const APPLY = `
local state = redis.call('HMGET', KEYS[1], 'epoch', 'position')
if state[1] ~= ARGV[1] or state[2] ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[4], ARGV[4])
redis.call('HINCRBY', KEYS[1], 'beat', 1)
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'places', ARGV[6]) end
if ARGV[5] == '' then return 1 end
for i = 7, #ARGV, 3 do
  local key = KEYS[2]
  if ARGV[i] == 'area' then key = KEYS[3] end
  if ARGV[i] == 'gone' then
    redis.call('HDEL', KEYS[2], ARGV[i + 1])
    redis.call('HDEL', KEYS[3], ARGV[i + 1])
  elseif ARGV[i] == 'area' and redis.call('HEXISTS', KEYS[2], ARGV[i + 1]) == 0 then
    -- The area of what is closed already would stay for ever.
  elseif ARGV[i] == 'grid' then
    redis.call('HSET', KEYS[1], 'grid', ARGV[i + 2])
  else
    redis.call('HSET', key, ARGV[i + 1], ARGV[i + 2])
  end
end
redis.call('HSET', KEYS[1], 'position', ARGV[3])
redis.call('XADD', KEYS[5], 'MAXLEN', '~', ${STREAM_ENTRIES}, '*',
  'epoch', ARGV[1], 'from', ARGV[2], 'to', ARGV[3], 'changes', ARGV[5])
return 1
`

/** What a change does to the hashes. */
function operation(change: MirroredChange): [string, string, string] | undefined {
  if (change.type === 'area') {
    const { dark, restored } = change
    return ['area', change.incident, JSON.stringify({ dark, restored })]
  }
  if (change.type === 'applied')
    return change.what === 'grid' ? ['grid', '', change.digest] : undefined
  const { incident } = change
  const over = incident.outcome !== null || incident.outageKind === 'closed'
  return over ? ['gone', incident.id, ''] : ['incident', incident.id, JSON.stringify(incident)]
}

/** Starts writing. A Redis that is away is waited for. */
export function openMirrorWriter(options: MirrorWriterOptions): MirrorWriter {
  const { source, telemetry } = options
  const keys = mirrorKeys(options.settings.prefix)
  const redis = connectRedis(options.settings)
  let pending: MirroredChange[] = []
  let followed = source.position()
  /** The state Redis is in as far as we know; undefined: not known, write it whole. */
  let written: { readonly epoch: string; readonly position: Position } | undefined
  /** What changes all the time, as it was written last. */
  let passing:
    | { readonly at: number; readonly crews: string; readonly stirring: string }
    | undefined
  let failing = false
  let closed = false
  let wake: () => void = () => {}

  const placesAt = (position: Position) =>
    source.places ? JSON.stringify(source.places(position)) : ''

  async function writeWhole(): Promise<void> {
    pending = []
    const epoch = randomBytes(8).toString('hex')
    const position = followed
    const places = placesAt(position)
    const write = redis.multi().del(keys.incidents, keys.areas)
    for (const incident of source.openIncidents())
      write.hset(keys.incidents, incident.id, JSON.stringify(incident))
    for (const [incident, { dark, restored }] of source.areas())
      write.hset(keys.areas, incident, JSON.stringify({ dark, restored }))
    write.set(keys.stats, JSON.stringify(source.stats()))
    write.hset(keys.state, { epoch, position, grid: source.gridDigest(), places })
    // Whoever waits for changes learns that there is a new picture.
    const entry = ['epoch', epoch, 'from', position, 'to', position, 'changes', '[]'] as const
    write.xadd(keys.changes, 'MAXLEN', '~', STREAM_ENTRIES, '*', ...entry)
    const results = await write.exec()
    for (const [error] of results ?? []) if (error) throw error
    written = { epoch, position }
    passing = undefined
    telemetry.emit('mirror.rebuilt')
  }

  async function writeChanges({ epoch, position }: NonNullable<typeof written>): Promise<void> {
    const changes = pending
    const to = followed
    pending = []
    const operations = changes.map(operation).filter((one) => one !== undefined)
    const applied = await redis.eval(
      APPLY,
      5,
      ...[keys.state, keys.incidents, keys.areas, keys.stats, keys.changes],
      ...[epoch, position, changes.length > 0 ? to : position],
      JSON.stringify(source.stats()),
      changes.length > 0 ? JSON.stringify(changes) : '',
      placesAt(to),
      ...operations.flat(),
    )
    written = applied === 1 ? { epoch, position: changes.length > 0 ? to : position } : undefined
  }

  /** Crews drive and feeders stir all the time, whatever else changes: once a beat. */
  async function writePassing(): Promise<void> {
    const at = performance.now()
    if (passing && at - passing.at < BEAT_MS) return
    const crews = JSON.stringify(source.crews?.() ?? [])
    const stirring = JSON.stringify(source.stirring?.() ?? [])
    if (source.crews && crews !== passing?.crews) await redis.set(keys.crews, crews)
    if (source.stirring && stirring !== passing?.stirring) await redis.set(keys.stirring, stirring)
    passing = { at, crews, stirring }
  }

  async function write(): Promise<void> {
    try {
      if (written && pending.length <= MAX_PENDING) await writeChanges(written)
      if (!written || pending.length > MAX_PENDING) await writeWhole()
      await writePassing()
      if (failing) telemetry.emit('mirror.recovered')
      failing = false
    } catch (error) {
      // Whether it was written is not known.
      written = undefined
      telemetry.emit('mirror.failed')
      const said = redisProblem(redis, options.settings, error as Error)
      if (!failing && said !== NOT_CONNECTED_YET) telemetry.emit('mirror.unavailable', { said })
      failing = said !== NOT_CONNECTED_YET
    }
  }

  async function run(): Promise<void> {
    while (!closed) {
      await write()
      if (pending.length > 0 && written) continue
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      await Promise.race([sleep(BEAT_MS, undefined, { ref: false }), woken])
    }
  }
  const running = run()

  return {
    follow(batches) {
      for (const { position, changes } of batches) {
        followed = position
        for (const change of changes) if (isMirrored(change)) pending.push(change)
      }
      // Without a Redis the whole picture will do.
      if (!written) pending = []
      if (pending.length > 0) wake()
    },
    async close() {
      closed = true
      wake()
      await running
      redis.disconnect()
    },
  }
}

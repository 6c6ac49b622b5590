/**
 * A connection to Redis as a cache is used: a command that cannot be carried out fails at once,
 * instead of being kept for later or sent twice (`autoResend…` would repeat what was carried out
 * and only not answered).
 */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { namedSetting } from './origins.ts'
import { adviceOnRedis, REDIS_NAMES, type RedisNames } from './redis-advice.ts'
import type { Settings } from './schema.ts'

/** First and longest wait before another attempt to connect; jittered. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000

/** Longer without an answer is a failure: nobody waits half a second for a cache. */
const REDIS_TIMEOUT_MS = 500

/** `doctor` asks once and serves nobody meanwhile: as long as for a connection. */
const CHECK_WAIT_MS = 5_000

/** What `doctor` writes is gone so soon, should it not come to take it away itself. */
const TRIED_MS = 10_000

/** The section `redis` of the settings, with a Redis named. */
export interface RedisSettings {
  /** `redis://host:port`, or `rediss://` for TLS; `/1` after it for a database of another number than 0. */
  readonly url: string
  readonly caFile?: string | null
  readonly username?: string | null
  readonly password: string | null
  /** First part of every key's name. */
  readonly prefix: string
  /** How settings are named to people; absent: as here. */
  readonly names?: RedisNames
}

/** The Redis that the settings name, if any. */
export function redisSettings(settings: Settings): RedisSettings | undefined {
  const { url, ...rest } = settings.redis
  if (url === null) return undefined
  const named = (key: string) => namedSetting(settings, `redis.${key}`)
  const [caFile, username, password] = [named('caFile'), named('username'), named('password')]
  const names = {
    url: named('url'),
    caFile,
    username,
    password,
    prefix: `redis.prefix "${rest.prefix}"`,
  }
  return { ...rest, url, names }
}

/** What does not fit together or cannot be used, as key and text. Reads the file that is named. */
export function redisProblems({ redis }: Settings): readonly (readonly [string, string])[] {
  const { url, caFile, username, password } = redis
  if (url === null) return []
  const problems: [string, string][] = []
  if (!/^\/?(\d{1,4})?$/.test(new URL(url).pathname))
    problems.push(['redis.url', 'after the slash only the number of a database may stand'])
  if (username !== null && password === null)
    problems.push(['redis.username', 'needs redis.password'])
  if (caFile === null) return problems
  if (!url.startsWith('rediss:'))
    return [...problems, ['redis.caFile', 'needs rediss: in redis.url']]
  try {
    new X509Certificate(readFileSync(caFile))
  } catch (error) {
    problems.push([
      'redis.caFile',
      `${caFile} holds no PEM certificate: ${(error as Error).message}`,
    ])
  }
  return problems
}

/** What each connection failed with last. */
const failures = new WeakMap<Redis, Error>()

/** Nothing has failed, and nothing is there. */
export const NOT_CONNECTED_YET = 'not connected yet'

/** What commands say where there is no connection, or one that was let in and no further. */
const WITHOUT_CONNECTION = /isn't writeable|Connection is closed|max retries|NOAUTH/

/** Why a command failed: the way to Redis where it is that, with what would be right. */
export function redisProblem(redis: Redis, { names }: RedisSettings, error: Error): string {
  // Of commands that go together the first that was refused says why.
  const [first] = (error as { previousErrors?: Error[] }).previousErrors ?? []
  const { message } = first ?? error
  const said = WITHOUT_CONNECTION.test(message)
    ? (failures.get(redis)?.message ?? NOT_CONNECTED_YET)
    : message
  return adviceOnRedis(said, names ?? REDIS_NAMES)
}

/** No such database: the client would go on with number 0, where others may be. */
const NO_DATABASE = /DB index|DB number/

/** Connects, and again whenever it is lost. `waitMs`: how long a command may block on purpose. */
export function connectRedis(settings: RedisSettings, waitMs = 0): Redis {
  const { url, caFile, username, password } = settings
  const redis = new Redis(url, {
    ...(username == null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(caFile == null ? {} : { tls: { ca: readFileSync(caFile) } }),
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    autoResendUnfulfilledCommands: false,
    commandTimeout: REDIS_TIMEOUT_MS + waitMs,
    connectTimeout: 5_000,
    // A replica that we are connected to by mistake, after a failover.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    retryStrategy: (times) =>
      Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(times, 10)) *
      (0.5 + Math.random() / 2),
  })
  // Failures come back with the commands, which do not know why there is no connection.
  redis.on('error', (error: Error) => {
    // What follows from a refusal says less than it.
    if (!error.message.includes("isn't writeable")) failures.set(redis, error)
    if (NO_DATABASE.test(error.message)) redis.disconnect(true)
  })
  // What was wrong before says nothing about what will be.
  redis.on('ready', () => failures.delete(redis))
  // Who wants TLS hangs up without a word.
  redis.on('close', () => {
    if (!failures.has(redis)) failures.set(redis, new Error('Connection is closed'))
  })
  return redis
}

/**
 * Reaches the configured Redis and does there what we do: its version, or what is wrong and what would
 * be right. Used by `doctor`.
 */
export async function checkRedis(
  settings: RedisSettings,
): Promise<{ readonly ok: boolean; readonly found: string }> {
  const redis = connectRedis(settings, CHECK_WAIT_MS)
  const key = (name: string) => `{${settings.prefix}}:${name}`
  try {
    await new Promise((resolve, reject) => {
      redis.once('ready', resolve)
      redis.once('error', reject)
    })
    const [, version] = /redis_version:(\S+)/.exec(await redis.info('server')) ?? []
    const write = redis.multi().set(key('doctor'), '', 'PX', TRIED_MS)
    const tried = await write
      .hgetall(key('state'))
      .xrevrange(key('changes'), '+', '-', 'COUNT', 1)
      .exec()
    for (const [error] of tried ?? []) if (error) throw error
    await redis.eval("return redis.call('DEL', KEYS[1])", 1, key('doctor'))
    const [, picture] = tried![1]!
    const filled = Object.keys(picture as object).length > 0
    const found = `Redis ${version ?? 'of unknown version'}`
    return { ok: true, found: filled ? found : `${found}, no picture there yet` }
  } catch (error) {
    return { ok: false, found: redisProblem(redis, settings, error as Error) }
  } finally {
    redis.disconnect()
  }
}

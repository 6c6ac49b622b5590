/**
 * A connection to Redis as a cache is used: a command that cannot be carried out fails at once,
 * instead of being kept for later or sent twice (`autoResend…` would repeat what was carried out
 * and only not answered).
 */
import { Redis } from 'ioredis'
import type { Settings } from './schema.ts'

/** First and longest wait before another attempt to connect; jittered. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000

/** Longer without an answer is a failure: nobody waits half a second for a cache. */
const REDIS_TIMEOUT_MS = 500

/** The section `redis` of the settings, with a Redis named. */
export interface RedisSettings {
  /** `redis://host:port`, or `rediss://` for TLS. */
  readonly url: string
  readonly password: string | null
  /** First part of every key's name. */
  readonly prefix: string
}

/** The Redis that the settings name, if any. */
export function redisSettings({ redis }: Settings): RedisSettings | undefined {
  const { url, password, prefix } = redis
  return url === null ? undefined : { url, password, prefix }
}

/** Connects, and again whenever it is lost. `waitMs`: how long a command may block on purpose. */
export function connectRedis({ url, password }: RedisSettings, waitMs = 0): Redis {
  const redis = new Redis(url, {
    ...(password === null ? {} : { password }),
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
  // Failures come back with the commands; without a listener they would be printed.
  redis.on('error', () => {})
  return redis
}

/** Reaches the configured Redis: its version, or what is wrong. Used by `doctor`. */
export async function checkRedis(
  settings: RedisSettings,
): Promise<{ readonly ok: boolean; readonly found: string }> {
  const redis = connectRedis(settings)
  try {
    await new Promise((resolve, reject) => {
      redis.once('ready', resolve)
      redis.once('error', reject)
    })
    const [, version] = /redis_version:(\S+)/.exec(await redis.info('server')) ?? []
    return { ok: true, found: `Redis ${version ?? 'of unknown version'}` }
  } catch (error) {
    const { message } = error as Error
    const advice = /NOAUTH|WRONGPASS/.test(message) ? ': check redis.password' : ''
    return { ok: false, found: `no answer from ${settings.url}: ${message}${advice}` }
  } finally {
    redis.disconnect()
  }
}

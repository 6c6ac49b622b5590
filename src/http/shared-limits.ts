/**
 * Limits of single routes (sign-in first of all) counted in Redis, so that whoever tries at several
 * processes, or again after a restart, is counted once. While Redis is away each process counts for
 * itself: a limit is never lifted because a cache is gone.
 */
import { createHash } from 'node:crypto'
import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import type { Redis } from 'ioredis'

/** Addresses counted at once; beyond, the one whose window began first is forgotten. */
const MAX_COUNTED = 5_000

/** Counts one more within a window that begins with the first; answers the count and what is left. */
const COUNT = `
  local count = redis.call('INCR', KEYS[1])
  if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return {count, redis.call('PTTL', KEYS[1])}
`

interface Count {
  readonly current: number
  /** Left of the window, ms. */
  readonly ttl: number
}

/** Fixed windows in this process. */
class LocalCounts {
  readonly #windows = new Map<string, { count: number; readonly endsAt: number }>()

  count(key: string, windowMs: number): Count {
    const now = Date.now()
    const known = this.#windows.get(key)
    if (known && known.endsAt > now) return { current: ++known.count, ttl: known.endsAt - now }
    this.#windows.delete(key)
    const oldest = this.#windows.size >= MAX_COUNTED ? this.#windows.keys().next().value : undefined
    if (oldest !== undefined) this.#windows.delete(oldest)
    this.#windows.set(key, { count: 1, endsAt: now + windowMs })
    return { current: 1, ttl: windowMs }
  }
}

/**
 * What `@fastify/rate-limit` counts with: the limit of all routes in this process, for it is asked on
 * every request; those that a route has of its own in `redis`.
 */
export function sharedLimits(redis: Redis, prefix: string): FastifyRateLimitStoreCtor {
  class RouteCounts implements FastifyRateLimitStore {
    readonly #local = new LocalCounts()
    readonly #path: string
    constructor(path: string) {
      this.#path = path
    }

    incr(address: string, done: (error: Error | null, result?: Count) => void, windowMs: number) {
      // An address is personal data: only its digest leaves the process, and not for long.
      const who = createHash('sha256').update(`${this.#path} ${address}`).digest('base64url')
      const counted = redis.eval(COUNT, 1, `{${prefix}}:limit:${who}`, windowMs)
      // Counted here as well, so that the count does not begin anew when Redis goes.
      const here = this.#local.count(address, windowMs)
      counted.then(
        (answer) => {
          const [current, ttl] = answer as [number, number]
          done(null, { current: Math.max(current, here.current), ttl: Math.max(ttl, 0) })
        },
        () => done(null, here),
      )
    }

    child(): FastifyRateLimitStore {
      return this
    }
  }

  return class AllRoutes implements FastifyRateLimitStore {
    readonly #local = new LocalCounts()

    incr(address: string, done: (error: Error | null, result?: Count) => void, windowMs: number) {
      done(null, this.#local.count(address, windowMs))
    }

    child({ path }: { readonly path: string }): FastifyRateLimitStore {
      return new RouteCounts(path)
    }
  }
}

/** Sign-in attempts at several processes, counted together in a real Redis, and alone without it. */
import { afterEach, expect, test } from 'vitest'
import { connectRedis } from '../../src/config/redis.ts'
import { SIGN_INS_PER_MINUTE } from '../../src/http/limits.ts'
import { sharedLimits } from '../../src/http/shared-limits.ts'
import { openGate } from '../support/gate.ts'
import { type Fixture, httpFixture } from '../support/http-fixture.ts'
import { describeWith } from '../support/services.ts'
import { until } from '../support/until.ts'

const ends: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Attempts, one after the other; answers the statuses. */
async function attempt({ url }: Fixture, times: number): Promise<number[]> {
  const statuses: number[] = []
  for (let n = 0; n < times; n++) {
    // Counted before it is read, and no account is locked by it.
    const body = '{}'
    const headers = { 'content-type': 'application/json' }
    statuses.push((await fetch(`${url}/api/v1/session`, { method: 'POST', headers, body })).status)
  }
  return statuses
}

await describeWith('redis', 'limits of several processes', (server) => {
  const url = () => server.url
  const process_ = async (address: string, prefix: string) => {
    const redis = connectRedis({ url: address, password: null, prefix })
    const fixture = await httpFixture({ deps: { limits: sharedLimits(redis, prefix) } })
    ends.push(async () => {
      redis.disconnect()
      await fixture.close()
    })
    await until(() => redis.status === 'ready')
    return { fixture, redis }
  }

  test('what one process counted counts at the next, and no address lies in Redis', async () => {
    const prefix = `limits-${Date.now()}`
    const [one, other] = [await process_(url(), prefix), await process_(url(), prefix)]
    const half = SIGN_INS_PER_MINUTE / 2
    expect(new Set(await attempt(one.fixture, half))).toEqual(new Set([422]))
    expect(new Set(await attempt(other.fixture, half))).toEqual(new Set([422]))
    // One that Redis answers too late on a busy machine counts where it came in alone; not three of them.
    expect(await attempt(one.fixture, 3)).toContain(429)
    expect(await attempt(other.fixture, 3)).toContain(429)
    const keys = await one.redis.keys(`*${prefix}*`)
    expect(keys).toHaveLength(1)
    expect(keys[0]).not.toContain('127.0.0.1')
    expect(await one.redis.pttl(keys[0]!)).toBeLessThanOrEqual(60_000)
    // The limit of all routes is each process's own: nothing else was counted there.
    expect((await fetch(`${one.fixture.url}/healthz`)).status).toBe(200)
  })

  test('without Redis the process goes on counting what it has counted', async () => {
    const { hostname, port } = new URL(url())
    const gate = await openGate(hostname, Number(port || 6379))
    ends.push(() => gate.close())
    const { fixture } = await process_(
      `redis://127.0.0.1:${gate.port}`,
      `limits-gone-${Date.now()}`,
    )
    expect(new Set(await attempt(fixture, SIGN_INS_PER_MINUTE - 2))).toEqual(new Set([422]))
    gate.shut()
    expect(await attempt(fixture, 4)).toEqual([422, 422, 429, 429])
  })
})

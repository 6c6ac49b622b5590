/**
 * `bench kill` on journal and records alone: what a kill can do to them, and that the judge sees
 * each planted fault.
 */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { runKills } from '../../src/cli/bench/kill.ts'

const SERVER = fileURLToPath(new URL('../support/kill-server.mjs', import.meta.url))
const seed = Math.floor(Math.random() * 2 ** 31)

it('loses nothing acknowledged and repeats nothing in 15 kills', { timeout: 300_000 }, async () => {
  const result = await runKills([SERVER], { times: 15, seed, json: false })
  expect(result.details).toEqual([])
  expect(result).toMatchObject({
    bench: 'kill',
    times: 15,
    lost: 0,
    duplicated: 0,
    failures: 0,
    seeds: [seed],
  })
  expect(result.acknowledged).toBeGreaterThan(100)
  expect(result.incidents).toBeGreaterThan(10)
})

const broken = async (fault: string, times: number) => {
  const result = await runKills([SERVER, '--fault', fault], { times, seed, json: true })
  expect(result.details).not.toEqual([])
  rmSync(result.data!, { recursive: true, force: true })
  return result
}

it('finds what was acknowledged before its commit', { timeout: 300_000 }, async () => {
  expect((await broken('ackEarly', 6)).lost).toBeGreaterThan(0)
})

it('finds incidents opened twice and a digest that is not that of the changes', {
  timeout: 300_000,
}, async () => {
  expect((await broken('doubleIncident', 4)).duplicated).toBeGreaterThan(0)
  expect((await broken('forgetPosition', 1)).failures).toBe(2)
})

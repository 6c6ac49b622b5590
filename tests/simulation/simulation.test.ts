/**
 * Whole lives of the program in deterministic simulation, and every seed that ever failed. Many
 * more are played by `bench simulate`.
 */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { playSeed } from '../../src/cli/bench/simulate/play.ts'
import { storyOfFailure } from '../../src/cli/bench/simulate.ts'
import type { Rules } from '../../src/engine/rules.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { shippedRules } from '../support/engine-lab.ts'

const SEEDS = Number(process.env.LASTGASP_SEEDS ?? 6)
const FIRST_SEED = Number(process.env.LASTGASP_SEED ?? 1)
/** Several times what a seed takes on an idle machine. */
const PATIENCE_MS = 60_000 + SEEDS * 5000

/** Two in three of them have a storm, half of them crashes. */
const STORMY_SEEDS = 12

const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
const rules = shippedRules()
const failed: { seed: number; edition: number; was: string }[] = JSON.parse(
  readFileSync(new URL('./seeds.json', import.meta.url), 'utf8'),
)

async function failuresOf(seeds: readonly number[], edition?: number): Promise<string[]> {
  const stories: string[] = []
  for (const seed of seeds) {
    const result = await playSeed(seed, rules, telemetry, edition)
    if (result.failures.length > 0) stories.push(storyOfFailure(result))
  }
  return stories
}

it(
  `holds in ${SEEDS} seeds from ${FIRST_SEED}`,
  async () => {
    const seeds = Array.from({ length: SEEDS }, (_, n) => FIRST_SEED + n)
    expect(await failuresOf(seeds)).toEqual([])
  },
  PATIENCE_MS,
)

/** So that the little outages of a story are a storm, and one is over within it. */
function stormyRules(): Rules {
  const { storm } = rules.judgement
  const enter = { ...storm.enter, openIncidents: 2 }
  const judgement = {
    ...rules.judgement,
    storm: { ...storm, enter, leave: { share: 1, afterMinutes: 1 } },
  }
  return { ...rules, judgement }
}

it(
  'holds where storm mode comes and goes by rule, each time by a fact',
  async () => {
    let [storms, crashes] = [0, 0]
    for (let seed = FIRST_SEED; seed < FIRST_SEED + STORMY_SEEDS; seed++) {
      const result = await playSeed(seed, stormyRules(), telemetry)
      expect(result.failures, storyOfFailure(result)).toEqual([])
      storms += result.storms
      crashes += result.crashes
    }
    expect(storms).toBeGreaterThan(0)
    expect(crashes).toBeGreaterThan(0)
  },
  PATIENCE_MS,
)

it.each(failed)(
  'holds in seed $seed of edition $edition, which once failed: $was',
  async ({ seed, edition }) => {
    expect(await failuresOf([seed], edition)).toEqual([])
  },
  PATIENCE_MS,
)

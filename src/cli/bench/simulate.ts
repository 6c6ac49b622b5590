/**
 * `bench simulate`: whole lives of the program in deterministic simulation, one a seed. The same
 * seed gives the same run; a seed that fails is printed with the command that repeats it.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { INSTALLED } from '../../app/installed.ts'
import { readRules } from '../../config/rules.ts'
import type { Rules } from '../../engine/rules.ts'
import { createTelemetry } from '../../telemetry/telemetry.ts'
import { playSeed, type SeedResult } from './simulate/play.ts'

/** The rules the program is shipped with. */
export function shippedRules(): Rules {
  const text = (name: string) => {
    const file = join(INSTALLED, 'config', 'rules', name)
    return { file, text: readFileSync(file, 'utf8') }
  }
  return readRules(text('judgement.yaml'), text('grading.yaml'))
}

export interface SimulateOptions {
  readonly seeds: number
  readonly seed: number
  /** The world as it was in that edition. */
  readonly edition: number
  /** Keeps quiet about progress. */
  readonly json: boolean
}

export interface SimulateResult {
  readonly lost: number
  readonly duplicated: number
  readonly failures: number
  /** Seeds played. */
  readonly seeds: number
  readonly failed: readonly number[]
  readonly details: readonly string[]
  readonly facts: number
  readonly incidents: number
  readonly crashes: number
  readonly seconds: number
}

/** Seeds between two lines of progress. */
const PROGRESS_EVERY = 50

export async function benchSimulate(options: SimulateOptions): Promise<SimulateResult> {
  const { seeds, seed: first, edition, json } = options
  const started = performance.now()
  const results: SeedResult[] = []
  const rules = shippedRules()
  const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
  for (let seed = first; seed < first + seeds; seed++) {
    const result = await playSeed(seed, rules, telemetry, edition)
    results.push(result)
    if (result.failures.length > 0) console.error(storyOfFailure(result))
    if (!json && results.length % PROGRESS_EVERY === 0)
      console.error(`${results.length} seeds, ${Math.round(performance.now() - started)} ms`)
  }
  const sum = (of: (result: SeedResult) => number) =>
    results.reduce((total, result) => total + of(result), 0)
  const failed = results.filter(({ failures }) => failures.length > 0)
  return {
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    failures: failed.length,
    seeds,
    failed: failed.map(({ seed }) => seed),
    details: failed.slice(0, 20).map(({ seed, failures }) => `seed ${seed}: ${failures[0]}`),
    facts: sum(({ facts }) => facts),
    incidents: sum(({ incidents }) => incidents),
    crashes: sum(({ crashes }) => crashes),
    seconds: Math.round((performance.now() - started) / 100) / 10,
  }
}

/** What went wrong, and the command that shows it again. */
export function storyOfFailure({ seed, failures }: SeedResult): string {
  return [
    `seed ${seed} failed:`,
    ...failures.map((failure) => `  ${failure}`),
    `  again: npm run -s bench -- simulate --seeds 1 --seed ${seed}`,
  ].join('\n')
}

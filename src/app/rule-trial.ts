/**
 * A scenario played under new rules and under those in force, in a child process on virtual time: on
 * a small made-up county, so that it takes seconds whatever the network in force is.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RuleFile, RuleTrial } from '../http/rules-port.ts'
import { demoCounty } from './demo.ts'
import { INSTALLED } from './installed.ts'

/** Customers of the county: several feeders, every kind of device. */
const CUSTOMERS = 2_000
const SEED = 7

/** The longest shipped scenario takes a few seconds here. */
const PATIENCE_MS = 60_000

export class RuleTrialError extends Error {
  readonly code: 'rules.busy' | 'rules.trialFailed'
  constructor(code: RuleTrialError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RuleTrialError'
    this.code = code
  }
}

export class RuleTrials {
  readonly #dir: string
  #busy = false

  /** `dir` is the data folder: the county is kept there. */
  constructor(dir: string) {
    this.#dir = dir
  }

  /** One at a time. Rejects with a `RuleTrialError`. */
  async play(
    scenario: string,
    tried: readonly RuleFile[],
    inForce: readonly RuleFile[],
  ): Promise<RuleTrial> {
    if (this.#busy) throw new RuleTrialError('rules.busy', 'another trial is under way')
    this.#busy = true
    const folder = mkdtempSync(join(tmpdir(), 'lastgasp-trial-'))
    try {
      const kept = (name: string, files: readonly RuleFile[]) => {
        const target = join(folder, name)
        mkdirSync(target)
        for (const { name, text } of files) writeFileSync(join(target, name), text)
        return target
      }
      const grid = await demoCounty(join(this.#dir, 'trial'), CUSTOMERS, SEED)
      const words = ['rules', 'test', scenario, '--grid', grid, '--json']
      words.push('--rules', kept('tried', tried), '--in-force', kept('in-force', inForce))
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [join(INSTALLED, 'dist', 'main.js'), ...words],
        { timeout: PATIENCE_MS, maxBuffer: 16 * 1024 * 1024 },
      )
      return JSON.parse(stdout.trim().split('\n').at(-1)!) as RuleTrial
    } catch (cause) {
      const { message } = cause as Error
      throw new RuleTrialError('rules.trialFailed', message.slice(0, 300), { cause })
    } finally {
      this.#busy = false
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

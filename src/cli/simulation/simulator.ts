/**
 * Plays scenarios against the running program, one at a time, in a child process that ends with this
 * one. Only where the settings allow it, and only against a broker of this machine.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { loadScenario, shippedScenarios } from '../../../simulators/scenario.ts'
import { truthLine } from '../../../simulators/truth.ts'
import { INSTALLED } from '../../app/installed.ts'
import type { SimulatorSurroundings } from '../../app/simulated.ts'
import type {
  SimulatedScenario,
  Simulation,
  SimulationAsked,
  SimulationResult,
  SimulatorPort,
} from '../../http/simulator-port.ts'
import { isLoopback } from '../../sensing/identity.ts'
import { resultOf } from './result.ts'
import { TruthLog } from './truth-log.ts'

/** The same answer for all who ask within this, ms: comparing a storm takes a while. */
const RESULT_FOR_MS = 1_000

/** Longest that is kept of what a failed run said. */
const MAX_PROBLEM_CHARACTERS = 300

export class SimulatorError extends Error {
  readonly code: 'simulator.barred' | 'simulator.running' | 'simulator.noScenario'
  constructor(code: SimulatorError['code'], message: string) {
    super(message)
    this.name = 'SimulatorError'
    this.code = code
  }
}

export interface SimulatorOptions {
  /** By the settings, or because it is a demonstration. */
  readonly enabled: boolean
  /** A demonstration plays against whatever broker it was given. */
  readonly anyBroker: boolean
  /** Password of the terminals. */
  readonly secret: string | null
}

export class Simulator implements SimulatorPort {
  readonly #options: SimulatorOptions
  readonly #around: SimulatorSurroundings
  #run: Simulation | null = null
  #child: ChildProcess | undefined
  #truth: TruthLog | undefined
  #result: { readonly at: number; readonly value: SimulationResult } | undefined
  #scenarios: readonly SimulatedScenario[] | undefined

  constructor(around: SimulatorSurroundings, options: SimulatorOptions) {
    this.#around = around
    this.#options = options
  }

  get bar(): SimulatorPort['bar'] {
    const { enabled, anyBroker } = this.#options
    if (!enabled) return 'notEnabled'
    return anyBroker || isLoopback(new URL(this.#around.brokerUrl()).hostname)
      ? null
      : 'notLoopback'
  }

  /** Those that play on any network; a drawn one would be another. */
  get scenarios(): readonly SimulatedScenario[] {
    this.#scenarios ??= shippedScenarios().flatMap((name) => {
      const { name: title, durationSeconds, loop, network } = loadScenario(name)
      return network === undefined ? [{ name, title, durationSeconds, loop }] : []
    })
    return this.#scenarios
  }

  get run(): Simulation | null {
    return this.#run
  }

  result(): SimulationResult | null {
    const truth = this.#truth
    if (!truth) return null
    const now = this.#around.now()
    if (this.#result && now - this.#result.at < RESULT_FOR_MS) return this.#result.value
    const incidents = this.#around.incidentsSince(truth.since)
    const value = resultOf(truth.lines, incidents, this.#around.nameOf)
    this.#result = { at: now, value }
    return value
  }

  start({ scenario, seed, speed, by }: SimulationAsked): void {
    if (this.bar !== null)
      throw new SimulatorError('simulator.barred', `no simulation here: ${this.bar}`)
    if (this.#child)
      throw new SimulatorError('simulator.running', `${this.#run?.scenario} runs; stop it first`)
    if (!this.scenarios.some(({ name }) => name === scenario))
      throw new SimulatorError('simulator.noScenario', `no scenario ${scenario}`)
    const { brokerUrl, gridPath, url, crewToken, now } = this.#around
    const truth = new TruthLog(now())
    const child = spawn(
      process.execPath,
      [
        ...[join(INSTALLED, 'dist', 'simulators', 'main.js'), '--scenario', scenario, '--json'],
        ...['--broker', brokerUrl(), '--grid', gridPath(), '--url', url()],
        ...['--seed', seed, '--speed', String(speed)],
      ],
      { stdio: ['pipe', 'pipe', 'pipe'], env: this.#environment(crewToken()) },
    )
    this.#child = child
    this.#truth = truth
    this.#result = undefined
    this.#run = {
      ...{ scenario, seed, speed, by, state: 'running', startedAt: now(), endedAt: null },
      ...{ terminals: null, problem: null },
    }
    this.#follow(child, truth)
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (!child) return
    this.#change({ state: 'stopping' })
    const gone = once(child, 'close')
    child.kill('SIGTERM')
    await gone
  }

  #environment(crewToken: string | null): NodeJS.ProcessEnv {
    const { secret } = this.#options
    return {
      ...process.env,
      ...(secret ? { LASTGASP_TERMINAL_SECRET: secret } : {}),
      ...(crewToken ? { LASTGASP_CREW_TOKEN: crewToken } : {}),
    }
  }

  #follow(child: ChildProcess, truth: TruthLog): void {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const read = truthLine.safeParse(parsed(line))
      if (!read.success) return
      truth.take(read.data)
      if (read.data.event === 'start') this.#change({ terminals: read.data.terminals })
    })
    let said = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-MAX_PROBLEM_CHARACTERS)
    })
    child.on('error', (error) => {
      said = error.message
    })
    child.on('close', (code) => {
      this.#child = undefined
      const stopped = this.#run?.state === 'stopping'
      const state = stopped ? 'stopped' : code === 0 ? 'ended' : 'failed'
      const problem = state === 'failed' ? said.trim() || `exit code ${code}` : null
      this.#change({ state, problem, endedAt: this.#around.now() })
    })
  }

  #change(change: Partial<Simulation>): void {
    if (this.#run) this.#run = { ...this.#run, ...change }
  }
}

/** The JSON of a line; undefined where it is none. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/**
 * `bench kill`: the whole program under load, killed with SIGKILL at random moments, started again
 * on the same data, and judged at the end. No acknowledged report may be lost and no incident told
 * twice. Kills fall while it serves and, one in five, while it starts and recovers.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Draw } from '../../grid/generate/draw.ts'
import { generateGrid } from '../../grid/generate/generate.ts'
import { freePort } from './free-port.ts'
import { auditKilledData } from './kill-audit.ts'
import { KillLoad } from './kill-load.ts'

/** Customers of the generated county: some forty areas, recovered in a moment. */
const CUSTOMERS = 3000
const KILLED_WHILE_STARTING = 0.2
const LONGEST_START_BEFORE_KILL_MS = 800
const SHORTEST_LOAD_MS = 20
const LONGEST_LOAD_MS = 1500
/** A start that has not acknowledged anything by then has failed. */
const START_TIMEOUT_MS = 120_000
const DRAIN_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 60_000
/** Lines of standard error shown with a failure. */
const SHOWN_ERROR_LINES = 12

export interface KillOptions {
  readonly times: number
  readonly seed?: number
  /** Keeps quiet about progress. */
  readonly json: boolean
}

export interface KillResult {
  readonly bench: 'kill'
  readonly times: number
  /** Acknowledged reports that are not in the journal. */
  readonly lost: number
  /** Incidents, revisions or change batches that are there twice. */
  readonly duplicated: number
  /** All that went wrong: the lost, the doubled, and anything else. */
  readonly failures: number
  readonly seed: number
  readonly seeds: readonly number[]
  /** What was lost, doubled or failed, in words; the first twenty. */
  readonly details: readonly string[]
  /** Folder with grid and data, kept where something went wrong. */
  readonly data?: string
  readonly acknowledged: number
  readonly facts: number
  readonly incidents: number
  readonly seconds: number
}

const MAIN = fileURLToPath(new URL('../../../main.js', import.meta.url))

/** Runs the benchmark against this program. */
export function benchKill(options: KillOptions): Promise<KillResult> {
  return runKills([MAIN], options)
}

/** The same against any program with the verbs `serve` and `replay`: script and first arguments. */
export async function runKills(
  program: readonly string[],
  { times, seed = Math.floor(Math.random() * 2 ** 31), json }: KillOptions,
): Promise<KillResult> {
  const started = performance.now()
  const say = (text: string) => {
    if (!json) console.error(text)
  }
  say(`bench kill: ${times} kills, seed ${seed}`)
  const dir = mkdtempSync(join(tmpdir(), 'lastgasp-kill-'))
  const run = new KillRun(program, dir, seed, await freePort(), await freePort(), say)
  try {
    for (let kill = 1; kill <= times; kill++) await run.killOnce(kill)
    await run.finish()
  } catch (error) {
    run.failures.push((error as Error).message)
  } finally {
    await run.stopAll()
  }
  // A program that never came as far as its data has nothing to be judged.
  if (!existsSync(join(dir, 'data', 'records.db'))) throw new Error(run.failures.join('\n'))
  const result = await run.judge()
  // What went wrong can be looked at; what went well need not stay.
  const kept = result.details.length > 0
  if (!kept) rmSync(dir, { recursive: true, force: true })
  return {
    bench: 'kill',
    times,
    ...result,
    ...(kept && { data: dir }),
    seed,
    seeds: [seed],
    seconds: Math.round((performance.now() - started) / 100) / 10,
  }
}

class KillRun {
  readonly failures: string[] = []
  readonly #program: readonly string[]
  readonly #data: string
  readonly #args: readonly string[]
  readonly #mqttPort: number
  readonly #draw: Draw
  readonly #load: KillLoad
  readonly #say: (text: string) => void
  #child: ChildProcess | undefined
  #errors = ''

  constructor(
    program: readonly string[],
    dir: string,
    seed: number,
    port: number,
    mqttPort: number,
    say: (text: string) => void,
  ) {
    const grid = generateGrid({ customers: CUSTOMERS, seed })
    const gridFile = join(dir, 'grid.json')
    writeFileSync(gridFile, JSON.stringify(grid))
    this.#program = program
    this.#data = join(dir, 'data')
    this.#mqttPort = mqttPort
    this.#args = [
      ...['serve', '--data', this.#data, '--grid', gridFile],
      ...['--port', String(port), '--mqtt-port', String(mqttPort)],
    ]
    this.#draw = new Draw(seed, 1)
    this.#load = new KillLoad(grid, new Draw(seed, 2))
    this.#say = say
  }

  /** Starts the program, lets it work, kills it. */
  async killOnce(kill: number): Promise<void> {
    const child = this.#start()
    const whileStarting = this.#draw.chance(KILLED_WHILE_STARTING)
    this.#load.connect(this.#mqttPort)
    this.#load.produce()
    if (!whileStarting) await this.#serving()
    const waitMs = whileStarting
      ? this.#draw.whole(0, LONGEST_START_BEFORE_KILL_MS)
      : this.#draw.whole(SHORTEST_LOAD_MS, LONGEST_LOAD_MS)
    await delay(waitMs)
    this.#assertAlive(child)
    child.kill('SIGKILL')
    await once(child, 'exit')
    this.#load.stop()
    this.#load.disconnect()
    const when = whileStarting ? 'of its start' : 'of serving'
    const { acknowledged, unacknowledged } = this.#load
    this.#say(
      `kill ${kill}: after ${waitMs} ms ${when}, ${acknowledged.size} acknowledged, ${unacknowledged} not yet`,
    )
  }

  /** Starts once more, sends what is left, and stops in the ordinary way. */
  async finish(): Promise<void> {
    const child = this.#start()
    this.#load.connect(this.#mqttPort)
    this.#load.produce()
    await this.#serving()
    this.#load.stop()
    const deadline = performance.now() + DRAIN_TIMEOUT_MS
    while (this.#load.unacknowledged > 0 && performance.now() < deadline) {
      this.#assertAlive(child)
      await delay(50)
    }
    if (this.#load.unacknowledged > 0)
      this.failures.push(`${this.#load.unacknowledged} reports were never acknowledged`)
    this.#load.disconnect()
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const ended = await Promise.race([exited, delay(STOP_TIMEOUT_MS, undefined, { ref: false })])
    if (!ended) throw new Error(`it did not stop within ${STOP_TIMEOUT_MS / 1000} s of SIGTERM`)
    if (ended[0] !== 0) this.failures.push(`it stopped with code ${ended[0]}${this.#lastErrors()}`)
  }

  async stopAll(): Promise<void> {
    this.#load.stop()
    this.#load.disconnect()
    if (this.#child?.kill('SIGKILL')) await once(this.#child, 'exit')
  }

  /** Judges the data and replays it twice: an uninterrupted run of the same facts. */
  async judge() {
    const verdict = auditKilledData(
      { journal: join(this.#data, 'journal.db'), records: join(this.#data, 'records.db') },
      this.#load.acknowledged,
    )
    const failures = [...this.failures, ...verdict.faults]
    for (const pass of ['first', 'second']) {
      const digest = await this.#replayDigest()
      if (digest !== verdict.digest)
        failures.push(`${pass} replay gives digest ${digest}, the records say ${verdict.digest}`)
    }
    const details = [
      ...verdict.lost.map((id) => `lost: ${id}`),
      ...verdict.duplicated.map((text) => `duplicated: ${text}`),
      ...failures,
    ]
    return {
      lost: verdict.lost.length,
      duplicated: verdict.duplicated.length,
      failures: details.length,
      details: details.slice(0, 20),
      acknowledged: this.#load.acknowledged.size,
      facts: verdict.facts,
      incidents: verdict.incidents,
    }
  }

  #start(): ChildProcess {
    const child = spawn(process.execPath, [...this.#program, ...this.#args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // Often enough that most kills find a snapshot, and some find one half written.
      env: { ...process.env, LASTGASP__JOURNAL__SNAPSHOT_EVERY_SECONDS: '1' },
    })
    this.#errors = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-8192)
    })
    this.#child = child
    return child
  }

  async #serving(): Promise<void> {
    if (await this.#load.nextAcknowledgement(START_TIMEOUT_MS)) return
    throw new Error(
      `nothing was acknowledged in ${START_TIMEOUT_MS / 1000} s after a start${this.#lastErrors()}`,
    )
  }

  #assertAlive({ exitCode, signalCode }: ChildProcess): void {
    if (exitCode !== null || signalCode !== null)
      throw new Error(`it ended by itself with code ${exitCode ?? signalCode}${this.#lastErrors()}`)
  }

  #lastErrors(): string {
    const lines = this.#errors.trim().split('\n').slice(-SHOWN_ERROR_LINES)
    return lines[0] ? `:\n${lines.join('\n')}` : ''
  }

  /** The digest stands on the last line of `replay --digest`. */
  async #replayDigest(): Promise<string> {
    const args = [...this.#program, 'replay', '--data', this.#data, '--digest']
    try {
      const { stdout } = await promisify(execFile)(process.execPath, args)
      return /[0-9a-f]{64}/.exec(stdout.trim().split('\n').at(-1) ?? '')?.[0] ?? 'none'
    } catch (error) {
      return `none (${(error as Error).message.trim()})`
    }
  }
}

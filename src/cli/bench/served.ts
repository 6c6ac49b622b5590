/** The program as a child process of a benchmark: on ports of its own, watched, stopped at the end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'

/** Nine million meters are compiled in two minutes and loaded in seconds. */
const START_WITHIN_MS = 300_000
const STOP_WITHIN_MS = 60_000
/** Lines of what it printed that are shown with a failure. */
const SHOWN_LINES = 12
/** Clock ticks a second in /proc (`getconf CLK_TCK`), the same on every Linux machine of today. */
const TICK_MS = 10

/** Flags of Node that `npm start` and the Dockerfile give the program; who is compared with it has them too. */
export const NODE_FLAGS = ['--max-semi-space-size=32'] as const

const MAIN = fileURLToPath(new URL('../../../main.js', import.meta.url))

export interface ServedOptions {
  /** Script and first arguments; absent: this program. */
  readonly program?: readonly string[]
  readonly data: string
  readonly grid: string
  /** Absent: all of them. */
  readonly role?: string
  readonly env?: NodeJS.ProcessEnv
}

/** What is started where no role is named. */
const WHOLE = 'the program'

/** A running program. */
export class Served {
  readonly url: string
  readonly mqttPort: number
  readonly data: string
  readonly #name: string
  readonly #child: ChildProcess
  #printed = ''

  private constructor(
    name: string,
    child: ChildProcess,
    port: number,
    mqttPort: number,
    data: string,
  ) {
    this.#name = name
    this.#child = child
    this.url = `http://127.0.0.1:${port}`
    this.mqttPort = mqttPort
    this.data = data
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#printed = (this.#printed + text).slice(-16_384)
      })
  }

  /** Starts it and waits until it serves. */
  static async start({ program = [MAIN], data, grid, role, env }: ServedOptions): Promise<Served> {
    const [port, mqttPort] = [await freePort(), await freePort()]
    const args = ['serve', '--data', data, '--grid', grid]
    args.push('--port', String(port), '--mqtt-port', String(mqttPort))
    if (role !== undefined) args.push('--role', role)
    const child = spawn(process.execPath, [...NODE_FLAGS, ...program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A neighbour of the shell that runs the benchmark is no part of what is measured.
      env: {
        ...process.env,
        MQTT_URL: '',
        KAFKA_BROKERS: '',
        REDIS_URL: '',
        INFLUX_URL: '',
        ...env,
      },
    })
    const served = new Served(
      role === undefined ? WHOLE : `the role ${role}`,
      child,
      port,
      mqttPort,
      data,
    )
    const deadline = performance.now() + START_WITHIN_MS
    while (!served.#printed.includes('stop with Ctrl-C')) {
      if (!served.runs || performance.now() > deadline) {
        child.kill('SIGKILL')
        throw new Error(`${served.#name} did not start${served.lastLines()}`)
      }
      await delay(50)
    }
    return served
  }

  get runs(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  get pid(): number {
    return this.#child.pid!
  }

  lastLines(): string {
    const lines = this.#printed.trim().split('\n').slice(-SHOWN_LINES)
    return lines[0] ? `:\n${lines.join('\n')}` : ''
  }

  /** @throws Error which says how it ended by itself and what it printed last */
  assertRuns(): void {
    if (!this.runs) throw new Error(this.#endedByItself())
  }

  #endedByItself(): string {
    const { exitCode, signalCode } = this.#child
    return `${this.#name} ended by itself with ${signalCode ?? `code ${exitCode}`}${this.lastLines()}`
  }

  /** Stops it in the ordinary way; answers what was wrong with that. */
  async stop(): Promise<string | undefined> {
    if (!this.runs) return this.#endedByItself()
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const ended = await Promise.race([exited, delay(STOP_WITHIN_MS, undefined, { ref: false })])
    if (!ended) {
      this.#child.kill('SIGKILL')
      return `${this.#name} did not stop within ${STOP_WITHIN_MS / 1000} s of SIGTERM`
    }
    // A role whose exit Kafka's client holds ends itself so (`docs/kafka.md`).
    if (ended[1] === 'SIGKILL' && this.#name !== WHOLE) return undefined
    return ended[0] === 0
      ? undefined
      : `${this.#name} stopped with code ${ended[0]}${this.lastLines()}`
  }

  /** `kill -9`, where it still runs. */
  async kill(): Promise<void> {
    if (!this.runs) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }
}

/** CPU time of a process up to now, ms; 0 where the system does not tell. */
export function cpuMsOf(pid: number): number {
  const path = `/proc/${pid}/stat`
  if (!existsSync(path)) return 0
  // The name of the program stands in brackets and may hold spaces.
  const fields = readFileSync(path, 'utf8').split(') ').at(-1)!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Resident memory of a process, MB; 0 where the system does not tell. */
export function rssMbOf(pid: number): number {
  const path = `/proc/${pid}/status`
  if (!existsSync(path)) return 0
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? 0) / 1024)
}

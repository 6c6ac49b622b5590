/** The built program as a child process: on a folder of its own, on free ports, stopped or killed. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openForReading } from '../../src/config/sqlite.ts'
import { gatherBehind } from './personal-data.ts'
import { freePort } from './server-process.ts'

export const MAIN = 'dist/main.js'
/** The terminals' password of every server started here. */
export const TERMINAL_SECRET = 'e2e-terminals'

/** A loaded machine generates and compiles the county in some twenty seconds. */
const START_WITHIN_MS = 240_000
const STOP_WITHIN_MS = 120_000
/** A program that a test made hang does not keep it waiting. */
const METRICS_WITHIN_MS = 2000

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Standard output and error, as printed. */
  readonly output: string
}

/** Runs one verb to its end; never rejects for an exit code. */
export async function lastgasp(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const run = new Running(args, env)
  return await run.ended
}

/** Runs one verb that must succeed; answers what it printed on standard output. */
export async function lastgaspOutput(args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...args])
  return stdout
}

/** Digest of all changes that a stopped program has recorded. */
export function recordedDigest(data: string): string {
  const db = openForReading(join(data, 'records.db'))
  const { digest } = db.prepare('SELECT digest FROM state').get([]) as { digest: string }
  db.close()
  return digest
}

class Running {
  readonly child: ChildProcess
  output = ''
  readonly ended: Promise<Ended>

  constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    this.child = spawn(process.execPath, [MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    // Not `exit`: what it printed last is still in the pipe then.
    this.ended = once(this.child, 'close').then(([code, signal]) => ({
      code,
      signal,
      output: this.output,
    }))
  }

  get isOver(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }
}

export interface ServerOptions {
  /** Grid file; absent: what the data folder holds, or the demonstration. */
  readonly grid?: string
  readonly demo?: boolean
  /** Data folder; absent: a new one, removed by `remove`. */
  readonly data?: string
  readonly env?: NodeJS.ProcessEnv
  readonly mqttPort?: number
  readonly port?: number
  readonly role?: 'all' | 'gateway' | 'sensing' | 'engine' | 'records'
  /** Folder of the ledger of its customers, where that is another program's; what it leaves is held against it. */
  readonly ledger?: string
}

/** As a person reads it; as it stands where a test spoilt it. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** A running program. */
export class Server {
  readonly data: string
  readonly url: string
  readonly mqttPort: number
  readonly #run: Running
  #token: string | undefined
  readonly #asked: string[] = []
  readonly #ledger: string

  constructor(data: string, url: string, mqttPort: number, run: Running, ledger = data) {
    this.data = data
    this.#ledger = ledger
    this.url = url
    this.mqttPort = mqttPort
    this.#run = run
  }

  get pid(): number {
    return this.#run.child.pid!
  }

  get isRunning(): boolean {
    return !this.#run.isOver
  }

  get brokerUrl(): string {
    return `mqtt://127.0.0.1:${this.mqttPort}`
  }

  output(): string {
    return this.#run.output
  }

  /** Password of each demonstration account, as printed. */
  get passwords(): ReadonlyMap<string, string> {
    const lines = this.output().matchAll(/^sign in {2}(\S+) \/ (\S+)/gm)
    return new Map([...lines].map(([, name, password]) => [name!, password!]))
  }

  /** A bearer token, made beside the running program. */
  async token(role = 'auditor', ...units: readonly string[]): Promise<string> {
    const seen = units.flatMap((unit) => ['--unit', unit])
    // A file's tests may take longer than a token lives.
    const who = ['--role', role, ...seen, '--ttl', '24h']
    const printed = await lastgaspOutput(['token', ...who, '--data', this.data])
    return printed.trim().split('\n').at(-1)!
  }

  /** A request of the interface with an auditor's token. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    this.#token ??= await this.token()
    this.#asked.push(decoded(path))
    const headers = { authorization: `Bearer ${this.#token}`, ...init.headers }
    return await fetch(this.url + path, { ...init, headers })
  }

  // biome-ignore lint/suspicious/noExplicitAny: the shapes are tested elsewhere
  async get(path: string): Promise<any> {
    const response = await this.fetch(path)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return await response.json()
  }

  /** Stops it in the ordinary way; answers how it ended. */
  async stop(): Promise<Ended> {
    if (!this.isRunning) return await this.#run.ended
    const metrics = await this.#metrics()
    this.#run.child.kill('SIGTERM')
    const late = setTimeout(() => this.#run.child.kill('SIGKILL'), STOP_WITHIN_MS)
    const ended = await this.#run.ended
    clearTimeout(late)
    this.#gather(ended, { metrics })
    return ended
  }

  /** What it counts, for as long as it answers. */
  async #metrics(): Promise<string> {
    try {
      const signal = AbortSignal.timeout(METRICS_WITHIN_MS)
      return await (await fetch(`${this.url}/metrics`, { signal })).text()
    } catch {
      return ''
    }
  }

  /** `kill -9`; its metrics are gone with it, for asking would choose the moment. */
  async kill(): Promise<void> {
    if (!this.isRunning) return
    this.#run.child.kill('SIGKILL')
    this.#gather(await this.#run.ended, {})
  }

  /** What it leaves is searched for personal data. */
  #gather({ output }: Ended, more: Readonly<Record<string, string>>): void {
    const texts = { log: output, addresses: this.#asked.join('\n'), ...more }
    gatherBehind(this.data, texts, this.#ledger)
  }

  /** Stops it if it still runs, and removes its data. */
  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.data, { recursive: true, force: true })
  }
}

/** Starts `serve` and waits until it says that it is there. */
export async function startServing(options: ServerOptions = {}): Promise<Server> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'lastgasp-e2e-'))
  const port = options.port ?? (await freePort())
  const mqttPort = options.mqttPort ?? (await freePort())
  const args = ['serve', '--data', data, '--port', `${port}`, '--mqtt-port', `${mqttPort}`]
  if (options.grid !== undefined) args.push('--grid', options.grid)
  if (options.demo) args.push('--demo')
  if (options.role) args.push('--role', options.role)
  const run = new Running(args, {
    LASTGASP__MQTT__SECRET: TERMINAL_SECRET,
    // Servers for tests, not for every program that a test starts.
    MQTT_URL: '',
    REDIS_URL: '',
    KAFKA_BROKERS: '',
    INFLUX_URL: '',
    ...options.env,
  })
  const deadline = Date.now() + START_WITHIN_MS
  while (!run.output.includes('stop with Ctrl-C')) {
    if (run.isOver || Date.now() > deadline) {
      run.child.kill('SIGKILL')
      throw new Error(`the program did not start:\n${run.output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const [, url] = /^(?:console {2}|role {5}\w+, )(\S+?)\/(?:readyz)?$/m.exec(run.output)!
  return new Server(data, url!, mqttPort, run, options.ledger)
}

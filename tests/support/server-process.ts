/** Starts an installed server program on a free port of this machine, in a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Below the ports that systems give to outgoing connections (from 32768 on): what is free here is not
 * taken by a client in the seconds until its server listens, or while that server is restarted.
 */
const PORTS = { from: 12_000, below: 32_000 }
/** Workers of the tests choose from ports of their own. */
const WORKERS = 8
const OWN = (PORTS.below - PORTS.from) / WORKERS
const first = PORTS.from + (Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS) * OWN
/** Each process begins elsewhere, for the servers of the one before may not be gone yet. */
let given = (process.pid * 31) % OWN

/** A port that nothing listens at, and that nobody else is given for a while. */
export async function freePort(): Promise<number> {
  for (;;) {
    given = (given + 1) % OWN
    const port = first + given
    const server = createServer()
    const listens = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!listens) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

export function isInstalled(program: string): boolean {
  // Debian keeps servers in sbin, which is not on everyone's path.
  return spawnSync('sh', ['-c', `command -v ${program}`], { env: serverEnvironment() }).status === 0
}

export function serverEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` }
}

/** Whether a connection that is being opened comes about. Not by `once`, which throws what goes wrong. */
export function comesAbout(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  })
}

/** True once something accepts connections on `port`. */
export async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const outcome = await comesAbout(socket)
  socket.destroy()
  return outcome
}

export interface ServerProcess {
  readonly folder: string
  /** Stops it, with SIGKILL as a crash would unless told otherwise, and starts it again on the same data. */
  restart(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Ends it as a crash would; `restart` starts it again on the same data. */
  crash(): Promise<void>
  stop(): Promise<void>
}

export interface ServerProgram {
  readonly program: string
  /** Text of its configuration file, kept in `folder`. */
  config(folder: string): string
  args(configFile: string): readonly string[]
  /** True once it serves. */
  answers(): Promise<boolean>
  /** Done once, before the first start. */
  prepare?(configFile: string): Promise<void>
}

/** How long a server may take to answer; a loaded machine needs several seconds. */
const START_MS = 180_000

/** Starts a server and waits until it answers. Its folder is removed when it is stopped. */
export async function startServer(server: ServerProgram): Promise<ServerProcess> {
  const { program } = server
  const folder = mkdtempSync(join(tmpdir(), `lastgasp-${program}-`))
  const configFile = join(folder, 'server.conf')
  writeFileSync(configFile, server.config(folder))
  await server.prepare?.(configFile)
  let child: ChildProcess | undefined
  let said = ''

  async function start(): Promise<void> {
    const started = spawn(program, server.args(configFile), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: serverEnvironment(),
      cwd: folder,
    })
    child = started
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk) => {
        said = (said + chunk).slice(-2000)
      })
    const until = Date.now() + START_MS
    while (!(await server.answers().catch(() => false))) {
      if (started.exitCode !== null || Date.now() > until)
        throw new Error(`${program} did not start:\n${said}`)
      await sleep(50)
    }
  }
  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
  process.once('exit', () => child?.kill('SIGKILL'))
  await start()
  return {
    folder,
    async restart(signal = 'SIGKILL') {
      await kill(signal)
      await start()
    },
    crash: () => kill('SIGKILL'),
    async stop() {
      await kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Mosquitto as a neighbour of a benchmark, where it is installed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../free-port.ts'

const STARTS_WITHIN_MS = 10_000
/** Debian puts servers where a user's path does not lead. */
const PLACES = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']

export interface Mosquitto {
  readonly url: URL
  readonly pid: number
  stop(): void
}

/** Starts it on a free port with no limits to its queues; undefined where it is not installed. */
export async function startMosquitto(dir: string): Promise<Mosquitto | undefined> {
  const program = PLACES.map((place) => join(place, 'mosquitto')).find((path) => existsSync(path))
  if (program === undefined) return undefined
  const port = await freePort()
  const config = join(dir, 'mosquitto.conf')
  const limits = ['max_queued_messages 0', 'max_inflight_messages 0', 'set_tcp_nodelay true']
  const lines = [
    `user ${userInfo().username}`,
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
  ]
  writeFileSync(config, `${[...lines, 'persistence false', ...limits].join('\n')}\n`)
  const child: ChildProcess = spawn(program, ['-c', config], { stdio: 'ignore' })
  const deadline = performance.now() + STARTS_WITHIN_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`${program} did not start`)
    }
    await delay(50)
  }
  return {
    url: new URL(`mqtt://127.0.0.1:${port}`),
    pid: child.pid!,
    stop: () => child.kill('SIGKILL'),
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/**
 * `bench live`: from a change that the engine has told to its frame on every console that may see
 * it. The hub and the WebSocket server are those of the program, alone in this process; the consoles
 * are sockets of another.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocketServer } from 'ws'
import type { CompiledGrid } from '../../../grid/compiled.ts'
import { createLiveHub } from '../../../live/hub.ts'
import type { LiveHub, LiveStats, Viewer } from '../../../live/ports.ts'
import { createTelemetry } from '../../../telemetry/telemetry.ts'
import { quantile, round } from '../figures.ts'
import type { ClientsOrder, ClientsResult } from './clients.ts'
import { StagedIncidents, stagedGrid } from './staged.ts'

export interface LiveBenchOptions {
  readonly sockets: number
  readonly incidents: number
  /** Changes a second. */
  readonly changes: number
  readonly seconds: number
  readonly seed: number
}

/** Share of consoles that stop reading. */
const STALLED_SHARE = 0.01
const OPENED_AT_ONCE = 50
/** What is under way when the changes end still arrives. */
const SETTLE_MS = 1_000

const CLIENTS = fileURLToPath(new URL('./clients.js', import.meta.url))

/** Two roles in each of the twenty units: with evidence and without. */
function viewerOf(grid: CompiledGrid, index: number): Viewer {
  const group = index % (grid.units.length * 2)
  const { id, parent } = grid.units[group >> 1]!
  const evidence = group % 2 === 0
  return {
    group: `${id}${evidence ? '+' : ''}`,
    evidence,
    holds: () => true,
    seesUnit: (unit) => parent < 0 || unit === id,
    stillValid: () => true,
  }
}

/** The program's WebSocket side, without its sign-in. */
async function serve(hub: LiveHub, grid: CompiledGrid) {
  const server = createServer()
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {})
    const viewer = Number(new URL(request.url!, 'http://localhost').searchParams.get('viewer'))
    sockets.handleUpgrade(request, socket, head, (opened) => {
      hub.attach(opened as never, viewerOf(grid, viewer))
    })
  })
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets.clients) socket.terminate()
      server.close()
    },
  }
}

/** The answer of the consoles' process to `message`. */
async function ask<T>(clients: ChildProcess, message: object): Promise<T> {
  clients.send(message)
  const ended = once(clients, 'exit').then(([code]) => {
    throw new Error(`the consoles ended with code ${code}`)
  })
  ended.catch(() => {})
  const [answer] = (await Promise.race([once(clients, 'message'), ended])) as [{ failed?: string }]
  if (answer.failed !== undefined) throw new Error(answer.failed)
  return answer as T
}

/** Changes at the asked rate, evenly, for the asked time; resolves with their number. */
async function change(
  hub: LiveHub,
  staged: StagedIncidents,
  { changes, seconds }: LiveBenchOptions,
) {
  const started = performance.now()
  let made = 0
  while (made < changes * seconds) {
    const due = Math.floor(((performance.now() - started) / 1000) * changes)
    for (; made < Math.min(due, changes * seconds); made++) hub.follow([staged.change()])
    await delay(1000 / changes / 2)
  }
  return made
}

export async function benchLive(options: LiveBenchOptions) {
  const grid = stagedGrid(options.seed)
  const staged = new StagedIncidents(grid, options.incidents, options.seed)
  const stats = (): LiveStats => ({
    ...{ customers: 40_000, customersOut: staged.all[0]!.revision, transformersOut: 3 },
    incidents: { open: staged.all.length, byGrade: { 1: 0, 2: 0, 3: 0, 4: 0 } },
    ...{ reportsPerMinute: 0, storm: { on: false, by: 'rule', since: null, reason: null } },
  })
  const hub = createLiveHub({
    telemetry: createTelemetry({ level: 'silent', processMetrics: false }),
    grid: () => grid,
    now: Date.now,
    openIncidents: () => staged.all,
    incident: () => undefined,
    stats,
  })
  const server = await serve(hub, grid)
  const clients = fork(CLIENTS, { execArgv: [], serialization: 'advanced' })
  try {
    const stalled = Math.round(options.sockets * STALLED_SHARE)
    const open: ClientsOrder = {
      ...{ port: server.port, sockets: options.sockets, stalled, atOnce: OPENED_AT_ONCE },
    }
    await ask(clients, { open })
    clients.send({ count: true })
    await delay(SETTLE_MS)
    const startedMs = performance.now()
    const cpu = process.cpuUsage()
    const changes = await change(hub, staged, options)
    await delay(SETTLE_MS)
    const { user, system } = process.cpuUsage(cpu)
    const tookMs = performance.now() - startedMs
    const { result } = await ask<{ result: ClientsResult }>(clients, { count: false })
    return {
      sockets: options.sockets,
      groups: Math.min(options.sockets, grid.units.length * 2),
      ...{ incidents: options.incidents, changes, stalled, closed: result.closed },
      deliveries: result.deliveries,
      p50Ms: quantile(result.tookMs, 0.5),
      p99Ms: quantile(result.tookMs, 0.99),
      maxMs: quantile(result.tookMs, 1),
      serverUsPerDelivery: round((user + system) / Math.max(1, result.deliveries)),
      serverCpuPercent: round((user + system) / 10 / tookMs),
      rssMb: round(process.memoryUsage().rss / 1_048_576),
    }
  } finally {
    clients.kill('SIGKILL')
    hub.close()
    server.close()
  }
}

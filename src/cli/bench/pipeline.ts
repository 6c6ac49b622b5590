/**
 * `bench pipeline`: MQTT in, durable, judged, WebSocket out, at a rate that is offered whether or not
 * it is taken; and what a hand-written consumer makes of the same messages. Meters go dark one after
 * another in areas of many feeders; a report has come out when a frame cites it or a later one of
 * its area, for each terminal's reports are taken in order.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { Draw } from '../../grid/generate/draw.ts'
import { servableNetwork } from './engine-grid.ts'
import { quantile, round } from './figures.ts'
import { darkAreas, type LoadArea } from './load/areas.ts'
import { ceilings } from './load/ceilings.ts'
import { type CitingItem, followFrames } from './load/console.ts'
import { heldFor } from './load/hold.ts'
import { startMosquitto } from './load/mosquitto.ts'
import { openTerminals } from './load/terminal.ts'
import { publishPacket } from './mqtt-packets.ts'
import { cpuMsOf, NODE_FLAGS } from './served.ts'
import { openTarget } from './target.ts'

export interface PipelineOptions {
  readonly rate: number
  readonly seconds: number
  /** So long before, as many other terminals report at the same rate, and nothing is measured. */
  readonly warmUp: number
  readonly peers: boolean
  readonly meters: number
  readonly connections: number
  readonly seed: number
  /** An outside broker instead of the embedded listener, for the program itself. */
  readonly broker?: string
  /** Brokers of Kafka: sensing and engines in processes of their own; needs `broker`. */
  readonly kafka?: string
  readonly engines: number
  /** Of the rules, for this run; absent: as shipped. */
  readonly hold?: number
}

/** How often what is due is sent. */
const TURN_MS = 2
/** What is under way at the end still arrives, the engine's hold of an incident included. */
const SETTLE_MS = 12_000

const PEER = fileURLToPath(new URL('./load/peer-mqttjs.js', import.meta.url))

interface Event {
  readonly area: number
  readonly meter: string
}

/** Reports in the order in which they are published, and the areas they come from. */
interface Load {
  readonly areas: readonly LoadArea[]
  readonly events: readonly Event[]
}

/** What is offered before, for V8 to compile what is run often, and then to be measured. */
interface Offered {
  readonly warmUp: Load
  readonly measured: Load
}

/** Who reports in which order: areas in turn, each meter once. */
function eventsOf(areas: readonly LoadArea[], count: number, seed: number): Event[] {
  const draw = new Draw(seed, 23)
  const all = areas.flatMap(({ meters }, area) =>
    meters.map((meter, index) => ({ at: index + draw.real(), area, meter })),
  )
  if (all.length < count)
    throw new Error(
      `${areas.length} areas have ${all.length} meters, ${count} must report: more --connections`,
    )
  return all.sort((a, b) => a.at - b.at).slice(0, count)
}

/** What has come out: of each area all reports up to the latest that was cited. */
class Arrivals {
  readonly tookMs: number[] = []
  readonly #area = new Map<string, { readonly area: number; readonly index: number }>()
  readonly #published: number[][]
  readonly #covered: number[]

  constructor({ events, areas }: Load) {
    this.#published = areas.map(() => [])
    this.#covered = areas.map(() => 0)
    const next = areas.map(() => 0)
    for (const { area, meter } of events) this.#area.set(meter, { area, index: next[area]!++ })
  }

  published({ area }: Event): void {
    this.#published[area]!.push(performance.now())
  }

  see(items: readonly CitingItem[]): void {
    const now = performance.now()
    for (const { evidence } of items)
      for (const { observer } of evidence) {
        const known = this.#area.get(observer)
        if (!known) continue
        const { area, index } = known
        for (; this.#covered[area]! <= index; this.#covered[area]!++)
          this.tookMs.push(now - this.#published[area]![this.#covered[area]!]!)
      }
  }
}

/** Whose arrivals are waited for, and who is told of what is published. */
interface Watched {
  readonly arrivals: Arrivals
  published(event: Event): void
}

/** Nobody else is told of what is published. */
function alone(arrivals: Arrivals): Watched {
  return { arrivals, published: (event) => arrivals.published(event) }
}

/** Offers the events to `broker` and answers what came out, and what was used for it. */
async function offer(
  broker: URL,
  { areas, events }: Load,
  { arrivals, published }: Watched,
  cpuMs: () => number,
  { rate }: PipelineOptions,
) {
  let acked = 0
  const terminals = await openTerminals(
    broker,
    areas.map(({ terminal }) => terminal),
    () => acked++,
  )
  const before = cpuMs()
  const started = performance.now()
  for (let next = 0; next < events.length; await delay(TURN_MS)) {
    const due = Math.min(events.length, Math.ceil(((performance.now() - started) / 1000) * rate))
    for (; next < due; next++) {
      const event = events[next]!
      const meters = [event.meter]
      const payload = JSON.stringify({
        id: `p${next}`,
        kind: 'powerOff',
        at: new Date().toISOString(),
        meters,
      })
      published(event)
      terminals[event.area]!.publish(payload, '')
    }
  }
  const offeredSeconds = (performance.now() - started) / 1000
  const deadline = performance.now() + SETTLE_MS
  while (arrivals.tookMs.length < events.length && performance.now() < deadline) await delay(50)
  const used = cpuMs() - before
  for (const terminal of terminals) terminal.close()
  return {
    offered: Math.round(events.length / offeredSeconds),
    emittedRatio: round(arrivals.tookMs.length / events.length),
    acked,
    p50Ms: quantile(arrivals.tookMs, 0.5),
    p99Ms: quantile(arrivals.tookMs, 0.99),
    cpuUsPerEvent: round((used * 1000) / events.length),
  }
}

/** Other terminals warm up than those that are measured: incidents begin anew. */
function offeredOn(grid: CompiledGrid, options: PipelineOptions): Offered {
  const { rate, seconds, warmUp, connections, seed } = options
  const all = darkAreas(grid, warmUp > 0 ? 2 * connections : connections, seed)
  const load = (areas: readonly LoadArea[], forSeconds: number): Load => {
    return { areas, events: eventsOf(areas, rate * forSeconds, seed) }
  }
  return {
    measured: load(all.slice(0, connections), seconds),
    warmUp: load(all.slice(connections), warmUp),
  }
}

export async function benchPipeline(options: PipelineOptions) {
  const { seconds, warmUp, connections, seed, meters } = options
  const network = await servableNetwork({ meters, seed })
  const offered = offeredOn(network.grid, options)
  const { areas, events } = offered.measured
  const dir = mkdtempSync(join(tmpdir(), 'lastgasp-pipeline-'))
  try {
    const own = await ofProgram(network.path, dir, offered, options)
    const peers = options.peers ? await ofPeers(dir, offered, options) : {}
    const mqttJs = peers.mqttJs
    const sample = JSON.stringify({
      id: 'p1',
      kind: 'powerOff',
      at: new Date().toISOString(),
      meters: [events[0]!.meter],
    })
    const packetBytes = publishPacket(`lastgasp/v1/${areas[0]!.terminal}/event`, sample, 1).length
    return {
      ...own,
      seconds,
      warmUpSeconds: warmUp,
      connections,
      meters,
      broker: options.broker === undefined ? 'embedded' : 'outside',
      engines: options.kafka === undefined ? 'whole program' : options.engines,
      holdSeconds: options.hold ?? 'as shipped',
      ...(options.peers && { peers }),
      ...(mqttJs && {
        ratios: { cpuToMqttJs: round(own.cpuUsPerEvent / mqttJs.cpuUsPerEvent) },
      }),
      ceilings: await ceilings(sample, packetBytes),
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The program itself; an outside broker and Kafka on this machine are not counted, they may serve others. */
async function ofProgram(
  grid: string,
  dir: string,
  { warmUp, measured }: Offered,
  options: PipelineOptions,
) {
  const env = { LOG_LEVEL: 'error', ...heldFor(dir, options.hold) }
  const target = await openTarget({ ...options, dir, grid, env })
  try {
    const warmed = new Arrivals(warmUp)
    const arrivals = new Arrivals(measured)
    const anyFrame = new Arrivals(measured)
    const unfollow = await target.follow((items, of) => {
      warmed.see(items)
      anyFrame.see(items)
      if (of === 'incidents') arrivals.see(items)
    })
    const all = () => Object.values(target.cpuMs()).reduce((sum, ms) => sum + ms, 0)
    await offer(target.broker, warmUp, alone(warmed), all, options)
    const before = target.cpuMs()
    const published = (event: Event) => {
      arrivals.published(event)
      anyFrame.published(event)
    }
    const figures = await offer(target.broker, measured, { arrivals, published }, all, options)
    const count = measured.events.length
    const stages = Object.entries(target.cpuMs()).map(
      ([stage, ms]) => [stage, round(((ms - before[stage]!) * 1000) / count)] as const,
    )
    await unfollow()
    const problem = await target.stop()
    if (problem !== undefined) throw new Error(problem)
    return {
      ...figures,
      firstFrameRatio: round(anyFrame.tookMs.length / count),
      p50FirstFrameMs: quantile(anyFrame.tookMs, 0.5),
      p99FirstFrameMs: quantile(anyFrame.tookMs, 0.99),
      cpuUsByStage: Object.fromEntries(stages),
    }
  } finally {
    await target.kill()
  }
}

/** The same messages through a broker to a consumer written by hand; its broker is counted. */
async function ofPeers(
  dir: string,
  { warmUp, measured }: Offered,
  options: PipelineOptions,
): Promise<{ mqttJs?: Awaited<ReturnType<typeof offer>>; skipped?: string }> {
  const mosquitto = await startMosquitto(dir)
  if (!mosquitto) return { skipped: 'mosquitto is not installed' }
  const peer: ChildProcess = fork(PEER, [mosquitto.url.href], { execArgv: [...NODE_FLAGS] })
  try {
    const [{ port }] = (await once(peer, 'message')) as [{ port: number }]
    const warmed = new Arrivals(warmUp)
    const arrivals = new Arrivals(measured)
    const socket = await followFrames(`ws://127.0.0.1:${port}`, '{}', (text) => {
      const { items } = JSON.parse(text) as { items: readonly CitingItem[] }
      warmed.see(items)
      arrivals.see(items)
    })
    const cpuMs = () => cpuMsOf(peer.pid!) + cpuMsOf(mosquitto.pid)
    await offer(mosquitto.url, warmUp, alone(warmed), cpuMs, options)
    const mqttJs = await offer(mosquitto.url, measured, alone(arrivals), cpuMs, options)
    socket.terminate()
    return { mqttJs }
  } finally {
    peer.kill('SIGKILL')
    mosquitto.stop()
  }
}

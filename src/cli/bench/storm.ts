/**
 * `bench storm`: last gasps of a storm over many connections into the whole program, and one console
 * that watches. Afterwards the disk is asked whether each acknowledged message is there.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Draw } from '../../grid/generate/draw.ts'
import { servableNetwork } from './engine-grid.ts'
import { quantile, round } from './figures.ts'
import { darkAreas, type LoadArea } from './load/areas.ts'
import type { CitingItem } from './load/console.ts'
import { heldFor } from './load/hold.ts'
import { type LoadTerminal, openTerminals } from './load/terminal.ts'
import { openTarget } from './target.ts'

export interface StormOptions {
  /** Usage points of the generated network. */
  readonly meters: number
  readonly gasps: number
  readonly seconds: number
  readonly connections: number
  readonly seed: number
  /** An outside broker (`mqtt://host:port`) instead of the embedded listener. */
  readonly broker?: string
  /** Brokers of Kafka: sensing and engines in processes of their own; needs `broker`. */
  readonly kafka?: string
  readonly engines: number
  /** Of the rules, for this run; absent: as shipped. */
  readonly hold?: number
}

/** Share of reports that come one by one; the others come in batches. */
const SINGLE_SHARE = 0.4
const LARGEST_BATCH = 50
/** How often what is due is sent. */
const TURN_MS = 5
/** What is under way at the end still arrives. */
const SETTLE_MS = 10_000
/** A broker acknowledges before Kafka has it; what it still holds is waited for so long. */
const DRAIN_MS = 60_000

interface Gasp {
  readonly terminal: LoadTerminal
  readonly meters: readonly string[]
}

/** The reports of one area: singles and batches, in the order of its meters. */
function* gaspsOf(terminal: LoadTerminal, meters: readonly string[], draw: Draw): Generator<Gasp> {
  for (let from = 0; from < meters.length; ) {
    // A batch holds 25 reports on average, so this share of messages gives that share of reports.
    const single = draw.chance(
      SINGLE_SHARE / (SINGLE_SHARE + (1 - SINGLE_SHARE) / (LARGEST_BATCH / 2)),
    )
    const count = single ? 1 : draw.whole(1, LARGEST_BATCH)
    yield { terminal, meters: meters.slice(from, from + count) }
    from += count
  }
}

/** All reports of the storm, areas beginning one after another and overlapping. */
function stormOf(
  areas: readonly LoadArea[],
  terminals: readonly LoadTerminal[],
  gasps: number,
  draw: Draw,
): Gasp[] {
  const timed: { at: number; gasp: Gasp }[] = []
  const share = gasps / areas.reduce((sum, { meters }) => sum + meters.length, 0)
  areas.forEach(({ meters }, index) => {
    const begins = (index / areas.length) * 0.8
    const heard = share >= 1 ? meters : meters.filter(() => draw.chance(share))
    for (const gasp of gaspsOf(terminals[index]!, heard, draw))
      timed.push({ at: begins + 0.2 * draw.real(), gasp })
  })
  return timed.sort((a, b) => a.at - b.at).map(({ gasp }) => gasp)
}

/** Publishes `gasps` evenly over `seconds`; answers how many reports were sent, and when each was. */
async function publishAll(gasps: readonly Gasp[], seconds: number, watched: () => void) {
  const publishedMs = new Map<string, number>()
  const started = performance.now()
  for (let next = 0; next < gasps.length; ) {
    const elapsed = performance.now() - started
    const due = Math.min(gasps.length, Math.ceil((elapsed / 1000 / seconds) * gasps.length))
    for (; next < due; next++) {
      const { terminal, meters } = gasps[next]!
      const id = `g${next}`
      const payload = JSON.stringify({ id, kind: 'powerOff', at: new Date().toISOString(), meters })
      const now = performance.now()
      for (const meter of meters) publishedMs.set(meter, now)
      terminal.publish(payload, id)
    }
    watched()
    await delay(TURN_MS)
  }
  return { publishedMs, tookSeconds: (performance.now() - started) / 1000 }
}

/** What the console saw: when each meter was first cited, and since when its incident was shown. */
class Watch {
  readonly #seen = new Map<string, { readonly atMs: number; readonly openMs: number }>()
  readonly #openMs = new Map<string, number>()

  see(items: readonly CitingItem[]): void {
    const atMs = performance.now()
    for (const { id, evidence } of items) {
      const openMs = this.#openMs.get(id) ?? atMs
      this.#openMs.set(id, openMs)
      for (const { observer } of evidence)
        if (!this.#seen.has(observer)) this.#seen.set(observer, { atMs, openMs })
    }
  }

  /** Of all that were cited, and of those published when their incident was on the console already. */
  latencies(publishedMs: ReadonlyMap<string, number>) {
    const tookMs: number[] = []
    const onceOpenMs: number[] = []
    for (const [observer, { atMs, openMs }] of this.#seen) {
      const from = publishedMs.get(observer)
      if (from === undefined) continue
      tookMs.push(atMs - from)
      if (openMs < from) onceOpenMs.push(atMs - from)
    }
    return { tookMs, onceOpenMs }
  }
}

export async function benchStorm(options: StormOptions) {
  const { meters, gasps, seconds, connections, seed, broker } = options
  const network = await servableNetwork({ meters, seed })
  const areas = darkAreas(network.grid, connections, seed)
  const dir = mkdtempSync(join(tmpdir(), 'lastgasp-storm-'))
  const env = { LOG_LEVEL: 'error', ...heldFor(dir, options.hold) }
  const target = await openTarget({ ...options, dir, grid: network.path, env })
  const allMs = () => Object.values(target.cpuMs()).reduce((sum, ms) => sum + ms, 0)
  const acknowledged = new Set<string>()
  let terminals: LoadTerminal[] = []
  try {
    terminals = await openTerminals(
      target.broker,
      areas.map(({ terminal }) => terminal),
      (id) => acknowledged.add(id),
    )
    const watch = new Watch()
    const anyFrame = new Watch()
    const unfollow = await target.follow((items, of) => {
      anyFrame.see(items)
      if (of === 'incidents') watch.see(items)
    })
    const rssStartMb = target.rssMb()
    let rssPeakMb = rssStartMb
    const generator = process.cpuUsage()
    const serverMs = allMs()
    const startedMs = performance.now()
    const storm = stormOf(areas, terminals, gasps, new Draw(seed, 22))
    const reports = storm.reduce((sum, { meters: named }) => sum + named.length, 0)
    let turns = 0
    const sent = await publishAll(storm, seconds, () => {
      if (turns++ % 100 === 0) rssPeakMb = Math.max(rssPeakMb, target.rssMb())
    })
    const deadline = performance.now() + SETTLE_MS
    while (acknowledged.size < storm.length && performance.now() < deadline) await delay(50)
    const drainedBy = performance.now() + (options.kafka === undefined ? 0 : DRAIN_MS)
    while (performance.now() < drainedBy && (await target.kept()).size < acknowledged.size)
      await delay(500)
    await target.judged()
    await delay(1000)
    rssPeakMb = Math.max(rssPeakMb, target.rssMb())
    const { user, system } = process.cpuUsage(generator)
    const tookMs = performance.now() - startedMs
    const cpuMs = allMs() - serverMs
    const { tookMs: latencies, onceOpenMs } = watch.latencies(sent.publishedMs)
    const { tookMs: firstFrames } = anyFrame.latencies(sent.publishedMs)
    await unfollow()
    for (const terminal of terminals) terminal.close()
    const problem = await target.stop()
    if (problem !== undefined) throw new Error(problem)
    const kept = await target.kept()
    return {
      ...{ meters, gasps: reports, messages: storm.length, connections },
      seconds: round(sent.tookSeconds),
      broker: broker === undefined ? 'embedded' : 'outside',
      engines: options.kafka === undefined ? 'whole program' : options.engines,
      holdSeconds: options.hold ?? 'as shipped',
      acked: acknowledged.size,
      lost: [...acknowledged].filter((id) => !kept.has(id)).length,
      cited: latencies.length,
      p50PublishToConsoleMs: quantile(latencies, 0.5),
      p99PublishToConsoleMs: quantile(latencies, 0.99),
      citedFirst: firstFrames.length,
      p50PublishToFirstFrameMs: quantile(firstFrames, 0.5),
      p99PublishToFirstFrameMs: quantile(firstFrames, 0.99),
      p50OnceOpenMs: quantile(onceOpenMs, 0.5),
      p99OnceOpenMs: quantile(onceOpenMs, 0.99),
      ...{ rssStartMb, rssPeakMb },
      serverCpuPercent: round((cpuMs / tookMs) * 100),
      serverUsPerMessage: round((cpuMs * 1000) / storm.length),
      generatorCpuPercent: round((user + system) / 10 / tookMs),
    }
  } finally {
    for (const terminal of terminals) terminal.close()
    await target.kill()
    rmSync(dir, { recursive: true, force: true })
  }
}

/**
 * `bench engine`: the engine alone (CONTRACT §7, DESIGN §8). A report is one observer changing its
 * state through the path that admission takes with a decoded fact: order in its register, what it
 * meant taken out, the register written, what it means put in, to the root.
 *
 * Rates are per second of this process's CPU time, so that neighbours on the machine count for less;
 * the rate of its better slices, which they disturbed least, and that by the clock stand beside it.
 */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readGridImage } from '../../app/grid-image.ts'
import { readRules } from '../../config/rules.ts'
import { Engine } from '../../engine/engine.ts'
import { OFF, ON, QUIET } from '../../engine/evidence/registers.ts'
import { explain, refresh } from '../../engine/inference/explain.ts'
import { NONE } from '../../engine/inference/network.ts'
import { posterior } from '../../engine/inference/posterior.ts'
import { READ_AHEAD, ReadAhead } from '../../engine/inference/read-ahead.ts'
import type { World } from '../../engine/world.ts'
import type { CompiledGrid } from '../../grid/compiled.ts'
import { Draw } from '../../grid/generate/draw.ts'
import { imageOfNetwork, type NetworkChoice } from './engine-grid.ts'

export type Order = 'random' | 'interleaved' | 'sequential'

export interface EngineBenchOptions extends NetworkChoice {
  readonly order: Order
  /** Measure reports for about so long, of CPU time. */
  readonly seconds: number
}

/** Feeders of a storm that report at the same time (DESIGN §8). */
const INTERLEAVED_FEEDERS = 300
/** Reports between two looks at the clock. */
const BLOCK = 5_000
/** Rates are also taken slice by slice: one in ten has the caches nearly to itself. */
const SLICE_MS = 100
const UNDISTURBED = 0.9
/** Random meters drawn in advance: 16 MB, far above the caches. */
const DRAWN = 4_194_304
/** Reports before measuring, for the compiler and so that most registers were written once. */
const WARM_UP_SHARE = 0.2
/** A million reports a second, in engine time. */
const REPORTS_PER_MS = 1000
/** As often as ticks judge: what reports put off to them is done then, and counted. */
const TICK_MS = 250
const START = Date.UTC(2026, 10, 22, 3)
/** Feeders that lose everything, one after the other, for the time of a posterior. */
const JUDGED_FEEDERS = 50
const REPORT_LOST = 0.3
/** When half of the reports that come have come. */
const JUDGED_AFTER_MS = 30_000

export async function benchEngine(options: EngineBenchOptions) {
  const path = await imageOfNetwork(options)
  const before = heldBytes()
  const started = performance.now()
  const startedCpu = cpuMs()
  const grid = await readGridImage(path)
  const loadedMs = performance.now() - started
  const world = readyWorld(grid)
  const readyMs = performance.now() - started
  const readyCpuMs = cpuMs() - startedCpu
  const held = heldBytes()
  const meters = grid.usagePoints.ids.count
  const byFeeder = metersByFeeder(world)
  const judged = measurePosterior(world, byFeeder, options.seed)
  const rate = measureReports(world, orderOf(byFeeder, options), options.seconds)
  return {
    meters,
    observers: grid.observers.ids.count,
    devices: grid.devices.ids.count,
    feeders: grid.feeders.length,
    order: options.order,
    ...rate,
    bytesPerMeter: round((held.arrays - before.arrays - bytesOfMap(grid)) / meters),
    bytesPerMeterWithMap: round((held.arrays - before.arrays) / meters),
    heapBytesPerMeter: round((held.heap - before.heap) / meters),
    readyMs: Math.round(readyMs),
    readyCpuMs: Math.round(readyCpuMs),
    imageLoadMs: Math.round(loadedMs),
    ...judged,
    rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
  }
}

const round = (value: number) => Math.round(value * 100) / 100

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** What is held after a collection: typed arrays, and objects. */
function heldBytes(): { arrays: number; heap: number } {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return { arrays: arrayBuffers, heap: heapUsed }
}

/** Lines and coordinates are drawn, not reasoned about: they are no part of an engine's memory. */
function bytesOfMap({ lines, nodes }: CompiledGrid): number {
  return [...Object.values(lines), nodes.lon, nodes.lat].reduce(
    (sum, column) => sum + (ArrayBuffer.isView(column) ? column.byteLength : 0),
    0,
  )
}

/** A world under the shipped rules, by the facts that make one. */
function readyWorld(grid: CompiledGrid): World {
  const up = import.meta.url.endsWith('.ts') ? '../../../' : '../../../../'
  const rulesDir = new URL(`${up}config/rules/`, import.meta.url)
  const text = (file: string) => ({ file, text: readFileSync(new URL(file, rulesDir), 'utf8') })
  const rules = readRules(text('judgement.yaml'), text('grading.yaml'))
  const engine = new Engine({ grid: () => grid, rules: () => rules })
  const applied = { receivedAt: START, digest: 'bench', by: 'bench' }
  engine.apply({ position: 1, fact: { type: 'rulesApplied', ...applied } })
  engine.apply({ position: 2, fact: { type: 'gridApplied', ...applied } })
  return engine.world!
}

/** The observers that report, one after the other; round and round where the list ends. */
function orderOf(byFeeder: number[][], { order, seed }: EngineBenchOptions): Int32Array {
  if (order === 'sequential') return Int32Array.from(byFeeder.flat())
  const draw = new Draw(seed, 7)
  if (order === 'random') {
    const all = Int32Array.from(byFeeder.flat())
    return Int32Array.from({ length: DRAWN }, () => all[draw.whole(0, all.length - 1)]!)
  }
  const count = Math.min(INTERLEAVED_FEEDERS, byFeeder.length)
  const busy: number[][] = []
  for (let i = 0; i < count; i++) busy.push(byFeeder[Math.floor((i * byFeeder.length) / count)]!)
  return Int32Array.from({ length: DRAWN - (DRAWN % count) }, (_, i) => {
    const meters = busy[i % count]!
    return meters[Math.floor(i / count) % meters.length]!
  })
}

/** Meters of each feeder that has any, in the order of the network. */
function metersByFeeder({ grid, belief }: World): number[][] {
  const { observers, usagePoints, devices } = grid
  const feeders: number[][] = grid.feeders.map(() => [])
  for (let o = observers.firstMeter[0]!; o < observers.target.length; o++) {
    const feeder = devices.feeder[usagePoints.device[observers.target[o]!]!]!
    if (feeder >= 0 && belief.headOf[o] !== NONE) feeders[feeder]!.push(o)
  }
  return feeders.filter((meters) => meters.length > 0)
}

/** One report of `observer`: off if it was not off, on if it was. False where nothing changed. */
function report({ registers, belief, grid }: World, observer: number, at: number): boolean {
  const off = registers.state[observer] !== OFF
  if (registers.order(observer, at, off) !== 'newer') return false
  belief.hold(observer)
  registers.write(observer, off ? OFF : ON, off, at, grid.observers.phases[observer]!)
  belief.settle()
  return true
}

/** As the pipeline does with the facts of a commit. */
function readOn(ahead: ReadAhead, order: Int32Array, from: number): void {
  ahead.touch(order, from, Math.min(from + READ_AHEAD, order.length))
}

function measureReports(world: World, order: Int32Array, seconds: number) {
  let sent = 0
  let at = START + JUDGED_AFTER_MS
  const ahead = new ReadAhead(world.belief)
  const run = (reports: number): number => {
    let changed = 0
    for (let i = 0; i < reports; i++, sent++) {
      if (sent % REPORTS_PER_MS === 0) world.belief.hearing = world.belief.now = ++at
      if (sent % (REPORTS_PER_MS * TICK_MS) === 0) world.belief.settleTimes()
      if (sent % READ_AHEAD === 0) readOn(ahead, order, sent % order.length)
      if (report(world, order[sent % order.length]!, at)) changed++
    }
    return changed
  }
  const warm = cpuMs() + seconds * 1000 * WARM_UP_SHARE
  while (cpuMs() < warm) run(BLOCK)
  const startedCpu = cpuMs()
  const started = performance.now()
  let changed = 0
  const slices: number[] = []
  while (cpuMs() - startedCpu < seconds * 1000) {
    const sliceCpu = cpuMs()
    const before = changed
    while (cpuMs() - sliceCpu < SLICE_MS) changed += run(BLOCK)
    slices.push(((changed - before) * 1000) / (cpuMs() - sliceCpu))
  }
  slices.sort((a, b) => a - b)
  const cpuSeconds = (cpuMs() - startedCpu) / 1000
  const wallSeconds = (performance.now() - started) / 1000
  return {
    reportsPerSecond: Math.round(changed / cpuSeconds),
    reportsPerSecondUndisturbed: Math.round(slices[Math.floor(slices.length * UNDISTURBED)]!),
    reportsPerSecondByClock: Math.round(changed / wallSeconds),
    reports: changed,
  }
}

/** Refresh, explanation and posterior of feeders that lost everything, with losses; then undone. */
function measurePosterior({ belief, registers, grid }: World, meters: number[][], seed: number) {
  const draw = new Draw(seed, 8)
  const count = Math.min(JUDGED_FEEDERS, meters.length)
  let ms = 0
  let nodes = 0
  for (let i = 0; i < count; i++) {
    const feeder = meters[Math.floor((i * meters.length) / count)]!
    const heard = feeder.filter(() => !draw.chance(REPORT_LOST))
    belief.hearing = START
    for (const meter of heard) {
      belief.hold(meter)
      registers.write(meter, OFF, true, START, grid.observers.phases[meter]!)
      belief.settle()
    }
    // The walks of reports are part of their rate.
    belief.settleTimes()
    belief.now = START + JUDGED_AFTER_MS
    const started = performance.now()
    const root = belief.network.rootOf(belief.headOf[feeder[0]!]!)
    refresh(belief, root)
    explain(belief, root)
    nodes += posterior(belief, root).length
    ms += performance.now() - started
    for (const meter of heard) belief.become(meter, QUIET)
  }
  return {
    posteriorMsPerFeeder: round(ms / count),
    possibilitiesPerFeeder: Math.round(nodes / count),
  }
}

/**
 * `bench inform`: one line goes dark and all of its customers are told, by the whole program; beside
 * it a terminal elsewhere reports again and again, and how long its acknowledgements take is what
 * telling customers costs sensing.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { compileGrid } from '../../grid/compile.ts'
import { drawnGrid } from '../../grid/drawing.ts'
import type { Customer } from '../../records/customers/customer.ts'
import { generateCustomers, sitesOf } from '../../records/customers/generate.ts'
import { customerFiles } from '../../records/customers/import.ts'
import { phoneKey } from '../../records/customers/phones.ts'
import { CustomerStore } from '../../records/customers/store.ts'
import { quantile, round } from './figures.ts'
import { changedRules } from './load/changed-rules.ts'
import { type Gateway, openGateway } from './load/gateway.ts'
import { LoadTerminal, openTerminals } from './load/terminal.ts'
import { benchToken } from './load/token.ts'
import { cpuMsOf, rssMbOf, Served } from './served.ts'

export interface InformBenchOptions {
  /** Subscribed customers of the one incident. */
  readonly customers: number
  readonly seed: number
}

/** Meters of a transformer area. */
const AREA_METERS = 50
/** The terminal elsewhere reports this often. */
const PROBE_MS = 20
/** It reports for so long before anything is dark: what an acknowledgement takes without telling. */
const CALM_MS = 5000
/** Rows of one transaction, as `customers import` has them. */
const BATCH_ROWS = 20_000
/** Nobody is told any more: something is broken. */
const STALLED_MS = 120_000

const drawing = (areas: number) => `
B1 breaker
  B1-scada scada
  X1..X${areas} transformer
    C concentrator
    m1..m${AREA_METERS} meter
B2 breaker
  Y1 transformer
    C concentrator
    m1 meter`

/** The ledger of the line's customers, all of whom asked to be told by the app: it is silent at no hour. */
function fillLedger(data: string, grid: ReturnType<typeof compileGrid>, seed: number): number {
  const { path, keyPath } = customerFiles(data)
  const store = new CustomerStore(path, phoneKey(keyPath))
  let batch: Customer[] = []
  let count = 0
  for (const customer of generateCustomers(sitesOf(grid), seed)) {
    if (!customer.usagePoint.startsWith('X')) continue
    batch.push({ ...customer, preferences: ['app'] })
    count++
    if (batch.length < BATCH_ROWS) continue
    store.put(batch)
    batch = []
  }
  store.put(batch)
  store.finish()
  store.close()
  return count
}

/** Reports of a terminal that nothing happens to, and how long each acknowledgement took. */
class Probe {
  readonly tookMs: number[] = []
  sent = 0
  readonly #terminal: LoadTerminal
  readonly #sentMs: Map<string, number>
  readonly #timer: NodeJS.Timeout

  private constructor(terminal: LoadTerminal, sentMs: Map<string, number>) {
    this.#terminal = terminal
    this.#sentMs = sentMs
    this.#timer = setInterval(() => this.#say(), PROBE_MS)
  }

  static async open(broker: URL, id: string): Promise<Probe> {
    const sentMs = new Map<string, number>()
    let probe: Probe | undefined
    const terminal = await LoadTerminal.open(broker, id, (message) => {
      probe!.tookMs.push(performance.now() - sentMs.get(message)!)
      sentMs.delete(message)
    })
    probe = new Probe(terminal, sentMs)
    return probe
  }

  get unacknowledged(): number {
    return this.#sentMs.size
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  close(): void {
    this.stop()
    this.#terminal.close()
  }

  #say(): void {
    const id = `p${++this.sent}`
    this.#sentMs.set(id, performance.now())
    const at = new Date().toISOString()
    this.#terminal.publish(JSON.stringify({ id, kind: 'powerOn', at }), id)
  }
}

/** The line is dark: its breaker says so, and the concentrator of every area behind it. */
async function darken(broker: URL, count: number): Promise<void> {
  const areas = Array.from({ length: count }, (_, i) => `X${i + 1}-C`)
  let unheard = areas.length + 1
  const terminals = await openTerminals(broker, ['B1-scada', ...areas], () => unheard--)
  const at = new Date().toISOString()
  terminals.forEach((terminal, i) => {
    const said = i === 0 ? { kind: 'switchOpen', device: 'B1' } : { kind: 'powerOff' }
    terminal.publish(JSON.stringify({ id: `${terminal.id}-1`, at, ...said }), terminal.id)
  })
  while (unheard > 0) await delay(10)
  for (const terminal of terminals) terminal.close()
}

async function addGateway(served: Served, gateway: Gateway): Promise<void> {
  const response = await fetch(`${served.url}/api/v1/webhooks`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await benchToken(served.data)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: 'app', url: gateway.url, channels: ['app'] }),
  })
  if (!response.ok) throw new Error(`webhook: ${response.status} ${await response.text()}`)
}

/** Messages that the program has written so far. */
async function writtenBy({ url }: Served): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^lastgasp_inform_messages_total (\d+)/m.exec(metrics)?.[1] ?? 0)
}

export async function benchInform({ customers: asked, seed }: InformBenchOptions) {
  const dir = mkdtempSync(join(tmpdir(), 'lastgasp-inform-'))
  const data = join(dir, 'data')
  const gridPath = join(dir, 'grid.json')
  const gateway = await openGateway()
  let served: Served | undefined
  let probe: Probe | undefined
  try {
    mkdirSync(data)
    const areas = Math.ceil(asked / AREA_METERS)
    const drawn = drawnGrid(drawing(areas))
    writeFileSync(gridPath, JSON.stringify(drawn))
    const customers = fillLedger(data, compileGrid(drawn, 'bench'), seed)
    const env = {
      LOG_LEVEL: 'error',
      LASTGASP__NOTIFY__ALLOW_PRIVATE: 'true',
      // The three minutes before the first message are a rule, not work.
      ...changedRules(dir, (text) =>
        text
          .replace(/^(\s*firstAfterMinutes:) 3$/m, '$1 0')
          .replaceAll(/^(\s*holdSeconds:) \d+$/gm, '$1 0'),
      ),
    }
    served = await Served.start({ data, grid: gridPath, env })
    const broker = new URL(`mqtt://127.0.0.1:${served.mqttPort}`)
    await addGateway(served, gateway)
    probe = await Probe.open(broker, 'Y1-C')
    await delay(CALM_MS)
    const calm = probe.tookMs.length
    const rssStartMb = rssMbOf(served.pid)
    const cpuMs = cpuMsOf(served.pid)
    await darken(broker, areas)
    const during = probe.tookMs.length
    await untilWritten(served)
    const told = probe.tookMs.length
    const watched = await watchTelling(served, gateway, customers)
    probe.stop()
    const deadline = performance.now() + STALLED_MS
    while (probe.unacknowledged > 0 && performance.now() < deadline) await delay(20)
    const judging = probe.tookMs.slice(during, told)
    const meanwhile = probe.tookMs.slice(told)
    const worked = cpuMsOf(served.pid) - cpuMs
    const problem = await served.stop()
    if (problem !== undefined) throw new Error(problem)
    const seconds = (ms: number) => round(ms / 1000)
    return {
      customers,
      ...{ told: gateway.told, again: gateway.again, parcels: gateway.parcels },
      writtenSeconds: seconds(watched.writtenMs),
      deliveredSeconds: seconds(gateway.lastMs - watched.beganMs),
      toldPerSecond: round((customers * 1000) / (gateway.lastMs - watched.beganMs)),
      serverUsPerMessage: round((worked * 1000) / customers),
      reportsMeanwhile: meanwhile.length,
      unacknowledged: probe.unacknowledged,
      // The whole line is judged at once before anybody is told: that costs the engine, not the telling.
      judgingReports: judging.length,
      judgingPubackMaxMs: quantile(judging, 1),
      calmPubackP99Ms: quantile(probe.tookMs.slice(0, calm), 0.99),
      calmPubackMaxMs: quantile(probe.tookMs.slice(0, calm), 1),
      pubackP50Ms: quantile(meanwhile, 0.5),
      pubackP99Ms: quantile(meanwhile, 0.99),
      pubackMaxMs: quantile(meanwhile, 1),
      ...{ rssStartMb, rssPeakMb: watched.rssPeakMb },
    }
  } finally {
    probe?.close()
    await served?.kill()
    await gateway.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Until the incident is confirmed and the first message written: before, nobody is told. */
async function untilWritten(served: Served): Promise<void> {
  const dark = performance.now()
  while ((await writtenBy(served)) === 0 && performance.now() - dark < STALLED_MS) await delay(100)
}

/** Until everybody is told, or nobody has been for long. */
async function watchTelling(served: Served, gateway: Gateway, customers: number) {
  const beganMs = performance.now()
  let writtenMs = 0
  let rssPeakMb = 0
  let movedMs = beganMs
  for (let before = -1; gateway.told < customers; await delay(250)) {
    rssPeakMb = Math.max(rssPeakMb, rssMbOf(served.pid))
    if (writtenMs === 0 && (await writtenBy(served)) >= customers)
      writtenMs = performance.now() - beganMs
    if (gateway.told !== before) movedMs = performance.now()
    before = gateway.told
    if (performance.now() - movedMs > STALLED_MS) break
  }
  if (writtenMs === 0) writtenMs = performance.now() - beganMs
  return { beganMs, writtenMs, rssPeakMb }
}

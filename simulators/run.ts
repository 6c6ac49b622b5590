/**
 * One run of a scenario, from the first connection to the last acknowledgement: connects the
 * terminals, plays the scenario, and waits at the end for what they still keep.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Grid } from '../src/grid/model.ts'
import { Agenda } from './agenda.ts'
import { Fleet } from './fleet.ts'
import { buildNetwork } from './network.ts'
import { Play, type PlayOptions } from './play.ts'
import { createRandom } from './random.ts'
import { buildRoster } from './roster.ts'
import type { Counters } from './tally.ts'

export interface RunOptions extends PlayOptions {
  readonly grid: Grid
  /** `mqtt://host:port`; see `brokerAddress` for one with a password. */
  readonly brokerUrl: string
  /** Password of the terminals; absent: the listener asks for none. */
  readonly secret?: string | undefined
  /** Overrides the scenario's. */
  readonly connections?: 'all' | 'needed'
}

export interface RunSummary {
  readonly terminals: number
  readonly faults: number
  readonly rounds: number
  readonly counters: Counters
  /** Messages that were never acknowledged. */
  readonly pending: number
}

/** No terminal could connect; nothing has been simulated. */
export class BrokerUnreachable extends Error {
  readonly code = 'simulator.brokerUnreachable'
  constructor(url: string, cause: Error | undefined) {
    super(`cannot connect to ${url}: ${cause?.message || 'no answer'}`, { cause })
    this.name = 'BrokerUnreachable'
  }
}

/** Splits `mqtt://user:password@host:port` into the address and the password, if any. */
export function brokerAddress(text: string): { url: string; password: string | undefined } {
  const url = new URL(text)
  const password = url.password === '' ? undefined : decodeURIComponent(url.password)
  url.username = ''
  url.password = ''
  return { url: url.href, password }
}

/** Everybody connects before the first event; once nobody has for so long the others are not waited for, wall ms. */
const START_PATIENCE_MS = 60_000

/** So many refusals and not one success mean the broker, not a terminal. */
const REFUSALS_BELIEVED = 32

/** How long the end waits for acknowledgements: the jitter of a reconnect and some, wall ms. */
const DRAIN_PATIENCE_MS = 90_000

/** The same for a run that was ended early: its broker is most likely going away as well. */
const ABORTED_PATIENCE_MS = 2_000

const POLL_MS = 50

/** Runs a scenario to its end, or until `signal`; then what is pending has two seconds. Rejects with `BrokerUnreachable`. */
export async function runScenario(options: RunOptions): Promise<RunSummary> {
  const { grid, onProgress: progress = () => undefined } = options
  const network = buildNetwork(grid)
  const roster = buildRoster(network)
  const random = createRandom(options.seed)
  const links = new Agenda(options.speed)
  const fleet = new Fleet(
    roster.terminals.map((index) => ({ index, id: grid.observers[index]!.id })),
    {
      url: options.brokerUrl,
      secret: options.secret,
      connections: options.connections ?? options.scenario.connections,
    },
    links,
    random.fork('fleet'),
  )
  let play: Play | undefined
  try {
    progress(`${fleet.size} terminals, ${grid.usagePoints.length} usage points`)
    await connectAll(fleet, options.signal)
    progress(fleet.alwaysConnected ? `${fleet.online} connected` : 'terminals connect when needed')
    play = new Play(options, network, roster, random, fleet)
    const rounds = await play.rounds()
    await drain(fleet, options.signal)
    play.sumUp()
    const { counters, size: terminals, pending } = fleet
    return { terminals, faults: play.faults, rounds, counters, pending }
  } finally {
    play?.stop()
    links.stop()
    await fleet.close()
  }
}

/** Waits until every living terminal has its connection, where connections are kept. */
async function connectAll(fleet: Fleet, signal: AbortSignal | undefined): Promise<void> {
  fleet.start()
  if (!fleet.alwaysConnected) return
  let until = Date.now() + START_PATIENCE_MS
  let before = 0
  while (fleet.online < fleet.size && Date.now() < until && !signal?.aborted) {
    const { online } = fleet
    if (online > before) until = Date.now() + START_PATIENCE_MS
    before = online
    const refused = fleet.counters.connectFailures
    if (online === 0 && refused >= Math.min(fleet.size, REFUSALS_BELIEVED)) break
    await sleep(POLL_MS)
  }
  if (fleet.online === 0 && !signal?.aborted)
    throw new BrokerUnreachable(fleet.url, fleet.lastFailure)
}

async function drain(fleet: Fleet, signal: AbortSignal | undefined): Promise<void> {
  const startedAt = Date.now()
  const patience = () => (signal?.aborted ? ABORTED_PATIENCE_MS : DRAIN_PATIENCE_MS)
  while (fleet.deliverable > 0 && Date.now() < startedAt + patience()) await sleep(POLL_MS)
}

/** `lastgasp serve`: run. */
import type { Command } from 'commander'
import { demoCounty, importDemoCustomers } from '../app/demo.ts'
import { startGateway } from '../app/gateway.ts'
import { installedVersion } from '../app/installed.ts'
import { type RunningProgram, startProgram } from '../app/program.ts'
import { startReceiver } from '../app/receiver.ts'
import { startEngine } from '../app/roles/engine.ts'
import { startRecords } from '../app/roles/records.ts'
import { startSensing } from '../app/roles/sensing.ts'
import { showMessages } from '../app/shown-messages.ts'
import type { SimulatorSurroundings } from '../app/simulated.ts'
import { UsageError } from '../config/errors.ts'
import type { SettingFlagName } from '../config/flags.ts'
import { kafkaSettings } from '../config/kafka.ts'
import type { Settings } from '../config/schema.ts'
import type { Incident } from '../engine/changes.ts'
import { isHeldByClient } from '../journal/kafka/client.ts'
import { addSettingFlags, settingsOf } from './settings.ts'
import { Simulator } from './simulation/simulator.ts'

/**
 * A stop that takes longer than this is cut short: what is acknowledged is on disk already. Below the
 * 20 s that `docker-compose.yml` gives; leaving the engines of a slow Kafka alone takes ten.
 */
const STOP_WITHIN_MS = 18_000

/** Exit code of a failure while running. */
const FAILED = 70

interface ServeOptions {
  readonly grid?: string
  readonly role: string
  readonly demo: boolean
}

export function registerServe(program: Command): void {
  const serve = program
    .command('serve')
    .description('run: listen to terminals, judge, and serve the consoles')
  const flags: SettingFlagName[] = ['data', 'port', 'mqttPort']
  addSettingFlags(serve, flags)
    .option('--grid <file>', 'grid to watch; kept in the data folder from then on')
    .option(
      '--role <role>',
      'all (one process does everything), or with Kafka: sensing, engine, records; gateway (consoles only) beside all or records',
      'all',
    )
    .option('--demo', 'a demonstration county with simulated terminals and accounts', false)
    .action((options) => runServe(options))
}

async function runServe(options: ServeOptions): Promise<void> {
  const { settings } = settingsOf(options)
  if (options.role === 'gateway') return serveGateway(settings, options.grid)
  if (isWorkerRole(options.role)) return serveWorker(options.role, options, settings)
  if (options.role !== 'all')
    throw new UsageError(
      `--role ${options.role}: there are all, gateway, ${Object.keys(WORKER_ROLES).join(', ')}`,
    )
  const startedAt = performance.now()
  const { customers, seed } = settings.demo
  if (options.demo && options.grid === undefined)
    console.log(`demonstration county: ${customers} customers, seed ${seed}`)
  const gridFile =
    options.grid ??
    (options.demo ? await demoCounty(settings.data.dir, customers, seed) : undefined)
  let firstFault = options.demo
  const running = await startProgram({
    settings,
    demo: options.demo,
    simulator: (around) => simulatorOf(around, settings, options.demo),
    ...(gridFile === undefined ? {} : { gridFile }),
    onFailure: exitFailed,
    onIncident: (incident) => {
      if (firstFault) announceFirst(incident, performance.now() - startedAt)
      firstFault = false
    },
  })
  announce(running)
  const shown = options.demo ? await startReceiver() : undefined
  if (shown) {
    await showMessages(running.webhooks, shown.hook)
    console.log(`messages ${shown.page}   (what customers are told)`)
  }
  if (options.demo)
    running.simulator?.start({ scenario: 'demo', seed: String(seed), speed: 1, by: 'start' })
  if (options.demo && running.customersKnown === 0)
    importDemoCustomers({ dir: settings.data.dir, gridPath: running.gridPath, seed }).catch(
      (error: Error) =>
        console.error(`lastgasp: no customers in the demonstration: ${error.message}`),
    )
  await untilSignal()
  await shown?.close()
  const late = setTimeout(() => process.exit(0), STOP_WITHIN_MS)
  await running.stop()
  clearTimeout(late)
  // Handles of libraries may linger; everything of ours is closed.
  process.exit(0)
}

function simulatorOf(around: SimulatorSurroundings, settings: Settings, demo: boolean): Simulator {
  return new Simulator(around, {
    enabled: settings.simulator.enabled || demo,
    anyBroker: demo,
    secret: settings.mqtt.secret,
  })
}

/** The parts of the work that Kafka holds together. */
const WORKER_ROLES = { sensing: startSensing, engine: startEngine, records: startRecords } as const

function isWorkerRole(role: string): role is keyof typeof WORKER_ROLES {
  return Object.hasOwn(WORKER_ROLES, role)
}

async function serveWorker(
  role: keyof typeof WORKER_ROLES,
  { grid, demo }: ServeOptions,
  settings: Settings,
): Promise<void> {
  const kafka = kafkaSettings(settings)
  if (!kafka) throw new UsageError(`--role ${role} needs kafka.brokers`)
  if (demo) throw new UsageError(`--demo is for --role all, not for ${role}`)
  let failed: (error: unknown) => void = () => {}
  const failure = new Promise<unknown>((resolve) => {
    failed = resolve
  })
  const running = await WORKER_ROLES[role]({
    ...{ settings, kafka, onFailure: failed },
    simulator: (around) => simulatorOf(around, settings, false),
    ...(grid === undefined ? {} : { gridFile: grid }),
  })
  console.log(`lastgasp ${installedVersion()}`)
  console.log(`role     ${role}, ${running.url}/readyz`)
  console.log('stop with Ctrl-C')
  const error = await Promise.race([untilSignal(), failure])
  if (error !== undefined) console.error(`lastgasp: ${(error as Error).message}`)
  setTimeout(endAtOnce, STOP_WITHIN_MS)
  await running.stop()
  if (isHeldByClient()) endAtOnce()
  process.exit(error === undefined ? 0 : FAILED)
}

/**
 * A call that Kafka's client has forgotten holds a thread for good, and an ordinary exit waits for
 * that thread. What is acknowledged is with the brokers, so nothing is lost by not waiting.
 */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL')
}

function exitFailed(error: unknown): void {
  console.error(`lastgasp: ${(error as Error).message}`)
  process.exit(FAILED)
}

async function serveGateway(settings: Settings, gridFile: string | undefined): Promise<void> {
  const gateway = await startGateway(settings, gridFile)
  console.log(`lastgasp ${installedVersion()}`)
  console.log(`console  ${gateway.url}/`)
  console.log('stop with Ctrl-C')
  await untilSignal()
  setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref()
  await gateway.stop()
  process.exit(0)
}

function announce(running: RunningProgram): void {
  const { url, brokerUrl, gridName, customers, feeders, accounts, recoveredFacts } = running
  console.log(`lastgasp ${installedVersion()}`)
  console.log(`grid     ${gridName || 'unnamed'}: ${customers} customers on ${feeders} feeders`)
  if (recoveredFacts > 0) console.log(`recovered ${recoveredFacts} facts since the last snapshot`)
  console.log(`mqtt     ${brokerUrl}`)
  console.log(`console  ${url}/`)
  for (const { name, role, password } of accounts)
    console.log(`sign in  ${name} / ${password}   (${role})`)
  console.log('stop with Ctrl-C')
}

function announceFirst(incident: Incident, ms: number): void {
  const seconds = (ms / 1000).toFixed(1)
  console.log(`first fault on the map after ${seconds} s: ${incident.id} ${incident.device.name}`)
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve())
  })
}

/** `simulate`: plays a scenario with terminals as real MQTT clients and writes what really happened. */

import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { runCrews } from '../../simulators/crews.ts'
import { createDesk } from '../../simulators/desk.ts'
import { GridFileError, readGridFile } from '../../simulators/grid-file.ts'
import { NetworkError } from '../../simulators/network.ts'
import {
  BrokerUnreachable,
  brokerAddress,
  type RunSummary,
  runScenario,
} from '../../simulators/run.ts'
import { loadScenario, ScenarioError, shippedScenarios } from '../../simulators/scenario.ts'
import { ConfigError, UsageError } from '../config/errors.ts'
import { programUrl } from './program-url.ts'

interface SimulateOptions {
  readonly broker: string
  readonly grid: string
  readonly seed: string
  readonly speed: number
  readonly truth?: string
  readonly connections?: 'all' | 'needed'
  readonly rounds?: number
  readonly url?: string
}

async function simulate(scenarioName: string, options: SimulateOptions): Promise<void> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  let truth: WriteStream | undefined
  try {
    const scenario = loadScenario(scenarioName)
    const { url, password } = readAddress(options.broker)
    const secret = process.env.LASTGASP_TERMINAL_SECRET ?? password
    const grid = await readGridFile(options.grid)
    truth = options.truth === undefined ? undefined : await openTruth(options.truth)
    const onProgress = (line: string) =>
      console.log(`${new Date().toISOString().slice(11, 19)} ${line}`)
    const desk = options.url === undefined ? undefined : deskAt(options.url, onProgress)
    const ended = new AbortController()
    const crewToken = process.env.LASTGASP_CREW_TOKEN
    const crews =
      options.url !== undefined && crewToken !== undefined
        ? runCrews({
            ...{ grid, url: options.url, token: crewToken, brokerUrl: url, secret, onProgress },
            ...{ seed: options.seed, speed: options.speed },
            signal: AbortSignal.any([stop.signal, ended.signal]),
          })
        : undefined
    crews?.catch((error: Error) => onProgress(`crews: ${error.message}`))
    console.log(`${scenario.name.en} (${scenario.name.zh}), seed ${options.seed}`)
    const summary = await runScenario({
      scenario,
      grid,
      brokerUrl: url,
      secret,
      seed: options.seed,
      speed: options.speed,
      connections: options.connections,
      rounds: options.rounds,
      signal: stop.signal,
      onTruth: (line) => truth?.write(`${JSON.stringify(line)}\n`),
      onProgress,
      ...(desk && { onDeed: desk }),
    }).finally(() => ended.abort())
    await crews
    printSummary(summary)
  } catch (error) {
    throw asCallersError(error)
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    if (truth) {
      truth.end()
      await once(truth, 'finish')
    }
  }
}

/** People of the scenario, with the rights of the token. */
function deskAt(url: string, onProgress: (line: string) => void) {
  const token = process.env.LASTGASP_TOKEN
  if (token === undefined)
    throw new UsageError('LASTGASP_TOKEN: --url needs a token, such as that of a serviceDispatcher')
  if (!URL.canParse(url))
    throw new UsageError(`--url ${url}: not a URL such as http://127.0.0.1:8080`)
  return createDesk({ url, token, onProgress })
}

async function openTruth(path: string): Promise<WriteStream> {
  const stream = createWriteStream(path)
  try {
    await once(stream, 'open')
  } catch (cause) {
    throw new UsageError(`--truth ${path}: ${(cause as Error).message}`, { cause })
  }
  return stream
}

function readAddress(broker: string) {
  try {
    return brokerAddress(broker)
  } catch (cause) {
    throw new UsageError(`--broker ${broker}: not a URL such as mqtt://127.0.0.1:1883`, { cause })
  }
}

/** What the caller can mend is not a bug: a scenario is usage, grid and broker are configuration. */
function asCallersError(error: unknown): unknown {
  if (error instanceof ScenarioError) return new UsageError(error.message, { cause: error })
  const isConfiguration =
    error instanceof BrokerUnreachable ||
    error instanceof GridFileError ||
    error instanceof NetworkError
  return isConfiguration ? new ConfigError([error.message], { cause: error }) : error
}

function printSummary({ terminals, faults, rounds, counters, pending }: RunSummary): void {
  console.log(`\n${faults} faults in ${rounds} rounds, ${terminals} terminals`)
  for (const [name, value] of Object.entries(counters)) console.log(`${name.padEnd(18)}${value}`)
  console.log(`${'unacknowledged'.padEnd(18)}${pending}`)
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 1_000)) throw new InvalidArgumentError('expected 0 < X ≤ 1000')
  return value
}

function wholePositive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('expected 1, 2, 3 …')
  return value
}

export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('play a scenario with terminals as real MQTT clients')
    .argument('<scenario>', `a file, or one of ${shippedScenarios().join(', ')}`)
    .requiredOption(
      '--broker <url>',
      'where the terminals connect, mqtt://host:port; their password, where it asks for one, is LASTGASP_TERMINAL_SECRET',
    )
    .requiredOption('--grid <file>', 'the grid file the program serves')
    .option('--seed <seed>', 'same seed, same places and losses', '1')
    .option('--speed <x>', 'so many times faster than real time', positive, 1)
    .option('--truth <file>', 'write what really happened as JSON lines')
    .addOption(
      new Option('--connections <who>', 'who holds a connection').choices(['all', 'needed']),
    )
    .option(
      '--url <url>',
      'the running program, where people of the scenario plan, call and act (LASTGASP_TOKEN), and crews with LASTGASP_CREW_TOKEN',
      programUrl,
    )
    .option('--rounds <n>', 'how many rounds of the scenario', wholePositive)
    .action(simulate)
}

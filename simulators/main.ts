/**
 * The demonstration's terminals and crews as a child process of `serve --demo`: plays a scenario, for ever
 * where it loops, until SIGTERM, SIGINT, or the end of standard input, which is how it notices that
 * its parent has died. Waits for a broker that is not there yet.
 *
 *   node simulators/main.js --broker mqtt://127.0.0.1:1883 --grid F [--scenario demo] [--seed S]
 *     [--speed X] [--truth FILE] [--url http://127.0.0.1:8080] [--json]
 *
 * With `--json` its output is what really happens, one line of truth after another.
 *
 * Crews drive where there is a `--url` and LASTGASP_CREW_TOKEN, a token of the role `crew`.
 * The terminals' password comes from LASTGASP_TERMINAL_SECRET or from the broker's URL, never from
 * the command line, which other users of the machine can read.
 */
import { createWriteStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { runCrews } from './crews.ts'
import { readGridFile } from './grid-file.ts'
import { BrokerUnreachable, brokerAddress, type RunOptions, runScenario } from './run.ts'
import { loadScenario } from './scenario.ts'

/** Pause before a broker that did not answer is tried again. */
const RETRY_MS = 1_000

/** The demonstration's faults last a minute or two instead of hours: its crews are as much quicker. */
const CREWS_QUICKER = 15

const { values } = parseArgs({
  options: {
    broker: { type: 'string' },
    grid: { type: 'string' },
    scenario: { type: 'string', default: 'demo' },
    seed: { type: 'string', default: '1' },
    speed: { type: 'string', default: '1' },
    truth: { type: 'string' },
    url: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

async function main(): Promise<void> {
  if (values.broker === undefined || values.grid === undefined)
    throw new Error('--broker and --grid are needed')
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort()).once('SIGINT', () => stop.abort())
  process.stdin.once('end', () => stop.abort()).once('close', () => stop.abort())
  process.stdin.resume()
  // The parent's end of the pipe may go first; then there is nobody to tell.
  process.stdout.on('error', () => stop.abort())

  const { url, password } = brokerAddress(values.broker)
  const truth = values.truth === undefined ? undefined : createWriteStream(values.truth)
  const grid = await readGridFile(values.grid)
  const secret = process.env.LASTGASP_TERMINAL_SECRET ?? password
  const speed = Number(values.speed)
  const common = {
    ...{ grid, secret, brokerUrl: url, seed: values.seed, signal: stop.signal },
    onProgress: values.json ? undefined : (line: string) => console.log(line),
  }
  const token = process.env.LASTGASP_CREW_TOKEN
  const crews =
    values.url === undefined || token === undefined
      ? undefined
      : runCrews({ ...common, url: values.url, token, speed: speed * CREWS_QUICKER }).catch(
          (error: Error) => console.error(`crews: ${error.message}`),
        )
  await runPatiently({
    ...common,
    scenario: loadScenario(values.scenario),
    speed,
    onTruth(line) {
      truth?.write(`${JSON.stringify(line)}\n`)
      if (values.json) console.log(JSON.stringify(line))
    },
  })
  stop.abort()
  await crews
  truth?.end()
  process.stdin.destroy()
}

async function runPatiently(options: RunOptions): Promise<void> {
  while (!options.signal?.aborted) {
    try {
      await runScenario(options)
      return
    } catch (error) {
      if (!(error instanceof BrokerUnreachable)) throw error
      options.onProgress?.(error.message)
      await sleep(RETRY_MS, undefined, { signal: options.signal }).catch(() => undefined)
    }
  }
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exit(70)
})

/** `lastgasp bench NAME`: the benchmarks of CONTRACT §7; each prints one JSON line last. */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { type Command, InvalidArgumentError } from 'commander'
import { EDITION } from '../../simulators/seeded/troubles.ts'
import { ENGINE_VERSION } from '../engine/engine.ts'

/** What every line carries beside its figures. */
function circumstances(seed: number) {
  const cpu = cpus()
  const { version } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  )
  return {
    seed,
    machine: { cpu: cpu[0]?.model ?? 'unknown', cores: cpu.length },
    versions: { lastgasp: version as string, engine: ENGINE_VERSION, node: process.versions.node },
  }
}

function print(name: string, seed: number, fields: object, json: boolean): void {
  const line = { bench: name, ...fields, ...circumstances(seed) }
  if (!json)
    for (const [key, value] of Object.entries(fields))
      console.error(`${key.padEnd(22)} ${JSON.stringify(value)}`)
  console.log(JSON.stringify(line))
}

const integer = (text: string) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('a whole number is needed')
  return value
}
const fraction = (text: string) => {
  const value = Number(text)
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('a number from 0 to 1 is needed')
  return value
}

export function registerBench(program: Command): void {
  const bench = program
    .command('bench')
    .description('measure; each benchmark prints one JSON line last')
  accuracy(bench)
  engine(bench)
  kill(bench)
  simulate(bench)
  journal(bench)
  lookup(bench)
  live(bench)
  fuzz(bench)
  storm(bench)
  pipeline(bench)
  inform(bench)
}

function accuracy(bench: Command): void {
  bench
    .command('accuracy')
    .description('how often exactly the open devices are named, beside the usual rules')
    .requiredOption('--grid <file>', 'grid file')
    .option('--faults <k>', 'classes open at once', integer, 1)
    .option('--loss <l>', 'share of reports lost', fraction, 0.3)
    .option('--clustered', 'reports are also lost by transformer area', false)
    .option('--false <p>', 'P(a live meter reports off)', fraction, 1e-5)
    .option('--call-reads <n>', 'call-reads a case, in at most two rounds', integer, 0)
    .option('--reply <r>', 'P(a live meter answers a call-read)', fraction, 0.95)
    .option('--null-share <s>', 'share of windows without a fault', fraction, 0)
    .option('--trials <t>', 'cases', integer, 1000)
    .option('--seed <s>', 'seed', integer, 1)
    .option('--nested <s>', 'share of cases played with a second fault beneath', fraction, 0)
    .option('--ties <s>', 'share of cases played with an unreported tie', fraction, 0)
    .option('--plot <file>', 'draw calibration and levels as SVG')
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { loadCompiledGrid } = await import('../app/grids.ts')
      const { benchAccuracy, benchStories } = await import('./bench/accuracy.ts')
      const { shippedRules } = await import('./bench/simulate.ts')
      const grid = await loadCompiledGrid(options.grid)
      const settings = { ...options, falseReports: options.false }
      const fields = benchAccuracy(grid, settings)
      const stories = benchStories(grid, shippedRules(), settings)
      if (options.plot !== undefined) {
        const { plotAccuracy } = await import('./bench/accuracy-plot.ts')
        writeFileSync(options.plot, plotAccuracy(titleOf(grid.name, options), fields))
      }
      print(
        'accuracy',
        options.seed,
        { grid: grid.name, ...pick(options), ...fields, ...stories },
        options.json,
      )
    })
}

const titleOf = (grid: string, o: { faults: number; loss: number; callReads: number }) =>
  `${grid}: ${o.faults === 1 ? 'one fault' : `${o.faults} faults`}, ${o.loss * 100} % of reports lost, ` +
  (o.callReads === 0 ? 'no call-reads' : `at most ${o.callReads} call-reads`)

const pick = (o: {
  faults: number
  loss: number
  clustered: boolean
  false: number
  callReads: number
  reply: number
  nullShare: number
  trials: number
}) => ({
  faults: o.faults,
  loss: o.loss,
  clustered: o.clustered,
  false: o.false,
  callReads: o.callReads,
  reply: o.reply,
  nullShare: o.nullShare,
  trials: o.trials,
})

function engine(bench: Command): void {
  bench
    .command('engine')
    .description('the engine alone: reports a second, bytes a meter, readiness')
    .option('--meters <n>', 'usage points of the generated network', integer, 100_000)
    .option('--order <order>', 'random, interleaved or sequential', 'random')
    .option('--grid <file>', 'this grid instead of a generated one')
    .option('--seconds <s>', 'measure for about so long', integer, 10)
    .option('--seed <s>', 'seed', integer, 1)
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { benchEngine } = await import('./bench/engine.ts')
      const fields = await benchEngine(options)
      print('engine', options.seed, fields, options.json)
    })
}

function kill(bench: Command): void {
  bench
    .command('kill')
    .description('kill -9 at random moments under load: nothing acknowledged is lost')
    .option('--times <n>', 'kills', integer, 30)
    .option('--seed <s>', 'seed (default: from the clock)', integer)
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { benchKill } = await import('./bench/kill.ts')
      const result = await benchKill(options)
      const { bench: _, seed, ...fields } = result as { bench: string; seed?: number }
      print('kill', seed ?? options.seed ?? 0, fields, options.json)
      if ('failures' in fields && (fields as { failures: number }).failures > 0)
        process.exitCode = 1
    })
}

function simulate(bench: Command): void {
  bench
    .command('simulate')
    .description(
      'whole lives of the program from seeds: faults, lossy links, crashes; judged by truth',
    )
    .option('--seeds <n>', 'seeds to play', integer, 300)
    .option('--seed <s>', 'the first of them', integer, 1)
    .option('--edition <e>', 'the simulated world as it was in that edition', integer, EDITION)
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { benchSimulate } = await import('./bench/simulate.ts')
      const fields = await benchSimulate(options)
      print('simulate', options.seed, fields, options.json)
      if (fields.failures > 0) process.exitCode = 1
    })
}

function journal(bench: Command): void {
  bench
    .command('journal')
    .description('what the disk of this machine gives: facts a second that become durable')
    .option('--seconds <s>', 'measure each row for so long', integer, 3)
    .option('--dir <dir>', 'where to write (default: the folder for temporary files)')
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { benchJournal } = await import('./bench/journal.ts')
      const { bench: name, ...fields } = await benchJournal(options)
      print(name, 0, fields, options.json)
    })
}

function lookup(bench: Command): void {
  bench
    .command('lookup')
    .description("an agent's look-ups in the customer ledger, by kind of question")
    .option('--customers <n>', 'customers of the made-up ledger', integer, 100_000)
    .option('--questions <n>', 'questions of each kind', integer, 500)
    .option('--dir <dir>', 'keep the ledger here, and use one that is there already')
    .option('--seed <s>', 'seed', integer, 1)
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { benchLookup } = await import('./bench/lookup.ts')
      print('lookup', options.seed, await benchLookup(options), options.json)
    })
}

function live(bench: Command): void {
  bench
    .command('live')
    .description('from a change to its frame on every console that may see it')
    .option('--sockets <n>', 'consoles', integer, 5000)
    .option('--incidents <n>', 'open incidents', integer, 2000)
    .option('--changes <n>', 'changes a second', integer, 20)
    .option('--seconds <s>', 'measure for so long', integer, 10)
    .option('--seed <s>', 'seed', integer, 1)
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { benchLive } = await import('./bench/live/live.ts')
      print('live', options.seed, await benchLive(options), options.json)
    })
}

function fuzz(bench: Command): void {
  bench
    .command('fuzz')
    .description(
      'spoilt packets, messages, requests, frames and files: answered, refused, survived',
    )
    .option('--cases <n>', 'spoilt inputs', integer, 2000)
    .option('--seed <s>', 'seed (default: from the clock)', integer)
    .option('--only <case>', 'play this one of them alone', integer)
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { benchFuzz } = await import('./bench/fuzz/fuzz.ts')
      const fields = await benchFuzz(options)
      print('fuzz', fields.seeds[0]!, fields, options.json)
      if (fields.failures > 0) process.exitCode = 1
    })
}

function storm(bench: Command): void {
  bench
    .command('storm')
    .description('last gasps of a storm into the whole program, and a console that watches')
    .option('--meters <n>', 'usage points of the generated network', integer, 100_000)
    .option('--gasps <g>', 'meters that report', integer, 50_000)
    .option('--seconds <s>', 'in so long', integer, 10)
    .option('--connections <n>', 'terminals that stay connected', integer, 1000)
    .option('--broker <url>', 'through this broker instead of the embedded listener')
    .option('--kafka <brokers>', 'through this Kafka as well, with sensing and engines apart')
    .option('--engines <n>', 'engine processes with --kafka, 1 or 2', integer, 1)
    .option('--hold <s>', 'holdSeconds of the rules (default: as shipped)', integer)
    .option('--seed <s>', 'seed', integer, 1)
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { benchStorm } = await import('./bench/storm.ts')
      const fields = await benchStorm(options)
      print('storm', options.seed, fields, options.json)
      if (fields.lost > 0) process.exitCode = 1
    })
}

function pipeline(bench: Command): void {
  bench
    .command('pipeline')
    .description('MQTT in, durable, judged, WebSocket out, at an offered rate; beside peers')
    .option('--rate <r>', 'events a second', integer, 2000)
    .option('--seconds <s>', 'for so long', integer, 10)
    .option('--warm-up <s>', 'so long before, unmeasured, from other terminals', integer, 0)
    .option('--peers', 'the same for a consumer written by hand behind Mosquitto', false)
    .option('--meters <n>', 'usage points of the generated network', integer, 100_000)
    .option('--connections <n>', 'terminals that report', integer, 500)
    .option('--broker <url>', 'through this broker instead of the embedded listener')
    .option('--kafka <brokers>', 'through this Kafka as well, with sensing and engines apart')
    .option('--engines <n>', 'engine processes with --kafka, 1 or 2', integer, 1)
    .option('--hold <s>', 'holdSeconds of the rules (default: as shipped)', integer)
    .option('--seed <s>', 'seed', integer, 1)
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { benchPipeline } = await import('./bench/pipeline.ts')
      print('pipeline', options.seed, await benchPipeline(options), options.json)
    })
}

function inform(bench: Command): void {
  bench
    .command('inform')
    .description('all customers of one dark line are told, and what sensing feels of it')
    .option('--customers <n>', 'subscribed customers of the incident', integer, 30_000)
    .option('--seed <s>', 'seed', integer, 1)
    .option('--json', 'the JSON line alone', false)
    .action(async (options) => {
      const { benchInform } = await import('./bench/inform.ts')
      const fields = await benchInform(options)
      print('inform', options.seed, fields, options.json)
      if (fields.told < fields.customers || fields.again > 0) process.exitCode = 1
    })
}

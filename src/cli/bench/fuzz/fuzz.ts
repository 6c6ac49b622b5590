/**
 * `bench fuzz`: whatever terminals, programs, consoles and files say, the running program answers or
 * refuses it and goes on. Good reports go between the spoilt ones; at the end the program is stopped
 * and the disk is asked whether each that was acknowledged is there once.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Draw } from '../../../grid/generate/draw.ts'
import { generateGrid } from '../../../grid/generate/generate.ts'
import type { Grid } from '../../../grid/model.ts'
import { auditKilledData } from '../kill-audit.ts'
import { Served } from '../served.ts'
import { FuzzedFiles } from './files.ts'
import { FUZZ_ROLES, FuzzedRequests } from './requests.ts'
import { FuzzedTerminals } from './terminals.ts'

export interface FuzzOptions {
  readonly cases: number
  readonly seed?: number
  /** Play only this case of the seed, after a failure. */
  readonly only?: number
  readonly json: boolean
  /** Script and first arguments; absent: this program. */
  readonly program?: readonly string[]
}

/** Cases under way at once: the server is kept busy, and a failure still names its case. */
const AT_ONCE = 8
/** A good report after so many spoilt inputs. */
const PROBE_EVERY = 50
/** Failures after which there is nothing more to learn. */
const ENOUGH_FAILURES = 20
const CUSTOMERS = 300
/** Customers of the grid file that is spoilt: every kind of object is there, and it is soon read. */
const FILE_CUSTOMERS = 100
const MAIN = fileURLToPath(new URL('../../../../main.js', import.meta.url))

/** How often each is drawn: what strangers can reach most. */
const KINDS = [
  { kind: 'packets', weight: 2 },
  { kind: 'messages', weight: 4 },
  { kind: 'requests', weight: 4 },
  { kind: 'frames', weight: 1 },
  { kind: 'grids', weight: 1 },
  { kind: 'rules', weight: 1 },
] as const
type Kind = (typeof KINDS)[number]['kind']

/** Ids that are known, beside some that are none: what is drawn reaches beyond the first check. */
function knownIds({ devices, observers, usagePoints, feeders, units }: Grid, draw: Draw): string[] {
  const some = [devices, observers, usagePoints].flatMap((list) =>
    Array.from({ length: 20 }, () => draw.pick<{ id: string }>(list).id),
  )
  return [...some, feeders[0]!.id, units[0]!.id, 'nobody', 'I000001', '2026-11-22', '1', 'all']
}

/** Tokens of the roles that are tried, each for a day. */
async function tokensOf(program: readonly string[], data: string): Promise<string[]> {
  const tokens: string[] = []
  for (const role of FUZZ_ROLES) {
    const args = [...program, 'token', '--role', role, '--ttl', '24h', '--data', data]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    tokens.push(stdout.trim().split('\n').at(-1)!)
  }
  return tokens
}

/** One stream of draws a case, so that a case is the same whatever ran before it. */
const drawOf = (seed: number, index: number) => new Draw(seed, index, 11)

export async function benchFuzz({
  cases,
  seed = Math.floor(Math.random() * 2 ** 31),
  only,
  json,
  program = [MAIN],
}: FuzzOptions) {
  const started = performance.now()
  if (!json) console.error(`bench fuzz: ${cases} cases, seed ${seed}`)
  const dir = mkdtempSync(join(tmpdir(), 'lastgasp-fuzz-'))
  mkdirSync(join(dir, 'files'))
  const grid = generateGrid({ customers: CUSTOMERS, seed })
  const gridFile = join(dir, 'grid.json')
  writeFileSync(gridFile, JSON.stringify(grid))
  const data = join(dir, 'data')
  // So that each request can come from an address of its own.
  const env = { LASTGASP__HTTP__TRUSTED_PROXIES: '127.0.0.1', LOG_LEVEL: 'error' }
  const served = await Served.start({ program, data, grid: gridFile, env })
  const failures: string[] = []
  const played: Record<Kind, number> = {
    packets: 0,
    messages: 0,
    requests: 0,
    frames: 0,
    grids: 0,
    rules: 0,
  }
  let acknowledged: ReadonlySet<string> = new Set()
  let terminals: FuzzedTerminals | undefined
  try {
    const ids = knownIds(grid, new Draw(seed, 12))
    const terminal = grid.observers.find(({ class: of }) => of === 'concentrator')!.id
    const heard = await FuzzedTerminals.open(served.mqttPort, terminal, ids)
    terminals = heard
    acknowledged = heard.acknowledged
    const requests = new FuzzedRequests(served.url, await tokensOf(program, data), ids)
    const files = new FuzzedFiles(
      generateGrid({ customers: FILE_CUSTOMERS, seed }),
      join(dir, 'files'),
    )
    const play: Record<Kind, (draw: Draw) => Promise<void>> = {
      packets: (draw) => heard.packets(draw),
      messages: (draw) => heard.message(draw),
      requests: (draw) => requests.request(draw),
      frames: (draw) => requests.frames(draw),
      grids: (draw) => files.grid(draw),
      rules: (draw) => files.rules(draw),
    }
    let next = only ?? 0
    const end = only === undefined ? cases : only + 1
    const work = async () => {
      while (next < end && served.runs && failures.length < ENOUGH_FAILURES) {
        const index = next++
        const draw = drawOf(seed, index)
        const { kind } = draw.weighted(KINDS)
        played[kind]++
        try {
          await play[kind](draw)
          if (index % PROBE_EVERY === 0) await heard.probe()
        } catch (error) {
          failures.push(`case ${index} (${kind}): ${(error as Error).message}`)
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    await heard.probe().catch((error: Error) => failures.push(error.message))
    const ready = await fetch(`${served.url}/readyz`).catch(() => undefined)
    if (ready?.status !== 200) failures.push(`/readyz answers ${ready?.status} at the end`)
  } catch (error) {
    failures.push((error as Error).message)
  }
  await terminals?.close()
  const stopped = await served.stop()
  if (stopped !== undefined) failures.push(stopped)
  const verdict = auditKilledData(
    { journal: join(data, 'journal.db'), records: join(data, 'records.db') },
    acknowledged,
  )
  const details = [...failures, ...verdict.faults, ...verdict.lost, ...verdict.duplicated]
  if (details.length === 0) rmSync(dir, { recursive: true, force: true })
  return {
    cases: Object.values(played).reduce((sum, count) => sum + count, 0),
    byKind: played,
    probes: acknowledged.size,
    facts: verdict.facts,
    lost: verdict.lost.length,
    duplicated: verdict.duplicated.length,
    failures: details.length,
    details: details.slice(0, ENOUGH_FAILURES),
    ...(details.length > 0 && { data: dir }),
    seeds: [seed],
    seconds: Math.round((performance.now() - started) / 100) / 10,
  }
}

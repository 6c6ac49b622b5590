/** `score`: compares the incidents of a running program with the truth of a simulation. */
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { z } from 'zod'
import {
  audit,
  type FaultScore,
  type SaidIncident,
  type Score,
  saidIncident,
} from '../../simulators/auditor.ts'
import { type TruthLine, truthLine } from '../../simulators/truth.ts'
import { ConfigError, UsageError } from '../config/errors.ts'
import { createIdentity } from '../http/identity/identity.ts'
import { loadRoles } from '../http/identity/roles.ts'
import { answerOf, programUrl } from './program-url.ts'
import { noteFromShell } from './shell-acts.ts'

interface ScoreOptions {
  readonly truth: string
  readonly url: string
  readonly data?: string
  readonly json?: boolean
}

/** Incidents asked for at once. */
const PAGE = 200

/** How long an own token lives: fetching takes seconds. */
const TOKEN_TTL_MS = 5 * 60_000

async function score(options: ScoreOptions): Promise<void> {
  const truth = await readTruth(options.truth)
  const incidents = await fetchIncidents(options.url, await tokenOf(options))
  const result = audit(truth, incidents)
  if (!options.json) printTable(result)
  console.log(JSON.stringify(options.json ? result : result.totals))
}

async function readTruth(path: string): Promise<TruthLine[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`--truth ${path}: ${(cause as Error).message}`, { cause })
  }
  const lines: TruthLine[] = []
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    try {
      lines.push(truthLine.parse(JSON.parse(line)))
    } catch (cause) {
      const what = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
      throw new UsageError(`${path}:${index + 1}: ${what}`, { cause })
    }
  })
  return lines
}

/** The token of the environment, or one of our own from the data folder. */
async function tokenOf({ data }: ScoreOptions): Promise<string> {
  const given = process.env.LASTGASP_TOKEN
  if (given !== undefined) return given
  if (data === undefined) throw new UsageError('no token: give --data, or one in LASTGASP_TOKEN')
  const identity = createIdentity({ dir: data, roles: loadRoles(), now: Date.now })
  try {
    const token = await identity.issueToken('auditor', [], TOKEN_TTL_MS)
    noteFromShell(identity, { what: 'token.issued', subject: 'token:auditor', detail: 'score' })
    return token
  } finally {
    identity.close()
  }
}

const page = z.object({ cursor: z.string().nullable(), incidents: z.array(saidIncident) })

async function fetchIncidents(base: string, token: string): Promise<SaidIncident[]> {
  const incidents: SaidIncident[] = []
  let cursor: string | null = null
  do {
    const url = new URL('/api/v1/incidents', base)
    url.searchParams.set('state', 'all')
    url.searchParams.set('limit', String(PAGE))
    if (cursor !== null) url.searchParams.set('cursor', cursor)
    const answer = page.parse(await fetchJson(url, token))
    incidents.push(...answer.incidents)
    cursor = answer.cursor
  } while (cursor !== null)
  return incidents
}

async function fetchJson(url: URL, token: string): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  } catch (cause) {
    throw new ConfigError([`${url.origin} cannot be reached`], { cause })
  }
  if (!response.ok)
    throw new ConfigError([`${url.href}: ${response.status} ${await response.text()}`])
  return answerOf(response)
}

function printTable({ faults, momentary, falseIncidents, withdrawn, totals }: Score): void {
  const rows = faults.map(rowOf)
  const heads = ['fault', 'level', 'device', 'meters', 'incident', 'named', 'sensed', 'restored']
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]!.length)),
  )
  for (const row of [heads, ...rows])
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`
  console.log(
    `\n${totals.found} of ${totals.faults} faults found (${totals.seen} could be), ` +
      `${totals.right} at the right device, ${totals.levelRight} at the right level\n` +
      `precision ${percent(totals.precision)}, recall ${percent(totals.recall)}, ` +
      `of those seen ${percent(totals.recallSeen)}\n` +
      `meters: precision ${percent(totals.meterPrecision)}, recall ${percent(totals.meterRecall)}\n` +
      `${falseIncidents.length} false incidents, ${totals.duplicates} duplicates, ` +
      `${withdrawn} withdrawn; ${momentary.quiet} of ${momentary.count} momentary ones kept quiet`,
  )
}

function rowOf(fault: FaultScore): string[] {
  const seconds = (ms: number | null) => (ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`)
  const restored = !fault.restored
    ? 'still out'
    : fault.restoredSeen
      ? seconds(fault.restoredAfterMs)
      : 'no'
  return [
    fault.fault,
    fault.level,
    fault.device,
    String(fault.usagePoints),
    fault.incident ?? (fault.seen ? 'missed' : 'not seen'),
    fault.place === null
      ? '-'
      : fault.place === 'same'
        ? 'right'
        : `${fault.named} (${fault.place})`,
    seconds(fault.sensedAfterMs),
    restored,
  ]
}

export function registerScore(program: Command): void {
  program
    .command('score')
    .description('compare what the program said with the truth of a simulation')
    .requiredOption('--truth <file>', 'written by simulate --truth')
    .requiredOption('--url <url>', 'the running program, http://host:port', programUrl)
    .option(
      '--data <dir>',
      'data folder, to make a token of one’s own; else LASTGASP_TOKEN holds one',
    )
    .option('--json', 'print everything as one JSON line and no table')
    .action(score)
}

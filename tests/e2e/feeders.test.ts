/**
 * The whole way on public feeders: a file of another program imported, served, its terminals
 * simulated as real MQTT clients, and what was said compared with what happened. The rules count
 * real seconds while the scenario passes twelve times as fast: its outages are therefore long enough
 * to last beyond a minute, below which they would be momentary, with as many seconds to spare as a busy
 * machine may hear of their beginning late.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Score } from '../../simulators/auditor.ts'
import { FEEDERS, feedersMissing } from '../support/feeders.ts'
import {
  lastgaspOutput,
  recordedDigest,
  type Server,
  startServing,
  TERMINAL_SECRET,
} from '../support/server.ts'

const SPEED = 12
const OUTAGE_SECONDS = 900

interface Case {
  readonly name: string
  readonly from: readonly string[]
  readonly fault: object
  readonly terminals?: boolean
}

const CASES: readonly Case[] = [
  {
    name: 'ieee9500: a feeder trips',
    from: ['ieee9500/Master-unbal-initial-config.dss', 'ieee9500/protection.dss'],
    fault: { level: 'feeder' },
  },
  {
    name: 'ieee8500 with concentrators and switch terminals: a branch fuse blows',
    from: ['ieee8500/Master-unbal.dss', 'ieee8500/Fuses.DSS'],
    fault: { level: 'branch', minUsagePoints: 10 },
    terminals: true,
  },
  {
    name: 'ckt5: a transformer cut-out opens',
    from: ['ckt5/Master_ckt5.dss'],
    fault: { level: 'transformer', minUsagePoints: 3 },
  },
]

const folder = mkdtempSync(join(tmpdir(), 'lastgasp-feeders-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function importGrid({ from: [path, ...also], terminals }: Case, out: string) {
  await lastgaspOutput([
    ...['grid', 'import', '--from', 'opendss', join(FEEDERS, path!)],
    ...also.flatMap((file) => ['--also', join(FEEDERS, file)]),
    ...['--lateral-fuses', '--out', out],
    ...(terminals ? ['--terminals'] : []),
  ])
}

/** JSON is YAML. */
function scenario(fault: object): string {
  return JSON.stringify({
    name: { zh: '故障', en: 'One fault' },
    durationSeconds: OUTAGE_SECONDS + 60,
    events: [{ atSeconds: 10, fault: { ...fault, restoreAfterSeconds: OUTAGE_SECONDS } }],
  })
}

/**
 * The latest score, once the fault is said to be restored or the patience is over: the simulated
 * terminals are gone by then, and call-reads that nobody answers take two rounds to time out.
 */
async function scored(server: Server, truth: string): Promise<Score> {
  const args = ['score', '--truth', truth, '--url', server.url, '--data', server.data, '--json']
  for (const deadline = Date.now() + 360_000; ; ) {
    const printed = await lastgaspOutput(args)
    const score = JSON.parse(printed.trim().split('\n').at(-1)!) as Score
    if (score.totals.restoredSeen === score.totals.faults || Date.now() > deadline) return score
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
}

describe.skipIf(feedersMissing)('public feeders from import to score', () => {
  it.concurrent.each(CASES)('$name', { timeout: 900_000 }, async (one) => {
    const name = one.name.split(/\W/)[0]!
    const grid = join(folder, `${name}.json`)
    const truth = join(folder, `${name}.truth`)
    const play = join(folder, `${name}.yaml`)
    writeFileSync(play, scenario(one.fault))
    await importGrid(one, grid)
    const server = await startServing({ grid })
    try {
      await lastgaspOutput([
        ...[
          'simulate',
          play,
          '--broker',
          server.brokerUrl.replace('//', `//any:${TERMINAL_SECRET}@`),
        ],
        ...['--grid', grid, '--truth', truth, '--speed', String(SPEED), '--seed', '7'],
      ])
      const { faults, falseIncidents, totals } = await scored(server, truth)
      // The level may be that of a device no meter can tell apart (a cut-out and its lateral fuse).
      expect(faults).toMatchObject([{ seen: true, confirmed: true }])
      expect(totals).toMatchObject({ faults: 1, right: 1, restoredSeen: 1, duplicates: 0 })
      expect(falseIncidents).toEqual([])
      expect((await server.get('/api/v1/quarantine')).counts).toEqual({})
      expect(await server.stop()).toMatchObject({ code: 0 })
      const replayed = await lastgaspOutput(['replay', '--data', server.data, '--digest'])
      expect(replayed.trim()).toBe(recordedDigest(server.data))
    } finally {
      await server.remove()
    }
  })
})

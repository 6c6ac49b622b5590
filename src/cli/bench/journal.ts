/**
 * `bench journal`: what the disk of this machine gives. Facts a second that become durable, by how
 * many senders wait for their acknowledgement at a time, and the same for the ledger's commits.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChangeBatch } from '../../engine/changes.ts'
import type { ReportFact } from '../../facts/facts.ts'
import type { ObserverId } from '../../facts/ids.ts'
import type { InstantMs } from '../../facts/time.ts'
import { openSqliteJournal } from '../../journal/sqlite.ts'
import { openRecords } from '../../records/sqlite.ts'
import { createTelemetry, type Telemetry } from '../../telemetry/telemetry.ts'

/** One terminal alone, a quiet minute, a storm's open sockets, and all that the limits let in. */
const SENDERS = [1, 50, 500, 20_000]

export interface JournalBenchOptions {
  /** For each row of the result. */
  readonly seconds: number
  /** Where to write; the disk of the data folder is the one that matters. */
  readonly dir?: string
}

interface Rate {
  readonly senders: number
  readonly factsPerSecond: number
  readonly factsPerCommit: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface JournalBenchResult {
  readonly bench: 'journal'
  readonly journal: readonly Rate[]
  /** Reading all of it back, checked and parsed. */
  readonly readFactsPerSecond: number
  readonly recordsCommitsPerSecond: number
  readonly recordsBatchesPerSecond: number
}

function reportAt(at: InstantMs, seq: number): ReportFact {
  const terminal = `T${seq % 20_000}` as ObserverId
  const meters = [`M${seq}`, `M${seq + 1}`, `M${seq + 2}`] as ObserverId[]
  return {
    type: 'report',
    receivedAt: at,
    terminal,
    kind: 'powerOff',
    at,
    boot: 1,
    seq,
    meters,
    messageId: `${terminal}-${seq}`,
  }
}

/** Each sender appends, waits until that is durable, and appends again. */
async function measureAppends(dir: string, telemetry: Telemetry, senders: number, seconds: number) {
  const path = join(dir, `journal-${senders}.db`)
  const journal = await openSqliteJournal({ path, telemetry })
  let commits = 0
  journal.onCommitted(() => {
    commits += 1
  })
  const waitedMs: number[] = []
  const started = performance.now()
  const deadline = started + seconds * 1000
  let seq = 0
  const send = async () => {
    while (performance.now() < deadline) {
      const asked = performance.now()
      await journal.append(reportAt(Date.now(), seq++))
      waitedMs.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: senders }, send))
  const took = (performance.now() - started) / 1000
  waitedMs.sort((a, b) => a - b)
  const quantile = (share: number) => round(waitedMs[Math.floor(waitedMs.length * share)]!)
  const rate: Rate = {
    senders,
    factsPerSecond: Math.round(seq / took),
    factsPerCommit: round(seq / commits),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  }
  return { journal, rate, facts: seq }
}

async function measureRecords(dir: string, telemetry: Telemetry, size: number, seconds: number) {
  const records = await openRecords({ path: join(dir, `records-${size}.db`), telemetry })
  const deadline = performance.now() + seconds * 1000
  let position = 0
  let commits = 0
  for (; performance.now() < deadline; commits++) {
    const batches: ChangeBatch[] = []
    for (let count = 0; count < size; count++) {
      position += 1
      const counts = { powerOff: position }
      batches.push({ position, at: position, changes: [{ type: 'reports', at: position, counts }] })
    }
    await records.commit(batches, position, 'digest')
  }
  await records.close()
  return { commits: commits / seconds, batches: position / seconds }
}

const round = (value: number) => Math.round(value * 100) / 100

export async function benchJournal(options: JournalBenchOptions): Promise<JournalBenchResult> {
  const { seconds } = options
  const dir = mkdtempSync(join(options.dir ?? tmpdir(), 'lastgasp-bench-'))
  const rates: Rate[] = []
  let readFactsPerSecond = 0
  // Each journal registers its own gauges.
  const telemetry = () => createTelemetry({ level: 'silent', processMetrics: false })
  try {
    for (const senders of SENDERS) {
      const { journal, rate, facts } = await measureAppends(dir, telemetry(), senders, seconds)
      rates.push(rate)
      const started = performance.now()
      for await (const batch of journal.read(1)) if (batch.length === 0) break
      readFactsPerSecond = Math.round((facts / (performance.now() - started)) * 1000)
      await journal.close()
    }
    const single = await measureRecords(dir, telemetry(), 1, seconds)
    const large = await measureRecords(dir, telemetry(), 200, seconds)
    return {
      bench: 'journal',
      journal: rates,
      readFactsPerSecond,
      recordsCommitsPerSecond: Math.round(single.commits),
      recordsBatchesPerSecond: Math.round(large.batches),
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

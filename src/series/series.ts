/**
 * Follows the records from a durable cursor and writes what changed to InfluxDB. The cursor moves
 * only past what the database acknowledged, so a database that was down is caught up without a gap,
 * and as points are deterministic nothing is there twice. Nothing ever waits for it. Figures of the
 * process itself are sampled beside that, and missing for as long as the database is away.
 */
import type { Telemetry } from '../telemetry/telemetry.ts'
import { openDatabase, type SeriesSettings } from './database.ts'
import { figuresLine, linesOf, type ProcessFigures } from './points.ts'
import {
  MAX_LINES,
  type Pushes,
  type SeriesDatabase,
  type SeriesSource,
  type Voltages,
  WriteFailure,
} from './port.ts'
import { pushLines } from './push-points.ts'
import { voltageLine } from './voltage-points.ts'

/** Name of the cursor in the records. */
export const SERIES_CURSOR = 'series'
/** The same for periodic readings, of the first partition of them. */
export const VOLTAGE_CURSOR = 'series-voltage'

/** Until when pushes are counted for good; an instant, not a position. */
export const PUSH_CURSOR = 'series-pushes'

const voltageCursor = (partition: number) =>
  partition === 0 ? VOLTAGE_CURSOR : `${VOLTAGE_CURSOR}-${partition}`

/** Finest resolution of the boards: looking oftener would show nothing more. */
const POLL_MS = 1000

/** How often the process says how it is; ten seconds show a storm, and are 8,640 points a day. */
const FIGURES_EVERY_MS = 10_000

/** Minutes are what pushes are counted by. */
const PUSHES_EVERY_MS = 60_000
/** So late the ledger may take what was settled: a disk that is full for longer leaves a minute short. */
const SETTLED_LATE_MS = 15 * 60_000
/** Counted at once, where the database was away: of the heaviest storm some hundred milliseconds. */
const PUSHES_AT_ONCE_MS = 6 * 3_600_000

/** Change batches read at once: a storm's page stays far below a megabyte and a few milliseconds. */
const PAGE_BATCHES = 200

/** Readings read at once, each a message of at most 500 meters: a few milliseconds. */
const PAGE_READINGS = 500

/** First wait after a failure, doubled each time up to the longest. */
const FIRST_WAIT_MS = 500
/** A minute: a database that came back is noticed soon, one that stays away is left in peace. */
const LONGEST_WAIT_MS = 60_000

export interface SeriesOptions {
  readonly records: SeriesSource
  readonly settings: SeriesSettings
  readonly telemetry: Telemetry
  /** Figures of the process, sampled while the database is there; absent: none are written. */
  readonly figures?: () => ProcessFigures
  /** Periodic voltage readings; absent: they are not written. */
  readonly voltages?: Voltages | undefined
  /** Messages to receivers and customers; absent: they are not counted. */
  readonly pushes?: Pushes
  /** Wall clock in ms, for how long the database has been away. */
  readonly now: () => number
  /** For tests: 0 to 1, the jitter of waits. */
  readonly random?: () => number
  /** For tests: where to write instead of the configured InfluxDB. */
  readonly database?: SeriesDatabase
}

export interface Series {
  /** Facts in the records that the database has not acknowledged yet. */
  lag(): number
  /** Stops after the write under way; what is not acknowledged is written after the next start. */
  close(): Promise<void>
}

/** Starts following. */
export function openSeries(options: SeriesOptions): Series {
  const { records, telemetry, voltages, pushes, now } = options
  const random = options.random ?? Math.random
  const database = options.database ?? openDatabase(options.settings)
  let cursor = records.cursor(SERIES_CURSOR)
  const logs = (voltages?.readings ?? []).map((readings, partition) => {
    const name = voltageCursor(partition)
    return { readings, name, read: records.cursor(name) }
  })
  let closed = false
  let failures = 0
  let failingSince = 0
  let sampledAt = 0
  let pushesAt = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  const lag = () => Math.max(0, records.state.position - cursor)
  telemetry.gauge('lastgasp_series_lag_facts', 'Facts not yet written to the series', lag)
  telemetry.gauge('lastgasp_series_lag_readings', 'Voltages not yet written to the series', () =>
    logs.reduce((sum, { readings, read }) => sum + Math.max(0, readings.last - read), 0),
  )

  async function writeLines(lines: readonly string[]): Promise<void> {
    for (let from = 0; from < lines.length; from += MAX_LINES) {
      const part = lines.slice(from, from + MAX_LINES)
      try {
        await database.write(part)
        telemetry.emit('series.written', { count: part.length })
      } catch (error) {
        if (!(error instanceof WriteFailure) || error.code !== 'series.refused') throw error
        telemetry.emit('series.refused', { count: part.length, said: error.message })
      }
      if (failures > 0)
        telemetry.emit('series.recovered', { seconds: (now() - failingSince) / 1000 })
      failures = 0
    }
  }

  /** Writes one page; false where there is nothing more to write. */
  async function writePage(): Promise<boolean> {
    const upTo = records.state.position
    const batches = records.changesAfter(cursor, PAGE_BATCHES)
    const last = batches.at(-1)
    if (!last) {
      // Facts without changes: nothing to write, and nothing worth a commit.
      cursor = Math.max(cursor, upTo)
      return false
    }
    await writeLines(linesOf(batches))
    await records.saveCursor(SERIES_CURSOR, last.position)
    cursor = last.position
    return true
  }

  /** The same for periodic readings of a partition, behind a cursor of their own. */
  async function writeVoltages(log: (typeof logs)[number]): Promise<boolean> {
    const kept = await log.readings.after(log.read, PAGE_READINGS)
    const last = kept.at(-1)
    if (!last) return false
    const lines = kept.flatMap(({ reading }) => {
      const place = voltages?.placeOf(reading.terminal)
      return (place && voltageLine(reading, place)) ?? []
    })
    await writeLines(lines)
    await records.saveCursor(log.name, last.id)
    log.read = last.id
    return true
  }

  /** Counts the latest minutes again, for some of theirs may have come since; true where there is more. */
  async function writePushes(): Promise<boolean> {
    const at = now()
    if (!pushes || at - pushesAt < PUSHES_EVERY_MS) return false
    const counted = records.cursor(PUSH_CURSOR) || pushes.firstPushAt()
    const from = Math.floor((counted ?? at) / PUSHES_EVERY_MS) * PUSHES_EVERY_MS
    const before = Math.min(from + PUSHES_AT_ONCE_MS, at)
    await writeLines(pushLines(pushes.pushCounts(from, before)))
    // Whole minutes alone, or a point would lose what was counted before.
    const settled = Math.min(before, at - SETTLED_LATE_MS)
    if (counted !== undefined && settled > from) await records.saveCursor(PUSH_CURSOR, settled)
    if (before < at) return true
    pushesAt = at
    return false
  }

  async function writeFigures(): Promise<void> {
    if (!options.figures || now() - sampledAt < FIGURES_EVERY_MS) return
    sampledAt = now()
    await writeLines([figuresLine(sampledAt, options.figures())])
  }

  /** How long to wait after the failure, and what to say of it. */
  function waitAfter(error: unknown): number {
    if (failures === 0) {
      failingSince = now()
      telemetry.emit('series.unavailable', { said: (error as Error).message })
    }
    failures += 1
    telemetry.emit('series.failed')
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10))
    const asked = error instanceof WriteFailure ? error.retryAfterMs : 0
    // Half fixed, half random, so that several writers do not come back together.
    return Math.max(Math.min(asked, LONGEST_WAIT_MS), (longest / 2) * (1 + random()))
  }

  async function run(): Promise<void> {
    let waitMs = POLL_MS
    try {
      while (!closed && (await writePage()));
      for (const log of logs) while (!closed && (await writeVoltages(log)));
      while (!closed && (await writePushes()));
      if (!closed) await writeFigures()
    } catch (error) {
      waitMs = waitAfter(error)
    }
    if (!closed) timer = setTimeout(start, waitMs)
    timer?.unref()
  }

  function start(): void {
    running = run()
  }
  start()

  return {
    lag,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}
